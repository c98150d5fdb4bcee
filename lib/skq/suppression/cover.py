"""What else to hide: for each cell that an attacker can tell, the cheapest others that set it free.

A heuristic after Kelly, Golden and Assad (1992): a linear programme moves the cell as far as it has to be free, at the
least cost of moving others with it; whatever shown cell moves has to be hidden. Each answer counts on the ones before,
so the order of the cells matters: it is theirs in the system.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np
from scipy.sparse import block_array, csc_array, csr_array
from scipy.sparse.csgraph import connected_components

from skq.suppression.attack import TOLERANCE, Demand
from skq.suppression.programme import programme
from skq.suppression.system import Booleans, Floats, Positions

HIDDEN_COST = 1e-4
"""What it costs to move a hidden cell: next to nothing, but short ways are preferred to long ones."""
BLUR_COST = 0.5
"""What it costs to take from a hidden cell the sign that bounds it, as a part of what hiding it would have cost."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells as they are: `matrix` times `value` is zero, and what could be known of each one if it were hidden.

    `candidate` says which shown cells may be hidden, `weight` (above zero) what that costs readers. Hidden cells may
    bear a sign that tells more of them; without it they would lie between `lowest` and `highest`.
    """

    matrix: csr_array
    value: Floats
    lower: Floats
    upper: Floats
    hidden: Booleans
    candidate: Booleans
    weight: Floats
    lowest: Floats | None = None
    highest: Floats | None = None

    def part(self, places: Positions) -> Cells:
        """Return the cells at *places* alone, with the equations that they are in."""
        columns = self.columns[:, places]
        rows, at = np.unique(columns.indices, return_inverse=True)
        matrix = csc_array((columns.data, at, columns.indptr), shape=(len(rows), len(places))).tocsr()
        return Cells(
            matrix,
            self.value[places],
            self.lower[places],
            self.upper[places],
            self.hidden[places],
            self.candidate[places],
            self.weight[places],
            None if self.lowest is None else self.lowest[places],
            None if self.highest is None else self.highest[places],
        )

    @cached_property
    def columns(self) -> csc_array:
        """The same matrix, ready to be taken apart by cells."""
        return self.matrix.tocsc()


@dataclass(frozen=True)
class Covered:
    """What to do so that cells are free: cells to hide, and hidden ones whose sign to drop (ascending).

    `free` are the cells that certainly are free then; of the others that is not known.
    """

    hide: Positions
    blur: Positions
    free: Positions


def cover(cells: Cells, unsafe: Positions, low: Floats, high: Floats, demand: Demand) -> Positions:
    """Return which candidates to hide so that the *unsafe* cells become free, in ascending order.

    *low* and *high* are the ranges of the unsafe cells as things stand. A cell that nothing sets free adds nothing.
    """
    return covered(cells, unsafe, low, high, demand).hide


def covered(cells: Cells, unsafe: Positions, low: Floats, high: Floats, demand: Demand) -> Covered:
    """Return what to hide, as `cover` does, which signs to drop, and which of the *unsafe* cells are free then."""
    movable = np.flatnonzero(cells.hidden | cells.candidate)
    label = _labels(cells.columns[:, movable])
    of_cell = np.full(len(cells.value), -1)
    of_cell[movable] = label
    order = np.argsort(label, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(label))])
    parts, jobs = [], []
    for number in np.unique(of_cell[unsafe][of_cell[unsafe] >= 0]):
        part = movable[order[starts[number] : starts[number + 1]]]
        here = of_cell[unsafe] == number
        parts.append(part)
        jobs.append(_Job(cells.part(part), np.searchsorted(part, unsafe[here]), low[here], high[here], demand.of(part)))
    found = [_covered(job) for job in jobs]
    pairs = list(zip(parts, found, strict=True))
    hide, blur, free = (_joined([part[getattr(one, name)] for part, one in pairs]) for name in ("hide", "blur", "free"))
    return Covered(hide, blur, np.intersect1d(unsafe, free))


@dataclass(frozen=True, eq=False)
class _Job:
    """One part by itself: its cells, the places of those to be set free, with their ranges, and what is demanded."""

    cells: Cells
    unsafe: Positions
    low: Floats
    high: Floats
    demand: Demand


def _covered(job: _Job) -> Covered:
    return _Moves(job.cells).free(job.unsafe, job.low, job.high, job.demand)


def _joined(parts: list[Positions]) -> Positions:
    return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *parts]))


def _labels(matrix: csc_array) -> Positions:
    both_ways = block_array([[None, matrix.T], [matrix, None]])
    return np.asarray(connected_components(both_ways, directed=False)[1][: matrix.shape[1]], dtype=np.int64)


class _Moves:
    """Movements of the cells of one part that keep every equation: each cell as far up and as far down as it can go.

    A cell has a column for each way, and a hidden one with a sign two more for what lies beyond it.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._size = len(cells.value)
        self._hidden = cells.hidden.copy()
        self._lowest, self._highest = (
            of if beyond is None else np.where(cells.hidden, beyond, of)
            for of, beyond in ((cells.lower, cells.lowest), (cells.upper, cells.highest))
        )
        value = cells.value
        near = (np.maximum(cells.upper - value, 0.0), np.maximum(value - cells.lower, 0.0))
        far = (np.maximum(self._highest - value - near[0], 0.0), np.maximum(value - near[1] - self._lowest, 0.0))
        signed = [np.flatnonzero(beyond > TOLERANCE) for beyond in far]
        self._cell = np.concatenate([np.arange(self._size), np.arange(self._size), *signed])
        ways = (self._size, self._size, *map(len, signed))
        self._way = np.repeat([1.0, -1.0, 1.0, -1.0], ways)
        self._beyond = np.repeat([False, False, True, True], ways)
        self._most = np.concatenate([*near, far[0][signed[0]], far[1][signed[1]]])
        self._solver = self._programme()

    def _programme(self) -> highspy.Highs:
        both = (self._cells.columns[:, self._cell] * self._way).tocsc()
        return programme(both, np.zeros(len(self._cell)), self._most, cost=self._costs())

    def free(self, unsafe: Positions, low: Floats, high: Floats, demand: Demand) -> Covered:
        """Return what sets free the cells at the places *unsafe*, one after the other; all in places of the part."""
        enough = np.minimum(demand.width, self._cells.upper - self._cells.lower) - TOLERANCE
        free, hide, blur = (np.zeros(self._size, dtype=bool) for _ in range(3))
        for place, least, greatest in zip(unsafe.tolist(), low.tolist(), high.tolist(), strict=True):
            moved = None if free[place] else self._cheapest(place, self._goals(place, least, greatest, demand))
            if moved is None:
                continue
            moving = np.bincount(self._cell, weights=moved * self._way, minlength=self._size)
            free |= np.abs(moving) >= enough  # what has moved so far with it is as free as it
            fresh = (np.abs(moving) > TOLERANCE) & ~self._hidden
            crossed = np.bincount(self._cell, weights=moved * self._beyond, minlength=self._size) > TOLERANCE
            hide |= fresh
            blur |= crossed
            self._cheapen(fresh | crossed)
        return Covered(np.flatnonzero(hide), np.flatnonzero(blur), np.flatnonzero(free))

    def _cheapest(self, place: int, goals: list[float]) -> Floats | None:
        """Return how far each column moves when the cell at *place* reaches one of *goals* at the least cost."""
        answers = [answer for goal in goals if (answer := self._moved(place, goal)) is not None]
        return min(answers, key=lambda answer: answer[0])[1] if answers else None

    def _goals(self, place: int, low: float, high: float, demand: Demand) -> list[float]:
        """Return how far the cell would have to go: up or down to make its range wide, or to what may be known.

        Only where the bounds allow none of these is the way counted from the ends of its range.
        """
        value, lower, upper = (float(of[place]) for of in (self._cells.value, self._cells.lower, self._cells.upper))
        width = min(float(demand.width[place]), upper - lower)
        ways = (
            [width, -width, float(demand.harmless[place]) - value],
            [low + width - value, high - width - value, upper - value, lower - value],
        )
        within = (
            [way for way in some if way and self._lowest[place] <= value + way <= self._highest[place]] for some in ways
        )
        return next((some for some in within if some), [])

    def _moved(self, place: int, goal: float) -> tuple[float, Floats] | None:
        """Return the cost of moving the cell at *place* by *goal* and how far each column moves; None if it cannot."""
        own = np.flatnonzero(self._cell == place)
        left = abs(goal)
        for column in own.tolist():
            way = min(left, float(self._most[column])) if self._way[column] * goal > 0 else 0.0
            left -= way
            self._solver.changeColBounds(column, way, way)
        self._solver.run()
        optimal = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        moved = np.asarray(self._solver.getSolution().col_value, dtype=np.float64)
        cost = float(self._solver.getInfo().objective_function_value)
        for column in own.tolist():
            self._solver.changeColBounds(column, 0.0, float(self._most[column]))
        return (cost, moved) if optimal and left <= TOLERANCE else None

    def _cheapen(self, places: Booleans) -> None:
        """Let the cells at *places*, which are hidden or without a sign from now on, move for next to nothing."""
        self._hidden |= places
        for column in np.flatnonzero(places[self._cell]).tolist():
            self._solver.changeColCost(column, HIDDEN_COST)

    def _costs(self) -> Floats:
        weight = self._cells.weight[self._cell]
        return np.where(self._beyond, BLUR_COST * weight, np.where(self._hidden[self._cell], HIDDEN_COST, weight))
