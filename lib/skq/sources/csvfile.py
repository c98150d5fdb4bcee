"""A CSV file of an own table to columns of text, with what is wrong with its form.

Every cell stays text; nothing is guessed beyond the delimiter.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from skq.errors import Problem
from skq.schema import TableSpec, folded
from skq.sources import reading
from skq.sources.findings import SHOWN_ROWS, spaced
from skq.sources.grid import Grid, categories
from skq.sources.headers import SEARCHED_ROWS, header_place, recognised

DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "vertical bar", ":": "colon"}
ACCEPTED = ";,"
LARGEST_ROW = 1 << 24  # bytes
MOST_UNKNOWN = 100

NEXT_STEPS = {
    "too-many-fields": "look for a semicolon inside a value; put such values in quotation marks",
    "comma-in-value": "decimal comma and comma between columns do not go together: export with semicolon",
    "too-few-fields": "look for a line break inside a value; put such values in quotation marks",
}


def read_csv(content: bytes, spec: TableSpec, *, path: Path) -> Grid:
    """Return the cells of a CSV file; SourceError when it cannot be taken apart at all.

    Rows with too many or too few fields are left out and reported; all others keep their number.
    """
    text = csv_text(content, path).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return Grid([], pd.DataFrame(index=pd.Index([], dtype="int64")), ())
    head = text[: _end_of_line(text, SEARCHED_ROWS)]
    delimiter = _delimiter(head, spec, path)
    _refuse_open_quote(text, path)
    rows = _rows(head, delimiter)
    place = header_place(rows, spec)
    width = len(rows[place]) if rows else 0
    if not width or text.count("\n", 0, len(text.rstrip())) <= place:
        return Grid(rows, pd.DataFrame(index=pd.Index([], dtype="int64")), ())
    body, bad = _parse(text, delimiter, path=path, header=rows[place], skip=place, places=_wanted(rows[place], spec))
    return Grid(rows, body, tuple(_field_problems(bad, width, delimiter, file=path.name)))


def _wanted(header: Sequence[str], spec: TableSpec) -> list[int]:
    """Return the places of the header that are read: known, blank, personal, and the first of the unknown ones.

    Ten thousand unknown columns need not be read to be told.
    """
    known = spec.by_header()
    chosen = [place for place, cell in enumerate(header) if not cell.strip() or folded(cell) in known]
    others = sorted(set(range(len(header))) - set(chosen))
    return sorted([*chosen, *others[:MOST_UNKNOWN]])


def csv_text(content: bytes, path: Path) -> str:
    """Return *content* as text in NFC: UTF-8 with or without BOM, or else Windows-1252 as `reading.decode` tells it.

    UTF-8 is not searched for damaged letters here; that is done column by column so that every place is named.
    """
    _refuse_binary(content, path)
    try:
        return unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return reading.decode(content, path)


def _refuse_binary(content: bytes, path: Path) -> None:
    for marks, code, found in (
        (reading.UTF16_MARKS, "utf-16", "text in UTF-16 ('Unicode text')"),
        ((reading.ZIP_MAGIC, reading.OLE_MAGIC), "workbook-named-csv", "a workbook, not text"),
        ((reading.PARQUET_MAGIC,), "parquet-named-csv", "a Parquet file, not text"),
        ((reading.GZIP_MAGIC,), "packed", "a packed file, not text"),
    ):
        if content.startswith(marks):
            raise reading.refuse(
                path,
                code=code,
                found=found,
                expected="a text file in UTF-8",
                next_step="export as 'CSV UTF-8', or give the file the ending of its real kind (.xlsx, .parquet)",
            )
    if b"\0" in content:
        raise reading.refuse(
            path,
            row=content[: content.index(b"\0")].count(b"\n") + 1,
            code="nul-bytes",
            found="bytes that no text has (NUL)",
            expected="a text file in UTF-8",
            next_step="export the table again; the file may have been damaged when it was copied",
        )


def _end_of_line(text: str, count: int) -> int:
    end = 0
    for _ in range(count):
        end = text.find("\n", end) + 1
        if end == 0:
            return len(text)
    return end


def _rows(head: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))
    except csv.Error:  # a cell larger than the module takes: the header can still be told
        return [line.split(delimiter) for line in head.split("\n")]


def _delimiter(head: str, spec: TableSpec, path: Path) -> str:
    """Return the accepted delimiter by which most headers are recognised; SourceError when another one fits better."""
    best = max(DELIMITERS, key=lambda sign: max((recognised(row, spec) for row in _rows(head, sign)), default=0))
    known = max((recognised(row, spec) for row in _rows(head, best)), default=0)
    if known < 2:  # no header to go by: the sign that occurs most in the first line
        first = head.split("\n", 1)[0]
        best = max(DELIMITERS, key=first.count)
        best = best if first.count(best) else ";"
    if best not in ACCEPTED:
        raise reading.refuse(
            path,
            row=1,
            code="wrong-delimiter",
            found=f"columns parted by {DELIMITERS[best]}",
            expected="columns parted by semicolon or comma",
            next_step="export again with semicolon as separator",
        )
    return best


def _refuse_open_quote(text: str, path: Path) -> None:
    if text.count('"') % 2 == 0:
        return
    row = next(number for number, line in enumerate(text.split("\n"), start=1) if line.count('"') % 2)
    raise reading.refuse(
        path,
        row=row,
        code="open-quote",
        found="a quotation mark that is never closed",
        expected='quotation marks in pairs, and a mark inside a text written twice ("")',
        next_step="correct the row, or export the table again",
    )


def _parse(
    text: str, delimiter: str, *, path: Path, header: Sequence[str], skip: int, places: Sequence[int]
) -> tuple[pd.DataFrame, list[tuple[int, int]]]:
    """Return the well-formed rows below the header as text, by row number, and (row, fields) of the others.

    Only the columns at *places* are kept.
    """
    bad: list[tuple[int, int]] = []

    def leave_out(row: pa.csv.InvalidRow) -> str:
        bad.append((row.number, row.actual_columns))  # numbered from the top of the file
        return "skip"

    names = [f"f{place}" for place in range(len(header))]
    try:
        table = pa.csv.read_csv(
            io.BytesIO(text.encode()),
            read_options=pa.csv.ReadOptions(
                use_threads=False, column_names=names, skip_rows=skip + 1, block_size=LARGEST_ROW
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=leave_out
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[names[place] for place in places] or names[:1],
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise reading.refuse(
            path,
            code="rows-unreadable",
            found=f"rows that cannot be taken apart ({error})",
            expected="rows of ordinary length, each on a line of its own",
            next_step="look for a missing line break, or a cell with a whole document in it",
        ) from error
    rows = np.arange(skip + 2, skip + 2 + table.num_rows + len(bad))
    kept = np.setdiff1d(rows, [row for row, _ in bad]) if bad else rows
    columns = {place: categories(table.column(names[place]).combine_chunks()) for place in places}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(kept))).set_index(pd.Index(kept)), bad


def _field_problems(bad: Sequence[tuple[int, int]], width: int, delimiter: str, *, file: str) -> list[Problem]:
    problems = []
    for code, chosen in (
        ("comma-in-value" if delimiter == "," else "too-many-fields", [row for row, fields in bad if fields > width]),
        ("too-few-fields", [row for row, fields in bad if fields < width]),
    ):
        fields_of = dict(bad)
        for place, row in enumerate(chosen[:SHOWN_ROWS]):
            more = len(chosen) - SHOWN_ROWS if place == SHOWN_ROWS - 1 else 0
            tail = f" … and {spaced(more)} more rows" if more > 0 else ""
            problems.append(
                Problem(
                    file,
                    row,
                    None,
                    code,
                    f"{fields_of[row]} fields{tail}",
                    f"{width} fields, as in the header",
                    NEXT_STEPS[code],
                )
            )
    return problems
