"""Lines: groups of numbers that add up to another number, which is how a hidden one could be worked out.

Sexes add up to all pupils, grades of parental education too, groups of employees to all of them, grade years and
classes to the whole school, schools to area, organizer, municipality and nation. Every line has members (rows) and a
total (a row).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import catalog
from skq.belonging import belonging
from skq.keys import NOWHERE, Keys, matched, places
from skq.protect.inference import TELLS_OF
from skq.terms import RESULT_KEY, Breakdown, Level

Positions = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
Members = tuple[Positions, Positions, Positions]
"""Kind, member (its position) and the number of the key of its total, each per member of a line."""

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

NOTHING = 1e-9
"""A part of a change that is smaller is 0."""

_BETWEEN = tuple(f"{level} of " for level in (Level.AREA, Level.ORGANIZER, Level.MUNICIPALITY))
"""How the names of kinds begin, of units between schools and the whole."""


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
        """Return the lines of one kind alone, numbered from 0 in the same order."""
        own = self.kind == kind
        member = own[self.line]
        number = np.cumsum(own) - 1
        return Lines(
            number[self.line[member]],
            self.member[member],
            self.total[own],
            self.kind[own],
            self.complete[own],
            self.rest[own],
        )


def lines(rows: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame | None = None) -> Lines:
    """Return the lines among *rows* (results with a clean index 0…), whose units are described by *units*.

    *memberships* (as from `aggregate.memberships`) tells where a unit belonged each school year; a unit and year that
    it does not hold is taken to belong where *units* says.
    """
    keys = Keys(rows, RESULT_KEY)
    metrics, of_metric = keys.values("metric"), keys.codes("metric")
    additive = np.flatnonzero(np.array([_adds_up(name) for name in metrics], dtype=bool)[of_metric])
    found = [
        _to_all(additive, keys, Breakdown.SEX),
        _to_all(additive, keys, Breakdown.PARENTAL_EDUCATION),
        _grade_years(additive, keys),
        _decompositions(keys, rows["value"].to_numpy("float64", na_value=np.nan)),
        _employee_groups(additive, keys),
        *_to_units(additive, keys, rows, units, memberships),
    ]
    kind, member, wanted = (np.concatenate([part[place] for part in found]) for place in range(3))
    totals = places(keys.own, wanted)
    kind, member, totals = (part[totals != NOWHERE] for part in (kind, member, totals))
    kept = _divided(kind * len(rows) + totals, kind, keys.texts("level")[member])
    kind, member, totals = kind[kept], member[kept], totals[kept]
    each, line = np.unique(kind * len(rows) + totals, return_inverse=True)
    of_line, total = np.divmod(each, max(len(rows), 1))
    n = rows["n"].fillna(0).to_numpy("float64")
    lacking = n[total] - np.bincount(line, weights=n[member], minlength=len(total))
    with_rest = np.isin(of_line, [KINDS.index(name) for name in WITH_REST])
    with_rest &= rows["level"].eq(str(Level.SCHOOL)).to_numpy()[total]
    rest = np.where(with_rest & (lacking > 1e-9), lacking, 0.0)
    return Lines(line.astype(np.int64), member, total, of_line, lacking <= 1e-9, rest)


def _divided(line: Positions, kind: Positions, level: Texts) -> Booleans:
    """Return which members are in lines with a unit of the level that the kind names, not just schools beside them."""
    named = np.array([one.split(" of ")[0] for one in KINDS], dtype=object)[kind]
    between = np.isin(kind, [place for place, one in enumerate(KINDS) if one.startswith(_BETWEEN)])
    return np.asarray(np.isin(line, line[named == level]) | ~between, dtype=np.bool_)


def _adds_up(metric: str) -> bool:
    return metric in NEARLY or catalog.metric(metric).aggregation != "none"


def _members(rows: Positions, kind: str, totals: Positions) -> Members:
    """Return *rows* as members of lines of one kind, with the numbers of the keys of their *totals*."""
    return np.full(len(rows), KINDS.index(kind), dtype=np.int64), rows, totals


def _to_all(rows: Positions, keys: Keys, breakdown: Breakdown) -> Members:
    own = rows[keys.codes("breakdown")[rows] == keys.code("breakdown", str(breakdown))]
    everybody = {column: keys.code(column, "all") for column in ("breakdown", "category")}
    return _members(own, str(breakdown), keys.changed(own, everybody))


def _grade_years(rows: Positions, keys: Keys) -> Members:
    """Return the grade years 1 to 9 as members of the whole; förskoleklass (0) is not part of it."""
    years = [keys.code("grade_year", year) for year in range(1, 10)]
    single = np.isin(keys.codes("grade_year")[rows], [year for year in years if year != NOWHERE])
    own = rows[(keys.codes("metric")[rows] == keys.code("metric", "pupil_count")) & single]
    return _members(own, GRADE_YEAR, keys.changed(own, {"grade_year": len(keys.values("grade_year"))}))


def _decompositions(keys: Keys, value: Floats) -> Members:
    """Return the parts of a cohort's change as members of the change: two of them and the whole tell the third.

    A part that is about nobody is no member: it is known to be 0 wherever it is hidden, so it hides no other part.
    """
    parts = [keys.code("metric", metric) for metric in CHANGE_PARTS]
    own = np.flatnonzero(np.isin(keys.codes("metric"), [part for part in parts if part != NOWHERE]))
    own = own[~_about_nobody(own, keys, value)]
    return _members(own, DECOMPOSITION, keys.changed(own, {"metric": keys.code("metric", CHANGE)}))


def _about_nobody(parts: Positions, keys: Keys, value: Floats) -> Booleans:
    """Return which *parts* of a change are 0, as the count beside them says that nobody stayed, left or joined.

    A pupil may have a grade at one of the two points alone; a part that such a pupil makes is not 0.
    """
    counts = np.array([keys.code("metric", TELLS_OF.get(name, "")) for name in keys.values("metric")], dtype=np.int64)
    beside = places(keys.own, keys.changed(parts, {"metric": counts[keys.codes("metric")[parts]]}))
    nobody = (beside != NOWHERE) & (value[beside] == 0)
    return np.asarray(nobody & (np.abs(value[parts]) < NOTHING), dtype=np.bool_)


def _employee_groups(rows: Positions, keys: Keys) -> Members:
    """Return the groups of employees (subject) as members of all employees."""
    everybody = keys.code("subject", "")
    of_staff = keys.codes("metric")[rows] == keys.code("metric", "sick_leave_share")
    own = rows[of_staff & (keys.codes("subject")[rows] != everybody)]
    return _members(own, EMPLOYEE_GROUP, keys.changed(own, {"subject": everybody}))


def _to_units(
    rows: Positions, keys: Keys, results: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame | None
) -> list[Members]:
    of_unit = Keys(results.iloc[rows], ("level", "unit", "school_year"))
    there = results.iloc[rows[np.unique(of_unit.own, return_index=True)[1]]]
    parents = belonging(there, units, memberships)
    numbers, parent = of_unit.of(parents), keys.known("unit", parents["parent"])
    kind = parents["kind"].to_numpy(dtype=object)
    found = []
    for level, above in _UNITS:
        of_kind = np.flatnonzero((kind == f"{level} of {above}") & (numbers != NOWHERE))
        at, pair = matched(of_unit.own, numbers[of_kind])
        own, code = rows[at], parent[of_kind[pair]]
        totals = keys.changed(own, {"level": keys.code("level", str(above)), "unit": code})
        found.append(_members(own, f"{level} of {above}", totals))
    return found
