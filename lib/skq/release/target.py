"""Where everything of a release lies: the folder that readers are served from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from skq.errors import ReleaseError
from skq.released import CURRENT, RELEASES

PREPARED, SITE, LOG, LOCK = "prepared", "site", "log.jsonl", ".lock"


@dataclass(frozen=True)
class Target:
    """One audience of the folder *root*; readers are served `current/site`."""

    root: Path
    audience: str

    @property
    def folder(self) -> Path:
        """All that is this audience's."""
        return self.root / self.audience

    @property
    def releases(self) -> Path:
        """One folder per release, named by its id."""
        return self.folder / RELEASES

    @property
    def prepared(self) -> Path:
        """Releases that wait for their approval, one folder each."""
        return self.folder / PREPARED

    @property
    def current(self) -> Path:
        """The symbolic link to the release that readers have."""
        return self.folder / CURRENT

    def current_id(self) -> str:
        """Return the id of the release that readers have, "" where there is none yet.

        ReleaseError where `current` is something else than a link to a release.
        """
        if self.current.is_symlink():
            return Path(os.readlink(self.current)).name
        if self.current.exists():
            raise ReleaseError(
                f"{self.current}: this is no symbolic link, so it cannot be switched\n"
                "  expected: the link that 'skq release' made\n"
                "  found:    a folder or file, perhaps a copy that followed the link\n"
                "  next:     move it away and release again"
            )
        return ""


def audiences(root: Path) -> list[str]:
    """Return the audiences that *root* has releases of, prepared or switched to, sorted."""
    return sorted({path.parent.name for name in (RELEASES, PREPARED) for path in root.glob(f"*/{name}")})
