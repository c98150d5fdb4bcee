"""The best pattern for a small part: an integer programme for what to hide, a linear one for what an attacker can tell.

After Fischetti and Salazar (2001). Each time that an attacker comes too near a cell, the dual of the attack says why:
so much movement is lacking, and which choices would give how much of it. That is a cut, which every safe pattern
keeps. Cuts are found first for patterns that are hidden by parts (a linear programme), then for whole ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from skq.suppression.attack import TOLERANCE
from skq.suppression.part import Part
from skq.suppression.programme import programme
from skq.suppression.system import Booleans, Floats
from skq.suppression.whole import told

ROUNDS = 60
"""After so many rounds of cuts (of each kind) the search is given up. A count, so that no clock decides."""
NODES = 20_000
"""After so many branches the integer programme of one round is."""
ROUGH = 1e-3
"""How much movement may lack, as a part of the width, to a pattern that is not whole yet."""
NOTHING = 1e-10
"""Prices below this are the solver's rounding."""


@dataclass(frozen=True, eq=False)
class Found:
    """What is known of the best pattern: its choices (None: not found), a cost that none goes below, a hint.

    `hint` tells how much of each choice is taken where choices may be taken by parts.
    """

    taken: Booleans | None
    least: float
    hint: Floats


def best(part: Part, *, whole: bool, search: bool = True) -> Found:
    """Return the choices of least cost that protect every wanted cell of *part*, and that cost.

    Hiding all that may be has to protect them. With *whole* the attacker knows that cells are whole numbers. Without
    *search*, or where the search was given up, there are no choices, only the bound and the hint.
    """
    cuts = _Cuts(part)
    attacker = _Attacker(part)
    hint, least = cuts.relaxed()
    for _ in range(ROUNDS):
        fresh = attacker.cuts(hint, ROUGH * part.width)
        if not fresh:
            break
        cuts.add(fresh)
        hint, least = cuts.relaxed()
    if not search:
        return Found(None, least, hint)
    for _ in range(ROUNDS):
        found = cuts.solved()
        if found is None:
            return Found(None, least, hint)
        taken, least = found
        fresh = attacker.cuts(taken, np.full(part.cells, TOLERANCE / 2))
        if not fresh and whole:
            fresh = list(_uncovered(part, taken > 0.5))
        if not fresh:
            return Found(taken > 0.5, least, hint)
        cuts.add(fresh)
    return Found(None, least, hint)


def _uncovered(part: Part, taken: Booleans) -> Iterator[Floats]:
    """Yield, for each cell of which whole numbers tell too much, the cut that one of the choices that help is taken."""
    demand = part.demand()
    for cell in told(part.seen(part.pattern(taken)), demand).tolist():
        useless = taken.copy()
        for choice in np.flatnonzero(~taken):
            useless[choice] = True
            useless[choice] = cell in told(part.seen(part.pattern(useless)), demand)
        yield np.where(useless, 0.0, 1.0)


class _Attacker:
    """An attacker on patterns that may hide a cell by a part of its possible movement."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._columns = np.arange(part.cells, dtype=np.int32)
        self._solver = programme(part.matrix.tocsc(), -part.down, part.up)

    def cuts(self, taken: Floats, slack: Floats) -> list[Floats]:
        """Return a cut for every wanted cell that lacks more than *slack* (per cell) when the choices are *taken*.

        A cut tells how much each choice, at most 1 of it, gives of the movement that is lacking: a safe pattern's
        choices give 1 or more together.
        """
        part = self._part
        share = np.where(part.hidden, 1.0, np.append(taken, 0.0)[part.choice])
        self._solver.changeColsBounds(part.cells, self._columns, -part.down * share, part.up * share)
        free = part.choice >= 0
        found = []
        for cell in np.flatnonzero(part.wanted):
            gives = self._gives(int(cell))
            lacking = part.width[cell] - gives[part.hidden].sum()
            by_choice = np.bincount(part.choice[free], gives[free], part.choices)
            if lacking - by_choice @ taken > slack[cell]:
                found.append(np.minimum(by_choice / lacking, 1.0))
        return found

    def _gives(self, cell: int) -> Floats:
        """Return how much each cell, wholly hidden, would at most add to the width of the range of *cell*."""
        gives = np.zeros(self._part.cells)
        for sign in (1.0, -1.0):
            cost = np.zeros(self._part.cells)
            cost[cell] = -sign
            self._solver.changeColsCost(self._part.cells, self._columns, cost)
            self._solver.run()
            price = np.asarray(self._solver.getSolution().col_dual, dtype=np.float64)
            price[np.abs(price) < NOTHING] = 0.0
            gives += np.where(price > 0, price * self._part.down, -price * self._part.up)
        return gives


class _Cuts:
    """The cuts so far, and the cheapest choices that keep them."""

    def __init__(self, part: Part) -> None:
        self._cost = part.cost()
        self._matrix = csr_array((0, part.choices))

    def add(self, cuts: list[Floats]) -> None:
        """Keep *cuts*, each once."""
        self._matrix = vstack([self._matrix, csr_array(np.unique(np.array(cuts), axis=0))]).tocsr()

    def relaxed(self) -> tuple[Floats, float]:
        """Return how much to take of each choice, and what that costs."""
        if not self._matrix.shape[0]:
            return np.zeros(len(self._cost)), 0.0
        found = linprog(self._cost, A_ub=-self._matrix, b_ub=-np.ones(self._matrix.shape[0]), bounds=(0.0, 1.0))
        return np.clip(found.x, 0.0, 1.0), float(found.fun)

    def solved(self) -> tuple[Floats, float] | None:
        """Return which choices to take (0 or 1), and what that costs; None when the search was too long."""
        if not self._matrix.shape[0]:
            return np.zeros(len(self._cost)), 0.0
        found = milp(
            self._cost,
            integrality=np.ones(len(self._cost)),
            bounds=Bounds(0.0, 1.0),
            constraints=LinearConstraint(self._matrix, np.ones(self._matrix.shape[0]), np.inf),
            options={"mip_rel_gap": 0.0, "node_limit": NODES},
        )
        return (np.round(found.x), float(found.fun)) if found.status == 0 else None
