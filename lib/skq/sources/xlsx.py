"""Workbooks as plain rows, refused when a cell's number is not in the file.

A formula whose result was never stored reads as an empty cell; that would lose numbers in silence.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from skq.sources.reading import UNPACKED_LIMIT, refuse, refuse_locked

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_RESULT = re.compile(rb"<(?:\w+:)?v>[^<]")
_REFERENCE = re.compile(rb'\br="([A-Z]+\d+)"')

Rows = list[list[object]]


def read_workbook(content: bytes, path: Path) -> dict[str, Rows]:
    """Return the rows of every sheet of the workbook *content*, as text and numbers, the first row first.

    SourceError naming *path* for a locked, damaged, oversized or unreadable workbook, and for a formula without a
    stored result.
    """
    refuse_locked(content, path)
    _refuse_oversized(content, path)
    refuse_uncalculated(content, path)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        return {name: _rows(book, name) for name in book.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        raise refuse(
            path,
            found=f"a workbook that cannot be read ({error})",
            expected="a whole XLSX workbook",
            next_step="open it in a spreadsheet program and save it again as .xlsx",
        ) from error


def _rows(book: CalamineWorkbook, name: str) -> Rows:
    return [list[object](row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]


def refuse_uncalculated(content: bytes, path: Path) -> None:
    """Raise SourceError when a formula in the workbook *content* has no stored result."""
    with zipfile.ZipFile(BytesIO(content)) as book:
        for name in book.namelist():
            if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
                continue
            sheet = book.read(name)
            if _FORMULA.search(sheet) is None:
                continue
            for attributes, inner in _CELL.findall(sheet):
                if _FORMULA.search(inner) and not _RESULT.search(inner):
                    place = _REFERENCE.search(attributes)
                    raise refuse(
                        path,
                        column=place[1].decode() if place else None,
                        code="formula-without-result",
                        found="a formula whose result is not stored in the file",
                        expected="numbers and text",
                        next_step="open the workbook, let it calculate, and save it; or paste the numbers as values",
                    )


def _refuse_oversized(content: bytes, path: Path) -> None:
    with zipfile.ZipFile(BytesIO(content)) as book:
        if sum(part.file_size for part in book.infolist()) > UNPACKED_LIMIT:
            raise refuse(
                path,
                found="a workbook that unpacks to more than 512 MB",
                expected="a workbook of ordinary size",
                next_step="delete unused sheets and rows, or save the table as CSV",
            )
