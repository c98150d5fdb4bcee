"""Cells -> results rows: the same sums for every level and breakdown, then value and interval."""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.aggregate.cells import SUMS
from skq.aggregate.periods import three_years
from skq.aggregate.surveys import ITEM_METRICS, survey_index
from skq.metrics.intervals import mean_interval, sd_from_sums, share_interval
from skq.metrics.staff import share
from skq.terms import (
    CATEGORIES,
    PUPIL_BREAKDOWNS,
    RESULT_COLUMNS,
    RESULT_DTYPES,
    RESULT_KEY,
    Breakdown,
    CellStatus,
    Level,
)

REGISTER = "register"
GROUP_BREAKDOWNS = (Breakdown.ALL, Breakdown.SEX)
"""A class is too small to be split by the education of parents."""
_KEY = ["metric", "school_year", "grade_year", "subject"]
_CODED = ["metric", "school_year", "subject", "sex", "parental_education", "item", *map(str, Level)]


def rolled_up(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the rows, unsorted, of placed *cells* for all levels that have a column of their name, and breakdowns."""
    grouping = [column for column in _CODED if column in cells]  # millions of cells are grouped by these, often
    coded = cells.astype(dict.fromkeys(grouping, "category"))
    items = coded["metric"].isin(ITEM_METRICS) & coded["item"].ne("")  # answers per respondent carry no item
    sums = pd.concat(_sums(coded[~items], []), ignore_index=True)
    sums = pd.concat([sums, three_years(sums)], ignore_index=True)
    indices = pd.concat(_sums(coded[items], ["item"]), ignore_index=True)
    surveyed = survey_index(indices, list(RESULT_KEY))
    return one_table([_valued(sums), stated(surveyed)])


def results_frame(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of *parts* as one results table: its columns, its dtypes, sorted by key."""
    return one_table(parts).sort_values(list(RESULT_KEY), kind="stable", ignore_index=True)


def one_table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of *parts* as one table with the columns and dtypes of results, in the order given."""
    rows = [part.reindex(columns=list(RESULT_COLUMNS)).astype(RESULT_DTYPES) for part in parts]
    return pd.concat(rows, ignore_index=True)


def _sums(cells: pd.DataFrame, extra: list[str]) -> list[pd.DataFrame]:
    """Return the summed cells of every level and breakdown, keyed by `RESULT_KEY` and *extra*."""
    by = [*_KEY, *extra]
    number = cells.groupby(by, observed=True, dropna=False).ngroup()  # what each cell tells, whoever it is about
    told = cells[by].assign(told=number).drop_duplicates("told").set_index("told")
    numbered = cells.drop(columns=by).assign(told=number)
    return [
        _level_sums(numbered, told, level, breakdown)
        for level in Level
        if level.value in cells
        for breakdown in (GROUP_BREAKDOWNS if level is Level.GROUP else PUPIL_BREAKDOWNS)
        if breakdown is Breakdown.ALL or not extra
    ]


def _level_sums(cells: pd.DataFrame, told: pd.DataFrame, level: Level, breakdown: Breakdown) -> pd.DataFrame:
    """Return the sums of *cells* of a level and breakdown; their column `told` is a row of *told*."""
    by, there = ["told", level.value], cells[level.value].notna()
    if breakdown is not Breakdown.ALL:
        by, there = [*by, breakdown.value], there & cells[breakdown.value].isin(CATEGORIES[breakdown])
    sums = cells.loc[there, [*by, *SUMS]].groupby(by, observed=True, as_index=False)[SUMS].sum()
    sums = sums.rename(columns={level.value: "unit", breakdown.value: "category"})
    category = "all" if breakdown is Breakdown.ALL else sums["category"].astype("str")
    keys = told.loc[sums.pop("told")].reset_index(drop=True)
    named = pd.concat([keys, sums], axis="columns")
    return named.assign(level=str(level), unit=sums["unit"].astype("str"), breakdown=str(breakdown), category=category)


def _valued(sums: pd.DataFrame) -> pd.DataFrame:
    """Return sums with value and, where the metric has one, interval."""
    about = [catalog.metric(metric) for metric in sums["metric"].unique()]
    adds_up = sums["metric"].isin([one.id for one in about if one.aggregation == "sum"])
    means = sums["metric"].isin([one.id for one in about if one.interval == "mean"])
    shares = sums["metric"].isin([one.id for one in about if one.interval == "share"])
    value = share(sums["part"], sums["whole"]).mask(adds_up, sums["part"])
    spread = sd_from_sums(sums["part"], sums["squares"], sums["n"])
    limits = mean_interval(value, spread, sums["n"]).where(means)
    limits.loc[shares] = share_interval(sums.loc[shares, "part"], sums.loc[shares, "n"])
    return stated(sums.assign(value=value, lower=limits["lower"], upper=limits["upper"]))


def stated(rows: pd.DataFrame) -> pd.DataFrame:
    """Return *rows* (with `value`, and `part` as numerator) with status, source and raw."""
    status = rows["value"].notna().map({True: str(CellStatus.OBSERVED), False: str(CellStatus.MISSING)})
    return rows.rename(columns={"part": "numerator"}).assign(status=status.astype("str"), source=REGISTER, raw="")
