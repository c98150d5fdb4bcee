"""What a report rests on -> one fingerprint; the same fingerprint means there is nothing to do.

Reads files and names of versions, never a clock: a copied or touched file changes nothing.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from skq.store import folder_checksums, json_text, write_json

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


def fingerprint(parts: Mapping[str, Any]) -> str:
    """Return the sha256 of *parts* (JSON values), whatever their order."""
    return sha256(json_text(parts).encode("utf-8")).hexdigest()


def versions(packages: tuple[str, ...]) -> dict[str, str]:
    """Return the installed version of each package, and of Python; "" where it is not installed."""
    return {"python": platform.python_version(), **{name: _version(name) for name in packages}}


def seal(folder: Path, made_of: str) -> None:
    """Write into *folder*, last of all, of what it was made and what is in it."""
    write_json(folder / STAMP, {"fingerprint": made_of, "files": _content(folder)})


def is_current(folder: Path, wanted: str) -> bool:
    """Whether *folder* was made of exactly what *wanted* says and nothing in it was changed since."""
    try:
        content = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(content.get("fingerprint") == wanted and content.get("files") == _content(folder))


def _content(folder: Path) -> dict[str, str]:
    return {name: digest for name, digest in folder_checksums(folder).items() if name != STAMP}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
