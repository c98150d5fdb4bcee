"""What the last whole build was made of and what it left, so that a build of the same again has nothing to do.

Everything is told by content, nothing by time: a copied folder is as good as the first.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import skq
from skq.batch.fingerprint import DRAWN_WITH, RENDERED_WITH, Seal, fingerprint, package_version, versions
from skq.build.claim import INTERNAL, PRINCIPAL
from skq.build.made_of import COMPUTE, numbers_code
from skq.build.request import Places, Request
from skq.errors import SourceError, no_folder
from skq.files import checksum, folder_checksums, json_text, write_json
from skq.released import released_checksum
from skq.render.engine import Engine, quarto_version
from skq.settings import Settings

COMPOSE = ("skq.build.facts", "skq.build.watching", *COMPUTE)
"""What makes the numbers of a slice, and beside them what the gate needs: if none of it changed, nor the inputs, all

that is on disk before the first report is made is as it would be.
"""

OWN = "own"
"""How own registers are called among the inputs of a request."""

HOUSE_FOLDERS = ("notebooks", "reports")
HOUSE_FILES = ("_quarto.yml", "_brand.yml")

COMPUTED_WITH = ("duckdb", "highspy", "pandera", "python-calamine", "scipy", "statsmodels")
"""Libraries whose version can change a number."""


COUNTED_WITH = ("numpy", "openpyxl", "pandas", "pyarrow")
"""Those that have a hand in numbers as well as in figures, or read workbooks."""

NOT_IN_A_BUILD = {"jobs", "key_file", "limits", "release", "retention"}
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
        "code": package_version(Path(skq.__file__).parent, skq.__version__),
        "versions": {**versions(COMPUTED_WITH), **versions(DRAWN_WITH), **versions(RENDERED_WITH)},
        "released": released_before(request.settings),
    }


def released_before(settings: Settings) -> str:
    """Return a checksum of what `earlier.earlier_numbers` returns, "" for nothing: another one makes a build stale."""
    readers = None if settings.audience == PRINCIPAL else INTERNAL
    return released_checksum(Path(settings.release.to), readers) if settings.release.to else ""


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
    state = _state(places)
    if state.get("made_of") != fingerprint(parts) or state.get("site") != folder_checksums(places.site):
        return None
    return dict(state["told"])


def only_pages_changed(places: Places, parts: Mapping[str, Any]) -> bool:
    """Whether no notebook can be another one than in the last build, so far as *parts* tell; False: it may be."""
    now, then = json.loads(json_text(parts)), _state(places).get("parts")
    if not isinstance(then, dict):
        return False
    notebooks = [{**made_of, "house": made_of.get("house", {}).get("notebooks")} for made_of in (now, then)]
    return bool(notebooks[0] == notebooks[1])


def _state(places: Places) -> dict[str, Any]:
    try:
        state = json.loads(places.state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def numbers_parts(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all slices are made of: those of *parts* (as from `request_parts`) that a number depends on.

    The version of the code that tells the numbers, which `meta.json` names too, is not among them.
    """
    return {
        "code": numbers_code(COMPOSE),
        "inputs": {
            f"{kind}/{name}": digest
            for kind, files in parts["inputs"].items()
            for name, digest in files.items()
            if not (kind == OWN and _is_uncounted(name))
        },
        "released": parts["released"],
        "settings": {name: value for name, value in parts["settings"].items() if name != "engine"},
        "versions": versions((*COMPUTED_WITH, *COUNTED_WITH)),
    }


def uncounted(parts: Mapping[str, Any]) -> dict[str, str]:
    """Return the checksums of those own files among *parts* (as from `request_parts`) on which no number rests."""
    files = parts["inputs"].get(OWN, {})
    return {unicodedata.normalize("NFC", name): digest for name, digest in files.items() if _is_uncounted(name)}


def _is_uncounted(name: str) -> bool:
    """Whether the own file *name* (its path in the folder) is one of a table of `UNCOUNTED`."""
    from skq.schema import UNCOUNTED  # whether anything has changed at all is asked without
    from skq.schema.named import table_of

    return not ("/" in name or name.startswith((".", "~$"))) and table_of(name.split(".")[0]) in UNCOUNTED


def remember_slices(
    places: Places,
    parts: Mapping[str, Any],
    reports: Sequence[tuple[str, str, str]],
    inputs: Sequence[Mapping[str, Any]],
) -> None:
    """Write down, after the last of them, that the slices in *places* are made of *parts*, as from `numbers_parts`.

    *reports* are those that they are for (publication, key and name, in their order), *inputs* all files read.
    """
    content = {"parts": json.loads(json_text(parts)), "files": folder_checksums(places.slices)}
    told = {"reports": [list(report) for report in reports], "inputs": [dict(entry) for entry in inputs]}
    write_json(places.slices_made_of, {**content, **told})


def read_slices_state(places: Places) -> dict[str, Any]:
    """Return what `remember_slices` wrote down; SourceError where it cannot be read."""
    try:
        content = json.loads(places.slices_made_of.read_text(encoding="utf-8"))
        kinds = {"parts": dict, "files": dict, "reports": list, "inputs": list}
        return {name: kind(content[name]) for name, kind in kinds.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"{places.slices}: these slices are not whole\n  found:    {type(error).__name__}\n"
            "  next:     run 'skq build' again"
        ) from error


def is_made_of(places: Places, parts: Mapping[str, Any]) -> bool:
    """Whether the slices in *places* were made of just *parts* and are still as they were made."""
    found = slices_of(places)
    return found.is_whole and found.fingerprint == fingerprint(parts)


def slices_of(places: Places) -> Seal:
    """Return what the slices in *places* were made of, and whether they are still as they were made."""
    try:
        content = read_slices_state(places)
    except SourceError:
        return Seal("", None, is_whole=False)
    parts = content["parts"]
    return Seal(fingerprint(parts), parts, is_whole=content["files"] == folder_checksums(places.slices))


def _contents(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise no_folder(folder, expected="a folder with input files")
    return folder_checksums(folder)
