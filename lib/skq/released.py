"""Which releases readers have been given, and whether there are others than before; their numbers are for `memory`.

A target of releases is a folder `DIR/<audience>/releases/<id>/` per release.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from skq.files import checksum, json_text

RELEASES, NUMBERS, MANIFEST, CURRENT = "releases", "published.parquet", "manifest.json", "current"
"""The names in a target: the folder of releases, and in each its numbers and its manifest; the link to the newest."""

PENDING = ".pending"
"""In the folder of a release until it has been given to readers; one that never was is no memory."""

PUBLIC = "public"
"""The audience whose releases everyone has seen."""


def releases(target: Path, audience: str | None = None) -> list[Path]:
    """Return the folders of all releases in *target*, sorted: those that *audience* has seen, or all.

    What is public everyone has seen, so the readers of every other audience have its releases and the public ones.
    """
    if not target.is_dir():
        return []
    seen = {audience, PUBLIC}
    found = (path for path in target.glob(f"*/{RELEASES}/*") if path.is_dir() and not path.name.startswith("."))
    return sorted(path for path in found if (audience is None or path.parents[1].name in seen) and _was_given(path))


def released_checksum(target: Path, audience: str | None = None) -> str:
    """Return a checksum of all that `memory.released_numbers` would return, "" where there is no release."""
    found = releases(target, audience)
    content = [[folder.parents[1].name, folder.name, _digest(folder / NUMBERS)] for folder in found]
    return sha256(json_text(content).encode()).hexdigest() if content else ""


def _was_given(folder: Path) -> bool:
    """Whether readers have, or have had, the release in *folder*."""
    link = folder.parents[1] / CURRENT
    return not (folder / PENDING).exists() or (link.is_symlink() and link.readlink().name == folder.name)


def _digest(path: Path) -> str:
    return checksum(path) if path.is_file() else ""
