"""What an attacker works out: the range in which each hidden cell can lie, by linear programmes through HiGHS.

One `Attack` is one part of a system, whose cells hang together by equations. It is asked many questions; each one
starts from the vertex where the last one ended, which makes it some twenty times as fast as asking anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csc_array

from skq.errors import ProtectionError
from skq.suppression.programme import programme
from skq.suppression.system import Booleans, Floats, Positions, System

TOLERANCE = 1e-6
DIRECTIONS = 6
"""Random directions in which a part is first explored; most cells turn out to be free in one of them."""


@dataclass(frozen=True, eq=False)
class Demand:
    """What has to be left open to an attacker, per cell of a system.

    A cell is safe when it is not `wanted`, when its range is at least `width` wide, or when the range holds `harmless`
    (not a number: nothing is), a value that may be known.
    """

    wanted: Booleans
    width: Floats
    harmless: Floats

    def of(self, cells: Positions) -> Demand:
        """Return what is demanded of *cells*."""
        return Demand(self.wanted[cells], self.width[cells], self.harmless[cells])

    def unsafe(self, low: Floats, high: Floats, cells: Positions) -> Booleans:
        """Return which of *cells* are not safe with the ranges from *low* to *high* (parallel to them)."""
        harmless = self.harmless[cells]
        told = (low - TOLERANCE <= harmless) & (harmless <= high + TOLERANCE)
        return self.wanted[cells] & (high - low < self.width[cells] - TOLERANCE) & ~told


class Attack:
    """The cells of one part of *system* (as from `System.parts`) before an attacker who knows all the rest.

    ProtectionError when no numbers at all fit the equations and bounds: what is shown contradicts itself.
    """

    def __init__(self, system: System, part: Positions) -> None:
        self.part = part
        columns = system.columns[:, part]
        rows, places = np.unique(columns.indices, return_inverse=True)
        matrix = csc_array((columns.data, places, columns.indptr), shape=(len(rows), len(part)))
        own = (system.lower[part], system.upper[part])
        self._solver = programme(matrix, *own, right=-system.told[rows], slack=TOLERANCE, primal=True)
        self._columns = np.arange(len(part), dtype=np.int32)

    def extreme(self, direction: Floats) -> Floats:
        """Return the cells (of the part) at which *direction* times the cells is greatest."""
        self._solver.changeColsCost(len(self._columns), self._columns, -direction)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise ProtectionError(
                f"the numbers shown contradict each other: no hidden numbers fit them ({status.name})\n"
                f"  where:    {len(self.part)} hidden cells, the first at position {int(self.part[0])}"
            )
        return np.asarray(self._solver.getSolution().col_value, dtype=np.float64)

    def bounds(self, place: int) -> tuple[float, float]:
        """Return the least and the greatest value that the cell at *place* of the part can have."""
        direction = np.zeros(len(self.part))
        direction[place] = -1.0
        low = float(self.extreme(direction)[place])
        return low, float(self.extreme(-direction)[place])

    def ranges(self, demand: Demand, possible: Floats | None = None) -> tuple[Floats, Floats]:
        """Return low and high of each cell of the part: ranges certainly open to it, exact for those that are unsafe.

        A cell that a few random directions show to be safe is not asked about any further. *possible* are numbers of
        the part that fit, such as the true ones, where they are known.
        """
        low, high = self.explored(demand, possible)
        for place in np.flatnonzero(demand.unsafe(low, high, self.part)):
            self._ask(int(place), demand, low, high)
        return low, high

    def explored(self, demand: Demand, possible: Floats | None = None) -> tuple[Floats, Floats]:
        """Return the quick part of `ranges`: ranges certainly open to each cell, by a few random directions alone."""
        rng = np.random.default_rng(len(self.part))
        first = self.extreme(np.zeros(len(self.part))) if possible is None else possible
        low, high = first.copy(), first.copy()
        for _ in range(DIRECTIONS):
            unsafe = demand.unsafe(low, high, self.part)
            if not unsafe.any():
                break
            signs = rng.choice([-1.0, 1.0], len(self.part)) * rng.uniform(0.5, 1.5, len(self.part))
            self._see(np.where(unsafe, signs, 0.0), low, high)
        return low, high

    def _ask(self, place: int, demand: Demand, low: Floats, high: Floats) -> None:
        for sign in (1.0, -1.0):
            if not demand.unsafe(low[[place]], high[[place]], self.part[[place]])[0]:
                return
            direction = np.zeros(len(self.part))
            direction[place] = sign
            self._see(direction, low, high)

    def _see(self, direction: Floats, low: Floats, high: Floats) -> None:
        seen = self.extreme(direction)
        np.minimum(low, seen, out=low)
        np.maximum(high, seen, out=high)


@dataclass(frozen=True, eq=False)
class Question:
    """What can be asked in another process: the ranges of the open cells of *system* (as from `System.part`).

    *possible* are numbers that fit; *thorough* asks about every cell that random directions leave in doubt.
    """

    system: System
    demand: Demand
    possible: Floats
    thorough: bool


def asked(question: Question) -> tuple[Floats, Floats]:
    """Return low and high of each cell of the question's demand, as `Attack.ranges` or `Attack.explored`."""
    attack = Attack(question.system, np.arange(len(question.possible)))
    look = attack.ranges if question.thorough else attack.explored
    return look(question.demand, question.possible)


def opened(system: System, demand: Demand) -> tuple[Positions, Floats, Floats]:
    """Return the cells of *system* that are not safe, in ascending order, with the least and greatest value of each.

    Cells that no equation reaches are as their bounds say.
    """
    low, high = system.lower.copy(), system.upper.copy()
    for part in system.parts():
        if demand.wanted[part].any():
            low[part], high[part] = Attack(system, part).ranges(demand)
    cells = np.arange(system.cells)
    unsafe = np.flatnonzero(demand.unsafe(low, high, cells))
    return unsafe, low[unsafe], high[unsafe]
