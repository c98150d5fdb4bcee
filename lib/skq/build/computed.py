"""Raw files -> slices on disk, with what the gate of a release needs beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from skq.build.bundle_memo import FolderMemo
from skq.build.claim import claim
from skq.build.facts import write_facts
from skq.build.inputs import file_inputs
from skq.build.leftovers import sweep
from skq.build.notes import tell_notes
from skq.build.ready import Ready, listed
from skq.build.reports import refuse_unasked
from skq.build.request import Places, Request
from skq.build.sliced import Sliced, sliced
from skq.build.state import remember_slices
from skq.build.watching import watched, write_watched
from skq.give_back import give_back_memory

Say = Callable[[str], None]


def computed(
    request: Request, wanted: Mapping[str, Any], *, say: Say, make_room: Callable[[], None] = lambda: None
) -> Ready:
    """Return what reports are made of, its slices computed and written; they are remembered as made of *wanted*.

    Wrong input raises an SkqError before anything is written. From then on there is no finished build in the folder.
    *make_room* ends what waits beside the numbers, where the inputs are so large that the numbers need its memory.
    """
    ready = _written(request, wanted, say, make_room)
    give_back_memory()
    return ready


def _written(request: Request, wanted: Mapping[str, Any], say: Say, make_room: Callable[[], None]) -> Ready:
    places = Places(request.out)
    memo = FolderMemo(places.bundles)
    made = sliced(
        request, say=say, watch=lambda raw, units: watched(raw, units, request.key), memo=memo, make_room=make_room
    )
    refuse_unasked(request, made.reports)
    _write(made, request, places, say)
    ready = Ready(made.numbers.edition, made.reports, made.metas, file_inputs(made.raw))
    remember_slices(places, wanted, listed(ready.reports), ready.inputs)
    memo.drop_others()
    return ready


def _write(made: Sliced, request: Request, places: Places, say: Say) -> None:
    """Write slices and what the gate needs."""
    places.state.unlink(missing_ok=True)
    sweep(places)
    claim(places, made.numbers.audience)
    tell_notes(made.raw, places, say)
    write_watched(made.watch, request.out)
    write_facts(made.raw, made.numbers.units, request.out, whole_nation=request.settings.whole_nation)
    give_back_memory()
    made.write(places.slices, jobs=request.jobs)
