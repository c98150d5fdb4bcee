"""What a report rests on -> one fingerprint; the same fingerprint means there is nothing to do.

Reads files and names of versions, never a clock: a copied or touched file changes nothing. The folder made of it keeps
the parts too, so that `skq build --explain` can tell which of them is another one now.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from skq.files import checksum, folder_checksums, json_text, write_json

STAMP = ".fingerprint"
"""The file in a report's folder that says what it was made of; written with the last of it."""

DRAWN_WITH = (
    "font-source-sans-pro",
    "ipykernel",
    "matplotlib",
    "nbclient",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "seaborn",
)
"""Libraries whose version can change an executed notebook."""

RENDERED_WITH = ("font-source-sans-pro", "pagefind", "pagefind-bin", "pypandoc-binary", "quarto", "typst")
"""Libraries whose version can change a page or a PDF."""

CODE_LENGTH = 12
"""Letters of a checksum in the version of code."""

CODE_KINDS = {".py", ".sql", ".toml"}

MadeOf = Mapping[str, Any] | str
"""The parts that something is made of by their names (JSON values), or only their fingerprint."""


@dataclass(frozen=True)
class Seal:
    """What a folder tells of itself: the fingerprint, its parts (None: not known), whether all files are as sealed."""

    fingerprint: str
    parts: dict[str, Any] | None
    is_whole: bool


def fingerprint(parts: Mapping[str, Any]) -> str:
    """Return the sha256 of *parts* (JSON values), whatever their order."""
    return digest_of(parts)


def digest_of(value: Any) -> str:
    """Return the sha256 of a JSON value, whatever the order of its names."""
    # Without indentation, which json writes ten times as slowly.
    return sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()


def as_fingerprint(made_of: MadeOf) -> str:
    """Return the fingerprint of *made_of*, which may be one already."""
    return made_of if isinstance(made_of, str) else fingerprint(made_of)


def versions(packages: tuple[str, ...]) -> dict[str, str]:
    """Return the installed version of each package, and of Python; "" where it is not installed."""
    return {"python": platform.python_version(), **{name: _version(name) for name in packages}}


def package_version(package: Path, version: str) -> str:
    """Return *version* and a checksum of every source and data file of *package*, such as `0.1.0+3f9a…`."""
    files = sorted(path for path in package.rglob("*") if path.suffix in CODE_KINDS)
    content = json_text({path.relative_to(package).as_posix(): checksum(path) for path in files})
    return f"{version}+{sha256(content.encode()).hexdigest()[:CODE_LENGTH]}"


def seal(folder: Path, made_of: MadeOf) -> None:
    """Write into *folder*, last of all, of what it was made and what is in it."""
    parts = {} if isinstance(made_of, str) else {"parts": dict(made_of)}
    write_json(folder / STAMP, {"fingerprint": as_fingerprint(made_of), "files": _content(folder), **parts})


def is_current(folder: Path, wanted: MadeOf) -> bool:
    """Whether *folder* was made of exactly what *wanted* says and nothing in it was changed since."""
    stamp = _stamp(folder)
    return stamp is not None and stamp[0] == as_fingerprint(wanted) and bool(stamp[1] == _content(folder))


def read_seal(folder: Path) -> Seal:
    """Return what the seal of *folder* tells; one without a fingerprint where there is none or it is damaged.

    Parts that are not those of the fingerprint tell nothing and are left out.
    """
    if (stamp := _stamp(folder)) is None:
        return Seal("", None, is_whole=False)
    made_of, files, parts = stamp
    known = parts if isinstance(parts, dict) and fingerprint(parts) == made_of else None
    return Seal(made_of, known, is_whole=bool(files == _content(folder)))


def _stamp(folder: Path) -> tuple[str, Any, Any] | None:
    """Return fingerprint, files and parts that the seal of *folder* names; None where it is gone or damaged."""
    try:
        content = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return str(content["fingerprint"]), content["files"], content.get("parts")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _content(folder: Path) -> dict[str, str]:
    return {name: digest for name, digest in folder_checksums(folder).items() if name != STAMP}


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
