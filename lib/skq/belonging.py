"""Which units make up which: by school year, because a school may change its area or organizer.

Known to `aggregate`, which reconciles totals with their parts, and to `protect`, which hides what follows from them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from skq.terms import Level

MEMBERSHIP_COLUMNS = ("level", "unit", "school_year", "parent_level", "parent")
"""One row says that in a school year a unit was wholly part of another; a blank parent, that it was part of none."""

_UNIT_YEAR = ["level", "unit", "school_year"]
_PARENTS = {
    Level.SCHOOL: (Level.AREA, Level.ORGANIZER, Level.MUNICIPALITY),
    Level.AREA: (Level.ORGANIZER, Level.MUNICIPALITY),
    Level.ORGANIZER: (Level.MUNICIPALITY,),
}
_BETWEEN = (
    (Level.AREA, Level.ORGANIZER),
    (Level.AREA, Level.MUNICIPALITY),
    (Level.ORGANIZER, Level.MUNICIPALITY),
    (Level.ORGANIZER, Level.NATION),
    (Level.MUNICIPALITY, Level.NATION),
)


def belonging(rows: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame | None) -> pd.DataFrame:
    """Return which units among *rows* make up which: kind (`area of organizer`), level, unit, school_year, parent.

    Every unit of a level is part of its parent; of the parts at a level between, the schools that lie in none of them
    are parts too, so that the parts are the whole. *memberships* (as from
    `aggregate.memberships`) go before *units*, which stand for a unit and year that they do not hold.
    """
    known = rows[_UNIT_YEAR].drop_duplicates()
    told = _told(known, units, memberships)
    groups = known[known["level"].eq(str(Level.GROUP))]
    own_school = groups.assign(parent_level=str(Level.SCHOOL), parent=groups["unit"].str.split("/", n=1).str[0])
    direct = pd.concat([own_school, told], ignore_index=True)
    direct = direct.assign(kind=direct["level"] + " of " + direct["parent_level"])
    beside = [_schools_beside(told, level, parent) for level, parent in _BETWEEN]
    columns = ["kind", *_UNIT_YEAR, "parent"]
    return pd.concat([direct[columns], *(part[columns] for part in beside)], ignore_index=True).drop_duplicates()


def _told(known: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame | None) -> pd.DataFrame:
    """Return the parents of every unit and school year of *known*, with the columns of `MEMBERSHIP_COLUMNS`."""
    if memberships is None:
        by_year, others = pd.DataFrame(columns=list(MEMBERSHIP_COLUMNS), dtype="str"), known
    else:
        by_year = known.merge(memberships, on=_UNIT_YEAR, how="inner")
        held = known.merge(memberships[_UNIT_YEAR].drop_duplicates(), on=_UNIT_YEAR, how="left", indicator=True)
        others = held[held["_merge"].eq("left_only")][_UNIT_YEAR]
    others = others[others["level"].isin([str(level) for level in _PARENTS])]
    if len(others):
        newest = pd.concat([_of_units(units, level, parent) for level in _PARENTS for parent in _PARENTS[level]])
        by_year = pd.concat([by_year, others.merge(newest, on=["level", "unit"], how="inner")], ignore_index=True)
    return by_year[by_year["parent"].ne("")][list(MEMBERSHIP_COLUMNS)].astype("str")


def _of_units(units: pd.DataFrame, level: Level, parent: Level) -> pd.DataFrame:
    """Return the unit that each unit of *level* belongs to at *parent*, where it belongs to one."""
    own = units[units["level"].eq(str(level))]
    if parent is Level.AREA:
        ids = own["municipality_code"] + ":" + own["area"].where(own["area"].ne(""))
    else:
        ids = own["organizer"] if parent is Level.ORGANIZER else own["municipality_code"]
    found = pd.DataFrame({"level": str(level), "unit": own["unit"], "parent_level": str(parent), "parent": ids})
    return found[ids.notna() & ids.ne("")]


def _schools_beside(told: pd.DataFrame, level: Level, parent: Level) -> pd.DataFrame:
    """Return the schools of *parent* that are in no unit of *level* within it, where it has any such unit."""
    within = told[told["level"].eq(str(Level.SCHOOL)) & told["parent_level"].eq(str(parent))]
    parts = told[told["level"].eq(str(level)) & told["parent_level"].eq(str(parent))]
    own = told[told["level"].eq(str(Level.SCHOOL)) & told["parent_level"].eq(str(level))]
    whole: dict[tuple[str, str], set[str]] = {}
    for part, year, above in _texts(parts, ["unit", "school_year", "parent"]):
        whole.setdefault((part, year), set()).add(above)
    inside = {
        (unit, year, above)
        for unit, year, part in _texts(own, ["unit", "school_year", "parent"])
        for above in whole.get((part, year), ())
    }
    divided = {(year, above) for (_, year), wholes in whole.items() for above in wholes}
    beside = [key not in inside and key[1:] in divided for key in _texts(within, ["unit", "school_year", "parent"])]
    return within[np.array(beside, dtype=bool)].assign(kind=f"{level} of {parent}")


def _texts(rows: pd.DataFrame, columns: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(rows[column].tolist() for column in columns), strict=True)
