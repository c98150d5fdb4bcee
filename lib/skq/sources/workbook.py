"""An XLSX file of an own table to columns of text.

Numbers become the text that a Swedish export would have: 12.5 is "12,5", 9.0 is "9", a day is "2024-08-19".
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from skq.errors import Problem
from skq.schema import TableSpec, folded
from skq.sources import reading
from skq.sources.grid import Grid
from skq.sources.headers import SEARCHED_ROWS, header_place


def read_workbook(content: bytes, spec: TableSpec, *, path: Path) -> Grid:
    """Return the cells of the sheet that is named as the table, or of the first; SourceError when it is no workbook."""
    import python_calamine

    reading.refuse_locked(content, path)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = _sheet_name(book.sheet_names, spec)
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError) as error:
        raise reading.refuse(
            path,
            found=f"a workbook that cannot be read ({error})",
            expected="a whole XLSX workbook",
            next_step="open it, save it again as .xlsx",
        ) from error
    problems = _uncomputed_cells(content, name, cells, file=path.name)
    head = [[cell_text(cell) for cell in row] for row in cells[:SEARCHED_ROWS]]
    if not head:
        return Grid([], pd.DataFrame(index=pd.Index([], dtype="int64")), problems)
    place = header_place(head, spec)
    below = cells[place + 1 :]
    columns = {number: pd.Categorical([cell_text(row[number]) for row in below]) for number in range(len(head[place]))}
    return Grid(head, pd.DataFrame(columns, index=pd.RangeIndex(place + 2, place + 2 + len(below))), problems)


def cell_text(cell: object) -> str:
    """Return the text that a Swedish export writes for *cell*.

    >>> [cell_text(cell) for cell in (9.0, 12.5, True, datetime.date(2024, 8, 19), " x")]
    ['9', '12,5', 'ja', '2024-08-19', ' x']
    """
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ja" if cell else "nej"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)


def _sheet_name(names: Sequence[str], spec: TableSpec) -> str:
    wanted = {folded(name) for name in (spec.name, *spec.file_names)}
    return next((name for name in names if folded(name) in wanted), names[0])


def _uncomputed_cells(content: bytes, sheet: str, cells: Sequence[Sequence[Any]], *, file: str) -> tuple[Problem, ...]:
    """Return a problem for each of the first cells that hold a formula without a value, or an error value.

    Such cells look empty to a reader of values, and an empty grade would be a statement.
    """
    if not _may_hold_formulas(content):
        return ()
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    found: list[Problem] = []
    for row in book[sheet].iter_rows():
        for cell in row:
            if cell.data_type not in ("f", "e"):
                continue
            computed = cells[cell.row - 1][cell.column - 1] if cell.row <= len(cells) else ""
            if computed == "" and len(found) < 10:
                found.append(_uncomputed(cell, file=file))
    book.close()
    return tuple(found)


def _uncomputed(cell: Any, *, file: str) -> Problem:
    is_error = cell.data_type == "e"
    return Problem(
        file,
        cell.row,
        cell.column_letter,
        "spreadsheet-error" if is_error else "formula-without-value",
        f"the error {cell.value}" if is_error else "a formula whose value is not saved in the file",
        "a value",
        "mend the formula and save again"
        if is_error
        else "open the file in a spreadsheet program, copy, paste as values, save",
    )


def _may_hold_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(sign in book.read(name) for name in sheets for sign in (b"<f>", b"<f ", b"<f/", b't="e"'))
