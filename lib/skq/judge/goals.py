"""Targets and commitments beside what came out: status, interval and trend, from shown numbers alone."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from skq import catalog
from skq.columns import written_out
from skq.judge.rows import NUMBERS, Lookup
from skq.judge.status import statuses, trends
from skq.keys import Keys
from skq.terms import RESULT_KEY, Breakdown, CellStatus, Level, SchoolYear

TARGET, COMMITMENT = "target", "commitment"
GOALS = ("targets", "commitments")
"""The own tables that goals are made of."""

YEARS = 5
"""How many school years, the goal's own the last, a trend goes through: those that a report shows."""

_OPEN = [str(status) for status in CellStatus if status.has_value or status is CellStatus.MISSING]
_SERIES = ["metric", "level", "unit", "grade_year", "subject"]
_ASKED = ["metric", "school_year", "level", "unit", "grade_year", "subject"]
_TOLD = ["origin", "title", "target", "tolerance", "start_value"]


def goal_rows(tables: Mapping[str, pd.DataFrame], results: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Return the goals of the own tables `targets` and `commitments` with the columns of `judgements.GOAL_COLUMNS`.

    *results* are all protected results (what is hidden tells which units a number is meant for), *shown* those that
    show a value. A goal whose number is hidden, not there, or not told apart from others cannot be judged.
    """
    named = pd.concat([pd.Series(dtype="str"), *(tables[name]["metric"] for name in GOALS if name in tables)]).unique()
    results, shown = (written_out(rows[rows["metric"].isin(named)]) for rows in (results, shown))
    series = results.loc[results["breakdown"].eq(str(Breakdown.ALL)), _SERIES].drop_duplicates()
    parts = [_targets(tables["targets"], series)] if "targets" in tables else []
    parts += [_commitments(tables["commitments"], series)] if "commitments" in tables else []
    wanted = [part for part in parts if len(part)]
    if not wanted:
        return pd.DataFrame(columns=[*RESULT_KEY, *_TOLD])
    goals = pd.concat(wanted, ignore_index=True).astype({"grade_year": "Int64"})
    goals = goals.assign(breakdown=str(Breakdown.ALL), category="all", subject=goals["subject"].fillna(""))
    goals["start_value"] = goals["start_value"].astype("Float64").mask(_betraying(goals, results))
    goals = goals.join(Lookup(shown, NUMBERS).at(goals)).join(_trends(goals, shown))
    return goals.assign(trend_points=goals["trend_points"].fillna(0), status=statuses(goals))


def _targets(table: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Return one row per target and unit; a target without unit is for every unit that ever has the number."""
    rows = pd.DataFrame(index=table.index).assign(
        metric=table["metric"],
        school_year=table["school_year"],
        level=_column(table, "level").replace("", None).fillna(str(Level.SCHOOL)),
        unit=_column(table, "school_unit_code").replace("", None),
        grade_year=_column(table, "grade_year").astype("Int64"),
        subject=_column(table, "subject").fillna(""),
        origin=TARGET,
        title=_column(table, "title").fillna(""),
        target=table["target"].astype("float64"),
        tolerance=_column(table, "tolerance").astype("Float64").fillna(0.0),
        start_value=float("nan"),
    )
    named = rows["unit"].notna()
    every = rows[~named].drop(columns="unit").merge(series, on=["metric", "level", "grade_year", "subject"])
    return pd.concat([rows[named], every[[*rows.columns]]], ignore_index=True)


def _commitments(table: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """Return one row per commitment that names a metric.

    Where it does not say of which grade year or subject, it is the school's only number of that metric; where there are
    several the goal stands without grade year and subject, and cannot be judged.
    """
    table = table[table["metric"].fillna("").ne("")]
    rows = pd.DataFrame(index=table.index).assign(
        metric=table["metric"],
        school_year=table["school_year"],
        level=str(Level.SCHOOL),
        unit=table["school_unit_code"],
        grade_year=_column(table, "grade_year").astype("Int64"),
        subject=_column(table, "subject").fillna(""),
        origin=COMMITMENT,
        title=table["commitment"],
        target=table["expected_value"].astype("float64"),
        tolerance=0.0,
        start_value=table["start_value"].astype("Float64"),
    )
    open_ended = rows["grade_year"].isna() & rows["subject"].eq("")
    single = series[~series.duplicated(["metric", "level", "unit"], keep=False)]
    found = rows[open_ended].drop(columns=["grade_year", "subject"])
    found = found.merge(single, on=["metric", "level", "unit"], how="left").fillna({"subject": ""})
    return pd.concat([rows[~open_ended], found[[*rows.columns]]], ignore_index=True)


def _betraying(goals: pd.DataFrame, results: pd.DataFrame) -> pd.Series:
    """Return whether a start value would tell a number that is hidden: that of the year before, or of the goal's own.

    Where grade year and subject are not told, any hidden number of the metric at the unit counts.
    """
    hidden = results[~results["status"].isin(_OPEN) & results["breakdown"].eq(str(Breakdown.ALL))]
    years = {year: str(SchoolYear.parse(year).previous) for year in goals["school_year"].unique()}
    found = pd.Series(False, index=goals.index)
    untold = goals["grade_year"].isna() & goals["subject"].eq("")
    for when in (goals["school_year"], goals["school_year"].map(years)):
        asked = goals[_ASKED].assign(school_year=when)
        found |= Keys(hidden, _ASKED).hold(asked)
        found |= untold & Keys(hidden, ["metric", "school_year", "level", "unit"]).hold(asked)
    return found


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of a table as plain objects, missing throughout where an older table does not have it."""
    if name not in table:
        return pd.Series(pd.NA, index=table.index, dtype="object")
    return table[name].astype("object").where(table[name].notna(), None)


def _trends(goals: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Return trend and trend_points of each goal: through its shown years since the last break in the series."""
    everyone = shown[shown["breakdown"].eq(str(Breakdown.ALL))]
    points = goals[_ASKED].rename_axis("goal").reset_index()
    points = points.merge(everyone[[*_SERIES, "school_year", "value", "n"]], on=_SERIES, suffixes=("", "_of_point"))
    start = {text: SchoolYear.parse(text).start for text in {*points["school_year"], *points["school_year_of_point"]}}
    goal_year, year = (points[name].map(start).astype("int64") for name in ("school_year", "school_year_of_point"))
    first = pd.Series(
        [_first_year(metric, when) for metric, when in zip(points["metric"], goal_year, strict=True)],
        index=points.index, dtype="int64",
    )  # fmt: skip
    within = points[year.le(goal_year) & year.ge(first)]
    return trends(within.assign(year=year[within.index]))


def _first_year(metric: str, goal_year: int) -> int:
    """Return the autumn of the first school year that can be set beside *goal_year*."""
    broken = [year.start for year in catalog.metric(metric).breaks if year.start <= goal_year]
    return max([goal_year - YEARS + 1, *broken])
