"""What became of numbers in earlier builds, kept in a folder: whether each is hidden and why, never a number.

A folder for each version of the code and libraries that judge; a file for each bundle or group of bundles that bound
each other, which names its own checksum.
"""

from __future__ import annotations

import io
import shutil
from hashlib import sha256
from pathlib import Path

import pandas as pd

from skq.batch.fingerprint import fingerprint, versions
from skq.build.made_of import numbers_code
from skq.files import write_bytes

JUDGED_BY = ("skq.protect.room",)
JUDGED_WITH = ("highspy", "numpy", "pandas", "pyarrow", "scipy")
"""The module, with all that it imports, and the libraries that an outcome depends on."""

SHORT = 24


class FolderMemo:
    """A `protect.memo.Memo` in a folder; `drop_others` leaves there what this build took or kept."""

    def __init__(self, folder: Path) -> None:
        version = fingerprint({"code": numbers_code(JUDGED_BY), "versions": versions(JUDGED_WITH)})
        self._all, self._folder = folder, folder / version[:SHORT]
        self._used: set[Path] = set()

    def take(self, digest: str) -> pd.DataFrame | None:
        """Return the outcome kept under *digest*, None where there is none or its file is damaged."""
        for path in self._folder.glob(f"{digest[:SHORT]}-*.parquet"):
            content = path.read_bytes()
            if path.stem.partition("-")[2] == _checksum(content):
                self._used.add(path)
                return pd.read_parquet(io.BytesIO(content))
        return None

    def keep(self, digest: str, outcome: pd.DataFrame) -> None:
        """Keep *outcome* under *digest*."""
        content = outcome.to_parquet(index=False, compression="zstd")
        path = self._folder / f"{digest[:SHORT]}-{_checksum(content)}.parquet"
        write_bytes(path, content)
        self._used.add(path)

    def drop_others(self) -> None:
        """Remove outcomes that this build had no use for, and those of other versions."""
        for path in self._all.glob("*"):
            if path != self._folder:
                shutil.rmtree(path)
        for path in self._folder.glob("*"):
            if path not in self._used:
                path.unlink()


def _checksum(content: bytes) -> str:
    return sha256(content).hexdigest()[:SHORT]
