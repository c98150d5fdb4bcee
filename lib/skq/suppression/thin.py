"""Which of the chosen cells can be shown again: those without which every cell that has to be free still is.

For each cell that has to be free a movement is kept that shows it to be, one that moves as little weight as can be.
Showing a cell again breaks the movements that need it and no others; only for these another way is sought.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import highspy
import numpy as np
from scipy.sparse import block_array

from skq.suppression.attack import TOLERANCE
from skq.suppression.part import Part
from skq.suppression.programme import programme
from skq.suppression.system import Booleans, Floats, Positions

PAID = 1e-4
"""What it costs to move a cell that is hidden in any case."""


def thin(part: Part, taken: Booleans) -> Booleans:
    """Return *taken* without the choices of *part* that can be taken back one after the other, the costliest first.

    All are returned where some cell is not seen to be free by moving up, down, or both ways by half of its width.
    """
    kept = taken.copy()
    for choices, own in _hidden_parts(part, taken):
        kept[choices] = _thinned(own)
    return kept


def _hidden_parts(part: Part, taken: Booleans) -> Iterator[tuple[Positions, Part]]:
    """Yield what is hidden, as parts that hang together, each with its choices."""
    hidden = replace(part, choice=np.where(part.pattern(taken), part.choice, -1))
    for cells, own in hidden.parted():
        yield np.unique(part.choice[cells][part.choice[cells] >= 0]), own


def _thinned(part: Part) -> Booleans:
    """Return which choices of a part to keep, of all."""
    kept = np.ones(part.choices, dtype=bool)
    ways = _Ways(part)
    needs: dict[int, Booleans] = {}
    for cell in np.flatnonzero(part.wanted).tolist():
        if cell not in needs and not ways.find(cell, needs):
            return kept
    cost = part.cost()
    for choice in sorted(range(part.choices), key=lambda choice: (-cost[choice], -choice)):
        ways.allow(choice, free=False)
        fresh: dict[int, Booleans] = {}
        broken = [cell for cell, needed in needs.items() if needed[choice]]
        if all(cell in fresh or ways.find(cell, fresh) for cell in broken):
            needs |= {cell: fresh[cell] for cell in broken}
            kept[choice] = False
        else:
            ways.allow(choice, free=True)
    return kept


class _Ways:
    """Movements of the hidden cells of one part, up and down apart."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._open = np.ones(part.cells, dtype=bool)
        self._size = part.cells
        both = block_array([[part.matrix, -part.matrix]]).tocsc()
        cost = np.where(part.hidden, PAID, np.maximum(part.weight, PAID))
        self._solver = programme(both, np.zeros(2 * self._size), self._reach(), cost=np.concatenate([cost, cost]))

    def allow(self, choice: int, *, free: bool) -> None:
        """Let the cells of *choice* move, or hold them."""
        places = np.flatnonzero(self._part.choice == choice)
        self._open[places] = free
        reach = self._reach()
        for column in (*places.tolist(), *(places + self._size).tolist()):
            self._solver.changeColBounds(column, 0.0, float(reach[column]))

    def find(self, cell: int, needs: dict[int, Booleans]) -> bool:
        """Return whether *cell* is free, and note in *needs* the choices that it takes, for all that moves with it."""
        width = float(self._part.width[cell])
        for way in (width, -width):
            moved = self._moved(cell, way)
            if moved is not None:
                needed = self._needed(moved)
                free = self._part.wanted & (np.abs(moved) >= self._part.width - TOLERANCE)
                for other in np.flatnonzero(free).tolist():
                    needs.setdefault(other, needed)
                needs[cell] = needed
                return True
        up, down = self._moved(cell, np.ceil(width / 2)), self._moved(cell, -np.floor(width / 2))
        if up is None or down is None:
            return False
        needs[cell] = self._needed(up) | self._needed(down)
        return True

    def _needed(self, moved: Floats) -> Booleans:
        choice = self._part.choice
        needed = np.zeros(self._part.choices, dtype=bool)
        needed[choice[(np.abs(moved) > TOLERANCE) & (choice >= 0)]] = True
        return needed

    def _moved(self, cell: int, way: float) -> Floats | None:
        columns = (cell, cell + self._size)
        if way < 0:
            columns = columns[::-1]
        if abs(way) > self._reach_of(columns[0]):
            return None
        self._solver.changeColBounds(columns[0], abs(way), abs(way))
        self._solver.changeColBounds(columns[1], 0.0, 0.0)
        self._solver.run()
        optimal = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        both = np.asarray(self._solver.getSolution().col_value, dtype=np.float64)
        for column in columns:
            self._solver.changeColBounds(column, 0.0, self._reach_of(column))
        return both[: self._size] - both[self._size :] if optimal else None

    def _reach_of(self, column: int) -> float:
        place = column % self._size
        return float((self._part.up if column < self._size else self._part.down)[place]) if self._open[place] else 0.0

    def _reach(self) -> Floats:
        return np.concatenate([np.where(self._open, self._part.up, 0.0), np.where(self._open, self._part.down, 0.0)])
