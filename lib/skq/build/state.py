"""What the last whole build was made of and what it left, so that a build of the same again has nothing to do.

Everything is told by content, nothing by time: a copied folder is as good as the first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import skq
from skq.batch.fingerprint import DRAWN_WITH, RENDERED_WITH, fingerprint, versions
from skq.build.earlier import earlier_checksum
from skq.build.request import Places, Request
from skq.errors import SourceError
from skq.provenance import code_version
from skq.render.engine import Engine, quarto_version
from skq.store import checksum, folder_checksums, write_json

HOUSE_FOLDERS = ("notebooks", "reports")
HOUSE_FILES = ("_quarto.yml", "_brand.yml")

COMPUTED_WITH = ("duckdb", "highspy", "pandera", "python-calamine", "scipy", "statsmodels")
"""Libraries whose version can change a number."""


NOT_IN_A_BUILD = {"jobs", "key_file", "release", "retention"}
"""Settings that change nothing in what is built; where releases go matters by what has been released there."""


def request_parts(request: Request, engine: str) -> dict[str, Any]:
    """Return everything that a build depends on: inputs, settings, house, code, versions, and what was released."""
    inputs = {name: _contents(folder) for name, folder in asdict(request.inputs).items() if folder is not None}
    settings = {name: value for name, value in asdict(request.settings).items() if name not in NOT_IN_A_BUILD}
    house: dict[str, object] = {name: folder_checksums(request.house / name) for name in HOUSE_FOLDERS}
    house |= {name: checksum(request.house / name) for name in HOUSE_FILES}
    return {
        "inputs": inputs,
        "settings": {**settings, "engine": engine},
        "house": house,
        "schools": sorted(request.schools),
        "publications": sorted(request.publications),
        "code": code_version(Path(skq.__file__).parent, skq.__version__),
        "versions": {**versions(COMPUTED_WITH), **versions(DRAWN_WITH), **versions(RENDERED_WITH)},
        "released": earlier_checksum(request.settings),
    }


def engine_version(engine: Engine) -> str:
    """Return the name of the engine, and of Quarto the version: it is no Python library whose version is known."""
    if engine.quarto is None:
        return engine.name
    return f"{engine.name} {'.'.join(map(str, quarto_version(engine.quarto)))}"


def remember(places: Places, parts: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Write down, last of all, what was made of what: *parts* as from `request_parts`; *told*: the summary's facts."""
    made_of = {"made_of": fingerprint(parts), "parts": dict(parts)}
    write_json(places.state, {**made_of, "site": folder_checksums(places.site), "told": dict(told)})


def remembered(places: Places, parts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the facts of the last summary when it was of the same and its site is untouched, None otherwise."""
    try:
        state = json.loads(places.state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if state.get("made_of") != fingerprint(parts) or state.get("site") != folder_checksums(places.site):
        return None
    return dict(state["told"])


def _contents(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such folder\n  expected: a folder with input files")
    return folder_checksums(folder)
