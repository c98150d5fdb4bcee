"""What was odd about files that were read: none of it stops a build, all of it can be looked up."""

from __future__ import annotations

from collections.abc import Callable

from skq.build.raw import Raw
from skq.build.request import Places
from skq.errors import counted
from skq.files import write_text


def tell_notes(raw: Raw, places: Places, say: Callable[[str], None]) -> None:
    """Write down the notes on official files, and *say* how many there are of them and on persons."""
    notes = raw.official.problems if raw.official else []
    write_text(places.notes, "\n\n".join(map(str, notes)) + "\n" if notes else "")
    if notes:
        say(f"{counted(len(notes), 'note')} on official files, see {places.notes}")
    if raw.own and raw.own.remarks:
        told = counted(len(raw.own.remarks), "remark")
        say(f"{told}, nothing wrong: more about persons than any number needs; 'skq check' tells of it")
