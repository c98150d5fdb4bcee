"""Executed notebooks, pages and theme in one folder: an ordinary Quarto website project.

Either engine makes the site from what this module writes, and nothing else.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # no stubs are among the locked libraries

from skq.errors import RenderError
from skq.files import link, write_bytes
from skq.render.frame import ANALYSES, frame_files
from skq.render.markdown import escaped
from skq.render.yamltext import loaded

FRONT = "front.yml"
NUMBER = re.compile(r"[-+.]?\d[\d._eExXoO+-]*")
"""A text that could be taken for a number."""
COPIED = (".svg", ".csv")


@dataclass(frozen=True)
class ExecutedReport:
    """One executed notebook: `folder` holds `<name>.ipynb`, `front.yml` and its figures and tables.

    `address` is where its page will be, without suffix: `skolor/asskolan-12345678/kvalitetsrapport`.
    """

    address: str
    folder: Path

    @property
    def name(self) -> str:
        """The name of its notebook, page and PDF, without suffix."""
        return self.address.rsplit("/", maxsplit=1)[-1]

    @property
    def is_long(self) -> bool:
        """Whether its PDF begins with a list of contents: not a school's few pages."""
        return self.address.startswith(ANALYSES)


def stage_reports(reports: Iterable[ExecutedReport], project: Path) -> set[str]:
    """Write the files of *reports* into *project* and return their names; RenderError when a report lacks one.

    What else is there stays.
    """
    # One after the other: a nation's do not fit into the memory.
    return {name for report in sorted(reports, key=lambda each: each.address) for name in stage_report(report, project)}


def stage_around(
    staged: Set[str],
    addresses: Sequence[str],
    pages: Mapping[str, str],
    project: Path,
    *,
    house: Path,
    title: str,
    footer: str = "",
) -> Path:
    """Complete the *project* with all that is around the reports at *addresses*, whose files *staged* are there.

    *pages* is Markdown by file name (`index.qmd`, …, see `pages`); *house* the folder with `_quarto.yml`,
    `_brand.yml` and `reports/theme`; *title* and *footer* those of the site. A file whose content has not changed keeps
    its time of change, and what belongs neither to a report nor around them is removed. `site.render_site` and Quarto
    read the folder that is returned.
    """
    frame = frame_files(house, addresses, pages, title=title, footer=footer)
    frame |= {name: text.encode() for name, text in pages.items()}
    _write_files(frame, project)
    _remove_others({*frame, *staged}, project)
    return project


def stage_frame(
    addresses: Sequence[str], pages: Sequence[str], project: Path, *, house: Path, title: str, footer: str = ""
) -> Path:
    """Write theme and settings of the project that `stage_around` will complete into *project*, and return it.

    *addresses* are those of the reports that there shall be, *pages* the names of the pages around them; the rest as
    there. Enough to render any report that `stage_report` adds. What is there already stays.
    """
    _write_files(frame_files(house, addresses, pages, title=title, footer=footer), project)
    return project


def stage_report(report: ExecutedReport, project: Path) -> set[str]:
    """Write the files of *report* into *project* and return their names; its folder holds no other files then."""
    notebook, front = report.folder / f"{report.name}.ipynb", report.folder / FRONT
    _refuse_incomplete(report, notebook, front)
    folder = (project / report.address).parent
    _write_files({notebook.name: _with_front_matter(notebook, front, contents=report.is_long)}, folder)
    beside = [front, *(path for path in sorted(report.folder.iterdir()) if path.suffix in COPIED)]
    for path in beside:
        _put(path, folder / path.name)
    names = {notebook.name, *(path.name for path in beside)}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in names:
            path.unlink()
    return {(folder / name).relative_to(project).as_posix() for name in names}


def _refuse_incomplete(report: ExecutedReport, *needed: Path) -> None:
    for path in needed:
        if not path.is_file():
            raise RenderError(
                f"{report.address}: {path.name} is not in {report.folder.name}/; execute the report again"
            )


def _put(path: Path, target: Path) -> None:
    """Let *target* be the finished file *path*, if it does not hold the same already."""
    if target.is_file():
        if target.samefile(path) or target.read_bytes() == path.read_bytes():
            return
        target.unlink()
    link(path, target)


def _with_front_matter(notebook: Path, front: Path, *, contents: bool) -> bytes:
    """Return the notebook with its title block as raw first cell, as Quarto wants it."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    block = loaded(front.read_text(encoding="utf-8"))
    block["pdf-address"] = f"{notebook.stem}.pdf"
    if contents:
        block.setdefault("toc", True)
    text = yaml.safe_dump(_escaped(block), allow_unicode=True, sort_keys=True, width=10_000)
    cell: dict[str, Any] = {"cell_type": "raw", "id": "front", "metadata": {}, "source": f"---\n{text}---"}
    content["cells"].insert(0, cell)
    for each in content["cells"]:
        # nbformat allows a text as well, but Quarto would run its lines together.
        each["source"] = "".join(each["source"]).splitlines(keepends=True)
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _escaped(value: Any) -> Any:
    """Return a title block whose texts Markdown shows as they are: they come from registers."""
    if isinstance(value, str):
        return _kept_as_text(escaped(value))
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    return value


def _kept_as_text(text: str) -> str:
    # Quarto hands the block on to pandoc without quotation marks, and 09901999 would become the number 9901999.
    return f"&#{ord(text[0])};{text[1:]}" if NUMBER.fullmatch(text) else text


def _write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write *files* below *folder*, each whole or not at all, touching only what differs."""
    for name, content in sorted(files.items()):
        path = folder / name
        if not (path.is_file() and path.read_bytes() == content):
            write_bytes(path, content)


def _remove_others(kept: Set[str], folder: Path) -> None:
    """Remove what is below *folder* and not among *kept*."""
    for path in sorted(folder.rglob("*"), reverse=True):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() and not path.is_symlink():
            if not any(wanted.startswith(f"{name}/") for wanted in kept):
                shutil.rmtree(path)
        elif name not in kept:
            path.unlink()
