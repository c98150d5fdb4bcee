"""What a build that was killed left half-made: away with it, and back with what it was about to replace."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from skq.build.request import Places

FRESH = re.compile(r"\.(?P<target>.+)\.[a-z0-9_]{8}")
"""How `skq.files` names what is not whole yet, beside the place that it is for."""

OLD = "old"
"""What `files.swap_folder` calls the folder that is being replaced, within one named as above."""


def sweep(places: Places) -> None:
    """Remove every half-made file and folder of *places*; nobody else may be building there.

    A site that was taken out of its place while the new one had not yet come in is put back.
    """
    top = [places.out, places.audience.parent]
    deep = [places.slices, places.reports, places.shelf, places.project]
    found = [path for folder in top if folder.is_dir() for path in folder.iterdir()]
    found += [path for folder in deep if folder.is_dir() for path in folder.rglob(".*")]
    for path in sorted(found):
        if (named := FRESH.fullmatch(path.name)) and path.exists():
            _put_back(path / OLD, path.with_name(named["target"]))
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _put_back(old: Path, target: Path) -> None:
    if old.is_dir() and not target.exists():
        os.replace(old, target)
