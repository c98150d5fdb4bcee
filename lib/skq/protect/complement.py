"""Complementary suppression: hide enough others that no hidden number follows from a line.

A heuristic that ends in a fixpoint, not a proof against an attacker who combines lines: in every line at least two
numbers are hidden or none is, and hidden members whose sum is known rest together on at least the minimum.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from skq.protect.lines import EDUCATION, KINDS, SEX, Lines
from skq.protect.standing import Booleans, Floats, Groups, Standing
from skq.protect.windows import Windows, betraying
from skq.terms import Level

_OF_SCHOOLS = [place for place, kind in enumerate(KINDS) if kind.startswith(f"{Level.SCHOOL} of ")]
_SEX, _EDUCATION = KINDS.index(SEX), KINDS.index(EDUCATION)


def complement(lines: Lines, windows: Windows, standing: Standing) -> Booleans:
    """Return which rows have to be hidden besides those that are, kind of line after kind, to a fixpoint.

    In an open line the member goes that opens the fewest other lines, the smallest of these first. Rows in the order
    given break ties, so callers sort them.
    """
    hidden = standing.hidden | (_with_group(standing.hidden, standing.together) & standing.own)
    steps = [*_line_steps(lines, windows, standing), _window_step(windows, standing), _share_step(standing)]
    settled = 0
    while settled < len(steps):
        for needed in steps:
            chosen = _with_group(needed(hidden), standing.together) & standing.own & ~hidden
            settled = 0 if chosen.any() else settled + 1
            hidden |= chosen
    return hidden & ~standing.hidden


def _line_steps(lines: Lines, windows: Windows, standing: Standing) -> list[Callable[[Booleans], Booleans]]:
    def step(kind: int, own: Lines) -> Callable[[Booleans], Booleans]:
        return lambda hidden: _needed(own, lines, windows, standing, hidden, kind=kind)

    kinds = ((kind, lines.of_kind(kind)) for kind in range(len(KINDS)))
    return [step(kind, own) for kind, own in kinds if len(own.total)]


def _window_step(windows: Windows, standing: Standing) -> Callable[[Booleans], Booleans]:
    return lambda hidden: betraying(windows, standing, hidden)


def _share_step(standing: Standing) -> Callable[[Booleans], Booleans]:
    """Return what to hide of shares that sum to one: where one is hidden, the one that the next fewest have."""
    groups = standing.shares.max(initial=-1) + 1
    several = np.bincount(standing.shares, minlength=groups) > 1
    candidates = np.flatnonzero(several[standing.shares])
    group = standing.shares[candidates]

    def needed(hidden: Booleans) -> Booleans:
        alone = np.bincount(group, weights=hidden[candidates], minlength=groups) == 1
        free = alone[group] & (standing.shown & ~hidden)[candidates]
        order = np.lexsort((standing.k[candidates[free]], group[free]))
        chosen = np.zeros(len(hidden), dtype=bool)
        chosen[candidates[free][order[np.unique(group[free][order], return_index=True)[1]]]] = True
        return chosen

    return needed


def _needed(own: Lines, every: Lines, windows: Windows, standing: Standing, hidden: Booleans, *, kind: int) -> Booleans:
    """Return the rows that the lines of one kind still ask for.

    Of two sexes both are hidden if one is, as published: there is no third to choose.
    """
    chosen = _smallest(own, every, windows, standing, hidden)
    if kind in (_SEX, _EDUCATION):
        chosen |= _members_of(own, hidden[own.total], len(hidden))  # without all pupils, no part of them
    return chosen


def _smallest(own: Lines, every: Lines, windows: Windows, standing: Standing, hidden: Booleans) -> Booleans:
    """Return for each open line its best member to hide, or its total where no member is left."""
    chosen = np.zeros(len(hidden), dtype=bool)
    is_open = _open(own, standing, hidden)
    if not is_open.any():
        return chosen
    shown = standing.shown & standing.own & ~hidden
    candidate = shown[own.member] & is_open[own.line]
    line, member = own.line[candidate], own.member[candidate]
    opens = _opens(every, windows, hidden)[member]
    order = np.lexsort((member, standing.n[member], opens, line))
    answered, first = np.unique(line[order], return_index=True)
    chosen[member[order[first]]] = True
    unanswered = is_open & own.complete & shown[own.total]
    unanswered[answered] = False
    chosen[own.total[unanswered]] = True
    return chosen


def _open(own: Lines, standing: Standing, hidden: Booleans) -> Booleans:
    """Return the lines from which a hidden number follows, or the sum of those unseen that are too few together.

    Unseen are hidden members and the pupils that are in no member (`rest`). Schools have to be three where principals
    are taken to know their own numbers.
    """
    members = _count(own, hidden)
    weight = np.bincount(own.line, weights=(standing.n * hidden)[own.member], minlength=len(own.total))
    unseen = members + (own.rest > 0)
    alone = (unseen + hidden[own.total] == 1) & (members + hidden[own.total] == 1)
    if standing.principals:  # of two hidden schools, the principal of either one would know the other
        alone |= np.isin(own.kind, _OF_SCHOOLS) & (members == 2) & (own.rest <= 0) & ~hidden[own.total]  # noqa: PLR2004
    too_light = (unseen > 0) & ~hidden[own.total] & (weight + own.rest < standing.minimum[own.total])
    has_members = np.bincount(own.line, minlength=len(own.total)) > 0
    return np.asarray((alone | too_light) & has_members, dtype=np.bool_)


def _opens(every: Lines, windows: Windows, hidden: Booleans) -> npt.NDArray[np.int64]:
    """Return in how many lines, so far without anything hidden, each row is a member (or, of years, the sum)."""
    untouched = (_count(every, hidden) == 0) & ~hidden[every.total]
    rows = np.concatenate([every.member[untouched[every.line]], windows.untouched(hidden)])
    return np.bincount(rows, minlength=len(hidden)).astype("int64")


def _count(own: Lines, hidden: Booleans) -> Floats:
    return np.bincount(own.line, weights=hidden[own.member], minlength=len(own.total)).astype(np.float64)


def _members_of(own: Lines, wanted: Booleans, rows: int) -> Booleans:
    chosen = np.zeros(rows, dtype=bool)
    chosen[own.member[wanted[own.line]]] = True
    return chosen


def _with_group(chosen: Booleans, together: Groups) -> Booleans:
    """Return *chosen* with everything that is hidden together with a chosen row."""
    groups = np.zeros(together.max(initial=-1) + 1, dtype=bool)
    groups[together[chosen]] = True
    return groups[together]
