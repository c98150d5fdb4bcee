"""School units: under which code, area, organizer and municipality each is reported.

A unit that changed its code is reported under its newest code in all years.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.aggregate.cells import CLASS_GROUP
from skq.belonging import MEMBERSHIP_COLUMNS
from skq.columns import as_texts
from skq.sources.derive import NATION
from skq.sources.units import NATION_NAME
from skq.terms import UNIT_DTYPES, Level

LEVELS = (Level.SCHOOL, Level.AREA, Level.ORGANIZER, Level.MUNICIPALITY)
"""The levels that own registers always carry; class groups and the nation are made where they are asked for."""

GROUP_MARK = "/"
"""Stands between the school's code and the name of the class in the unit of a class group."""


def table(tables: Any, name: str) -> pd.DataFrame | None:
    """Return the table called *name*, None where the organizer has not got it (or it is empty).

    TypeError where *tables* are no frames by name: what was read has them as its `frames`.
    """
    if not isinstance(tables, Mapping):
        raise TypeError(f"tables are frames by name, not {type(tables).__name__}: hand over its .frames")
    found = tables.get(name)
    return None if found is None or found.empty else found


def newest_codes(school_units: pd.DataFrame) -> dict[str, str]:
    """Return the newest code of every unit code, following successors to the end of the chain.

    Where a code names different successors in different years, the last year's holds; a circle ends where it began.
    """
    successors: dict[str, str] = {}
    if "successor_code" in school_units:
        named = school_units[school_units["successor_code"].fillna("").ne("")].sort_values("school_year", kind="stable")
        successors = dict(zip(named["school_unit_code"], named["successor_code"], strict=True))
    return {code: _end_of_chain(code, successors) for code in sorted({*school_units["school_unit_code"], *successors})}


def places(school_units: pd.DataFrame) -> pd.DataFrame:
    """Return where each unit code belongs each school year: columns of `LEVELS`, the unit's id at that level.

    One row per school_unit_code and school_year, with `code_year` as the newest year of the code. `area` is missing
    where the unit has none.
    """
    newest = newest_codes(school_units)
    municipality = school_units["municipality_code"]
    area = _optional(school_units, "area")
    return pd.DataFrame(
        {
            "school_unit_code": school_units["school_unit_code"],
            "school_year": school_units["school_year"],
            "school": school_units["school_unit_code"].map(newest),
            "area": (municipality + ":" + area).where(area.ne("")),
            "organizer": _organizer_id(school_units),
            "municipality": municipality,
        }
    )


def placed(rows: pd.DataFrame, where: pd.DataFrame, *, whole_nation: bool = False) -> pd.DataFrame:
    """Return *rows* (school_unit_code, school_year) with the columns of `LEVELS` from *where*, made by `places`.

    Rows with a class group get `group` too (missing where it is blank), and all of them `nation` with *whole_nation*.
    A year that the register of units does not hold (accounts of the running year, an old code) gets the place of the
    code's newest year; rows of a code that the register never holds are left out, `validate` has refused them.
    """
    place = _place_of(rows, where)
    found, there = rows[place >= 0].reset_index(drop=True), place[place >= 0]
    found = found.assign(**{level: where[level].array.take(there) for level in map(str, LEVELS)})
    if CLASS_GROUP in found:
        name = found[CLASS_GROUP].where(found[CLASS_GROUP].ne("")).astype("str")
        found[str(Level.GROUP)] = found[str(Level.SCHOOL)].astype("str") + GROUP_MARK + name
    return found.assign(**{str(Level.NATION): NATION}) if whole_nation else found


