"""The whole of aggregation: tables in, results out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from skq.aggregate.cells import CLASS_GROUP
from skq.aggregate.equity import equity_rows
from skq.aggregate.grades import grade_cells
from skq.aggregate.members import october_members, spring_members
from skq.aggregate.national import national_test_cells
from skq.aggregate.people import attendance_cells, pupil_count_cells
from skq.aggregate.places import newest_codes, placed, places, table
from skq.aggregate.resources import cost_cells, staff_cells
from skq.aggregate.rollup import results_frame, rolled_up
from skq.aggregate.surveys import survey_cells


def aggregate(tables: Any, *, class_groups: bool = False, whole_nation: bool = False) -> pd.DataFrame:
    """Return every number that the organizer's *tables* carry, as a results table (`terms.RESULT_COLUMNS`).

    *tables* gives typed frames by name (mapping or attributes); a table that is absent or empty adds nothing. Levels
    school, area, organizer and municipality (the organizer's own schools), all school years in the data. With
    *class_groups* also the classes of a school; with *whole_nation*, for registers that hold every school of the
    country, also the nation.
    """
    register = table(tables, "school_units")
    cells = [part for part in _cells(tables, class_groups=class_groups) if len(part)]
    if register is None or not cells:
        return results_frame([pd.DataFrame()])
    everything = placed(pd.concat(cells, ignore_index=True), places(register), whole_nation=whole_nation)
    return results_frame([rolled_up(everything), equity_rows(everything)])


def _cells(tables: Any, *, class_groups: bool) -> Iterator[pd.DataFrame]:
    names = ("school_units", "pupils", "grades", "national_tests", "attendance", "survey", "staff", "economy")
    register, pupils, grades, tests, attendance, survey, staff, economy = (table(tables, name) for name in names)
    if survey is not None:
        yield from survey_cells(survey)
    if pupils is None or register is None:
        return
    if not class_groups:
        pupils = pupils.drop(columns=CLASS_GROUP, errors="ignore")
    spring, october = spring_members(pupils), october_members(pupils)
    yield from pupil_count_cells(october)
    if grades is not None:
        yield from grade_cells(grades, spring)
    if tests is not None:
        yield from national_test_cells(tests, spring, grades)
    if attendance is not None:
        yield from attendance_cells(attendance, spring)
    if staff is not None:
        yield from staff_cells(staff, october)
    if economy is not None:
        yield from cost_cells(economy, october, newest_codes(register))
