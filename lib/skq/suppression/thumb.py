"""A good pattern for a large part: cover cells one by one, each as cheaply as can be, then show what was not needed.

What remains is as small as it can be in one sense: no single choice can be taken back. It may still lose more than the
best.
"""

from __future__ import annotations

import numpy as np

from skq.suppression.attack import opened
from skq.suppression.cover import Cells, cover
from skq.suppression.part import Part
from skq.suppression.system import Booleans, Floats
from skq.suppression.thin import thin
from skq.suppression.whole import told

HINTED = 0.9
"""By how much of its cost a choice is cheaper that the best pattern by parts takes wholly."""
CHEAPEST = 1e-3
"""The least that hiding a cell costs while covering, so that nothing is hidden for nothing."""
WIDER = 3
"""How often a range in which whole numbers tell too much is asked to be one wider; then all is hidden that may be."""


def by_thumb(part: Part, hint: Floats | None = None, *, whole: bool) -> Booleans:
    """Return choices that protect every wanted cell of *part*, as far as they can be found this way.

    *hint* tells how much of each choice the best pattern by parts takes: these are tried as if they cost little, too,
    and the better pattern is returned.
    """
    cost = part.cost()
    found = [_safe(part, cost, whole=whole)]
    if hint is not None:
        found.append(_safe(part, cost * (1 - HINTED * hint), whole=whole))
    return min(found, key=lambda taken: float(cost[taken].sum()))


def _safe(part: Part, cost: Floats, *, whole: bool) -> Booleans:
    width = part.width.copy()
    for _ in range(WIDER):
        asked = part.asking(width)
        taken = _covered(asked, cost)
        for found in (thin(asked, taken), taken):
            left = told(part.seen(part.pattern(found)), part.demand()) if whole else np.array([], dtype=np.int64)
            if not len(left):
                return found
        width[left] += 1.0
    return np.ones(part.choices, dtype=bool)


def _covered(part: Part, cost: Floats) -> Booleans:
    taken = np.zeros(part.choices, dtype=bool)
    nothing = np.zeros(part.cells)
    by_choice = np.append(cost, 0.0)  # who hides one cell of a choice pays for all of it
    weight = np.maximum(by_choice[part.choice], CHEAPEST)
    while True:
        hidden = part.pattern(taken)
        cells, low, high = opened(part.seen(hidden), part.demand())
        now = Cells(part.matrix, nothing, -part.down, part.up, hidden, (part.choice >= 0) & ~hidden, weight)
        fresh = cover(now, cells, low, high, part.demand())
        if not len(fresh):
            return taken
        taken[part.choice[fresh]] = True
