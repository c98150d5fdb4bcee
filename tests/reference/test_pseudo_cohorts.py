"""Pseudo-cohorts on published means of national tests, paired a second way from the raw answers.

Source: Skolverket, statistics of school units (open API, April 2026), counties 13 and 14: mean points in the national
test in mathematics, year 6 in spring 2022 and year 9 in spring 2025.
"""

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
from skq.aggregate import with_derived
from skq.metrics.cohort_tables import pseudo_cohorts

from tests.official_samples import real_official

FIELD = "averageResultNationalTestsSubjectMA{}thGrade"


@pytest.fixture(scope="module")
def published(shared_data: Path) -> dict[tuple[str, str, int], float]:
    """The published means by school unit, school year and grade year."""
    answers = gzip.decompress((shared_data / "skolverket_api" / "statistics_gr_v4_2026-04_13-14.jsonl.gz").read_bytes())
    found = {}
    for line in answers.decode("utf-8").splitlines():
        body = json.loads(line)["body"]
        for grade_year in (6, 9):
            for cell in body.get(FIELD.format(grade_year)) or []:
                if cell["valueType"] == "EXISTS":
                    value = float(cell["value"].replace(",", "."))
                    found[body["schoolUnit"], cell["timePeriod"], grade_year] = value
    return found


def test_pairs_three_years_apart(published):
    """Every unit with year 6 in 2021/22 and year 9 in 2024/25 is one pair with the two published numbers, no other."""
    rows = [(*key, value) for key, value in published.items()]
    means = pd.DataFrame(rows, columns=["school_unit_code", "school_year", "grade_year", "value"]).assign(
        n=float("nan")
    )
    found = pseudo_cohorts(means, first=6, second=9)
    pairs = found[found["cohort"].eq(2016) & found["status"].eq("observed")].set_index("school_unit_code")
    expected = {
        unit: (value, published[unit, "2024/25", 9])
        for (unit, year, grade_year), value in published.items()
        if (year, grade_year) == ("2021/22", 6) and (unit, "2024/25", 9) in published
    }
    told = {unit: (row["value_before"], row["value_after"]) for unit, row in pairs.iterrows()}
    assert told == expected
    assert len(expected) > 30
    assert pairs["basis"].unique().tolist() == ["pseudo_cohort"]
    assert pairs["change"].tolist() == [pytest.approx(expected[unit][1] - expected[unit][0]) for unit in pairs.index]


def test_told_of_the_real_statistics(published):
    """The results made from everything published hold the very differences of mathematics, per school unit."""
    found = with_derived(real_official().results)
    rows = found[found["metric"].eq("pseudo_cohort_change") & found["subject"].eq("MA")]
    expected = {
        unit: published[unit, "2024/25", 9] - value
        for (unit, year, grade_year), value in published.items()
        if (year, grade_year) == ("2021/22", 6) and (unit, "2024/25", 9) in published
    }
    assert rows.set_index("unit")["value"].to_dict() == pytest.approx(expected)
    assert (set(rows["school_year"]), set(rows["grade_year"]), set(rows["subject"])) == ({"2024/25"}, {9}, {"MA"})
