"""Cells -> results rows: the same sums for every level and breakdown, then value and interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import catalog
from skq.aggregate.cells import SUMS, constant
from skq.aggregate.coded import stacked
from skq.aggregate.periods import three_years
from skq.aggregate.surveys import ITEM_METRICS, survey_index
from skq.columns import taken
from skq.give_back import give_back_memory
from skq.keys import numbered, portions
from skq.metrics.intervals import mean_interval, sd_from_sums, share_interval
from skq.metrics.staff import share
from skq.terms import (
    CATEGORIES,
    PUPIL_BREAKDOWNS,
    RESULT_DTYPES,
    RESULT_KEY,
    Breakdown,
    CellStatus,
    Level,
)

REGISTER = "register"
AT_A_TIME = 500_000
"""So many cells are rolled up together, unless one metric has more of them: more only ask for more memory."""
GROUP_BREAKDOWNS = (Breakdown.ALL, Breakdown.SEX)
"""A class is too small to be split by the education of parents."""
_KEY = ["metric", "school_year", "grade_year", "subject"]
_CODED = ["metric", "school_year", "subject", "sex", "parental_education", "item", *map(str, Level)]


def rolled_up(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the rows, unsorted, of placed *cells* for all levels that have a column of their name, and breakdowns."""
    return one_table(list(in_portions(cells)))


def in_portions(cells: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the rows of `rolled_up`, those of some metrics at a time: what is made of one metric rests on no other."""
    grouping = [column for column in _CODED if column in cells]  # millions of cells are grouped by these, often
    coded = cells.astype(dict.fromkeys(grouping, "category"))
    if len(coded) <= AT_A_TIME:
        yield _of_some_metrics(coded)
        return
    for at in portions(coded["metric"].cat.codes.to_numpy(), AT_A_TIME):
        give_back_memory()
        yield _of_some_metrics(coded.take(at))


def _of_some_metrics(coded: pd.DataFrame) -> pd.DataFrame:
    items = coded["metric"].isin(ITEM_METRICS) & coded["item"].ne("")  # answers per respondent carry no item
    surveyed = survey_index(stacked(_sums(coded[items], ["item"])), list(RESULT_KEY))
    sums = _sums(coded[~items] if items.any() else coded, [])
    sums += [three_years(one) for one in sums]
    return one_table([_valued(stacked(sums)), stated(surveyed)])


def results_frame(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of *parts* as one results table: its columns, its dtypes, sorted by key.

    The list is emptied, so that each column can be let go of as soon as it has been put in order: there are millions of
    rows.
    """
    left = _to_empty(parts)
    parts.clear()
    keys = pd.DataFrame({name: taken(left, name, RESULT_DTYPES[name]) for name in RESULT_KEY}, copy=False)
    order = np.argsort(numbered(keys, RESULT_KEY), kind="stable")
    rows = {}
    for column, dtype in RESULT_DTYPES.items():
        found = keys.pop(column) if column in keys else taken(left, column, dtype)
        rows[column] = pd.Series(found.array.take(order))
        del found
    return pd.DataFrame(rows, copy=False)


def one_table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of *parts* as one table with the columns and dtypes of results, in the order given."""
    left = _to_empty(parts)
    return pd.DataFrame({name: taken(left, name, dtype) for name, dtype in RESULT_DTYPES.items()}, copy=False)


def _to_empty(parts: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return *parts* as tables that columns can be taken of, while those given stay whole."""
    return [part.copy(deep=False) for part in parts]


def _sums(cells: pd.DataFrame, extra: list[str]) -> list[pd.DataFrame]:
    """Return the summed cells of every level and breakdown, keyed by `RESULT_KEY` and *extra*; texts are categories."""
    by = [*_KEY, *extra]
    number = cells.groupby(by, observed=True, dropna=False).ngroup()  # what each cell tells, whoever it is about
    first = np.flatnonzero(~number.duplicated())
    told = cells[by].iloc[first[np.argsort(number.to_numpy()[first])]].reset_index(drop=True)
    return [
        _level_sums(cells, number.to_numpy(), told, level, breakdown)
        for level in Level
        if level.value in cells
        for breakdown in (GROUP_BREAKDOWNS if level is Level.GROUP else PUPIL_BREAKDOWNS)
        if breakdown is Breakdown.ALL or not extra
    ]


def _level_sums(
    cells: pd.DataFrame, number: npt.NDArray[Any], told: pd.DataFrame, level: Level, breakdown: Breakdown
) -> pd.DataFrame:
    """Return the sums of *cells* of a level and breakdown, in the order of what they tell, unit and category.

    *number* is the row of *told* that each cell belongs to.
    """
    unit, category = cells[level.value].cat, None if breakdown is Breakdown.ALL else cells[breakdown.value].cat
    key, there = number * len(unit.categories) + unit.codes.to_numpy(), unit.codes.to_numpy() >= 0
    if category is not None:
        there &= cells[breakdown.value].isin(CATEGORIES[breakdown]).to_numpy()
        key = key * len(category.categories) + category.codes.to_numpy()
    sums = cells.loc[there, SUMS].groupby(key[there]).sum()
    place = sums.index.to_numpy(dtype=np.int64)
    named: dict[str, Any] = {"category": constant("all", len(place))}
    if category is not None:
        place, own = np.divmod(place, len(category.categories))
        named["category"] = pd.Categorical.from_codes(own, categories=category.categories)
    place, own = np.divmod(place, len(unit.categories))
    named |= {"level": constant(str(level), len(place)), "breakdown": constant(str(breakdown), len(place))}
    named["unit"] = pd.Categorical.from_codes(own, categories=unit.categories)
    return told.take(place).reset_index(drop=True).assign(**named).join(sums.reset_index(drop=True))


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
