"""Staff and accounts -> cells: teachers, certification, pupils per teacher, cost per pupil."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import unit_cells
from skq.aggregate.people import COMPULSORY
from skq.metrics.staff import certified_any_fte
from skq.terms import SchoolYear

UNIT_YEAR = ["school_unit_code", "school_year"]
SCHOOL_TRANSPORT = "skolskjuts"
"""The kind of cost that is not part of cost per pupil (domain §12)."""


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
    under a code that the unit no longer has (*newest*).
    """
    pupils = _pupils_per_unit(october)
    autumns = {SchoolYear.parse(text).start for text in pupils["school_year"]}
    kept = economy["fiscal_year"].map(lambda year: {year, year - 1} <= autumns)
    kept &= economy["cost_type"].str.casefold().ne(SCHOOL_TRANSPORT)
    accounts = economy[kept]
    if accounts.empty:
        return
    years = accounts["fiscal_year"].map(lambda year: str(SchoolYear(int(year))))
    costs = accounts.assign(school_year=years.astype("str"), part=accounts["amount_tkr"].astype("float64") * 1000)
    yield unit_cells(costs.groupby(UNIT_YEAR, as_index=False)[["part"]].sum(), metric="cost_per_pupil")
    following = pupils["school_year"].map(lambda text: str(SchoolYear(SchoolYear.parse(text).start + 1)))
    halves = pd.concat([pupils, pupils.assign(school_year=following)], ignore_index=True)
    halves = halves.assign(n=halves["pupils"] / 2, whole=halves["pupils"] / 2)
    yield unit_cells(_of_units(halves, costs, newest), metric="cost_per_pupil")


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
    counted = october[october["grade_year"].isin(COMPULSORY)]
    return counted.groupby(UNIT_YEAR, as_index=False).size().rename(columns={"size": "pupils"})


def _of_units(rows: pd.DataFrame, wanted: pd.DataFrame, newest: dict[str, str]) -> pd.DataFrame:
    """Return the rows whose unit, by its newest code, and school year occur in *wanted*."""
    keys = set(zip(wanted["school_unit_code"].map(newest), wanted["school_year"], strict=True))
    own = zip(rows["school_unit_code"].map(newest), rows["school_year"], strict=True)
    return rows[[key in keys for key in own]]
