"""Lines: groups of numbers that add up to another number, which is how a hidden one could be worked out.

Sexes add up to all pupils, grades of parental education too, grade years to the whole school, schools to area,
organizer and municipality. Every line has members (rows) and a total (a row).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import catalog
from skq.terms import RESULT_KEY, Breakdown, Level

Positions = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

SEX, EDUCATION, GRADE_YEAR = "sex", "parental_education", "grade_year"
_UNITS = (
    (Level.SCHOOL, Level.AREA),
    (Level.SCHOOL, Level.ORGANIZER),
    (Level.SCHOOL, Level.MUNICIPALITY),
    (Level.AREA, Level.ORGANIZER),
    (Level.AREA, Level.MUNICIPALITY),
    (Level.ORGANIZER, Level.MUNICIPALITY),
)
KINDS = (SEX, EDUCATION, GRADE_YEAR, *(f"{level} of {parent}" for level, parent in _UNITS))
"""The kinds of line, from the narrowest; what a narrow one hides often closes the wider ones too."""


@dataclass(frozen=True)
class Lines:
    """All lines of a table: `member` and `line` are parallel (a row may be in many lines), the rest is per line.

    `total` is the position of the total, `kind` the position in `KINDS`, `complete` whether the members' n add up to
    the total's (pupils whose parents' education is unknown are in no member).
    """

    line: Positions
    member: Positions
    total: Positions
    kind: Positions
    complete: Booleans

    def of_kind(self, kind: int) -> Lines:
        """Return only the lines of one kind; lines keep their numbers, so `total`, `kind`, `complete` stay whole."""
        own = self.kind[self.line] == kind
        return Lines(self.line[own], self.member[own], self.total, self.kind, self.complete)


def lines(rows: pd.DataFrame, units: pd.DataFrame) -> Lines:
    """Return the lines among *rows* (results with a clean index 0…), whose units are described by *units*."""
    additive = rows[rows["metric"].map({name: _adds_up(name) for name in rows["metric"].unique()})]
    everything = pd.concat(
        [
            _to_all(additive, Breakdown.SEX),
            _to_all(additive, Breakdown.PARENTAL_EDUCATION),
            _grade_years(additive),
            *(_to_unit(additive, units, level, parent) for level, parent in _UNITS),
        ],
        ignore_index=True,
    )
    totals = rows[list(RESULT_KEY)].assign(total=rows.index)
    members = everything.merge(totals, on=list(RESULT_KEY), how="inner", validate="many_to_one")
    members["line"] = members.groupby(["kind", "total"], sort=True).ngroup()
    per_line = members.drop_duplicates("line").sort_values("line")
    n = rows["n"].fillna(0).to_numpy("float64")
    line, member = members["line"].to_numpy("int64"), members["member"].to_numpy("int64")
    total = per_line["total"].to_numpy("int64")
    added = np.bincount(line, weights=n[member], minlength=len(total))
    return Lines(line, member, total, per_line["kind"].to_numpy("int64"), added >= n[total] - 1e-9)


def _adds_up(metric: str) -> bool:
    return catalog.metric(metric).aggregation != "none"


def _members(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return *rows* as members of lines: their own key (to be turned into their total's), kind and position."""
    return rows[list(RESULT_KEY)].assign(kind=KINDS.index(kind), member=rows.index)


def _to_all(rows: pd.DataFrame, breakdown: Breakdown) -> pd.DataFrame:
    own = rows[rows["breakdown"].eq(str(breakdown))]
    return _members(own, str(breakdown)).assign(breakdown="all", category="all")


def _grade_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the grade years 1 to 9 as members of the whole; förskoleklass (0) is not part of it."""
    own = rows[rows["metric"].eq("pupil_count") & rows["grade_year"].ge(1).fillna(False)]
    return _members(own, GRADE_YEAR).assign(grade_year=pd.Series(pd.NA, index=own.index, dtype="Int64"))


def _to_unit(rows: pd.DataFrame, units: pd.DataFrame, level: Level, parent: Level) -> pd.DataFrame:
    own = rows[rows["level"].eq(str(level))]
    above = own["unit"].map(_parent_ids(units[units["level"].eq(str(level))], parent))
    known = above.notna()
    members = _members(own[known], f"{level} of {parent}")
    return members.assign(level=str(parent), unit=above[known].astype("str"))


def _parent_ids(units: pd.DataFrame, parent: Level) -> dict[str, str]:
    """Return the id of the unit that each of *units* belongs to at the level *parent*, where it belongs to one."""
    if parent is Level.AREA:
        ids = units["municipality_code"] + ":" + units["area"].where(units["area"].ne(""))
    else:
        ids = units["organizer"] if parent is Level.ORGANIZER else units["municipality_code"]
    known = ids.notna() & ids.ne("")
    return dict(zip(units["unit"][known], ids[known], strict=True))
