"""What one metric tells of another that it bounds: attacked over all bundles that it reaches, and closed again.

Bundles know of the sums of their own metric and subject. Between them there are bounds (`implied`): a shown number may
leave a hidden one of another metric no room. Here all of a year are put together and every bound is drawn as
tight as the equations make it, one by one (`suppression.propagate`). Where that tells a secret, the sign that tells of
it is dropped first, its own or that of what bounds it; where there is none, what frees it at the least loss is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
import pandas as pd

from skq.give_back import give_back_freed
from skq.protect.bounding import groups
from skq.protect.bundles import in_place
from skq.protect.conclude import HIDDEN, Bundle, Bundles, Concluded, by_rule, concluded_with
from skq.protect.exact import demand, more_to_hide, weights
from skq.protect.implied import Implied, implied
from skq.protect.leak import is_counted
from skq.protect.lines import lines
from skq.protect.memo import Form, Memo, digest, outcomes
from skq.protect.remembered import remembered
from skq.protect.rule import Reason
from skq.protect.standing import Booleans, Floats
from skq.protect.sums import Sums, sums
from skq.protect.together import shares_of_one
from skq.protect.windows import Positions, windows
from skq.suppression.attack import Demand
from skq.suppression.crew import Crew
from skq.suppression.propagate import tightened
from skq.suppression.system import System

MOST_ROUNDS = 8
LARGE = 30_000
"""Two groups of so many rows are not looked at beside each other: a programme that moves so many takes much memory."""


@dataclass(frozen=True, eq=False)
class Bounded:
    """A bundle of rows that bound each other, which are `hidden` so far, and which of these say nothing of why."""

    bundle: Bundle
    hidden: Booleans
    silent: Booleans


@dataclass(frozen=True, eq=False)
class Mended:
    """Which rows (of a `Bounded`) have to be hidden besides, and which lose their sign."""

    hide: Booleans
    blur: Booleans


def _write(one: Mended) -> pd.DataFrame:
    return pd.DataFrame({"hide": one.hide, "blur": one.blur})


def _read(kept: pd.DataFrame) -> Mended:
    return Mended(*(kept[name].to_numpy(dtype=bool) for name in ("hide", "blur")))


MENDED = Form(_write, _read)


@dataclass(frozen=True, eq=False)
class _Groups(Sequence[Bounded]):
    """The groups of `work`, each copied out when it is asked for; `hidden` and `silent` are of all rows."""

    work: Bundles
    hidden: Booleans
    silent: Booleans

    def __len__(self) -> int:
        return len(self.work)

    @overload
    def __getitem__(self, place: int) -> Bounded: ...
    @overload
    def __getitem__(self, place: slice) -> _Groups: ...
    def __getitem__(self, place: int | slice) -> Bounded | _Groups:
        if isinstance(place, slice):
            return replace(self, work=self.work[place])
        part = self.work.parts[place]
        return Bounded(self.work[place], self.hidden[part], self.silent[part])

    def at(self, places: Iterable[int]) -> _Groups:
        """Return those at *places*, in that order."""
        return replace(self, work=self.work.at(places))


def closed_bounds(work: Bundles, found: list[Concluded], jobs: int, memo: Memo) -> tuple[list[Concluded], Booleans]:
    """Return what was *found* of the bundles with what has to be hidden so that no bound tells a secret.

    And which rows lose their sign. *jobs* processes share the attack; groups that *memo* knows are not attacked again.
    """
    found, told = list(found), groups(work.typed)
    blurred = np.zeros(len(work.typed), dtype=bool)
    open_groups = list(range(len(told)))
    for _ in range(MOST_ROUNDS):
        hidden, silent = _state(work.parts, found)
        asked = _Groups(replace(work, parts=[told[place] for place in open_groups]), hidden, silent | blurred)
        more = np.zeros(len(work.typed), dtype=bool)
        for part, answer in zip(asked.work.parts, _answers(asked, jobs, memo), strict=True):
            blurred[part[answer.blur]] = True
            more[part[answer.hide]] = True
        if not more.any():
            break
        for place, part in enumerate(work.parts):
            if more[part].any():
                found[place] = concluded_with(work[place], found[place], more[part])
        moved = _state(work.parts, found)[0] & ~hidden
        open_groups = [place for place, part in enumerate(told) if moved[part].any()]
    return found, blurred


def _answers(asked: _Groups, jobs: int, memo: Memo) -> list[Mended]:
    """Return what has to be done in each group; what *memo* knows of is not asked again."""
    digests = [digest(one.bundle, one.hidden, one.silent) for one in asked]
    return outcomes(digests, lambda places: _answered(asked.at(places), jobs), MENDED, memo)


def _answered(asked: _Groups, jobs: int) -> Iterator[Mended]:
    """Return the same, looked for: in the large groups one after the other, in the others by *jobs* processes."""
    large = [len(part) >= LARGE for part in asked.work.parts]
    alone, shared = (asked.at(np.flatnonzero([one is kind for one in large])) for kind in (True, False))
    give_back_freed()  # else each of the crew would fill it anew
    with Crew(jobs) as crew:
        of_shared = iter(crew.answers(mended, shared))
    of_alone = map(mended, alone)
    return (next(of_alone if one else of_shared) for one in large)


def _state(parts: Sequence[Positions], found: Sequence[Concluded]) -> tuple[Booleans, Booleans]:
    """Return which rows are hidden, and which of these say no more than that."""
    silent = [one.hidden & one.reason.eq(str(Reason.COMPLEMENT)).to_numpy(dtype=bool) for one in found]
    return in_place(parts, [one.hidden for one in found]), in_place(parts, silent)


def mended(asked: Bounded) -> Mended:
    """Return what has to be done so that no bound tells a secret of *asked*."""
    give_back_freed()  # of the group before
    bundle = asked.bundle
    judged = by_rule(bundle)
    pairs = implied(judged)
    drawn = lines(judged, bundle.units, bundle.memberships)
    equations = sums(judged, drawn, windows(judged), shares_of_one(judged), bundle.rule, pairs)
    before = asked.silent & judged["status"].isin(HIDDEN).to_numpy(dtype=bool)
    blur, hidden = before, asked.hidden.copy()
    known = remembered(judged, bundle.earlier).known
    integral = np.zeros(len(equations.value), dtype=bool)
    integral[: len(judged)] = is_counted(judged) & (equations.value[: len(judged)] % 1 == 0)
    weight = weights(judged, len(equations.value))
    candidate = bundle.own & judged["numerator"].notna().to_numpy(dtype=bool) & ~known
    while True:
        signed = equations.without_signs(blur)
        wanted = demand(judged, signed, bundle.rule)
        told, low, high = _told(signed, hidden & ~known, wanted, integral)
        if not told.any():
            break
        signs = signed.signs & hidden & ~known
        fresh = next((some for some in (told & signs, _partners(told, pairs) & signs) if some.any()), None)
        if fresh is not None:
            blur = blur | fresh
            continue
        found, unseen = np.flatnonzero(told), hidden & ~known
        nothing_frozen = np.zeros(len(equations.value), dtype=bool)
        at = found, low[found], high[found]
        answer = more_to_hide(signed, unseen, candidate & ~hidden, weight, at, wanted, nothing_frozen)
        if not len(answer.hide) + len(answer.blur):
            break
        blur[answer.blur] = True
        hidden[answer.hide] = True
    return Mended(hidden & ~asked.hidden, blur & ~before)


def _told(equations: Sums, hidden: Booleans, wanted: Demand, integral: Booleans) -> tuple[Booleans, Floats, Floats]:
    """Return which *hidden* rows are told too closely when every equation has been made use of, one by one.

    With it between what and what each cell lies then.
    """
    free = np.concatenate([hidden, np.ones(len(equations.value) - equations.rows, dtype=bool)])
    lower, upper = (np.where(free, bound, equations.value) for bound in (equations.lower, equations.upper))
    system = tightened(System(equations.matrix, lower, upper), integral)
    cells = np.arange(len(free))
    told: Booleans = wanted.unsafe(system.lower, system.upper, cells) & free
    return told[: equations.rows], system.lower, system.upper


def _partners(told: Booleans, pairs: Implied) -> Booleans:
    """Return the rows that bound a *told* row or are bounded by one."""
    chosen = np.zeros(len(told), dtype=bool)
    chosen[pairs.strict[told[pairs.mild]]] = True
    chosen[pairs.mild[told[pairs.strict]]] = True
    return chosen
