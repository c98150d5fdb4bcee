"""Slices that are written, and what else reports and site are made of; of an earlier build when its numbers still hold.

What stands here is all that a build needs to know once its slices lie on disk, so that a change of theme, template or
report, or a build that was interrupted, computes no number again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from skq.batch.publications import PUBLICATIONS, ReportUnit
from skq.build.edition import Edition, rule_named
from skq.build.made_of import code_version
from skq.build.reports import Report
from skq.build.request import Places, Request
from skq.build.state import is_made_of, read_slices_state, remember_slices, uncounted
from skq.build.watching import is_watched
from skq.schema import UNCOUNTED
from skq.store import renew_slice


@dataclass(frozen=True)
class Ready:
    """Every report, what all of them have in common, `meta.json` of each slice by key, and the files that were read."""

    edition: Edition
    reports: Sequence[Report]
    metas: Mapping[str, Mapping[str, Any]]
    inputs: Sequence[Mapping[str, Any]]


def ready_there(request: Request, wanted: Mapping[str, Any]) -> Ready | None:
    """Return the same of the slices on disk, None unless they are whole and made of *wanted* (see `numbers_parts`).

    Nor if what the gate of a release needs beside them is gone, or was made with another key.
    """
    places = Places(request.out)
    if not (is_watched(request) and places.units.is_file() and is_made_of(places, wanted)):
        return None
    return read_ready(request)


def retold(ready: Ready, request: Request, wanted: Mapping[str, Any]) -> Ready:
    """Return *ready*, its slices on disk naming the code that tells them now: reports print it, no number needs it."""
    places, metas = Places(request.out), dict(ready.metas)
    for publication, unit in ready.reports:
        version = code_version(publication, request.house)
        if metas[unit.key]["code_version"] != version:
            metas[unit.key] = renew_slice(places.slices / unit.key, code_version=version)
    if metas != ready.metas or list(ready.inputs) != read_slices_state(places)["inputs"]:
        remember_slices(places, wanted, listed(ready.reports), ready.inputs)
    return replace(ready, metas=metas)


def uncounted_moved(ready: Ready, parts: Mapping[str, Any]) -> list[str]:
    """Return the files among *parts* (`request_parts`) that are others than in *ready* without any number knowing."""
    then = {entry["file"]: entry["sha256"] for entry in ready.inputs if entry["table"] in UNCOUNTED}
    now = uncounted(parts)
    return sorted(name for name in {*then, *now} if then.get(name) != now.get(name))


def listed(reports: Sequence[Report]) -> list[tuple[str, str, str]]:
    """Return *reports* as they are remembered: publication, key and name."""
    return [(publication.name, unit.key, unit.name) for publication, unit in reports]


def read_ready(request: Request) -> Ready:
    """Return the same of the slices on disk, whatever they were made of; SourceError when they cannot be read."""
    places = Places(request.out)
    state = read_slices_state(places)
    reports = [(PUBLICATIONS[publication], ReportUnit(key, name)) for publication, key, name in state["reports"]]
    metas = {
        unit.key: json.loads((places.slices / unit.key / "meta.json").read_text(encoding="utf-8"))
        for _, unit in reports
    }
    first = next(iter(metas.values()))
    edition = Edition(
        first["municipality_code"], first["municipality_name"], first["school_year"], first["audience"],
        rule_named(request.settings.disclosure_rule),
    )  # fmt: skip
    return Ready(edition, reports, metas, state["inputs"])