def _place_of(rows: pd.DataFrame, where: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return the position in *where* of each row's unit and school year, else of the unit's newest year, else -1."""
    (unit, units), (year, years) = (pd.factorize(rows[name]) for name in ("school_unit_code", "school_year"))
    pair, pairs = pd.factorize(unit * len(years) + year)  # few, for however many rows
    known = pd.DataFrame({"school_unit_code": units[pairs // len(years)], "school_year": years[pairs % len(years)]})
    numbered = where[["school_unit_code", "school_year"]].assign(place=range(len(where)))
    own = known.astype("str").merge(numbered, on=list(known), how="left", validate="one_to_one")
    newest = numbered.sort_values("school_year", kind="stable").set_index("school_unit_code")["place"]
    newest = newest[~newest.index.duplicated(keep="last")]
    place = own["place"].fillna(own["school_unit_code"].map(newest)).fillna(-1).to_numpy(dtype=np.intp)
    return np.where((unit >= 0) & (year >= 0), place[pair], -1)


def units(tables: Any, *, class_groups: bool = False, whole_nation: bool = False) -> pd.DataFrame:
    """Return one row per unit of every level, as of the newest school year in which it exists (`terms.UNIT_DTYPES`).

    `area` is the area's own name and `organizer` the organizer's unit id; `predecessor_code` the code that a school had
    before its present one. A municipality is named by its code: own registers hold no name of it. Class groups and the
    nation where they are asked for, as in `aggregate`.
    """
    register = table(tables, "school_units")
    if register is None:
        return pd.DataFrame(columns=list(UNIT_DTYPES))
    where = places(register)
    known = register.drop(columns=["area", "organizer"], errors="ignore").assign(
        school=where["school"],
        area=_optional(register, "area"),
        area_unit=where["area"],
        organizer=where["organizer"],
        organizer_name=register["organizer"],
        by_newest_code=where["school"].eq(register["school_unit_code"]),
    )
    known = known.sort_values(["school_year", "by_newest_code", "school_unit_code"], kind="stable")
    rows = [
        _unit_rows(known, Level.SCHOOL, unit="school", name="name"),
        _unit_rows(known[known["area"].ne("")], Level.AREA, unit="area_unit", name="area"),
        _unit_rows(known, Level.ORGANIZER, unit="organizer", name="organizer_name"),
        _unit_rows(known, Level.MUNICIPALITY, unit="municipality_code", name="municipality_code"),
    ]
    if class_groups:
        rows.append(_group_rows(table(tables, "pupils"), rows[0], newest_codes(register)))
    if whole_nation:
        rows.append(_nation_row(rows[0]))
    every = pd.concat(rows, ignore_index=True)
    former = every["unit"].map(_predecessors(register)).where(every["level"].eq(Level.SCHOOL))
    every["predecessor_code"] = former.astype("str").fillna("")
    return every[list(UNIT_DTYPES)]


def memberships(tables: Any, *, whole_nation: bool = False) -> pd.DataFrame:
    """Return which unit was part of which each school year: level, unit, school_year, parent_level, parent.

    `units` knows of the newest year alone, but a school may have changed area or organizer. An area or organizer that
    was not wholly part of one parent has a blank one.
    """
    register = table(tables, "school_units")
    if register is None:
        return pd.DataFrame(columns=list(MEMBERSHIP_COLUMNS), dtype="str")
    where = places(register)
    pairs = [(Level.SCHOOL, parent) for parent in (Level.AREA, Level.ORGANIZER, Level.MUNICIPALITY)]
    pairs += [(Level.AREA, Level.ORGANIZER), (Level.AREA, Level.MUNICIPALITY), (Level.ORGANIZER, Level.MUNICIPALITY)]
    if whole_nation:
        where = where.assign(**{str(Level.NATION): NATION})
        pairs += [(level, Level.NATION) for level in (Level.SCHOOL, Level.ORGANIZER, Level.MUNICIPALITY)]
    return pd.concat([_parts(where, level, parent) for level, parent in pairs], ignore_index=True)


def _parts(where: pd.DataFrame, level: Level, parent: Level) -> pd.DataFrame:
    """Return the pairs of unit and parent of every school year; a school that is two merged ones may have two."""
    own = where[where[level.value].notna()]
    pairs = own[[level.value, "school_year", parent.value]].fillna("").drop_duplicates()
    pairs = pairs.set_axis(["unit", "school_year", "parent"], axis="columns")
    if level is not Level.SCHOOL:
        alone = ~pairs.duplicated(["unit", "school_year"], keep=False)
        pairs = pairs.assign(parent=pairs["parent"].where(alone, "")).drop_duplicates()
    return pairs.assign(level=str(level), parent_level=str(parent))[list(MEMBERSHIP_COLUMNS)]


def _unit_rows(known: pd.DataFrame, level: Level, *, unit: str, name: str) -> pd.DataFrame:
    """Return one row per unit of a level; what its schools do not share is blank, grade years span all of them."""
    newest_year = known.groupby(unit)["school_year"].transform("max")
    current = known[known["school_year"].eq(newest_year)]
    grouped = current.groupby(unit, sort=True)
    rows = grouped[["municipality_code", "area", "organizer", "organizer_type"]].last()
    rows = rows.mask(grouped[list(rows)].nunique().gt(1), "")
    if level in (Level.ORGANIZER, Level.MUNICIPALITY):
        rows["area"] = ""
    spans = grouped.agg(first_grade_year=("first_grade_year", "min"), last_grade_year=("last_grade_year", "max"))
    names = grouped[[name]].last().iloc[:, 0]
    return rows.join(spans).assign(level=str(level), name=names, unit=rows.index).reset_index(drop=True)


def _group_rows(pupils: pd.DataFrame | None, schools: pd.DataFrame, newest: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per class group: what it has of its school, and the grade years of its newest pupils."""
    if pupils is None or CLASS_GROUP not in pupils:
        return schools.iloc[:0]
    written = ["school_unit_code", "school_year", CLASS_GROUP]
    named = pupils[[*written, "grade_year"]].assign(**{column: as_texts(pupils[column]) for column in written})
    named = named[named[CLASS_GROUP].fillna("").ne("")]
    named = named.assign(school=named["school_unit_code"].map(newest))
    named = named.assign(unit=named["school"] + GROUP_MARK + named[CLASS_GROUP])
    current = named[named["school_year"].eq(named.groupby("unit")["school_year"].transform("max"))]
    groups = current.groupby("unit", as_index=False, sort=True).agg(
        school=("school", "first"),
        name=(CLASS_GROUP, "first"),
        first_grade_year=("grade_year", "min"),
        last_grade_year=("grade_year", "max"),
    )
    shared = schools[["unit", "municipality_code", "area", "organizer", "organizer_type"]]
    joined = groups.merge(shared.rename(columns={"unit": "school"}), on="school", how="inner", validate="many_to_one")
    return joined.drop(columns="school").assign(level=str(Level.GROUP))


def _nation_row(schools: pd.DataFrame) -> pd.DataFrame:
    blank = dict.fromkeys(("municipality_code", "area", "organizer", "organizer_type"), "")
    first, last = schools["first_grade_year"].min(), schools["last_grade_year"].max()
    span = {"first_grade_year": first, "last_grade_year": last}
    row = {"level": str(Level.NATION), "unit": NATION, "name": NATION_NAME, **blank, **span}
    return pd.DataFrame([row]).astype(dict.fromkeys(span, "Int64"))


def _predecessors(register: pd.DataFrame) -> dict[str, str]:
    """Return the code before the newest one, for every unit that changed its code."""
    if "successor_code" not in register:
        return {}
    named = register[register["successor_code"].fillna("").ne("")].sort_values(
        ["school_year", "school_unit_code"], kind="stable"
    )
    return dict(zip(named["successor_code"], named["school_unit_code"], strict=True))


def _organizer_id(school_units: pd.DataFrame) -> pd.Series:
    number = _optional(school_units, "organizer_id")
    return number.mask(number.eq(""), school_units["organizer"])


def _optional(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows[column].fillna("") if column in rows else pd.Series("", index=rows.index, dtype="str")


def _end_of_chain(code: str, successors: Mapping[str, str]) -> str:
    seen = {code}
    while (following := successors.get(code, code)) not in seen:
        seen.add(following)
        code = following
    return code
