"""A good pattern for a large part: cover what can be told as cheaply as possible one by one, then show again what was not needed."""

from __future__ import annotations

import numpy as np

from skq.suppression.attack import opened
from skq.suppression.cover import Cells, cover
from skq.suppression.part import Part
from skq.suppression.system import Booleans

CHEAPEST = 1e-3


def by_thumb(part: Part, *, whole: bool) -> Booleans:
    taken = np.zeros(part.choices, dtype=bool)
    while True:
        hidden = part.pattern(taken)
        cells, low, high = opened(part.seen(hidden), part.demand())
        if not len(cells):
            break
        candidate = (part.choice >= 0) & ~hidden
        chosen = cover(
            Cells(part.matrix, np.zeros(part.cells), -part.down, part.up, hidden, candidate, np.maximum(part.weight, CHEAPEST)),
            cells, low, high, part.demand())
        fresh = part.choice[chosen]
        if not len(fresh):
            break
        taken[fresh] = True
    return taken
