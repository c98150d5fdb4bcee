"""Lines: groups of numbers that add up to another number, which is how a hidden one could be worked out.

Sexes add up to all pupils, grades of parental education too, groups of employees to all of them, grade years and
classes to the whole school, schools to area, organizer, municipality and nation. Every line has members (rows) and a
total (a row).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import catalog
from skq.belonging import belonging
from skq.terms import RESULT_KEY, Breakdown, Level

Positions = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SEX, EDUCATION, GRADE_YEAR, DECOMPOSITION = "sex", "parental_education", "grade_year", "decomposition"
EMPLOYEE_GROUP = "employee_group"
_UNITS = (
    (Level.GROUP, Level.SCHOOL),
    (Level.SCHOOL, Level.AREA),
    (Level.SCHOOL, Level.ORGANIZER),
    (Level.SCHOOL, Level.MUNICIPALITY),
    (Level.AREA, Level.ORGANIZER),
    (Level.AREA, Level.MUNICIPALITY),
    (Level.ORGANIZER, Level.MUNICIPALITY),
    (Level.SCHOOL, Level.NATION),
    (Level.ORGANIZER, Level.NATION),
    (Level.MUNICIPALITY, Level.NATION),
)
_WITHIN = (SEX, EDUCATION, GRADE_YEAR, DECOMPOSITION, EMPLOYEE_GROUP)
KINDS = (*_WITHIN, *(f"{level} of {parent}" for level, parent in _UNITS))
"""The kinds of line, from the narrowest; what a narrow one hides often closes the wider ones too."""

WITH_REST = (EDUCATION, f"{Level.GROUP} of {Level.SCHOOL}")
"""Kinds whose total may hold pupils that are in no member: of unknown education, in no class.

At a school they are few whom their teachers know, and count as a hidden member. Above it nobody can point them out:
there the total stands beside what is known of its parts, as in the official statistics.
"""

CHANGE_PARTS = ("cohort_change_stayers", "cohort_change_leavers", "cohort_change_joiners")
CHANGE = "cohort_change"
NEARLY = ("cohort_stayers_count", "cohort_leavers_count", "cohort_joiners_count", CHANGE)
"""What adds up over units but for the few who move between them: near enough to tell a single hidden one."""

ABSENT = -2
"""The number of what no row has; a missing value is -1."""


@dataclass(frozen=True)
class Lines:
    """All lines of a table: `member` and `line` are parallel (a row may be in many lines), the rest is per line.

    `total` is the position of the total, `kind` the position in `KINDS`, `complete` whether the members' n add up to
    the total's; `rest` how many pupils of a school are in no member, in lines of a kind `WITH_REST` (else 0).
    """

    line: Positions
    member: Positions
    total: Positions
    kind: Positions
    complete: Booleans
    rest: Floats

    def of_kind(self, kind: int) -> Lines:
        """Return only the lines of one kind; lines keep their numbers, so what is per line stays whole."""
        own = self.kind[self.line] == kind
        return Lines(self.line[own], self.member[own], self.total, self.kind, self.complete, self.rest)


def lines(rows: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame | None = None) -> Lines:
    """Return the lines among *rows* (results with a clean index 0…), whose units are described by *units*.

    *memberships* (as from `aggregate.memberships`) tells where a unit belonged each school year; a unit and year that
    it does not hold is taken to belong where *units* says.
    """
    coded = _Coded(rows)
    additive = coded.rows[rows["metric"].map({name: _adds_up(name) for name in rows["metric"].unique()}).astype(bool)]
    everything = pd.concat(
        [
            _to_all(additive, coded, Breakdown.SEX),
            _to_all(additive, coded, Breakdown.PARENTAL_EDUCATION),
            _grade_years(additive, coded),
            _decompositions(coded),
            _employee_groups(additive, coded),
            *_to_units(additive, coded, belonging(rows.loc[additive.index], units, memberships)),
        ],
        ignore_index=True,
    )
    totals = coded.rows.assign(total=rows.index)
    members = everything.merge(totals, on=list(RESULT_KEY), how="inner", validate="many_to_one")
    members = members[_divided(members, rows)]
    members["line"] = members.groupby(["kind", "total"], sort=True).ngroup()
    per_line = members.drop_duplicates("line").sort_values("line")
    n = rows["n"].fillna(0).to_numpy("float64")
    line, member = members["line"].to_numpy("int64"), members["member"].to_numpy("int64")
    total, kind = (per_line[column].to_numpy("int64") for column in ("total", "kind"))
    lacking = n[total] - np.bincount(line, weights=n[member], minlength=len(total))
    with_rest = np.isin(kind, [KINDS.index(name) for name in WITH_REST])
    with_rest &= rows["level"].eq(str(Level.SCHOOL)).to_numpy()[total]
    return Lines(line, member, total, kind, lacking <= 1e-9, np.where(with_rest & (lacking > 1e-9), lacking, 0.0))


def _divided(members: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return which members are in lines with a unit of the level that the kind names, not just schools beside them."""
    level = np.array([kind.split(" of ")[0] for kind in KINDS])[members["kind"]]
    between = np.isin(level, [str(level) for level in (Level.AREA, Level.ORGANIZER, Level.MUNICIPALITY)])
    named = pd.Series(rows["level"].to_numpy()[members["member"]] == level, index=members.index)
    return named.groupby([members["kind"], members["total"]]).transform("any") | ~between


