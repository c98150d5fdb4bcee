"""What something was made of and what it would be made of now -> which parts are others, in plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skq.batch.fingerprint import Seal, fingerprint
from skq.batch.reach import SHORT
from skq.files import json_text

CHECKSUM = re.compile(rf"[0-9a-f]{{{SHORT},64}}")
"""Whole or shortened."""

WORDS = {
    "code": "code",
    "inputs": "input",
    "parameters": "parameter",
    "report": "executed report",
    "site": "frame of the site",
    "slice": "slice",
    "template": "template",
    "theme": "theme",
    "versions": "version",
}
"""How the kinds of parts are called; others by their own name."""

NEVER = "it was never made here"
UNKNOWN = "what it was made of is not known any more"
TOUCHED = "its files are not as they were made (changed or gone)"


@dataclass(frozen=True)
class Difference:
    """One part that is another now: of which kind, its name, what it was and is (None: there was or is none)."""

    kind: str
    name: str
    before: Any
    now: Any

    def __str__(self) -> str:
        what = f"{WORDS.get(self.kind, self.kind)} {self.name}".rstrip()
        if self.before is None or self.now is None:
            return f"{what} {'is new' if self.before is None else 'is gone'}"
        if _is_told(self.before) and _is_told(self.now):
            return f"{what} {_told(self.before)} -> {_told(self.now)}"
        return f"{what} changed"


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Return every part in which *before* and *now* differ, by kind and name; the inner names of a part count."""
    old, new = (dict(_flat(json.loads(json_text(parts)))) for parts in (before, now))
    keys = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    return [Difference(kind, name, old.get((kind, name)), new.get((kind, name))) for kind, name in keys]


def reasons(seal: Seal, now: Mapping[str, Any]) -> list[str]:
    """Return why what has this *seal* would be made anew of the parts *now*; empty when it would be reused."""
    if not seal.fingerprint:
        return [NEVER]
    if seal.fingerprint != fingerprint(now):
        return [UNKNOWN] if seal.parts is None else [str(one) for one in differences(seal.parts, now)]
    return [] if seal.is_whole else [TOUCHED]


def counted(parts: Mapping[str, Any]) -> int:
    """Return how many parts there are, each file and version for itself."""
    return sum(1 for _ in _flat(parts))


def _flat(parts: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    for kind, value in parts.items():
        if isinstance(value, Mapping):
            yield from (((kind, str(name)), one) for name, one in value.items())
        else:
            yield (kind, ""), value


def _is_told(value: Any) -> bool:
    """Whether *value* says something to a reader, as a checksum or a long list does not."""
    return isinstance(value, (str, int, float)) and not (isinstance(value, str) and CHECKSUM.fullmatch(value))


def _told(value: Any) -> str:
    return str(value) or "none"
