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
from skq.suppression.system import Booleans, Floats, Positions

HIDDEN_COST = 1e-4
"""What it costs to move a hidden cell: next to nothing, but short ways are preferred to long ones."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells as they are: `matrix` times `value` is zero, and what could be known of each one if it were hidden.

    `candidate` says which shown cells may be hidden, `weight` (above zero) what that costs readers.
    """

    matrix: csr_array
    value: Floats
    lower: Floats
    upper: Floats
    hidden: Booleans
    candidate: Booleans
    weight: Floats

    @cached_property
    def columns(self) -> csc_array:
        """The same matrix, ready to be taken apart by cells."""
        return self.matrix.tocsc()


def cover(cells: Cells, unsafe: Positions, low: Floats, high: Floats, demand: Demand) -> Positions:
    """Return which candidates to hide so that the *unsafe* cells become free, in ascending order.

    *low* and *high* are the ranges of the unsafe cells as things stand. A cell that nothing sets free adds nothing.
    """
    chosen: list[int] = []
    movable = np.flatnonzero(cells.hidden | cells.candidate)
    label = _labels(cells.columns[:, movable])
    of_cell = np.full(len(cells.value), -1)
    of_cell[movable] = label
    order = np.argsort(label, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(label))])
    for part in np.unique(of_cell[unsafe]):
        own = movable[order[starts[part] : starts[part + 1]]]
        here = of_cell[unsafe] == part
        chosen += _Moves(cells, own).free(unsafe[here], low[here], high[here], demand)
    return np.unique(np.array(chosen, dtype=np.int64))


def _labels(matrix: csc_array) -> Positions:
    both_ways = block_array([[None, matrix.T], [matrix, None]])
    return np.asarray(connected_components(both_ways, directed=False)[1][: matrix.shape[1]], dtype=np.int64)


class _Moves:
    """Movements of the cells of one part that keep every equation: each cell as far up and as far down as it can go."""

    def __init__(self, cells: Cells, part: Positions) -> None:
        self._cells, self._part = cells, part
        self._size = len(part)
        columns = cells.columns[:, part]
        rows, places = np.unique(columns.indices, return_inverse=True)
        matrix = csc_array((columns.data, places, columns.indptr), shape=(len(rows), len(part)))
        both = block_array([[matrix, -matrix]]).tocsc()
        self._up = np.maximum(cells.upper[part] - cells.value[part], 0.0)
        self._down = np.maximum(cells.value[part] - cells.lower[part], 0.0)
        self._hidden = cells.hidden[part].copy()
        programme = highspy.HighsLp()
        programme.num_row_, programme.num_col_ = both.shape
        programme.col_cost_ = self._costs()
        programme.col_lower_, programme.col_upper_ = np.zeros(2 * self._size), np.concatenate([self._up, self._down])
        programme.row_lower_ = programme.row_upper_ = np.zeros(both.shape[0])
        programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        programme.a_matrix_.start_, programme.a_matrix_.index_ = both.indptr, both.indices
        programme.a_matrix_.value_ = both.data
        self._solver = highspy.Highs()
        self._solver.silent()
        for option, value in (("presolve", "off"), ("threads", 1)):
            self._solver.setOptionValue(option, value)
        self._solver.passModel(programme)

    def free(self, unsafe: Positions, low: Floats, high: Floats, demand: Demand) -> list[int]:
        """Return the cells hidden to set free the *unsafe* ones (positions in the system), one after the other."""
        place_of = {int(cell): place for place, cell in enumerate(self._part)}
        chosen: list[int] = []
        for cell, least, greatest in zip(unsafe.tolist(), low, high, strict=True):
            goals = self._goals(cell, float(least), float(greatest), demand)
            answers = [answer for goal in goals if (answer := self._moved(place_of[cell], goal)) is not None]
            if answers:
                _, moved = min(answers, key=lambda answer: answer[0])
                fresh = np.flatnonzero(moved & ~self._hidden)
                self._hide(fresh)
                chosen += self._part[fresh].tolist()
        return chosen

    def _goals(self, cell: int, low: float, high: float, demand: Demand) -> list[float]:
        """Return how far the cell would have to go: up or down to make its range wide, or to what may be known."""
        value, prior_low, prior_high = (
            float(of[cell]) for of in (self._cells.value, self._cells.lower, self._cells.upper)
        )
        width = min(float(demand.width[cell]), prior_high - prior_low)
        goals = [low + width - value, high - width - value, float(demand.harmless[cell]) - value]
        return [goal for goal in goals if abs(goal) > TOLERANCE and prior_low <= value + goal <= prior_high]

    def _moved(self, place: int, goal: float) -> tuple[float, Booleans] | None:
        """Return the cost of moving the cell at *place* by *goal* and which cells move then; None if nothing can."""
        column = place if goal > 0 else place + self._size
        opposite = place + self._size if goal > 0 else place
        self._solver.changeColBounds(column, abs(goal), abs(goal))
        self._solver.changeColBounds(opposite, 0.0, 0.0)
        self._solver.run()
        optimal = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        both = np.asarray(self._solver.getSolution().col_value, dtype=np.float64)
        cost = float(self._solver.getInfo().objective_function_value)
        for at, most in ((place, self._up[place]), (place + self._size, self._down[place])):
            self._solver.changeColBounds(at, 0.0, float(most))
        if not optimal:
            return None
        return cost, np.abs(both[: self._size] - both[self._size :]) > TOLERANCE

    def _hide(self, places: Positions) -> None:
        self._hidden[places] = True
        for place in places.tolist():
            for column in (place, place + self._size):
                self._solver.changeColCost(column, HIDDEN_COST)

    def _costs(self) -> Floats:
        own = np.where(self._hidden, HIDDEN_COST, self._cells.weight[self._part])
        return np.concatenate([own, own])