def _adds_up(metric: str) -> bool:
    return metric in NEARLY or catalog.metric(metric).aggregation != "none"


class _Coded:
    """The keys of *rows* as whole numbers, which are moved about and compared much faster than words."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._codes: dict[str, dict[Any, int]] = {}
        columns = {}
        for name in RESULT_KEY:
            columns[name], values = pd.factorize(rows[name])  # a missing value is -1
            self._codes[name] = {value: code for code, value in enumerate(values)}
        self.rows = pd.DataFrame(columns, index=rows.index)

    def of(self, column: str, value: str | int) -> int:
        """Return the number of *value*, one that no row has where it does not occur."""
        return self._codes[column].get(value, ABSENT)

    def all_of(self, column: str, values: pd.Series) -> pd.Series:
        """Return the number of each of *values*."""
        return values.map(self._codes[column]).fillna(ABSENT).astype("int64")


def _members(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return *rows* as members of lines: their own key (to be turned into their total's), kind and position."""
    return rows.assign(kind=KINDS.index(kind), member=rows.index)


def _to_all(rows: pd.DataFrame, coded: _Coded, breakdown: Breakdown) -> pd.DataFrame:
    own = rows[rows["breakdown"].eq(coded.of("breakdown", str(breakdown)))]
    everybody = {column: coded.of(column, "all") for column in ("breakdown", "category")}
    return _members(own, str(breakdown)).assign(**everybody)


def _grade_years(rows: pd.DataFrame, coded: _Coded) -> pd.DataFrame:
    """Return the grade years 1 to 9 as members of the whole; förskoleklass (0) is not part of it."""
    years = [coded.of("grade_year", year) for year in range(1, 10)]
    own = rows[rows["metric"].eq(coded.of("metric", "pupil_count")) & rows["grade_year"].isin(years)]
    return _members(own, GRADE_YEAR).assign(grade_year=-1)


def _decompositions(coded: _Coded) -> pd.DataFrame:
    """Return the parts of a cohort's change as members of the change: two of them and the whole tell the third."""
    parts = [coded.of("metric", metric) for metric in CHANGE_PARTS]
    own = coded.rows[coded.rows["metric"].isin(parts)]
    return _members(own, DECOMPOSITION).assign(metric=coded.of("metric", CHANGE))


def _employee_groups(rows: pd.DataFrame, coded: _Coded) -> pd.DataFrame:
    """Return the groups of employees (subject) as members of all employees."""
    everybody = coded.of("subject", "")
    own = rows[rows["metric"].eq(coded.of("metric", "sick_leave_share")) & rows["subject"].ne(everybody)]
    return _members(own, EMPLOYEE_GROUP).assign(subject=everybody)


def _to_units(rows: pd.DataFrame, coded: _Coded, parents: pd.DataFrame) -> list[pd.DataFrame]:
    columns = ("level", "unit", "school_year")
    known = parents.assign(
        **{column: coded.all_of(column, parents[column]) for column in columns},
        parent=coded.all_of("unit", parents["parent"]),
    )
    found = []
    for level, parent in _UNITS:
        of_kind = known[known["kind"].eq(f"{level} of {parent}")][[*columns, "parent"]]
        own = rows[rows["level"].isin(of_kind["level"].unique())]
        members = _members(own, f"{level} of {parent}").merge(of_kind, on=list(columns), how="inner")
        members = members.assign(level=coded.of("level", str(parent)), unit=members["parent"])
        found.append(members.drop(columns="parent"))
    return found
