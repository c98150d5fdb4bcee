"""Cells that hang together, before it is decided which of them to hide.

All is told as movement away from the true value: a shown cell cannot move, a hidden one as far as its bounds let it,
and movements keep every equation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import block_array, coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from skq.suppression.attack import Demand
from skq.suppression.system import Booleans, Floats, Positions, System


@dataclass(frozen=True, eq=False)
class Part:
    """Cells (parallel arrays) and a decision on each: `choice` numbers it, -1 where there is none to make.

    Cells of one choice are hidden together. `hidden` are those that are hidden in any case; a cell that is neither
    hidden nor has a choice is shown. `down` and `up` tell how far a hidden cell could move from its value for all that
    is known of it; `wanted` cells must be `width` wide to an attacker.
    """

    matrix: csr_array
    down: Floats
    up: Floats
    hidden: Booleans
    wanted: Booleans
    width: Floats
    weight: Floats
    choice: Positions

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.up)

    @property
    def choices(self) -> int:
        """How many decisions there are to make."""
        return int(self.choice.max(initial=-1)) + 1

    def cost(self) -> Floats:
        """Return what readers lose by each choice: the weight of its cells."""
        free = self.choice >= 0
        return np.bincount(self.choice[free], self.weight[free], self.choices).astype(np.float64)

    def pattern(self, taken: Booleans) -> Booleans:
        """Return which cells are hidden when the choices *taken* are."""
        chosen: Booleans = np.append(taken, False)[self.choice]
        return self.hidden | chosen

    def demand(self) -> Demand:
        """Return what has to be left open to an attacker."""
        return Demand(self.wanted, self.width, np.full(self.cells, np.nan))

    def asking(self, width: Floats) -> Part:
        """Return the same part with another *width* asked of each cell."""
        return replace(self, width=width)

    def seen(self, pattern: Booleans) -> System:
        """Return the movements that readers must think possible when the cells of *pattern* are hidden."""
        return System(self.matrix, np.where(pattern, -self.down, 0.0), np.where(pattern, self.up, 0.0))

    def parted(self) -> Iterator[tuple[Positions, Part]]:
        """Yield the cells, and the part that they are, of each group of cells that equations or choices connect.

        Groups without a wanted cell are left out, as are cells that are shown in any case; in order of the first wanted
        cell.
        """
        open_cells = np.flatnonzero(self.hidden | (self.choice >= 0))
        chosen = np.flatnonzero(self.choice[open_cells] >= 0)
        by_choice = (self.choice[open_cells][chosen], chosen)
        joint = coo_array((np.ones(len(chosen)), by_choice), shape=(self.choices, len(open_cells)))
        rows = block_array([[self.matrix[:, open_cells]], [joint]])
        both_ways = block_array([[None, rows.T], [rows, None]])
        label = connected_components(both_ways, directed=False)[1][: len(open_cells)]
        for number in dict.fromkeys(label[self.wanted[open_cells]].tolist()):
            cells = open_cells[label == number]
            yield cells, self._of(cells)

    def _of(self, cells: Positions) -> Part:
        matrix = self.matrix[:, cells].tocsr()
        matrix = matrix[np.flatnonzero(np.diff(matrix.indptr))]
        kept = self.choice[cells]
        choice = np.full(len(cells), -1)
        choice[kept >= 0] = np.unique(kept[kept >= 0], return_inverse=True)[1]
        return Part(
            matrix,
            down=self.down[cells],
            up=self.up[cells],
            hidden=self.hidden[cells],
            wanted=self.wanted[cells],
            width=self.width[cells],
            weight=self.weight[cells],
            choice=choice,
        )
