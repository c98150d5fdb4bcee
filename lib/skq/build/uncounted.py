"""Where nothing has changed but tables on which no number rests (`schema.UNCOUNTED`): all of a build but the numbers.

Such a table is checked with all others, what it holds of persons is looked for by the gate, and its files are told
among those that were read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from skq.build.combine import all_units, seen_units
from skq.build.inputs import file_inputs
from skq.build.notes import tell_notes
from skq.build.raw import read
from skq.build.ready import Ready
from skq.build.request import Places, Request
from skq.build.watching import watched, write_watched
from skq.give_back import give_back_memory


def read_again(ready: Ready, request: Request, *, say: Callable[[str], None]) -> Ready:
    """Return *ready* with the files that there are now, their notes told and the list for the gate made anew.

    Wrong input raises an SkqError before anything is written. From then on there is no finished build in the folder.
    """
    places, settings = Places(request.out), request.settings
    say("reading and checking the inputs; no number rests on what has changed")
    raw = read(request)
    listed = watched(raw, seen_units(all_units(raw, settings), settings.audience), request.key)
    places.state.unlink(missing_ok=True)
    write_watched(listed, request.out)
    tell_notes(raw, places, say)
    found = replace(ready, inputs=file_inputs(raw))
    del raw
    give_back_memory()
    return found
