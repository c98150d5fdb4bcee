"""The manifest of a release: what went out, what it was made of, and who answers for it.

`content` is what the release is: its checksum is the id of the release, so the same site made of the same has the same
id on every machine and at any time. Names and times stand beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from skq.build.request import Places
from skq.errors import ReleaseError, SkqError
from skq.files import checksum, folder_checksums, json_text
from skq.release.target import SITE
from skq.released import MANIFEST, NUMBERS
from skq.schema import TABLES
from skq.terms import ANNUAL

ID_LENGTH = 12
OUTSIDE = {"key_file"}
"""Settings that name places of a machine, not choices about a report."""


def content_of(places: Places, state: Mapping[str, Any], published: pd.DataFrame, numbers: Path) -> dict[str, Any]:
    """Return what the finished site of *places* is, told by the *state* that its build left.

    *published* are its numbers and *numbers* the file of them. Files and inputs by sha256; `inputs.units` has the rows
    of each school by table, `inputs.files` every file that was read.
    """
    parts, metas = state["parts"], _metas(places.slices)
    common = metas.get(ANNUAL) or next(iter(metas.values()), {})
    return {
        "audience": audience_of(state),
        "site": dict(state["site"]),
        "published": checksum(numbers),
        "numbers": counted(published),
        "hidden": common.get("hidden", []),
        "inputs": {"files": parts["inputs"], "units": {key: _by_table(meta) for key, meta in metas.items()}},
        "municipality": [common.get("municipality_code", ""), common.get("municipality_name", "")],
        "school_year": common.get("school_year", ""),
        "rule": common.get("rule", {}),
        "rule_version": common.get("rule_version", ""),
        "code": {"version": parts["code"], "house": parts["house"]},
        "libraries": parts["versions"],
        "settings": {
            **{name: value for name, value in parts["settings"].items() if name not in OUTSIDE},
            "schools": parts["schools"],
            "publications": parts["publications"],
        },
        "released_before": parts["released"],
    }


def audience_of(state: Mapping[str, Any]) -> str:
    """Return for whom the build was made that left *state*."""
    return str(state["parts"]["settings"]["audience"])


def release_id(content: Mapping[str, Any]) -> str:
    """Return the id of a release: a checksum of all that it is."""
    return sha256(json_text(content).encode()).hexdigest()[:ID_LENGTH]


def counted(published: pd.DataFrame) -> dict[str, Any]:
    """Return how many of the *published* numbers are shown, and how many are not by their status."""
    shown = published["value"].notna()
    hidden = published.loc[~shown, "status"].value_counts().sort_index()
    return {"shown": int(shown.sum()), "hidden": {str(status): int(count) for status, count in hidden.items()}}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the release in *folder*; ReleaseError where it is missing or its content was changed."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        sealed = manifest["id"] == release_id(manifest["content"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseError(_damaged(path, f"{type(error).__name__}: {error}")) from error
    if not sealed:
        raise ReleaseError(_damaged(path, "a content that its id does not belong to"))
    return dict(manifest)


def faults(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Return, sorted, the files of the release in *folder* that are not what its *manifest* says: empty when whole."""
    wanted = {**manifest["content"]["site"]}
    found = folder_checksums(folder / SITE)
    numbers = folder / NUMBERS
    wrong = {name for name in {*wanted, *found} if wanted.get(name) != found.get(name)}
    if not numbers.is_file() or checksum(numbers) != manifest["content"]["published"]:
        wrong.add(NUMBERS)
    return sorted(wrong)


def read_state(places: Places) -> dict[str, Any]:
    """Return what the last whole build in *places* left; SkqError where there is none, or it was by an older skq."""
    try:
        state = json.loads(places.state.read_text(encoding="utf-8"))
        complete = {"parts", "site"} <= set(state)
    except (OSError, ValueError) as error:
        raise SkqError(_no_build(places.out, f"{type(error).__name__}: {error}")) from error
    if not complete:
        raise SkqError(_no_build(places.out, "a build by an earlier version of skq"))
    return dict(state)


def _metas(slices: Path) -> dict[str, dict[str, Any]]:
    paths = sorted(slices.glob("*/meta.json"))
    return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def _by_table(meta: Mapping[str, Any]) -> dict[str, str]:
    """Return the checksum of each own table of a slice; official files are told once, among the files."""
    own: dict[str, list[str]] = {}
    for entry in meta.get("inputs", []):
        if entry["table"] in TABLES:
            own.setdefault(entry["table"], []).append(entry["sha256"])
    return {table: "+".join(sorted(digests)) for table, digests in sorted(own.items())}


def _damaged(path: Path, found: str) -> str:
    return (
        f"{path}: this is not the manifest of a release\n  expected: the file that 'skq release' wrote\n"
        f"  found:    {found}\n  next:     restore it from a backup, or release again"
    )


def _no_build(out: Path, found: str) -> str:
    return (
        f"{out}: there is no finished build to release\n"
        "  expected: a folder in which 'skq build' ended without failures\n"
        f"  found:    {found}\n  next:     run 'skq build --out {out}' and mend what fails"
    )
