"""What an executed notebook is made of, part by part, and the version of the code that its numbers and words come from.

A report rests on the code that computes its numbers and on what its own template reaches: not on the command line, the
gate, the renderer, or another publication.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, reduce
from operator import or_
from pathlib import Path
from typing import Any

import skq
from skq.batch.fingerprint import CODE_LENGTH, DRAWN_WITH, digest_of, fingerprint, versions
from skq.batch.publications import PUBLICATIONS, Publication, template_path
from skq.batch.reach import SHORT, reached_code, template_names
from skq.files import checksum

PACKAGE = Path(skq.__file__).parent

COMPUTE = ("skq.build.audience", "skq.build.meta", "skq.build.numbers", "skq.build.sliced", "skq.store")
"""The modules that make the numbers of a slice from the inputs, and put them together.

What a build leaves beside them for the gate (`state.COMPOSE`) is not named in this module: `skq.build.meta` imports it,
and a name written here is reached.
"""

NO_NUMBERS = ("skq.batch", "skq.build.anew", "skq.build.whole", "skq.render", "skq.report")
"""What these import for names and types alone: no number comes from it."""

EXECUTE = ("skq.batch.notebook",)
"""The module that makes an executed notebook from a template; what a warm kernel has loaded besides changes nothing."""


@cache
def numbers_code(names: tuple[str, ...] = COMPUTE) -> dict[str, str]:
    """Return a checksum of every file that the numbers of a slice come from, by path."""
    return reached_code(names, PACKAGE, but_for=NO_NUMBERS)


def notebook_code(template: Path) -> dict[str, str]:
    """Return a checksum of every file of skq that runs when *template* is executed, by path."""
    return _reached_by(frozenset(template_names(template)))


@cache
def _reached_by(names: frozenset[str]) -> dict[str, str]:
    return reached_code(names, PACKAGE) | reached_code(EXECUTE, PACKAGE, but_for=("skq.report",))


def code_version(publication: Publication, house: Path) -> str:
    """Return the version of what a report of *publication* is made by, such as `0.1.0+3f9a…`: the one that it prints.

    Publications of which there is one per school share a slice, which says it, and so they share the version.
    """
    like = [one for one in PUBLICATIONS.values() if one.one_per == publication.one_per]
    return _version_of(tuple(frozenset(template_names(template_path(one, house / "notebooks"))) for one in like))


@cache
def _version_of(templates: tuple[frozenset[str], ...]) -> str:
    content = reduce(or_, map(_reached_by, templates), numbers_code())
    return f"{skq.__version__}+{fingerprint(content)[:CODE_LENGTH]}"


def notebook_parts(
    publication: Publication, house: Path, parameters: Mapping[str, Any], source: Path
) -> dict[str, Any]:
    """Return what a report of *publication* with *parameters* is made of; *source* is the folder of its slice."""
    template = template_path(publication, house / "notebooks")
    return {
        "code": notebook_code(template),
        "parameters": dict(parameters),
        "slice": {**slice_parts(source), "meta.json code_version": code_version(publication, house)},
        "template": {template.name: checksum(template)[:SHORT]},
        "versions": versions(DRAWN_WITH),
    }


def slice_parts(folder: Path) -> dict[str, Any]:
    """Return a checksum of every table of the slice in *folder*, and what its `meta.json` says, entry by entry.

    Inputs are told by table. The run id is left out: it is made of all the rest.
    """
    tables = {path.name: checksum(path)[:SHORT] for path in sorted(folder.glob("*.parquet"))}
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    del meta["run_id"]
    inputs: dict[str, list[Any]] = {}
    for entry in meta.pop("inputs"):
        inputs.setdefault(f"inputs {entry['table']}", []).append(entry)
    return {**tables, **{f"meta.json {name}": _short(value) for name, value in sorted({**meta, **inputs}.items())}}


def _short(value: Any) -> Any:
    """Return a text or number as it is, and of anything longer a checksum."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    return digest_of(value)[:SHORT]
