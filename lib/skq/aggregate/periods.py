"""Three school years pooled, for units where a single year says little: sums of sums, made like any other row."""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.aggregate.cells import SUMS
from skq.terms import Breakdown, Level, SchoolYear

POOLED = (
    "merit_rating_17",
    "merit_rating_16",
    "all_subjects_passed_share",
    "eligible_vocational_share",
    "eligible_arts_share",
    "eligible_social_share",
    "eligible_science_share",
    "subject_points_mean",
    "subject_passed_share",
    "failed_one_subject_share",
    "failed_several_subjects_share",
    "test_points_mean",
    "test_passed_share",
    "test_participation_share",
    "test_all_parts_share",
)
"""The shares and means that are also told of three years together; counts are not, a pupil is not three pupils."""

LEVELS = (Level.SCHOOL, Level.MUNICIPALITY)
YEARS = 3

_SERIES = ["metric", "level", "unit", "grade_year", "subject"]


def three_years(sums: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of three school years in a row, with breakdown `period`, beside those of single years.

    *sums* are summed cells with the columns of `RESULT_KEY`; the row's school year is the last of the three. There is
    none where one of the three is absent, nor over a break in the metric's series.
    """
    own = sums[
        sums["metric"].isin(POOLED)
        & sums["level"].isin([str(level) for level in LEVELS])
        & sums["breakdown"].eq(str(Breakdown.ALL))
    ]
    year = own["school_year"].map(_starts(own["school_year"])).astype("int64")
    series = own.groupby(_SERIES, dropna=False, observed=True, sort=False).ngroup()
    ordered = own.assign(_series=series, _year=year).sort_values(["_series", "_year"], kind="stable")
    whole = pd.Series(True, index=ordered.index)
    pooled = ordered[SUMS].copy()
    for back in range(1, YEARS):
        whole &= ordered["_series"].shift(back).eq(ordered["_series"])
        whole &= ordered["_year"].shift(back).eq(ordered["_year"] - back)
        pooled += ordered[SUMS].shift(back)
    kept = whole & ~_broken(ordered)
    period = {"breakdown": str(Breakdown.PERIOD), "category": "three_years"}
    return ordered.assign(**pooled, **period)[kept].drop(columns=["_series", "_year"])


def _starts(school_year: pd.Series) -> dict[str, int]:
    return {text: SchoolYear.parse(text).start for text in school_year.unique()}


def _broken(rows: pd.DataFrame) -> pd.Series:
    """Return whether the series breaks inside the three years that end in each row's."""
    broken = pd.Series(False, index=rows.index)
    for metric in rows["metric"].unique():
        within = {year.start + later for year in catalog.metric(metric).breaks for later in range(YEARS - 1)}
        broken |= rows["metric"].eq(metric) & rows["_year"].isin(within)
    return broken
