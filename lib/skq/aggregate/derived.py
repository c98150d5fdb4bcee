"""Official figures -> what follows from them: pseudo-cohorts, and SALSA residuals over three years."""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq import catalog
from skq.aggregate.attainment import starts
from skq.aggregate.expected import PERIOD, RESIDUAL
from skq.aggregate.progress import points
from skq.aggregate.rollup import REGISTER, one_table
from skq.metrics.cohort_tables import pseudo_cohorts
from skq.metrics.expected import YEARS, mean_of_years
from skq.metrics.measure import Answer
from skq.terms import RESULT_KEY, Breakdown, CellStatus, Level

STAGE = 3
_PAIR = ["series", "school_year", "grade_year"]


def with_derived(official: pd.DataFrame) -> pd.DataFrame:
    """Return *official* results with what follows from them: pseudo-cohorts and three-year means of SALSA residuals."""
    together = pd.concat([official, pseudo_cohort_rows(official), official_periods(official)], ignore_index=True)
    return together.drop_duplicates(list(RESULT_KEY), keep="first").astype(official.dtypes.to_dict())


def pseudo_cohort_rows(results: pd.DataFrame) -> pd.DataFrame:
    """Return how a school's published test points changed from stage to stage three years on, as results rows.

    Per subject: mean points of the later grade year less those of the earlier one at the same school, from official
    figures alone. Nothing tells how many of the pupils are the same, so there is no interval, and `n` is the smaller of
    the two numbers of pupils where the agency tells both. `source` is `derived:` and that of the later figure.
    """
    rows = _published(results, ["test_points_mean"])
    rows = rows[rows["grade_year"].notna()].assign(series=rows["unit"] + " " + rows["subject"])
    later = rows[points(starts(rows["school_year"]), rows["grade_year"].to_numpy(dtype=np.intp), STAGE)]
    pairs = [
        pseudo_cohorts(rows, first=grade_year - STAGE, second=grade_year, unit="series").assign(grade_year=grade_year)
        for grade_year in sorted(later["grade_year"].unique())
    ]
    if not pairs:
        return one_table([pd.DataFrame()])
    found = pd.concat(pairs, ignore_index=True).rename(columns={"school_year_after": "school_year"})
    found = found.loc[found["status"].eq(str(Answer.OBSERVED)), [*_PAIR, "n_before", "n_after", "change"]]
    both = later.merge(found, on=_PAIR, how="inner", validate="one_to_one")
    n = both[["n_before", "n_after"]].astype("Float64").min(axis=1, skipna=False)
    told = both.assign(
        metric="pseudo_cohort_change", value=both["change"], n=n, raw="", source="derived:" + both["source"]
    )
    return one_table([told.drop(columns=["numerator", "lower", "upper"])])


def official_periods(results: pd.DataFrame) -> pd.DataFrame:
    """Return the three-year means of published residuals, in the form of the results table.

    Of schools with three residuals in a row, not over a break in the series. `source` is `derived:` and that of the
    newest; for the interval see `mean_of_years`, `n` is not told by the agency.
    """
    rows = _published(results, list(RESIDUAL.values()))
    dated = rows.assign(start=starts(rows["school_year"]))
    series = ["metric", "unit", "grade_year"]
    found = dated[[*series, "start"]].copy()
    for back in range(YEARS):
        earlier = dated[[*series, "start", "value"]].assign(start=dated["start"] + back)
        found = found.merge(earlier.rename(columns={"value": f"value_{back}"}), on=[*series, "start"], how="left")
    found.index = rows.index
    means = mean_of_years(found[[f"value_{back}" for back in range(YEARS)]])
    kept = means["value"].notna() & ~_over_break(rows)
    told = rows.assign(**means, **PERIOD, raw="", source="derived:" + rows["source"])[kept]
    return one_table([told.drop(columns="n")])


def _over_break(rows: pd.DataFrame) -> pd.Series:
    """Return whether a break of the metric's series lies within the three years that end in each row's."""
    start = pd.Series(starts(rows["school_year"]), index=rows.index)
    broken = pd.Series(False, index=rows.index)
    for metric in rows["metric"].unique():
        within = {year.start + later for year in catalog.metric(metric).breaks for later in range(YEARS - 1)}
        broken |= rows["metric"].eq(metric) & start.isin(within)
    return broken


def _published(results: pd.DataFrame, metrics: list[str]) -> pd.DataFrame:
    """Return the official results of schools that have a value, of all pupils."""
    own = results["source"].str.startswith(REGISTER).fillna(True)
    return results[
        results["metric"].isin(metrics)
        & results["level"].eq(str(Level.SCHOOL))
        & results["breakdown"].eq(str(Breakdown.ALL))
        & results["status"].eq(str(CellStatus.OBSERVED))
        & ~own
    ]
