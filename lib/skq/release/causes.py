"""Why numbers may have changed: what differs between the manifests of two releases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Causes:
    """What differs between what two releases were made of.

    `everywhere` (cause to details) may have moved any number; `tables` the own tables whose rows changed, by school,
    and under `""` the own files that did (none: no table did, whatever key the pupils' pseudonyms were made with);
    `official` whether official files changed; `memory` what has been released in between, which may change what is
    hidden and never a number.
    """

    everywhere: Mapping[str, str]
    tables: Mapping[str, tuple[str, ...]]
    official: bool
    memory: Mapping[str, str]


def causes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Causes:
    """Return what differs between the contents of two manifests."""
    everywhere = {
        "rule": _differing(old["rule"], new["rule"]) or _other(old["rule_version"], new["rule_version"]),
        "code": _code(old["code"], new["code"]),
        "library": _differing(old["libraries"], new["libraries"]),
        "settings": _differing(old["settings"], new["settings"]),
    }
    before, after = old["inputs"], new["inputs"]
    schools = sorted({*before["units"], *after["units"]})
    tables = {key: _tables(before["units"].get(key, {}), after["units"].get(key, {})) for key in schools}
    moved = _files(before["files"], after["files"])
    own = tuple(name for name in moved if not _is_official(name))
    return Causes(
        everywhere={cause: details for cause, details in everywhere.items() if details},
        tables={**{key: names for key, names in tables.items() if names}, "": own} if own else {},
        official=any(_is_official(name) for name in moved),
        memory={"memory": "released since"} if old["released_before"] != new["released_before"] else {},
    )


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    return ", ".join(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def _other(old: str, new: str) -> str:
    return f"{old} to {new}" if old != new else ""


def _code(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    version = _other(old["version"], new["version"])
    return ", ".join(part for part in (version, "templates" if old["house"] != new["house"] else "") if part)


def _tables(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def _files(old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the files that differ, `<own or official>/<name>`."""
    before = {f"{kind}/{name}": digest for kind, files in old.items() for name, digest in files.items()}
    after = {f"{kind}/{name}": digest for kind, files in new.items() for name, digest in files.items()}
    return [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]


def _is_official(name: str) -> bool:
    return name.startswith(("official/", "own/official/"))
