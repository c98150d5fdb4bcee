"""The cells of pupils made organizer by organizer, elsewhere or side by side: the same results, to the last digit.

An organizer's part holds its pupils with all that is known of them, also at the schools of others, and only cells of
its own schools are taken from it. So each cell is made of the very rows that the undivided run makes it of. What is
above a school is not made of parts but, as always, of cells: sums of whole and half points, which are the same in
every order as long as they are exact, and that is looked at (`STEP`, `LARGEST`). Undivided are all other numbers: what
is told of units (staff, costs, surveys, assessments, allocation), medians, tests that end in levels (whoever has had
all parts is judged by the parts that anybody has had), grades beside the municipality's, the same pupils over time,
value added, and equity, which is computed from cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from skq.aggregate.cells import SUMS
from skq.aggregate.members import october_members, spring_members
from skq.aggregate.national import national_test_cells
from skq.aggregate.places import places, table
from skq.aggregate.results import aggregate, cells_of_pupils
from skq.errors import SkqError
from skq.metrics.national_tests import TOTAL

STEP = 0.25
"""Every sum in a cell of pupils is a multiple of it: half points, and their squares."""

LARGEST = 2.0**50
"""Multiples of `STEP` that add up to no more than this add up exactly."""

OF_PUPILS = ("pupils", "grades", "national_tests", "forecasts")
"""The tables that an organizer's part has; in them persons are running numbers (`persons.numbered`)."""


@dataclass(frozen=True)
class Part:
    """What the cells of one organizer's schools are made of: the school unit codes, and the tables `OF_PUPILS`."""

    organizer: str
    codes: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]


Run = Callable[[Callable[[Part], list[pd.DataFrame]], Sequence[Part]], Iterable[list[pd.DataFrame]]]
"""Does a function of every part, in any place and order, and gives the results: `map`, or that of an executor."""


def aggregate_in_parts(tables: Any, *, run: Run = map, **options: Any) -> pd.DataFrame:
    """Return what `aggregate` returns with *options*, its cells of pupils made by *run*, organizer by organizer.

    They are equal, not nearly.
    """
    return aggregate(tables, **options, of_pupils=partial(_divided, run=run))


def parts_of(tables: Any) -> list[Part]:
    """Return the parts of *tables*, an organizer each, in the order of their names.

    A school unit belongs to the organizer that it has in its newest school year, with all its years.
    """
    register, pupils = table(tables, "school_units"), table(tables, "pupils")
    if register is None or pupils is None:
        return []
    newest = places(register).sort_values("school_year", kind="stable").drop_duplicates("school_unit_code", keep="last")
    known = {name: frame for name in OF_PUPILS if (frame := table(tables, name)) is not None}
    if "national_tests" in known:
        known["national_tests"] = known["national_tests"][known["national_tests"]["part"].eq(TOTAL)]
    return [
        Part(str(organizer), tuple(codes), _of_pupils_at(codes, pupils, known))
        for organizer, codes in newest.groupby("organizer", sort=True)["school_unit_code"]
    ]


def part_cells(part: Part) -> list[pd.DataFrame]:
    """Return the cells of one organizer's schools."""
    pupils = part.tables["pupils"]
    made = cells_of_pupils(part.tables, spring_members(pupils), october_members(pupils))
    own = [cells[cells["school_unit_code"].isin(part.codes)] for cells in made]
    return [cells.reset_index(drop=True) for cells in own if len(cells)]


def require_exact(cells: Sequence[pd.DataFrame]) -> None:
    """Raise SkqError when sums of *cells* could depend on the order in which they are added."""
    for one in cells:
        sums = one[SUMS].to_numpy("float64")
        if (np.fmod(sums, STEP) != 0).any() or np.abs(sums).sum(axis=0).max(initial=0.0) > LARGEST:
            raise SkqError(
                f"{one['metric'].iloc[0]}: its cells are no multiples of {STEP:g}, so that parts of it would not add "
                "up exactly: a fault of skq, not of the files\n"
                "  next:     build without dividing the numbers; send this message to whoever maintains skq"
            )


def _divided(tables: Any, spring: pd.DataFrame, october: pd.DataFrame, *, run: Run) -> Iterator[pd.DataFrame]:
    """Yield the cells of `cells_of_pupils`, in another order."""
    tests = table(tables, "national_tests")
    if tests is not None:
        yield from national_test_cells(tests[tests["part"].ne(TOTAL)], spring, None)
    for cells in run(part_cells, parts_of(tables)):
        require_exact(cells)
        yield from cells


def _of_pupils_at(codes: pd.Series, pupils: pd.DataFrame, known: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the rows of *known* tables about everyone who was ever at one of the units *codes*."""
    persons = pupils.loc[pupils["school_unit_code"].isin(codes), "pupil_id"].unique()
    return {name: frame[frame["pupil_id"].isin(persons)] for name, frame in known.items()}
