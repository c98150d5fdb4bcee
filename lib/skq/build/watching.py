"""What was seen of persons while reading -> the list of keyed digests that the gate of a release looks for.

Neither the list nor the key lies in the site. Without a key (library callers) there is no list, and the gate says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skq.build.request import Places, Request
from skq.errors import SourceError
from skq.watch.listing import is_of_key, read_watch, watch_list, write_watch

if TYPE_CHECKING:  # whether there is a list is asked before a table is read
    import pandas as pd

    from skq.build.raw import Raw

WATCH = Path("gate", "watch.json")
"""Where the list lies in the folder of a build."""


def watched(raw: Raw, units: pd.DataFrame, key: bytes | None) -> dict[str, Any] | None:
    """Return the list of all personal texts that were read, None without own registers or *key*.

    What *units* are called on purpose is let through.
    """
    if raw.own is None or key is None:
        return None
    personal = {**raw.own.personal, "pseudonym": frozenset(raw.own.unkeyed)}
    return watch_list(personal, key, published=published_texts(units))


def write_watched(content: Mapping[str, Any] | None, out: Path) -> None:
    """Write the list *content* (`watched`) to the folder *out*.

    An older list is removed where there is none to write: it would be of other registers or of another key.
    """
    path = Places(out).out / WATCH
    if content is None:
        path.unlink(missing_ok=True)
    else:
        write_watch(content, path)


def is_watched(request: Request) -> bool:
    """Whether the list of an earlier build can be used by a release: there, whole, and made with this key."""
    if request.key is None or request.inputs.own is None:
        return True
    try:
        return is_of_key(read_watch(Places(request.out).out / WATCH), request.key)
    except SourceError:
        return False


def published_texts(units: pd.DataFrame) -> list[str]:
    """Return every text by which *units* are called in a report: names, areas, organizers and codes; sorted."""
    texts = (str(value) for column in units.columns for value in units[column].dropna().unique())
    return sorted({text for text in texts if text})
