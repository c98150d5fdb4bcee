"""An organizer's folder to typed tables: find the files, read every cell as text, convert column by column.

Nothing is refused halfway: each file gives what it can, and everything wrong with its form is kept beside it.
"""

from __future__ import annotations

import secrets
import string
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from skq.errors import Problem, no_folder
from skq.keyfile import SHORTEST_KEY, checked_key
from skq.schema import TABLES, TableSpec, folded
from skq.sources import reading, workbook
from skq.sources.csvfile import read_csv
from skq.sources.findings import Origins, Remark
from skq.sources.folder import named_files
from skq.sources.grid import Grid, blank, texts_of
from skq.sources.headers import HeaderRow, read_header, unknown_columns
from skq.sources.parquetfile import read_parquet
from skq.sources.pseudonyms import Pseudonyms, pseudonymous
from skq.sources.raw import InputFile, RawTable, RawTables, Unseen
from skq.sources.surplus import NOTHING_DROPPED, Dropped, dropped

READERS: Mapping[str, Callable[[bytes, TableSpec, Path], Grid]] = {
    ".csv": lambda content, spec, path: read_csv(content, spec, path=path),
    ".xlsx": lambda content, spec, path: workbook.read_table(content, spec, path=path),
    ".parquet": lambda content, spec, path: read_parquet(content, path=path),
}
"""How a file of each ending is taken apart."""

TOTALS = ("summa", "totalt", "total", "sum", "s:a", "samtliga")
NO_TOTAL = frozenset(string.ascii_letters + string.digits) - set("sStT")


@dataclass(frozen=True)
class _RawFile:
    record: InputFile
    problems: list[Problem]
    header: HeaderRow | None = None
    texts: pd.DataFrame | None = None
    dropped: Dropped = NOTHING_DROPPED


def read_tables(folder: Path, *, key: bytes | None = None) -> RawTables:
    """Return every own table of *folder* as text with its origins; SourceError when there is no such folder.

    Persons are given pseudonyms by *key*; without one by a key of this call alone, so that they are never the same
    twice. Sub-folders (`official/`), hidden files and lock files of office programs are passed over.
    """
    if not folder.is_dir():
        raise no_folder(folder, expected="a folder with tables")
    named, problems = named_files(folder)
    key = checked_key(secrets.token_bytes(SHORTEST_KEY) if key is None else key)
    tables: dict[str, RawTable] = {}
    files: list[InputFile] = []
    remarks: list[Remark] = []
    personal: dict[str, set[str]] = {}
    pseudonyms = Pseudonyms(key)
    for name, spec in TABLES.items():
        read = [_read_file(path, spec) for path in named.get(name, [])]
        files += [raw.record for raw in read if raw.record.sha256]
        remarks += [remark for raw in read for remark in raw.dropped.remarks]
        usable = [raw for raw in read if raw.texts is not None]
        problems += [problem for raw in read for problem in raw.problems] + _unlike(usable)
        found = [raw.dropped.texts for raw in read]
        if usable:
            table = pseudonymous(_joined(spec, usable), pseudonyms)
            tables[name] = table.table
            found.append(table.identifiers)
        for kind, texts in (item for one in found for item in one.items()):
            personal.setdefault(kind, set()).update(texts)
        del read, usable  # the texts of the table are enough: there are millions
    return RawTables(
        tables,
        tuple(files),
        tuple(problems),
        tuple(name for name in TABLES if name in named),
        tuple(remarks),
        Unseen({kind: frozenset(texts) for kind, texts in sorted(personal.items())}),
        pseudonyms.unkeyed,
    )


def _read_file(path: Path, spec: TableSpec) -> _RawFile:
    """Return what *path* holds; where it cannot be read at all, the problem alone."""
    name = unicodedata.normalize("NFC", path.name)
    try:
        content = reading.read_bytes_stable(path)
        grid = READERS[path.suffix.casefold()](content, spec, path)
    except reading.RefusedFile as error:
        return _RawFile(InputFile(spec.name, name, 0, ""), [replace(error.problem, file=name)])
    record = InputFile(spec.name, name, 0, reading.sha256(content))
    if not any(cell.strip() for row in grid.head for cell in row):
        kind = "sheet" if path.suffix.casefold() == ".xlsx" else "file"
        return _RawFile(record, [*grid.problems, _empty(name, f"a {kind} without a header row")])
    return _of_grid(grid, spec, record)


