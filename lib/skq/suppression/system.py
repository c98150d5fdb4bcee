"""Cells and the equations between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import block_array, csc_array, csr_array, hstack
from scipy.sparse.csgraph import connected_components

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class System:
    """Cells that add up: `matrix` (equations, cells) times the cells is zero.

    `lower` and `upper` (cells,) are what anyone knows of each cell before looking at any equation; a shown cell has
    both at its value, or at the bounds of what was rounded to it.
    """

    matrix: csr_array
    lower: Floats
    upper: Floats

    def __post_init__(self) -> None:
        if not self.matrix.shape[1] == len(self.lower) == len(self.upper):
            raise ValueError("a system needs one lower and one upper bound for every cell")
        if (self.lower > self.upper).any():
            raise ValueError("a cell's lower bound lies above its upper one")

    @cached_property
    def columns(self) -> csc_array:
        """The same matrix, ready to be taken apart by cells."""
        return self.matrix.tocsc()

    @cached_property
    def told(self) -> Floats:
        """What the cells that are told exactly add to each equation (equations,)."""
        return np.asarray(self.matrix @ np.where(self.upper > self.lower, 0.0, self.lower), dtype=np.float64)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.lower)

    def part(self, cells: Positions) -> System:
        """Return a small system of *cells*, which no open cell outside shares an equation with.

        It has one cell more, the last: 1, by which everything that is told exactly stands in its equations.
        """
        columns = self.columns[:, cells]
        rows, places = np.unique(columns.indices, return_inverse=True)
        own = csc_array((columns.data, places, columns.indptr), shape=(len(rows), len(cells)))
        matrix = hstack([own, csc_array(self.told[rows].reshape(-1, 1))]).tocsr()
        return System(matrix, np.append(self.lower[cells], 1.0), np.append(self.upper[cells], 1.0))

    def parts(self) -> list[Positions]:
        """Return the cells that are not told exactly, parted into those that any chain of equations connects.

        Cells in no equation are left out: no equation tells of them. Parts and cells are in ascending order.
        """
        open_cells = np.flatnonzero(self.upper > self.lower)
        seen = self.columns[:, open_cells]
        both_ways = block_array([[None, seen.T], [seen, None]]) if seen.shape[0] else csr_array((len(open_cells),) * 2)
        label = connected_components(both_ways, directed=False)[1][: len(open_cells)]
        in_equation = np.diff(seen.indptr) > 0
        order = np.argsort(label[in_equation], kind="stable")
        sizes = np.bincount(label[in_equation])
        sorted_cells = open_cells[in_equation][order]
        return [part for part in np.split(sorted_cells, np.cumsum(sizes)[:-1]) if len(part)]


def batches(parts: Iterable[Positions], cells: int) -> Iterator[Positions]:
    """Yield *parts* joined to about so many *cells* at a time: one programme of many parts is sooner made than many."""
    waiting: list[Positions] = []
    for part in parts:
        waiting.append(part)
        if sum(map(len, waiting)) >= cells:
            yield np.concatenate(waiting)
            waiting = []
    if waiting:
        yield np.concatenate(waiting)
