"""Slices -> what the list of schools tells of each: all of them out of one reading, where a slice holds all."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from skq.report.context import SchoolReport
from skq.report.numbers import Numbers, Point
from skq.report.opening import open_report
from skq.report.rows import Key
from skq.report.years import autumn_metrics, autumn_years, years_to
from skq.store import Slice, read_slice
from skq.terms import ANNUAL, RESULT_KEY, Breakdown, Level

PUPILS, MERIT = "pupil_count", "merit_rating_17"
METRICS_IN_LIST = (PUPILS, MERIT)

_UNIT = RESULT_KEY.index("unit")


def listed_schools(years: Mapping[str, str], slices: Path) -> list[SchoolReport]:
    """Return the report of each school of *years* (its school year by unit code), which knows what the list tells.

    That is names, grade years, and of `METRICS_IN_LIST` the school's numbers of all pupils. Read from the slice of all
    schools below *slices*; where there is none, as principals have it, from that of each school.
    """
    if (slices / ANNUAL).is_dir():
        return list(_of_one_slice(years, read_slice(slices / ANNUAL, only=METRICS_IN_LIST)))
    return [open_report(code, year, str(slices / code), only=METRICS_IN_LIST) for code, year in years.items()]


def _of_one_slice(years: Mapping[str, str], part: Slice) -> Iterator[SchoolReport]:
    of_schools = part.results.select(level=str(Level.SCHOOL))
    rows, nothing = dict(list(of_schools.frame.groupby("unit"))), of_schools.frame.head(0)
    everyone = Numbers.of(of_schools.select(breakdown=str(Breakdown.ALL)), part.comparisons.select(level=[]))
    points = _by_unit(everyone.points)
    units = {(str(row["level"]), str(row["unit"])): row for row in part.units.to_dict("records")}
    for code, school_year in years.items():
        own = units[str(Level.SCHOOL), code]
        codes = tuple(filter(None, (code, _text(own["predecessor_code"]))))
        shown = years_to(school_year, part.meta["school_years"])
        found = pd.concat([rows.get(unit, nothing) for unit in codes])
        yield SchoolReport(
            school_unit_code=code,
            school_year=school_year,
            school_years=shown,
            autumn_years=autumn_years(found, shown, autumn_metrics()),
            name=str(own["name"]),
            municipality_code=str(part.meta["municipality_code"]),
            municipality_name=str(part.meta["municipality_name"]),
            area=_text(own["area"]),
            organizer=_name(units.get((str(Level.ORGANIZER), str(own["organizer"]))), own["organizer"]),
            organizer_type=_text(own["organizer_type"]),
            grade_years=(_whole(own["first_grade_year"]), _whole(own["last_grade_year"])),
            former_codes=codes[1:],
            units={str(Level.SCHOOL): codes},
            numbers=Numbers({key: point for unit in codes for key, point in points.get(unit, {}).items()}, {}),
            estimates={},
            goals=(),
            peers={},
            meta=part.meta,
        )


def _by_unit(points: Mapping[Key, Point]) -> dict[str, dict[Key, Point]]:
    found: dict[str, dict[Key, Point]] = {}
    for key, point in points.items():
        found.setdefault(str(key[_UNIT]), {})[key] = point
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _name(row: Mapping[Hashable, Any] | None, otherwise: Any) -> str:
    return _text(otherwise if row is None else row["name"])


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
