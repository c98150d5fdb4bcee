"""The quick half of an attack: bounds drawn tighter and tighter, equation by equation, over a whole system at once.

Each equation bounds each of its cells by what the others leave. Repeated until nothing moves, this finds most of the
cells that are told exactly; what it finds is always true, what it does not find is asked of a linear programme.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from skq.suppression.system import Booleans, Floats, Positions, System

TOLERANCE = 1e-6
MOST_SWEEPS = 40
"""Bounds that creep for ever, nearer and nearer, are left where they are after so many sweeps."""


def tightened(system: System, integral: Booleans) -> System:
    """Return *system* with the bounds that its equations leave; `integral` (cells,) are whole numbers.

    No possible number is ever cut off. Cells whose bounds would contradict each other keep the ones they had.
    """
    lower, upper = system.lower.copy(), system.upper.copy()
    open_cells = (upper - lower > TOLERANCE).astype("float64")
    sweep = _Sweep(system.matrix[np.flatnonzero(abs(system.matrix) @ open_cells)], integral)
    for _ in range(MOST_SWEEPS):
        if not sweep.tighten(lower, upper):
            break
    crossed = lower > upper
    lower[crossed], upper[crossed] = system.lower[crossed], system.upper[crossed]
    return System(system.matrix, lower, upper)


def spread(system: System, lower: Floats, upper: Floats, moved: Positions, integral: Booleans) -> System:
    """Return *system* with the bounds that its equations leave of *lower* and *upper*, as `tightened` does.

    Its own bounds are known to be drawn tight; *lower* and *upper* are tighter at the *moved* cells, so that only the
    equations which these reach are looked at.
    """
    for _ in range(MOST_SWEEPS):
        if not len(moved):
            break
        reached = system.matrix[np.unique(system.columns[:, moved].indices)]
        tighter = tightened(System(reached, lower, upper), integral)
        moved = np.flatnonzero((tighter.lower > lower) | (tighter.upper < upper))
        lower, upper = tighter.lower, tighter.upper
    return System(system.matrix, lower, upper)


class _Sweep:
    """One round over all entries of *matrix* (one per equation and cell), prepared once."""

    def __init__(self, matrix: csr_array, integral: Booleans) -> None:
        self._sign, self._cell = matrix.data, matrix.indices
        self._starts = matrix.indptr[:-1]
        self._equation = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        self._by_cell = np.argsort(self._cell, kind="stable")
        self._told, self._first = np.unique(self._cell[self._by_cell], return_index=True)
        self._integral = integral[self._told]

    def tighten(self, lower: Floats, upper: Floats) -> bool:
        """Draw *lower* and *upper* tighter in place; return whether any of them moved."""
        if not len(self._told):
            return False
        low, high = self._sign * lower[self._cell], self._sign * upper[self._cell]
        low, high = np.minimum(low, high), np.maximum(low, high)
        least, most = (np.add.reduceat(side, self._starts)[self._equation] for side in (low, high))
        from_below, from_above = -(most - high) / self._sign, -(least - low) / self._sign
        floor = np.maximum.reduceat(np.minimum(from_below, from_above)[self._by_cell], self._first)
        ceiling = np.minimum.reduceat(np.maximum(from_below, from_above)[self._by_cell], self._first)
        floor = np.where(self._integral, np.ceil(floor - TOLERANCE), floor)
        ceiling = np.where(self._integral, np.floor(ceiling + TOLERANCE), ceiling)
        higher = floor > lower[self._told] + TOLERANCE
        lesser = ceiling < upper[self._told] - TOLERANCE
        lower[self._told[higher]] = floor[higher]
        upper[self._told[lesser]] = ceiling[lesser]
        return bool(higher.any() or lesser.any())
