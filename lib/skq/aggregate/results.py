"""The whole of aggregation: tables in, results out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import pandas as pd

from skq.aggregate.answers import answer_rows
from skq.aggregate.assessments import assessment_rows
from skq.aggregate.cells import CELL_COLUMNS, CLASS_GROUP
from skq.aggregate.coded import coded, stacked
from skq.aggregate.distribution import adapted_share_rows
from skq.aggregate.equity import EQUITY_CELLS, education_counts, equity_rows
from skq.aggregate.forecasts import forecast_cells
from skq.aggregate.grades import grade_cells
from skq.aggregate.members import october_members, spring_members
from skq.aggregate.national import national_test_cells
from skq.aggregate.over_time import beside_expected, over_time_rows
from skq.aggregate.people import pupil_count_cells
from skq.aggregate.persons import numbered
from skq.aggregate.places import LEVELS, placed, places, table
from skq.aggregate.relation import relation_rows
from skq.aggregate.rollup import in_portions, one_table, results_frame
from skq.aggregate.surroundings import cells_around_pupils, cells_of_units, rows_around_pupils
from skq.aggregate.surveys import survey_cells
from skq.aggregate.term_grades import autumn_cells
from skq.aside import aside
from skq.forking import has_fork
from skq.give_back import give_back_memory
from skq.settings import AllocationSettings

NO_ALLOCATION = AllocationSettings()
CellsOfPupils = Callable[[Any, pd.DataFrame, pd.DataFrame], Iterable[pd.DataFrame]]
"""Tables (`numbered`), pupils of each spring and of each October -> the cells of `cells_of_pupils`, in any order."""


def cells_of_pupils(tables: Any, spring: pd.DataFrame, october: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of pupils, a metric each: counts, grades, tests, forecasts; made of whole and half points alone.

    *tables* gives the register of pupils and what is known of them, *spring* and *october* are its `members`.
    """
    pupils, grades, tests = (table(tables, name) for name in ("pupils", "grades", "national_tests"))
    yield from pupil_count_cells(october)
    yield education_counts(october)
    if grades is not None and pupils is not None:
        yield from grade_cells(grades, spring)
        yield from autumn_cells(grades, pupils)
    if tests is not None:
        yield from national_test_cells(tests, spring, grades)
    forecasts = table(tables, "forecasts")
    if forecasts is not None:
        yield from forecast_cells(forecasts, spring, grades)


def aggregate(
    tables: Any,
    *,
    class_groups: bool = False,
    whole_nation: bool = False,
    allocation: AllocationSettings = NO_ALLOCATION,
    of_pupils: CellsOfPupils = cells_of_pupils,
    at_once: bool = False,
    let_go: bool = False,
) -> pd.DataFrame:
    """Return every number that the organizer's *tables* carry, as a results table (`terms.RESULT_COLUMNS`).

    *tables* gives typed frames by name; a table that is absent or empty adds nothing. Levels
    school, area, organizer and municipality (the organizer's own schools), all school years in the data. With
    *class_groups* also the classes of a school; with *whole_nation*, for registers that hold every school of the
    country, also the nation; with a sum in *allocation*, how it is shared. *of_pupils* makes the cells of pupils (see
    `partition`); *at_once*: what needs no cells is made in a process of its own, beside the cells. With *let_go* nobody
    asks for *tables* afterwards: it is emptied as soon as they have been coded.
    """
    own = coded(numbered(tables))
    if let_go:
        tables.clear()
        give_back_memory()
    tables = own
    register = table(tables, "school_units")
    if register is None:
        return results_frame([pd.DataFrame()])
    where = places(register)
    by_code = where.astype(dict.fromkeys(map(str, LEVELS), "category"))
    without_cells = partial(_without_cells, tables, by_code, whole_nation=whole_nation, sparing=let_go)
    with aside(without_cells, at_once=at_once, first=not (at_once and has_fork())) as others:
        made = _cells(tables, class_groups=class_groups, allocation=allocation, of_pupils=of_pupils)
        rows = _rows_of(tables, made, where, by_code, whole_nation=whole_nation)
        rows.append(others.result())
    return results_frame(rows)


def _rows_of(
    tables: dict[str, pd.DataFrame],
    made: Iterable[pd.DataFrame],
    where: pd.DataFrame,
    by_code: pd.DataFrame,
    *,
    whole_nation: bool,
) -> list[pd.DataFrame]:
    """Return the rows that are *made* of cells; *by_code* is *where* with texts as categories.

    Of *tables* only those stay that are needed when the cells have been made of them.
    """
    cells: dict[bool, list[pd.DataFrame]] = {True: [], False: []}
    for part in made:
        if len(part):
            cells[part["metric"].iloc[0] in EQUITY_CELLS].append(part)
    pupils = table(tables, "pupils")
    tables.clear()  # the sums want their memory
    if not cells[False]:
        return []
    everything = placed(stacked(cells.pop(False)), by_code, whole_nation=whole_nation)
    rows = [_equity(cells.pop(True), everything, by_code), adapted_share_rows(everything)]
    actual = list(in_portions(everything))
    del everything
    return [*rows, *beside_expected(pupils, actual, where), *actual]


def _equity(own: list[pd.DataFrame], everything: pd.DataFrame, where: pd.DataFrame) -> pd.DataFrame:
    cells = stacked(own or [everything.iloc[:0]])[CELL_COLUMNS]
    in_order = cells.sort_values(CELL_COLUMNS, ignore_index=True)  # a spread's last digit depends on the order
    return equity_rows(everything, placed(in_order, where))


def _without_cells(tables: Any, where: pd.DataFrame, *, whole_nation: bool, sparing: bool) -> pd.DataFrame:
    """Return the rows that are not sums of cells of one kind, or whose source is told; *sparing* of memory."""
    made = [pd.DataFrame()]
    for rows in _finished_rows(tables, where, whole_nation=whole_nation):
        made.append(one_table([rows]))
        if sparing:
            give_back_memory()
    return one_table([*made, *over_time_rows(tables, where, whole_nation=whole_nation)])


def _finished_rows(tables: Any, where: pd.DataFrame, *, whole_nation: bool) -> Iterator[pd.DataFrame]:
    answers, assessments = table(tables, "survey_answers"), table(tables, "assessments")
    if answers is not None:
        yield answer_rows(answers, where, whole_nation=whole_nation)
    if assessments is not None:
        yield assessment_rows(assessments, where, whole_nation=whole_nation)
    pupils, grades, tests = (table(tables, name) for name in ("pupils", "grades", "national_tests"))
    if pupils is not None and grades is not None and tests is not None:
        yield relation_rows(tests, pupils, grades, where)
    yield from rows_around_pupils(tables, where, whole_nation=whole_nation)


def _cells(
    tables: Any, *, class_groups: bool, allocation: AllocationSettings, of_pupils: CellsOfPupils
) -> Iterator[pd.DataFrame]:
    register, pupils, survey = (table(tables, name) for name in ("school_units", "pupils", "survey"))
    yield from cells_of_units(tables)
    if survey is not None:
        yield from survey_cells(survey)
    if pupils is None or register is None:
        return
    if not class_groups:
        pupils = pupils.drop(columns=CLASS_GROUP, errors="ignore")
    spring, october = spring_members(pupils), october_members(pupils)
    yield from of_pupils({**tables, "pupils": pupils}, spring, october)
    yield from cells_around_pupils(tables, pupils, register, spring=spring, october=october, allocation=allocation)
