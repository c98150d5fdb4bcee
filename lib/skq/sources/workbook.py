"""An XLSX file of an own table to columns of text.

Numbers become the text that a Swedish export would have: 12.5 is "12,5", 9.0 is "9", a day is "2024-08-19".
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from skq.schema import TableSpec, folded
from skq.sources.grid import Grid
from skq.sources.headers import SEARCHED_ROWS, header_place
from skq.sources.xlsx import Rows, read_workbook


def read_table(content: bytes, spec: TableSpec, *, path: Path) -> Grid:
    """Return the cells of the sheet that is named as the table, or of the first; SourceError when it is no workbook."""
    sheets = read_workbook(content, path)
    name = _sheet_name(list(sheets), spec)
    cells = _with_errors(sheets[name], content, name)
    head = [[cell_text(cell) for cell in row] for row in cells[:SEARCHED_ROWS]]
    if not head:
        return Grid([], pd.DataFrame(index=pd.Index([], dtype="int64")), ())
    place = header_place(head, spec)
    below = cells[place + 1 :]
    columns = {number: pd.Categorical([cell_text(row[number]) for row in below]) for number in range(len(head[place]))}
    return Grid(head, pd.DataFrame(columns, index=pd.RangeIndex(place + 2, place + 2 + len(below))), ())


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


def _with_errors(cells: Rows, content: bytes, sheet: str) -> Rows:
    """Return *cells* with the error values (#N/A) written out.

    They come as blank cells from the reader of values, and a blank grade would be a statement.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = [name for name in book.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        if not any(b't="e"' in book.read(name) for name in parts):
            return cells
    import openpyxl  # only for this rare case: it knows where a cell stands

    for row in openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)[sheet]:
        for cell in row:
            if cell.data_type == "e":
                cells[cell.row - 1][cell.column - 1] = cell.value
    return cells
