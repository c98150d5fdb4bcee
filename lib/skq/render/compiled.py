"""What Quarto works out of the theme before it makes a page, handed from one of its runs to all others.

That is the compiled style sheet (`sass.py`) and, of the same text, the list of colours that Quarto reads out of it and
keeps in the cache of its project. Both are found by the text they were made of, and together take a run about as long
as a page.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skq.batch.fingerprint import STAMP, is_current, seal
from skq.files import new_folder

PLACE = "compiled"
CACHE = "project-cache"
SASS = "sass"


class Compiled:
    """What is known of the theme: in the folder *kept* between builds, in *work* during one.

    *shared* is what it rests on (`kept.shared_parts`); what was kept of anything else is not taken.
    """

    def __init__(self, kept: Path, work: Path, shared: Mapping[str, Any]) -> None:
        self.shared = dict(shared)
        self.sass = work / SASS
        self._kept = kept / PLACE
        self._known = work / PLACE
        self.sass.mkdir()
        if is_current(self._kept, self.shared):
            shutil.copytree(self._kept, self._known, ignore=shutil.ignore_patterns(STAMP))
            shutil.copytree(self._known / SASS, self.sass, dirs_exist_ok=True)

    def give(self, shard: Path) -> None:
        """Put what is known by now into the project *shard*, before Quarto is run on it; any thread may."""
        if self._known.is_dir():
            shutil.copytree(self._known / CACHE, shard / ".quarto" / CACHE)

    def take(self, shard: Path) -> None:
        """Keep what Quarto has worked out on *shard*, if nothing is known yet; for one thread alone."""
        found = shard / ".quarto" / CACHE
        if self._known.is_dir() or not found.is_dir():
            return
        with new_folder(self._kept) as fresh:
            shutil.copytree(found, fresh / CACHE)
            shutil.copytree(self.sass, fresh / SASS, ignore=shutil.ignore_patterns(SASS, "lock", "new-*"))
            new = self._known.with_name(f"{PLACE}-new")
            shutil.copytree(fresh, new)
            seal(fresh, self.shared)
        new.replace(self._known)  # at once: another thread may be about to look
