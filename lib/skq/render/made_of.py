"""What page and PDF of a report are made of, part by part: the embedded engine reads this and nothing else.

Neither the other reports nor style sheets and scripts are among it: a page only names those.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skq.batch.fingerprint import RENDERED_WITH, versions
from skq.batch.reach import SHORT, reached_code
from skq.files import checksum, folder_checksums
from skq.render.project import read_project

PACKAGE = Path(__file__).parents[1]
CODE = ("skq.render.embedded", "skq.render.stage")
"""The modules that make a report's page from its executed notebook."""

READ_OF_THEME = ("filters", "fonts", "html", "typst")
"""The folders of the theme that a page is made with; style sheets, scripts and the icon lie beside it."""


def frame_parts(project: Path) -> dict[str, Any]:
    """Return what the pages of all reports of the staged *project* share: frame, theme, code, versions.

    *project* needs its settings and theme, no report; the lists of pages and reports are no part of any page.
    """
    staged = read_project(project)
    return {
        "code": reached_code(CODE, PACKAGE),
        "site": {
            "title": staged.title,
            "footer": staged.footer,
            "menu": [f"{item.text} ({item.page})" for item in staged.menu],
        },
        "theme": {
            f"{name}/{path}": digest[:SHORT]
            for name in READ_OF_THEME
            for path, digest in folder_checksums(staged.theme / name).items()
        },
        "versions": versions(RENDERED_WITH),
    }


def page_parts(frame: Mapping[str, Any], address: str, report: Path) -> dict[str, Any]:
    """Return what the page at *address* is made of: the *frame*, and the files of the executed report in *report*."""
    return {**frame, "address": address, "report": {path.name: checksum(path)[:SHORT] for path in _files(report)}}


def around_parts(frame: Mapping[str, Any], source: Path) -> dict[str, Any]:
    """Return what the page of the hand-written, staged *source* is made of: the *frame*, and its text."""
    return {**frame, "address": source.stem, "text": checksum(source)[:SHORT]}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
