"""Secondary suppression: which cells to hide so that nobody can work out those that are hidden for themselves.

Small parts are solved to the best pattern there is, larger ones by a rule of thumb; every pattern is attacked before
it is handed over. See docs/adr/0007.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skq.errors import ProtectionError
from skq.suppression.attack import opened
from skq.suppression.benders import best
from skq.suppression.part import Part
from skq.suppression.system import Booleans, Floats, Positions, System
from skq.suppression.thumb import by_thumb
from skq.suppression.whole import told

EXACT_CHOICES = 300
"""Parts with more cells to choose from than this are protected by the rule of thumb."""
BOUND_TIMES = 4
"""Up to so many times as many, the rule of thumb is led, and its loss bounded, by the best pattern by parts."""


@dataclass(frozen=True, eq=False)
class Pattern:
    """What to hide: `hidden` (per cell, the primary ones included), and the weight that is lost by it.

    `least_loss` is a proved bound: no safe pattern loses less.
    """

    hidden: Booleans
    loss: float
    least_loss: float

    @property
    def exact(self) -> bool:
        """Whether no safe pattern loses less."""
        return self.loss <= self.least_loss * (1 + 1e-9) + 1e-6


def small(value: npt.ArrayLike, most: float = 3.0, *, zeros: bool = False) -> Booleans:
    """Return which counts are so few that they are hidden for themselves: 1 to *most*, with *zeros* also 0.

    3 is the default of GaussSuppression (Statistics Norway), whose documentation names it `maxN`.
    """
    counts = np.asarray(value, dtype=np.float64)
    return (counts <= most) & (zeros | (counts > 0))


def suppress(
    system: System,
    value: Floats,
    primary: Booleans,
    *,
    weight: Floats,
    least: float | Floats = 2.0,
    whole: bool = True,
    keep_shown: Booleans | None = None,
    never_shown: Booleans | None = None,
    together: Sequence[Positions] = (),
    choices: int = EXACT_CHOICES,
) -> Pattern:
    """Return the cells to hide so that the range of every *primary* cell is *least* wide or more to any attacker.

    All arrays are parallel to the cells of *system*, whose bounds are what is known of a cell that is hidden; *value*
    fits its equations. What is hidden besides has the least sum of *weight* (0 or more) in parts of at most *choices*
    cells to choose from, little in larger ones. Cells of *keep_shown* (such as those released before) are not hidden,
    those of *never_shown* are in any case and cost nothing, those of a group of *together* all or not at all. With
    *whole* the attacker knows that cells are whole numbers: a range of 2 has three of them.

    The same cells in the same order give the same pattern. ProtectionError, with the position of a cell, where no
    pattern protects it; ValueError where the arguments contradict each other.
    """
    cells = system.cells
    wanted = np.asarray(primary, dtype=bool)
    shown, unseen = (np.zeros(cells, dtype=bool) if of is None else of for of in (keep_shown, never_shown))
    _check(system, value, whole=whole)
    hidden, choice = _choices(wanted | unseen, shown, together)
    paid = np.where(unseen, 0.0, np.asarray(weight, dtype=np.float64))
    if (paid < 0).any():
        raise ValueError("a cell's weight is below zero")
    width = np.broadcast_to(np.asarray(least, dtype=np.float64), cells)
    all_of_it = Part(
        system.matrix.tocsr(), value - system.lower, system.upper - value, hidden, wanted, width, paid, choice
    )
    pattern, extra = hidden.copy(), 0.0
    for positions, part in all_of_it.parted():
        found, bound = _chosen(part, positions, choices, whole=whole)
        _require_safe(part, found, positions, whole=whole)
        pattern[positions] = part.pattern(found)
        extra += bound
    return Pattern(pattern, float(paid[pattern].sum()), float(paid[hidden].sum()) + extra)


def _chosen(part: Part, positions: Positions, choices: int, *, whole: bool) -> tuple[Booleans, float]:
    """Return what to take of a part, and what every safe pattern costs at least."""
    if part.choices > BOUND_TIMES * choices:
        return by_thumb(part, whole=whole), 0.0
    _require_safe(part, np.ones(part.choices, dtype=bool), positions, whole=whole)
    found = best(part, whole=whole, search=part.choices <= choices)
    taken = by_thumb(part, found.hint, whole=whole) if found.taken is None else found.taken
    return taken, found.least


def unsafe(part: Part, pattern: Booleans, *, whole: bool) -> Positions:
    """Return the wanted cells of *part* that an attacker can tell when *pattern* is hidden, in ascending order."""
    seen = part.seen(pattern)
    return told(seen, part.demand()) if whole else opened(seen, part.demand())[0]


def _require_safe(part: Part, taken: Booleans, positions: Positions, *, whole: bool) -> None:
    left = unsafe(part, part.pattern(taken), whole=whole)
    if len(left):
        raise ProtectionError(
            f"no pattern protects the hidden cell at position {int(positions[left[0]])}\n"
            f"  expected: a range of {part.width[left[0]]:g} or more to an attacker\n"
            f"  found:    less, with {int(part.pattern(taken).sum())} of {part.cells} cells hidden that hang together\n"
            "  next:     allow more cells to be hidden, or leave out a table that tells of the same cells"
        )


def _check(system: System, value: Floats, *, whole: bool) -> None:
    if len(value) != system.cells:
        raise ValueError(f"{len(value)} values for {system.cells} cells")
    amiss = np.abs(system.matrix @ value) > 1e-6 * (1.0 + abs(system.matrix) @ np.abs(value))
    if amiss.any():
        raise ValueError(f"the values do not add up: equation {int(np.flatnonzero(amiss)[0])} is not zero")
    if ((value < system.lower) | (value > system.upper)).any():
        raise ValueError("a value lies outside of its bounds")
    if whole and (value != np.round(value)).any():
        raise ValueError("a value is not a whole number")


def _choices(hidden: Booleans, shown: Booleans, together: Sequence[Positions]) -> tuple[Booleans, Positions]:
    """Return which cells are hidden in any case, and the number of the decision on each other one (-1 for none)."""
    hidden, shown = hidden.copy(), shown.copy()
    leader = np.arange(len(hidden))
    for group in together:
        members = np.isin(leader, leader[np.asarray(group)])
        leader[members] = leader[members].min()
    group_hidden = np.isin(leader, leader[hidden])
    group_shown = np.isin(leader, leader[shown])
    both = np.flatnonzero(group_hidden & group_shown)
    if len(both):
        raise ProtectionError(
            f"the cell at position {int(both[0])} has to be hidden, itself or with its group, and is to be kept shown\n"
            "  next:     a number that was released before cannot be taken back: hide no cell for it that is known"
        )
    free = ~group_hidden & ~group_shown
    choice = np.full(len(hidden), -1)
    choice[free] = np.unique(leader[free], return_inverse=True)[1]
    return group_hidden, choice
