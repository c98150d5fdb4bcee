"""Staff and accounts -> cells: teachers, certification, pupils per teacher, sick leave, cost per pupil by kind."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import unit_cells
from skq.aggregate.members import in_compulsory_years
from skq.metrics.staff import certified_any_fte
from skq.schema.parts import COST_KINDS
from skq.terms import SchoolYear

UNIT_YEAR = ["school_unit_code", "school_year"]
NOT_COUNTED = "transport"
"""The kind of cost that is not part of cost per pupil (domain §12)."""

REST = "other"


def staff_cells(staff: pd.DataFrame, october: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of staff metrics; *october* are the pupils on 15 October.

    `n` is full-time equivalents. Whoever has no role is a teacher.
    """
    role = staff["role"].fillna("").replace("", "teacher") if "role" in staff else pd.Series("teacher", staff.index)
    teachers = staff[role.eq("teacher")]
    fte = teachers["fte"].astype("float64")
    certified = teachers["certified_fte"].astype("float64")
    any_subject = certified_any_fte(fte, teachers["certified_any"])
    yield _fte_cells(teachers, part=certified, metric="certified_teacher_share")
    yield _fte_cells(teachers, part=any_subject, metric="certified_any_subject_share")
    yield _fte_cells(teachers, part=fte, metric="teacher_fte")
    yield from _pupil_ratio(teachers, october, metric="pupils_per_teacher")
    special = staff[role.eq("special_teacher")]
    yield _fte_cells(special, part=special["fte"].astype("float64"), metric="special_teacher_fte")
    yield from _pupil_ratio(staff[role.eq("special_educator")], october, metric="pupils_per_special_educator")


def cost_cells(economy: pd.DataFrame, october: pd.DataFrame, newest: dict[str, str]) -> Iterator[pd.DataFrame]:
    """Yield the cells of cost per pupil, for accounts whose both autumns are in the data.

    Each autumn's pupils weigh one half in the cost of their own year and one half in that of the year after, also
    under a code that the unit no longer has (*newest*). A kind of cost is told of every unit with accounts in the years
    in which any unit has it, as 0 where nothing is booked, so that the kinds add up to the whole at every level.
    """
    pupils = _pupils_per_unit(october)
    autumns = {SchoolYear.parse(text).start for text in pupils["school_year"]}
    kinds = _written(economy["cost_type"]).map(COST_KINDS).fillna(REST)
    kept = economy["fiscal_year"].map(lambda year: {year, year - 1} <= autumns) & kinds.ne(NOT_COUNTED)
    if not kept.any():
        return
    costs = economy[kept].assign(
        school_year=_filed_under(economy["fiscal_year"])[kept],
        kind=kinds[kept],
        part=economy["amount_tkr"][kept].astype("float64") * 1000,
    )
    following = pupils["school_year"].map(lambda text: str(SchoolYear(SchoolYear.parse(text).start + 1)))
    halves = pd.concat([pupils, pupils.assign(school_year=following)], ignore_index=True)
    halves = _of_units(halves.assign(n=halves["pupils"] / 2, whole=halves["pupils"] / 2), costs, newest)
    yield from _costs_per_pupil(costs, halves, metric="cost_per_pupil")
    for kind in sorted(costs["kind"].unique()):
        own = costs[costs["kind"].eq(kind)]
        that_year = halves["school_year"].isin(own["school_year"].unique())
        yield from _costs_per_pupil(own, halves[that_year], metric=f"{kind}_cost_per_pupil")


def sick_leave_cells(sick_leave: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of sick leave, of each employee group (as subject) and of all; `n` is employees.

    Filed under the school year that began in the calendar year, as costs are.
    """
    rows = sick_leave.assign(
        school_year=_filed_under(sick_leave["year"]),
        n=sick_leave["employees"].astype("float64"),
        part=sick_leave["sick_hours"].astype("float64"),
        whole=sick_leave["available_hours"].astype("float64"),
    )
    for subject in (_written(sick_leave["employee_group"]), pd.Series("", index=rows.index)):
        keyed = rows.assign(subject=subject).groupby([*UNIT_YEAR, "subject"], as_index=False)
        yield unit_cells(keyed[["n", "part", "whole"]].sum(), metric="sick_leave_share")


def _costs_per_pupil(costs: pd.DataFrame, halves: pd.DataFrame, *, metric: str) -> Iterator[pd.DataFrame]:
    yield unit_cells(costs.groupby(UNIT_YEAR, as_index=False)[["part"]].sum(), metric=metric)
    yield unit_cells(halves, metric=metric)


def _filed_under(calendar_year: pd.Series) -> pd.Series:
    """Return the school year that began in each calendar year."""
    return calendar_year.map(lambda year: str(SchoolYear(int(year)))).astype("str")


def _written(words: pd.Series) -> pd.Series:
    """Return *words* as they are compared: composed letters, no capitals, no blanks around them."""
    return words.astype("str").str.normalize("NFC").str.strip().str.casefold()


def _fte_cells(rows: pd.DataFrame, *, part: pd.Series, metric: str) -> pd.DataFrame:
    fte = rows["fte"].astype("float64")
    keyed = rows[UNIT_YEAR].assign(n=fte, part=part, whole=fte)
    return unit_cells(keyed.groupby(UNIT_YEAR, as_index=False)[["n", "part", "whole"]].sum(), metric=metric)


def _pupil_ratio(staff: pd.DataFrame, october: pd.DataFrame, *, metric: str) -> Iterator[pd.DataFrame]:
    """Yield pupils and FTE of the units that have such staff, as cells that add up to the ratio."""
    pupils = _pupils_per_unit(october).merge(staff[UNIT_YEAR].drop_duplicates(), on=UNIT_YEAR, how="inner")
    yield unit_cells(pupils.rename(columns={"pupils": "part"}), metric=metric)
    fte = staff[UNIT_YEAR].assign(n=staff["fte"].astype("float64"), whole=staff["fte"].astype("float64"))
    yield unit_cells(fte.groupby(UNIT_YEAR, as_index=False)[["n", "whole"]].sum(), metric=metric)


def _pupils_per_unit(october: pd.DataFrame) -> pd.DataFrame:
    counted = october[in_compulsory_years(october)]
    return counted.groupby(UNIT_YEAR, as_index=False).size().rename(columns={"size": "pupils"})


def _of_units(rows: pd.DataFrame, wanted: pd.DataFrame, newest: dict[str, str]) -> pd.DataFrame:
    """Return the rows whose unit, by its newest code, and school year occur in *wanted*."""
    keys = set(zip(wanted["school_unit_code"].map(newest), wanted["school_year"], strict=True))
    own = zip(rows["school_unit_code"].map(newest), rows["school_year"], strict=True)
    return rows[[key in keys for key in own]]
