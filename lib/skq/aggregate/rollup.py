"""Cells -> results rows: the same sums for every level and breakdown, then value and interval."""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.aggregate.cells import SUMS
from skq.aggregate.places import LEVELS
from skq.aggregate.surveys import survey_index
from skq.metrics.equity import variation
from skq.metrics.intervals import mean_interval, sd_from_sums, share_interval
from skq.metrics.staff import share
from skq.terms import CATEGORIES, RESULT_COLUMNS, RESULT_DTYPES, RESULT_KEY, Breakdown, CellStatus, Level

REGISTER = "register"
_KEY = ["metric", "school_year", "grade_year", "subject"]


def rolled_up(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the results rows of placed *cells* (cells with the columns of `LEVELS`) for all levels and breakdowns."""
    items = cells["metric"].eq("survey_index")
    sums = pd.concat(_sums(cells[~items], []), ignore_index=True)
    indices = pd.concat(_sums(cells[items], ["item"]), ignore_index=True)
    surveyed = survey_index(indices, list(RESULT_KEY))
    return results_frame([_valued(sums), _stated(surveyed)])


def equity_rows(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the equity rows (organizer, municipality) of placed merit cells: variance between and within schools."""
    merit = cells[cells["metric"].eq("merit_rating_17")]
    rows = []
    for level in (Level.ORGANIZER, Level.MUNICIPALITY):
        schools = merit.groupby([level.value, "school_year", "grade_year", "school"], as_index=False)[SUMS].sum()
        for (unit, school_year, grade_year), part in schools.groupby([level.value, "school_year", "grade_year"]):
            found = variation(part["n"], part["part"], part["squares"])
            key = {"level": str(level), "unit": unit, "school_year": school_year, "grade_year": grade_year}
            key |= {"n": part["n"].sum()}
            rows += [
                key | {"metric": "merit_icc", "value": found.icc},
                key | {"metric": "merit_between_share", "value": found.between_share},
                key | {"metric": "merit_sd", "value": found.sd},
            ]
    blank = {"subject": "", "breakdown": "all", "category": "all"}
    columns = [*RESULT_KEY, "n", "value"]
    return results_frame([_stated(pd.DataFrame([{**blank, **row} for row in rows], columns=columns))])


def results_frame(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of *parts* as one results table: its columns, its dtypes, sorted by key."""
    rows = [part.reindex(columns=list(RESULT_COLUMNS)).astype(RESULT_DTYPES) for part in parts]
    return pd.concat(rows, ignore_index=True).sort_values(list(RESULT_KEY), kind="stable").reset_index(drop=True)


def _sums(cells: pd.DataFrame, extra: list[str]) -> list[pd.DataFrame]:
    """Return the summed cells of every level and breakdown, keyed by `RESULT_KEY` and *extra*."""
    return [
        _level_sums(cells, level, breakdown, extra)
        for level in LEVELS
        for breakdown in Breakdown
        if breakdown is Breakdown.ALL or not extra
    ]


def _level_sums(cells: pd.DataFrame, level: Level, breakdown: Breakdown, extra: list[str]) -> pd.DataFrame:
    own = cells[cells[level.value].notna()]
    category = pd.Series("all", index=own.index) if breakdown is Breakdown.ALL else own[breakdown.value]
    own = own.assign(level=str(level), unit=own[level.value], breakdown=str(breakdown), category=category)
    own = own[own["category"].isin(CATEGORIES[breakdown])]
    return own.groupby([*RESULT_KEY, *extra], dropna=False, as_index=False)[SUMS].sum()


def _valued(sums: pd.DataFrame) -> pd.DataFrame:
    """Return sums with value and, where the metric has one, interval."""
    kind = sums["metric"].map(lambda metric: catalog.metric(metric).interval)
    adds_up = sums["metric"].map(lambda metric: catalog.metric(metric).aggregation == "sum")
    value = share(sums["part"], sums["whole"]).mask(adds_up, sums["part"])
    spread = sd_from_sums(sums["part"], sums["squares"], sums["n"])
    limits = mean_interval(value, spread, sums["n"]).where(kind.eq("mean"))
    shares = kind.eq("share")
    limits.loc[shares] = share_interval(sums.loc[shares, "part"], sums.loc[shares, "n"])
    return _stated(sums.assign(value=value, lower=limits["lower"], upper=limits["upper"]))


def _stated(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with numerator, status, source and raw."""
    status = rows["value"].notna().map({True: str(CellStatus.OBSERVED), False: str(CellStatus.MISSING)})
    return rows.rename(columns={"part": "numerator"}).assign(status=status.astype("str"), source=REGISTER, raw="")
