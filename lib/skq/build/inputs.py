"""What was read: the files of a build, and of which of their rows each school's report is made, by checksum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from skq.build.raw import Raw
from skq.provenance import unit_inputs
from skq.schema import UNCOUNTED
from skq.sources import Tables
from skq.terms import ANNUAL


def file_inputs(raw: Raw) -> list[dict[str, Any]]:
    """Return every file that was read, with table, file, rows and sha256."""
    return [*_own_files(raw.own), *official_inputs(raw)]


def own_inputs(own: Tables | None) -> dict[str, list[dict[str, Any]]]:
    """Return the inputs of each school, and under `annual` those of all: the files themselves.

    Tables on which nothing rests that a report tells are not among them.
    """
    if own is None:
        return {}
    files: dict[str, list[str]] = {}
    for file in own.files:
        files.setdefault(file.table, []).append(file.file)
    frames = {name: rows for name, rows in own.frames.items() if name not in UNCOUNTED}
    of_all = [entry for entry in _own_files(own) if entry["table"] not in UNCOUNTED]
    return {**unit_inputs(frames, files, own.unkeyed), ANNUAL: of_all}


def _own_files(own: Tables | None) -> list[dict[str, Any]]:
    files = () if own is None else own.files
    return [asdict(file) for file in sorted(files, key=lambda file: (file.table, file.file))]


def official_inputs(raw: Raw) -> list[dict[str, Any]]:
    """Return every file of official statistics that was read, with source, file, rows and sha256; sorted."""
    sources: list[Mapping[str, Any]] = list(raw.official.sources) if raw.official else []
    read = [source for source in sources if source["sha256"]]
    entries = [
        {"table": source["id"], "file": source["file"], "rows": source["rows"], "sha256": source["sha256"]}
        for source in read
    ]
    return sorted(entries, key=lambda entry: (str(entry["table"]), str(entry["file"])))
