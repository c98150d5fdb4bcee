"""The exact stage of complementary suppression: attack what is about to be shown, and hide more where it opens.

The rules before it know more of what a number tells, but look at one line at a time; this stage looks at all equations
of a table at once (ADR 7).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.protect.leak import harmless, is_counted, is_secret, least_width
from skq.protect.remembered import Remembered
from skq.protect.rule import DisclosureRule
from skq.protect.sums import Sums
from skq.suppression.attack import Demand, Question
from skq.suppression.attack import asked as ask
from skq.suppression.cover import Cells, Covered, covered
from skq.suppression.propagate import tightened
from skq.suppression.system import System, batches
from skq.terms import Breakdown, Level

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

MOST_ROUNDS = 12
BATCH = 250
COST_OF_AGAIN = 0.2
COST_OF_LEVEL = {Level.GROUP: 1.0, Level.SCHOOL: 2.0, Level.AREA: 6.0, Level.ORGANIZER: 20.0}
COST_ABOVE = 30.0
COST_OF_BREAKDOWN = {Breakdown.ALL: 8.0, Breakdown.PERIOD: 3.0, Breakdown.SEX: 2.0}
"""What readers lose by a hidden number, before it is weighed by how many it is about; other breakdowns cost 1."""


@dataclass(frozen=True, eq=False)
class Closed:
    """What is hidden in the end (rows), and which rows lose their telling sign (`~100`, a shown n) besides."""

    hidden: Booleans
    blurred: Booleans


def closed(
    judged: pd.DataFrame,
    equations: Sums,
    candidate: Booleans,
    rule: DisclosureRule,
    settled: Callable[[Booleans], Booleans],
    memory: Remembered,
) -> Closed:
    """Return what has to be hidden so that no secret of *judged* (rows by the primary rule) is told too closely.

    *settled* returns, for what is hidden so far, everything that the other rules hide for its sake too; *candidate* are
    the rows that may be hidden. What readers know from earlier releases (*memory*) hides nothing any more; what has
    always been hidden is hidden again rather than something else. Hiding more never opens what was closed, so only what
    was open is attacked again.
    """
    hidden = settled(np.zeros(len(judged), dtype=bool))
    blurred = np.zeros(len(judged), dtype=bool)
    asked, weight = demand(judged, equations, rule), weights(judged, len(equations.value))
    weight[: len(judged)] *= np.where(memory.hidden, COST_OF_AGAIN, 1.0)
    integral = np.zeros(len(equations.value), dtype=bool)
    integral[: len(judged)] = is_counted(judged) & (equations.value[: len(judged)] % 1 == 0)
    stages = attack_stages(judged, equations)
    found = betrayed(equations, hidden & ~memory.known, asked, integral, stages)
    for number in range(MOST_ROUNDS):
        unseen, free_to_hide = hidden & ~memory.known, candidate & ~hidden & ~memory.known
        if not len(found[0]):
            break
        within_years = stages[1] if number == 0 else stages[-1]  # the quick way first: each year by itself
        answer = more_to_hide(equations, unseen, free_to_hide, weight, found, asked, within_years)
        if number and not len(answer.hide) + len(answer.blur) + len(answer.free):
            break
        if len(answer.blur):
            blurred[answer.blur] = True
            equations = equations.without_signs(blurred)
            asked = demand(judged, equations, rule)
        if len(answer.hide):
            more = hidden.copy()
            more[answer.hide] = True
            hidden = settled(more)
        still = np.zeros(len(asked.wanted), dtype=bool)
        still[np.setdiff1d(found[0], answer.free)] = True
        asked_again = replace(asked, wanted=asked.wanted & still)
        found = betrayed(equations, hidden & ~memory.known, asked_again, integral, stages)
    return Closed(hidden, blurred)


def demand(judged: pd.DataFrame, equations: Sums, rule: DisclosureRule) -> Demand:
    """Return how free each cell of *equations* has to be, *judged* being its rows by the primary rule alone."""
    value, rows = equations.value, equations.rows
    beside = len(value) - rows
    nobody = np.concatenate([harmless(judged), np.full(beside, np.nan)])
    secret = is_secret(judged) & judged["numerator"].notna().to_numpy(dtype=bool)  # an agency keeps its own
    wanted = np.concatenate([secret, np.zeros(beside, dtype=bool)])
    width = np.concatenate([least_width(judged, value[:rows], rule), np.zeros(beside)])
    wanted &= ~(np.abs(value - nobody) < 0.5)  # the truth itself may be known, so no range can betray it
    return Demand(wanted, np.minimum(width, equations.upper - equations.lower), nobody)


def betrayed(
    equations: Sums, hidden: Booleans, asked: Demand, integral: Booleans, stages: Sequence[Booleans]
) -> tuple[Positions, Floats, Floats]:
    """Return the hidden cells that an attacker tells too closely, with the ranges left to them.

    *hidden* are rows, *integral* the cells that are whole numbers, *stages* as from `attack_stages`.
    """
    free = np.concatenate([hidden, np.ones(len(equations.value) - equations.rows, dtype=bool)])
    system = System(
        equations.matrix,
        np.where(free, equations.lower, equations.value),
        np.where(free, equations.upper, equations.value),
    )
    system = tightened(system, integral)
    alone = np.diff(system.columns.indptr) == 0
    low, high = (np.where(alone, bound, equations.value) for bound in (system.lower, system.upper))
    cells = np.arange(len(low))
    told = asked.unsafe(system.lower, system.upper, cells) & free
    for frozen in stages:
        doubtful = replace(asked, wanted=free & ~told & asked.unsafe(low, high, cells))
        narrowed = _frozen(system, frozen & free, equations.value)
        parts = list(batches((part for part in narrowed.parts() if doubtful.wanted[part].any()), BATCH))
        questions = [
            Question(narrowed.part(part), doubtful.of(part), equations.value[part], thorough=not frozen.any())
            for part in parts
        ]
        for part, (seen_low, seen_high) in zip(parts, map(ask, questions), strict=True):
            low[part], high[part] = np.minimum(low[part], seen_low), np.maximum(high[part], seen_high)
    low[told], high[told] = system.lower[told], system.upper[told]
    found = np.flatnonzero(free & asked.unsafe(low, high, cells))
    return found, low[found], high[found]


def _frozen(system: System, frozen: Booleans, value: Floats) -> System:
    """Return *system* with the *frozen* cells known: whatever can still move then can move without it too."""
    return System(system.matrix, np.where(frozen, value, system.lower), np.where(frozen, value, system.upper))


def attack_stages(judged: pd.DataFrame, equations: Sums) -> tuple[Booleans, ...]:
    """Return what to freeze (cells) while attacking: most secrets are safe within their area and year already.

    First all above schools and all pooled years, then these, then nothing: the last stage is the attack itself, and
    needed only for what the ones before leave in doubt.
    """
    cells = np.zeros(len(equations.value), dtype=bool)
    above, pooled = cells.copy(), cells.copy()
    above[: len(judged)] = ~judged["level"].isin([str(Level.GROUP), str(Level.SCHOOL)]).to_numpy(dtype=bool)
    pooled[: len(judged)] = judged["breakdown"].eq(str(Breakdown.PERIOD)).to_numpy(dtype=bool)
    in_window = abs(equations.matrix).T @ (abs(equations.matrix) @ pooled.astype("float64")) > 0
    return above | in_window, in_window, cells


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
    frozen: Booleans,
) -> Covered:
    """Return which of the *candidate* rows to hide, and whose signs to drop, so that the *found* cells are free.

    *found* as from `betrayed`; *frozen* cells neither move nor are hidden.
    """
    beside = len(equations.value) - equations.rows
    lowest, highest = equations.lower.copy(), equations.upper.copy()
    lowest[: equations.rows], highest[: equations.rows] = equations.unsigned
    cells = Cells(
        equations.matrix,
        equations.value,
        equations.lower,
        equations.upper,
        hidden=np.concatenate([hidden, np.ones(beside, dtype=bool)]) & ~frozen,
        candidate=np.concatenate([candidate, np.zeros(beside, dtype=bool)]) & ~frozen,
        weight=weight,
        lowest=lowest,
        highest=highest,
    )
    return covered(cells, *found, asked)
