"""Raw files -> all that slices are written from: the numbers of an audience, the reports, what each slice says.

The half of a build that computes. Nothing is written here, so that it can also be asked what a build would write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from skq.aside import aside
from skq.build.asked import refuse_no_school, refuse_unread
from skq.build.audience import for_audience, judgements_for
from skq.build.meta import slice_metas
from skq.build.numbers import Numbers, protected_numbers
from skq.build.printed import Printed
from skq.build.raw import Raw, read
from skq.build.reports import Report, all_reports
from skq.build.request import Request
from skq.build.sums import Watch, summed, summed_in_turn
from skq.give_back import give_back_memory
from skq.judge import Facts, PeerRule
from skq.judgements import Judgements
from skq.protect.memo import Memo
from skq.protect.room import NO_MEMO
from skq.store import write_slices
from skq.terms import ANNUAL


@dataclass(frozen=True)
class Sliced:
    """What was read, the numbers for the audience, every report, `meta.json` of each slice, what is said of numbers.

    *watch*: the list of what was read of persons, None where nobody asked for it.
    """

    raw: Raw
    numbers: Numbers
    reports: Sequence[Report]
    metas: Mapping[str, Mapping[str, Any]]
    judgements: Judgements
    watch: Mapping[str, Any] | None

    def write(self, folder: Path, *, only: str = "", jobs: int = 1) -> None:
        """Write the slices (or *only* the one with this key) below *folder*, and remove all others there.

        *jobs* processes write.
        """
        metas = {only: self.metas[only]} if only else self.metas
        numbers = self.numbers
        said = self.judgements
        write_slices(numbers.protected, numbers.units, metas, folder, judgements=said, needed=Printed, jobs=jobs)


def sliced(
    request: Request,
    *,
    say: Callable[[str], None] = lambda message: None,
    watch: Watch | None = None,
    memo: Memo = NO_MEMO,
    make_room: Callable[[], None] = lambda: None,
) -> Sliced:
    """Return all that the slices of *request* are written from; raises an SkqError where the inputs are wrong.

    *say* gets one line per step; *watch* makes `Sliced.watch` beside the sums, for the gate of a release: whoever only
    asks for numbers leaves it out; *memo* knows what became of numbers before; *make_room* is called once the inputs
    are read, if they are so large that memory is dearer than time (`summed_in_turn`).
    """
    say("reading and checking the inputs")
    raw = read(request)
    refuse_unread(request, raw)
    if summed_in_turn(raw):
        make_room()
    say("computing and protecting the numbers")
    kept = raw.summed()
    sums = summed(raw, request, watch)
    raw = kept
    give_back_memory()
    numbers = for_audience(protected_numbers(raw, sums, request, memo), request.settings.audience)
    inputs, listed, apart = sums.inputs, sums.watch, sums.in_turn and request.jobs > 1
    del sums
    give_back_memory()
    reports = all_reports(numbers, raw)
    refuse_no_school(numbers.school_year, reports, raw, numbers.units)
    peers = PeerRule(request.settings.peers.count, request.settings.peers.measures)
    goals = raw.own.frames if raw.own else None
    with aside(partial(judgements_for, numbers, goals, peers), at_once=apart) as said:  # leaves nothing behind here
        judgements = said.result()
    give_back_memory()
    metas = slice_metas(numbers, raw, inputs, reports, house=request.house)
    facts = Facts(judgements, numbers.units, peers)
    for key, meta in metas.items():
        meta["judgement"] = facts.of("" if key == ANNUAL else key)
    return Sliced(raw, numbers, reports, metas, judgements, listed)
