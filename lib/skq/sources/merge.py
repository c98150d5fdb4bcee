"""Numbers that several files publish: one is kept, the others compared with it; and what a share rests on.

The more detailed source wins: an export of schools or of one year, then an export over many years, then the API.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from skq import catalog
from skq.errors import Problem
from skq.terms import RESULT_KEY, CellStatus, Level

_KEY = list(RESULT_KEY)
_EXACT = 1e-9
_ROUNDED_WITHIN = 5.0  # a count given as "cirka 270" lies within five of it
_COHORT = "siris:139"
_OF_COHORT = (
    "eligible_vocational_share",
    "eligible_arts_share",
    "eligible_social_share",
    "eligible_science_share",
)
_ON_FULL_TIMES = ("certified_teacher_share",)
_Z95 = 0.05


def merged(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem], dict[tuple[str, str], int]]:
    """Return *rows* with each key once, the disagreements as problems, and the agreements per pair of sources.

    *rows* have the columns of a results table and `rank`; the lowest rank is kept. What is not published in the kept
    source, and is in another, stays not published.
    """
    ordered = rows.sort_values([*_KEY, "rank", "source"], kind="stable", ignore_index=True)
    again = ordered.duplicated(_KEY)
    kept = ordered[~again].reset_index(drop=True)
    pairs = ordered[again].merge(kept, on=_KEY, suffixes=("", "_kept"), validate="many_to_one")
    equal = _equal(pairs)
    agreements = Counter(zip(pairs.loc[equal, "source_kept"], pairs.loc[equal, "source"], strict=True))
    return kept, _disagreements(pairs[~equal]), dict(sorted(agreements.items()))


def _equal(pairs: pd.DataFrame) -> pd.Series:
    both = pairs["value"].notna() & pairs["value_kept"].notna()
    rounded = (pairs["status"] == CellStatus.ROUNDED) | (pairs["status_kept"] == CellStatus.ROUNDED)
    least_ten = rounded & (pairs["value"] == 10) & pairs["value_kept"].between(1, 10)
    near = (pairs["value"] - pairs["value_kept"]).abs() <= np.where(rounded, _ROUNDED_WITHIN, _EXACT)
    near = near | least_ten  # one pupil is "cirka 10" too
    same_reason = pairs["value"].isna() & pairs["value_kept"].isna() & (pairs["status"] == pairs["status_kept"])
    return (both & near.fillna(False)) | same_reason


def _disagreements(pairs: pd.DataFrame) -> list[Problem]:
    problems = []
    for names, rows in pairs.groupby(["source_kept", "source", "metric", "school_year"], sort=True):
        kept, other, metric, year = (str(name) for name in names)
        first = rows.sort_values(_KEY).head(3)
        texts = zip(first["unit"], first["subject"], first["raw_kept"], first["raw"], strict=True)
        shown = [" ".join(f"{unit} {subject} {one!r} and {two!r}".split()) for unit, subject, one, two in texts]
        more = " …" if len(rows) > len(shown) else ""
        problems.append(
            Problem(
                f"{kept} and {other}",
                None,
                metric,
                "sources-disagree",
                f"{len(rows)} different number(s) for {year}: {'; '.join(shown)}{more}",
                "the same number in both",
                f"nothing; the number of {kept} is used",
            )
        )
    return problems


def with_cohorts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return *rows* where schools' eligibility from the API rests on the pupils that the export of final grades counts.

    Both are of the same pupils, those leaving grade year 9. A share that is no whole number of those pupils keeps its n
    missing: then the pupils are others.
    """
    cohort = rows[(rows["source"] == _COHORT) & (rows["metric"] == "merit_rating_17")]
    sizes = cohort.set_index(["unit", "school_year"])["n"]
    at_school = (rows["level"] == Level.SCHOOL) & rows["metric"].isin(_OF_COHORT) & rows["n"].isna()
    places = pd.MultiIndex.from_frame(rows[["unit", "school_year"]])
    n = pd.Series(sizes.reindex(places).to_numpy(), index=rows.index, dtype="Float64")
    whole = ((rows["value"] * n).round() / n - rows["value"]).abs() <= 0.0005 + _EXACT
    return rows.assign(n=rows["n"].where(~(at_school & (whole | rows["value"].isna()).fillna(False)), n))


def with_intervals(rows: pd.DataFrame) -> pd.DataFrame:
    """Return *rows* with `lower` and `upper`: Wilson's 95 % interval of shares that rest on a known number of people.

    None for figures worked out from published ones, and none for shares of full-time posts.
    """
    from statsmodels.stats.proportion import proportion_confint

    shares = rows["metric"].map({name: catalog.metric(str(name)).unit == "share" for name in rows["metric"].unique()})
    people = ~rows["metric"].isin(_ON_FULL_TIMES) & ~rows["source"].str.startswith("derived:")
    chosen = rows[shares.astype(bool) & people & rows["value"].notna() & rows["n"].notna()]
    n = chosen["n"].to_numpy(dtype=float)
    count = np.rint(chosen["value"].to_numpy(dtype=float) * n)
    lower, upper = proportion_confint(count, n, alpha=_Z95, method="wilson")
    bounds = pd.DataFrame({"lower": lower, "upper": upper}, index=chosen.index).astype("Float64")
    return rows.assign(lower=bounds["lower"].reindex(rows.index), upper=bounds["upper"].reindex(rows.index))
