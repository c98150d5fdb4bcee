"""Why numbers are hidden, in words: what is said of several at once is true of every one of them.

The reason is taken from the statuses of the very numbers that are spoken of, where the file beside the table tells
them anyway. Where no file does, `EITHER` says no more than two dots do.
"""

from __future__ import annotations

from collections.abc import Iterable

from skq.report import sv
from skq.report.numbers import Point
from skq.report.wording import too_few
from skq.terms import CellStatus

GUARDS = "skyddar en annan dold uppgift"
EITHER = f"bygger på för få elever eller {GUARDS}"
EITHER_ANSWERS = f"bygger på för få svar eller {GUARDS}"


def reason(points: Iterable[Point], *, few: str = "", guards: str = GUARDS) -> str:
    """Return what those of *points* that are hidden rest on too few of, that they guard another, or both with `eller`.

    Numbers that are shown say nothing; with those alone it is `EITHER`. *few* and *guards* replace the usual words.
    """
    found = list(points)
    scarce = sorted({too_few(point) for point in found if point.status is CellStatus.TOO_FEW})
    told = [few or f"bygger på {sv.enumeration(scarce, conjunction='eller')}"] if scarce else []
    guarding = any(point.status is CellStatus.PROTECTS_OTHER for point in found)
    return " eller ".join([*told, guards] if guarding else told) or EITHER
