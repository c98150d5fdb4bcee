"""The log of a target: who did what when, a line each, only ever added to.

Each line carries the checksum of the line before, so that a line taken out or changed afterwards is noticed. A line is
on the disk before what it tells is taken for done.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from skq.errors import ReleaseError
from skq.release.target import LOG

RELEASED, ROLLED_BACK, PREPARED, REFUSED, RETAINED = "released", "rolled-back", "prepared", "refused", "retained"
"""What a line can tell of."""
SWITCHES = (RELEASED, ROLLED_BACK)
"""After which of them readers have another release."""


def append(root: Path, entry: Mapping[str, Any]) -> None:
    """Add *entry* as the last line of the log of *root*; a line that an interruption left in half is cut off first."""
    root.mkdir(parents=True, exist_ok=True)
    path = root / LOG
    whole = _whole_lines(path)
    line = json.dumps({**entry, "after": _digest(whole)}, ensure_ascii=False, sort_keys=True) + "\n"
    with path.open("ab") as stream:
        stream.truncate(sum(map(len, whole)))
        stream.write(line.encode())
        stream.flush()
        os.fsync(stream.fileno())


def entries(root: Path) -> list[dict[str, Any]]:
    """Return the entries of the log of *root*, oldest first; ReleaseError where a line is missing or was changed."""
    lines = _whole_lines(root / LOG)
    found: list[dict[str, Any]] = []
    for number, line in enumerate(lines):
        try:
            entry = json.loads(line)
            told = entry.pop("after")
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise _damaged(root, number) from error
        if told != _digest(lines[:number]):
            raise _damaged(root, number)
        found.append(entry)
    return found


def served(history: Sequence[Mapping[str, Any]], audience: str) -> list[str]:
    """Return the ids that *audience* can go back through, newest last: releases, without those rolled back from."""
    stack: list[str] = []
    for entry in history:
        if entry.get("audience") != audience:
            continue
        if entry["what"] == RELEASED and stack[-1:] != [entry["id"]]:
            stack.append(entry["id"])
        elif entry["what"] == ROLLED_BACK:
            while stack and stack[-1] != entry["id"]:
                stack.pop()
    return stack


def _whole_lines(path: Path) -> list[bytes]:
    content = path.read_bytes() if path.is_file() else b""
    return [line for line in content.splitlines(keepends=True) if line.endswith(b"\n")]


def _digest(lines: Sequence[bytes]) -> str:
    return sha256(lines[-1]).hexdigest()[:16] if lines else ""


def _damaged(root: Path, number: int) -> ReleaseError:
    return ReleaseError(
        f"{root / LOG}, line {number + 1}: the log is not as skq wrote it\n"
        "  expected: every line as it was written, each with the checksum of the one before\n"
        "  found:    a line that was changed, added or taken out by hand\n"
        "  next:     restore the file from a backup; the releases themselves are untouched"
    )
