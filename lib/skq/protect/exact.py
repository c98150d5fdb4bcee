"""The exact stage of complementary suppression: attack what is about to be shown, and hide more where it opens.

The rules before it know more of what a number tells, but look at one line at a time; this stage looks at all equations
of a table at once (ADR 7).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.protect.leak import harmless, is_counted, is_secret, least_width
from skq.protect.rule import DisclosureRule
from skq.protect.sums import Sums
from skq.suppression.attack import Attack, Demand
from skq.suppression.cover import Cells, cover
from skq.suppression.propagate import tightened
from skq.suppression.system import System
from skq.terms import Breakdown, Level

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

MOST_ROUNDS = 12
COST_OF_LEVEL = {Level.GROUP: 1.0, Level.SCHOOL: 2.0, Level.AREA: 6.0, Level.ORGANIZER: 20.0}
COST_ABOVE = 30.0
COST_OF_BREAKDOWN = {Breakdown.ALL: 8.0, Breakdown.PERIOD: 3.0, Breakdown.SEX: 2.0}
"""What readers lose by a hidden number, before it is weighed by how many it is about; other breakdowns cost 1."""


@dataclass(frozen=True, eq=False)
class Closed:
    """What is hidden in the end (rows), and which rows lose their telling sign (`~100`, a shown n) besides.

    `open` are the rows that nothing closes, because others than we have published what tells of them.
    """

    hidden: Booleans
    blurred: Booleans
    open: Booleans


def closed(
    judged: pd.DataFrame,
    equations: Sums,
    candidate: Booleans,
    rule: DisclosureRule,
    settled: Callable[[Booleans], Booleans],
) -> Closed:
    """Return what has to be hidden so that no secret of *judged* (rows by the primary rule) is told too closely.

    *settled* returns, for what is hidden so far, everything that the other rules hide for its sake too; *candidate* are
    the rows that may be hidden. Hiding more never opens what was closed, so only what was open is attacked again.
    """
    hidden = settled(np.zeros(len(judged), dtype=bool))
    blurred = np.zeros(len(judged), dtype=bool)
    asked, weight = demand(judged, equations, rule), weights(judged, len(equations.value))
    integral = np.zeros(len(equations.value), dtype=bool)
    integral[: len(judged)] = is_counted(judged) & (equations.value[: len(judged)] % 1 == 0)
    found = betrayed(equations, hidden, asked, integral)
    for _ in range(MOST_ROUNDS):
        if not len(found[0]):
            break
        more = more_to_hide(equations, hidden, candidate, weight, found, asked) & ~hidden
        if more.any():
            hidden = settled(hidden | more)
        elif (signs := _signs_around(equations, found[0], hidden & ~blurred)).any():
            blurred |= signs
            equations = equations.without_signs(blurred)
            asked = demand(judged, equations, rule)
        else:
            break
        still = np.zeros(len(asked.wanted), dtype=bool)
        still[found[0]] = True
        found = betrayed(equations, hidden, replace(asked, wanted=asked.wanted & still), integral)
    left = np.zeros(len(judged), dtype=bool)
    left[found[0]] = True
    return Closed(hidden, blurred, left)


def demand(judged: pd.DataFrame, equations: Sums, rule: DisclosureRule) -> Demand:
    """Return how free each cell of *equations* has to be, *judged* being its rows by the primary rule alone."""
    value, rows = equations.value, equations.rows
    beside = len(value) - rows
    nobody = np.concatenate([harmless(judged), np.full(beside, np.nan)])
    wanted = np.concatenate([is_secret(judged), np.zeros(beside, dtype=bool)])
    width = np.concatenate([least_width(judged, value[:rows], rule), np.zeros(beside)])
    wanted &= ~(np.abs(value - nobody) < 0.5)  # the truth itself may be known, so no range can betray it
    return Demand(wanted, np.minimum(width, equations.upper - equations.lower), nobody)


def betrayed(equations: Sums, hidden: Booleans, asked: Demand, integral: Booleans) -> tuple[Positions, Floats, Floats]:
    """Return the hidden cells that an attacker tells too closely, with the ranges left to them.

    *hidden* are rows, *integral* the cells that are whole numbers.
    """
    free = np.concatenate([hidden, np.ones(len(equations.value) - equations.rows, dtype=bool)])
    system = System(
        equations.matrix,
        np.where(free, equations.lower, equations.value),
        np.where(free, equations.upper, equations.value),
    )
    system = tightened(system, integral)
    low, high = system.lower.copy(), system.upper.copy()
    cells = np.arange(len(low))
    doubtful = replace(asked, wanted=asked.wanted & free & ~asked.unsafe(low, high, cells))
    for part in system.parts():
        if doubtful.wanted[part].any():
            low[part], high[part] = Attack(system, part).ranges(doubtful)
    found = np.flatnonzero(free & asked.unsafe(low, high, cells))
    return found, low[found], high[found]


def weights(judged: pd.DataFrame, cells: int) -> Floats:
    """Return what readers lose by each hidden cell: more by wholes than by parts, more by many pupils than by few."""
    level = judged["level"].map(COST_OF_LEVEL).fillna(COST_ABOVE).to_numpy("float64")
    breakdown = judged["breakdown"].map(COST_OF_BREAKDOWN).fillna(1.0).to_numpy("float64")
    size = 1 + np.log10(1 + judged["n"].fillna(0).to_numpy("float64"))
    return np.concatenate([level * breakdown * size, np.ones(cells - len(judged))])


def more_to_hide(
    equations: Sums,
    hidden: Booleans,
    candidate: Booleans,
    weight: Floats,
    found: tuple[Positions, Floats, Floats],
    asked: Demand,
) -> Booleans:
    """Return which of the *candidate* rows to hide so that the *found* cells (as from `betrayed`) are free."""
    beside = len(equations.value) - equations.rows
    cells = Cells(
        equations.matrix,
        equations.value,
        equations.lower,
        equations.upper,
        hidden=np.concatenate([hidden, np.ones(beside, dtype=bool)]),
        candidate=np.concatenate([candidate & ~hidden, np.zeros(beside, dtype=bool)]),
        weight=weight,
    )
    chosen = np.zeros(len(hidden), dtype=bool)
    chosen[cover(cells, *found, asked)] = True
    return chosen


def _signs_around(equations: Sums, cells: Positions, hidden: Booleans) -> Booleans:
    """Return the *hidden* rows among *cells* and beside them in an equation whose sign tells something of them."""
    near = np.zeros(len(equations.value))
    near[cells] = 1.0
    matrix = abs(equations.matrix)
    around = matrix.T @ (matrix @ near) > 0
    return np.asarray(around[: equations.rows] & hidden & equations.signs, dtype=np.bool_)
