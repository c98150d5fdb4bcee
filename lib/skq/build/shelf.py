"""Finished pages and PDFs kept between builds: taken when what they are made of is the same, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from skq.batch.fingerprint import STAMP, MadeOf, is_current, seal
from skq.files import link, new_folder


class FolderShelf:
    """A `render.site.Shelf` in a folder; *made_of* gives each address what its page is made of."""

    def __init__(self, folder: Path, made_of: Mapping[str, MadeOf]) -> None:
        self.folder = folder
        self.made_of = made_of

    def take(self, address: str, out_folder: Path) -> bool:
        """Put the finished files of *address* into *out_folder*; False where they are absent, stale or damaged.

        They are the same files under another name where the disk knows such: nothing ever writes into a finished file,
        and one that somebody has changed is damaged here, so it is made anew.
        """
        kept = self.folder / address
        if address not in self.made_of or not is_current(kept, self.made_of[address]):
            return False
        out_folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(kept.iterdir()):
            if path.name != STAMP:
                link(path, out_folder / path.name)
        return True

    def keep(self, address: str, files: Sequence[Path]) -> None:
        """Keep copies of the *files* just made for *address*, if it is known what they are made of."""
        if address not in self.made_of:
            return
        with new_folder(self.folder / address) as fresh:
            for path in files:
                shutil.copyfile(path, fresh / path.name)
            seal(fresh, self.made_of[address])

    def drop_others(self) -> None:
        """Remove what belongs to no report any more."""
        kept = {self.folder / address for address in self.made_of}
        above = {parent for path in kept for parent in path.parents}
        for stamp in sorted(self.folder.rglob(STAMP)):
            if stamp.parent not in kept and stamp.parent not in above:
                shutil.rmtree(stamp.parent)
