"""All that surrounds results: attendance, staff, costs, leisure centres, the adapted form, the allocation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from skq.aggregate.allocation import allocation_cells
from skq.aggregate.cells import CLASS_GROUP
from skq.aggregate.distribution import attendance_median_rows
from skq.aggregate.leisure import leisure_cells
from skq.aggregate.members import ADAPTED_FORM, october_members, spring_members
from skq.aggregate.people import adapted_cells, attendance_cells, hours_of_pupils
from skq.aggregate.places import newest_codes, table
from skq.aggregate.resources import cost_cells, sick_leave_cells, staff_cells
from skq.settings import AllocationSettings


def cells_of_units(tables: Any) -> Iterator[pd.DataFrame]:
    """Yield the cells for which no pupil has to be known: leisure centres and sick leave."""
    centres, sick_leave = table(tables, "leisure_centres"), table(tables, "sick_leave")
    if centres is not None:
        yield from leisure_cells(centres)
    if sick_leave is not None:
        yield from sick_leave_cells(sick_leave)


def cells_around_pupils(
    tables: Any,
    pupils: pd.DataFrame,
    register: pd.DataFrame,
    *,
    spring: pd.DataFrame,
    october: pd.DataFrame,
    allocation: AllocationSettings,
) -> Iterator[pd.DataFrame]:
    """Yield the cells of attendance, staff, costs, the adapted form and the allocation.

    *pupils* and *register* (of units) are the registers, *spring* and *october* the pupils of each school then.
    """
    attendance, staff, economy, risk = (table(tables, name) for name in ("attendance", "staff", "economy", "risk"))
    newest = newest_codes(register)
    yield from adapted_cells(october_members(pupils, form=ADAPTED_FORM))
    if attendance is not None:
        yield from attendance_cells(hours_of_pupils(attendance, spring))
    if staff is not None:
        yield from staff_cells(staff, october)
    if economy is not None:
        yield from cost_cells(economy, october, newest)
    if risk is not None:
        yield from allocation_cells(risk, october, newest, allocation)


def rows_around_pupils(tables: Any, where: pd.DataFrame, *, whole_nation: bool) -> Iterator[pd.DataFrame]:
    """Yield the finished rows of attendance: its median, of schools and above."""
    attendance, pupils = table(tables, "attendance"), table(tables, "pupils")
    if attendance is not None and pupils is not None:
        hours = hours_of_pupils(attendance, spring_members(pupils.drop(columns=CLASS_GROUP, errors="ignore")))
        yield attendance_median_rows(hours, where, whole_nation=whole_nation)
