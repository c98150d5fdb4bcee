"""What an attacker knows more when cells are counts: a range wide enough may have too few whole numbers in it.

Every vertex that a linear programme ends at and that is whole is a table that could be; only where a limit is reached
at a broken one does an integer programme ask further.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from skq.errors import ProtectionError
from skq.suppression.attack import DIRECTIONS, TOLERANCE, Attack, Demand
from skq.suppression.system import Floats, Positions, System

BROKEN = 1e-5
"""How far from a whole number a count may be that is one but for rounding."""


def told(system: System, demand: Demand) -> Positions:
    """Return the cells of *system* that are not safe from one who knows that they are whole numbers, ascending.

    Zero in every cell has to be a solution: cells are told as movements from their true value.
    """
    low, high = np.minimum(system.lower, 0.0), np.maximum(system.upper, 0.0)
    for part in system.parts():
        if demand.wanted[part].any():
            low[part], high[part] = _ranges(system, part, demand)
    cells = np.arange(system.cells)
    return cells[demand.unsafe(low, high, cells)]


def _ranges(system: System, part: Positions, demand: Demand) -> tuple[Floats, Floats]:
    attack = Attack(system, part)
    rng = np.random.default_rng(len(part))
    low, high = np.zeros(len(part)), np.zeros(len(part))

    def unsafe() -> Positions:
        return np.flatnonzero(demand.unsafe(low, high, part))

    def see(found: Floats) -> None:
        np.minimum(low, found, out=low)
        np.maximum(high, found, out=high)

    for _ in range(DIRECTIONS):
        direction = np.zeros(len(part))
        open_still = unsafe()
        if not len(open_still):
            return low, high
        direction[open_still] = rng.choice([-1.0, 1.0], len(open_still)) * rng.uniform(0.5, 1.5, len(open_still))
        found = attack.extreme(direction)
        if _is_whole(found):
            see(np.round(found))
    for place in unsafe():
        for sign in (1.0, -1.0):
            if demand.unsafe(low[[place]], high[[place]], part[[place]])[0]:
                direction = np.zeros(len(part))
                direction[place] = sign
                found = attack.extreme(direction)
                see(np.round(found if _is_whole(found) else _whole_extreme(system, part, direction)))
    return low, high


def _is_whole(found: Floats) -> bool:
    return bool(np.abs(found - np.round(found)).max(initial=0.0) < BROKEN)


def _whole_extreme(system: System, part: Positions, direction: Floats) -> Floats:
    """Return the whole numbers in the cells of *part* at which *direction* times them is greatest."""
    matrix = system.matrix[:, part]
    matrix = matrix[np.flatnonzero(np.diff(matrix.tocsr().indptr))]
    found = milp(
        -direction,
        integrality=np.ones(len(part)),
        bounds=Bounds(np.ceil(system.lower[part] - TOLERANCE), np.floor(system.upper[part] + TOLERANCE)),
        constraints=LinearConstraint(matrix, 0.0, 0.0),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise ProtectionError(
            f"an integer programme over hidden cells could not be solved: {found.message}\n"
            f"  where:    {len(part)} hidden cells, the first at position {int(part[0])}"
        )
    return np.asarray(found.x, dtype=np.float64)
