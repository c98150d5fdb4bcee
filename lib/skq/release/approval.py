"""Two persons: one prepares a release, another approves exactly what was prepared."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skq.errors import ReleaseError
from skq.release.manifest import faults
from skq.release.target import PREPARED, Target
from skq.released import releases

SHORTEST_ID = 4


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are written.

    >>> same_person("Åsa Öberg", "åsa  öberg "), same_person("Åsa Öberg", "Asa Öberg")
    (True, False)
    """
    return _plain(one) == _plain(other)


def checked_name(name: str) -> str:
    """Return *name* without blanks around it; ReleaseError where there is none."""
    if not _plain(name):
        raise ReleaseError(
            "who releases?\n  expected: --by with the name of the person who answers for it\n  found:    no name"
        )
    return " ".join(name.split())


def prepared_folder(root: Path, wanted: str) -> tuple[Target, str]:
    """Return the audience and the id of the prepared release that *wanted*, its id or the beginning of it, names."""
    waiting = sorted(path for path in root.glob(f"*/{PREPARED}/*") if not path.name.startswith("."))
    found = [path for path in waiting if path.name.startswith(wanted) and len(wanted) >= SHORTEST_ID]
    if len(found) != 1:
        names = ", ".join(f"{path.name} ({path.parents[1].name})" for path in waiting) or "none"
        raise ReleaseError(
            f"{wanted}: {'several prepared releases begin so' if found else 'no such prepared release'}\n"
            f"  expected: the id of one that waits in {root}\n  found:    {names}\n"
            "  next:     give its id as 'skq release --prepare' printed it, or prepare it again"
        )
    return Target(root, found[0].parents[1].name), found[0].name


def known_releases(root: Path) -> list[str]:
    """Return which releases of all audiences there are in *root*: what the gate took account of."""
    return [f"{folder.parents[1].name}/{folder.name}" for folder in releases(root)]


def check_approval(target: Target, manifest: Mapping[str, Any], *, by: str) -> None:
    """Raise ReleaseError unless *by* may approve the prepared release of *manifest* as it lies in *target*."""
    name = manifest["id"]
    if same_person(by, manifest["prepared_by"]):
        raise ReleaseError(
            f"release {name}: the same person prepared it\n  expected: approval by somebody else\n"
            f"  found:    {by}\n  next:     ask a colleague to run the same command, with --by and their own name"
        )
    if manifest["previous"] != target.current_id() or manifest["known"] != known_releases(target.root):
        raise ReleaseError(
            f"release {name}: something else was released since it was prepared\n"
            "  expected: that what the gate took account of is still all that readers have seen\n"
            "  found:    another release in between\n  next:     run 'skq release --prepare' again"
        )
    if wrong := faults(target.prepared / name, manifest):
        raise ReleaseError(
            f"release {name}: what was prepared has been changed\n"
            f"  expected: {len(manifest['content']['site'])} files as the manifest says\n"
            f"  found:    {len(wrong)} other(s), the first {wrong[0]}\n"
            f"  next:     delete {target.prepared / name} and run 'skq release --prepare' again"
        )


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFC", name).casefold().split())