def _of_grid(grid: Grid, spec: TableSpec, record: InputFile) -> _RawFile:
    """Return the known columns of *grid* as text, without what is no row and what is surplus about persons."""
    name = record.file
    header = read_header(grid.head, spec, file=name)
    body, trailing = _without_notes(grid.body, file=name)
    surplus = dropped(body, header, spec, file=name)
    unknown = unknown_columns(header, surplus.places, spec, file=name)
    problems = [*grid.problems, *header.problems, *unknown, *trailing, *_nameless(body, header, grid, file=name)]
    record = replace(record, rows=len(body))
    if body.empty and not problems:
        problems.append(_empty(name, "a header row and nothing below it"))
    if body.empty or not header.names:
        return _RawFile(record, problems, dropped=surplus)
    texts = body[list(header.names)].rename(columns=header.names)
    return _RawFile(record, problems, header, texts, surplus)


def _empty(file: str, found: str) -> Problem:
    return Problem(
        file,
        None,
        None,
        "no-rows",
        found,
        "a header row and at least one row",
        "export the table again, or remove the file",
    )


def _nameless(body: pd.DataFrame, header: HeaderRow, grid: Grid, *, file: str) -> list[Problem]:
    """Return a problem for the first column that holds values under a blank header."""
    for place, cell in enumerate(grid.head[header.place]):
        if not cell.strip() and place in body and not blank(body[place]).all():
            return [
                Problem(
                    file,
                    header.place + 1,
                    None,
                    "nameless-column",
                    f"values in column number {place + 1}, which has no header",
                    "a header above every column with values",
                    "name the column, or clear it",
                )
            ]
    return []


def _without_notes(body: pd.DataFrame, *, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the body without blank rows, totals and notes below it, and a problem for the first of the latter two."""
    if body.empty or not len(body.columns):
        return body.iloc[:0], []
    cells = np.zeros(len(body), dtype="int32")
    for place in body:
        cells += ~blank(body[place])
    filled, alone = cells > 0, cells == 1
    first = body.iloc[:, 0]
    total = np.isin(first.cat.codes, [number for number, text in enumerate(texts_of(first)) if _is_total(text)])
    kept_places = np.flatnonzero(cells > 1)
    last = kept_places[-1] if len(kept_places) else len(body)
    note = alone & (np.arange(len(body)) > last) & (len(body.columns) > 3)
    problems = [
        Problem(
            file,
            int(body.index[place]),
            None,
            "totals-row" if total[place] else "note-below-table",
            "a row of totals" if total[place] else "a row with text in one column only, below the table",
            "rows of the table only",
            "delete the row",
        )
        for place in np.flatnonzero((total & filled) | note)[:3]
    ]
    kept = filled & ~total & ~note
    return body if kept.all() else body[kept], problems


def _is_total(text: str) -> bool:
    """Return whether the first word is one of `TOTALS`; most texts begin with a sign with which none of them does."""
    return text[:1] not in NO_TOTAL and folded(text).split(" ")[0] in TOTALS


def _unlike(read: Sequence[_RawFile]) -> list[Problem]:
    """Return a problem for every file that lacks or adds columns beside the first file of its table."""
    problems = []
    headers = [(raw.record.file, raw.header) for raw in read if raw.header]
    for name, header in headers[1:]:
        first_name, first = headers[0]
        differing = sorted(set(first.headers) ^ set(header.headers))
        if differing:
            problems.append(
                Problem(
                    name,
                    header.place + 1,
                    None,
                    "files-differ",
                    f"columns that only one of {first_name} and {name} has: {', '.join(differing)}",
                    "the same columns in all files of a table",
                    "export both files with the same columns",
                )
            )
    return problems


def _joined(spec: TableSpec, read: Sequence[_RawFile]) -> RawTable:
    parts = [raw.texts for raw in read if raw.texts is not None]
    columns = [name for name in spec.column_names if any(name in part for part in parts)]
    texts = {name: _below_another([part.get(name, _nothing(len(part))) for part in parts]) for name in columns}
    origins = Origins(
        tuple(raw.record.file for raw in read),
        tuple(raw.header.headers if raw.header else {} for raw in read),
        np.repeat(np.arange(len(parts), dtype=np.min_scalar_type(len(parts))), [len(part) for part in parts]),
        np.concatenate([part.index.to_numpy(dtype="int32") for part in parts]),
    )
    return RawTable(spec, pd.DataFrame(texts, index=pd.RangeIndex(len(origins.rows)), copy=False), origins)


def _below_another(columns: list[pd.Series]) -> pd.Series:
    """Return *columns* of categories as one; a single one as it is, without a copy."""
    return columns[0].reset_index(drop=True) if len(columns) == 1 else pd.Series(union_categoricals(columns))


def _nothing(length: int) -> pd.Series:
    return pd.Series(pd.Categorical.from_codes(np.full(length, -1, dtype="int8"), pd.Index([], dtype="str")))
