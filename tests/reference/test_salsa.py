"""SALSA's published whole numbers: result, model value and deviation agree, and what kind of regression made them.

Sources: Kolada U15415 and U15416 per school unit, 2023/24; Skolverket's open API (April 2026, counties 13 and 14), mean
merit rating 2023/24. The parents' education behind the model values is published for no school in these files, so the
coefficients themselves cannot be tried on them.
"""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from skq.metrics.expected import deviation

from tests.official_samples import real_official

FIELD = "averageGradesMeritRating9thGrade"


@pytest.fixture(scope="module")
def published(shared_data: Path) -> pd.DataFrame:
    """Model value B and deviation R by school unit code."""
    path = shared_data / "salsa" / "kolada_U15415_U15416_skolenhet_2024.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    assert {entry["year"] for entry in entries.values()} == {2024}
    return pd.DataFrame.from_dict(entries, orient="index")[["expected", "deviation"]].astype("float64")


@pytest.fixture(scope="module")
def merit(shared_data: Path) -> dict[str, float]:
    """Mean merit rating F of 2023/24 by school unit code, one decimal."""
    answers = gzip.decompress((shared_data / "skolverket_api" / "statistics_gr_v4_2026-04_13-14.jsonl.gz").read_bytes())
    found = {}
    for line in answers.decode("utf-8").splitlines():
        body = json.loads(line)["body"]
        for cell in body.get(FIELD) or []:
            if (cell["timePeriod"], cell["valueType"]) == ("2023/24", "EXISTS"):
                found[body["schoolUnit"]] = float(cell["value"].replace(",", "."))
    return found


def test_result_is_model_value_and_deviation(published, merit):
    """|F − B − R| ≤ 1: two roundings of half a point each, and F's own of 0.05."""
    both = published[published.index.isin(merit)].dropna()
    actual = pd.DataFrame({"value": pd.Series(merit)[both.index], "lower": np.nan, "upper": np.nan})
    apart = deviation(actual, both["expected"])["value"] - both["deviation"]
    assert len(both) > 70
    assert apart.abs().max() <= 1.05
    assert apart.abs().max() > 0.5  # the deviation is not the difference of the rounded numbers


def test_every_school_counts_alike(published):
    """The unweighted mean deviation is 0.56, within chance of zero, and uncorrelated with the model value (r 0.009)."""
    known = published.dropna()
    mean, error = known["deviation"].mean(), known["deviation"].std() / len(known) ** 0.5
    assert (round(mean, 2), round(error, 2)) == (0.56, 0.50)
    assert np.corrcoef(known["expected"], known["deviation"])[0, 1] == pytest.approx(0.009, abs=0.0005)


def test_read_as_published(published):
    """The results table holds both numbers of a school as they were published, whole points, with their source."""
    results = real_official().results
    rows = results[results["metric"].isin(["salsa_expected", "salsa_residual"]) & results["unit"].isin(published.index)]
    wide = rows.pivot(index="unit", columns="metric", values="value").astype("float64")
    beside = published.loc[wide.index]
    assert len(wide) > 100
    assert wide["salsa_expected"].equals(beside["expected"].rename("salsa_expected"))
    assert wide["salsa_residual"].equals(beside["deviation"].rename("salsa_residual"))
    assert set(rows["source"]) == {"kolada:U15415", "kolada:U15416"}
