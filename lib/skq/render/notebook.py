"""An executed notebook, or a hand-written page, as one Markdown document."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # no stubs are among the locked libraries

from skq.errors import RenderError
from skq.render.yamltext import loaded

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Document:
    """What a page is made of: its title block data and its Markdown body."""

    front: dict[str, Any]
    body: str


def read_document(path: Path) -> Document:
    """Return the document in *path*, an executed notebook (.ipynb) or a page (.qmd).

    Code cells give only their `text/markdown` outputs, as Quarto does with `echo: false`. The front matter is the
    raw first cell of a notebook or the YAML block at the top of a page. RenderError when the file is not readable
    as such, or when a cell has failed.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = notebook_markdown(text, name=str(path))
    return split_front_matter(text, name=str(path))


def notebook_markdown(text: str, *, name: str) -> str:
    """Return the Markdown of the notebook whose JSON is *text*: its raw, Markdown and executed cells in order."""
    try:
        parts = [part for cell in json.loads(text)["cells"] for part in _cell_markdown(cell, name=name)]
    except (ValueError, KeyError, TypeError) as problem:
        raise RenderError(f"{name}: not a notebook ({problem!r}); execute it again") from problem
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def split_front_matter(text: str, *, name: str) -> Document:
    """Return *text* as a document, its YAML block (may be absent) apart from its body."""
    match = FRONT_MATTER.match(text)
    if match is None:
        return Document({}, text)
    try:
        front = loaded(match[1]) or {}
    except yaml.YAMLError as problem:
        raise RenderError(f"{name}: the title block is not YAML: {problem}") from problem
    if not isinstance(front, dict):
        raise RenderError(f"{name}: the title block is not a list of names and values")
    return Document(front, text[match.end() :])


def _cell_markdown(cell: dict[str, Any], *, name: str) -> list[str]:
    if cell["cell_type"] in ("markdown", "raw"):
        return [_joined(cell["source"])]
    outputs = cell.get("outputs", [])
    if failed := [output for output in outputs if output["output_type"] == "error"]:
        raise RenderError(f"{name}: a cell failed with {failed[0].get('ename')}: {failed[0].get('evalue')}")
    return [_joined(output["data"]["text/markdown"]) for output in outputs if "text/markdown" in output.get("data", {})]


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
