"""An organizer's folder to typed tables: find the files, read every cell as text, convert column by column.

Nothing is refused halfway: each file gives what it can, and everything wrong with its form is kept beside it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from skq.errors import Problem
from skq.schema import TABLES, TableSpec, folded
from skq.sources import reading, workbook
from skq.sources.csvfile import read_csv
from skq.sources.findings import Origins
from skq.sources.folder import named_files
from skq.sources.grid import Grid
from skq.sources.headers import HeaderRow, read_header
from skq.sources.parquetfile import read_parquet

READERS: Mapping[str, Callable[[bytes, TableSpec, Path], Grid]] = {
    ".csv": lambda content, spec, path: read_csv(content, spec, path=path),
    ".xlsx": lambda content, spec, path: workbook.read_table(content, spec, path=path),
    ".parquet": lambda content, spec, path: read_parquet(content, path=path),
}
"""How a file of each ending is taken apart."""

TOTALS = ("summa", "totalt", "total", "sum", "s:a", "samtliga")


@dataclass(frozen=True)
class InputFile:
    """One file that was read: for the provenance of every report."""

    table: str
    file: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class RawTable:
    """One table as text: a column of categories for each known column, and from where each row came."""

    spec: TableSpec
    texts: pd.DataFrame
    origins: Origins


@dataclass(frozen=True)
class RawTables:
    """All that was read of a folder, with everything that was wrong with the form of a file.

    *named*: every table that has a file, readable or not.
    """

    tables: dict[str, RawTable] = field(default_factory=dict)
    files: tuple[InputFile, ...] = ()
    problems: tuple[Problem, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class _RawFile:
    name: str
    header: HeaderRow
    texts: pd.DataFrame


def read_tables(folder: Path) -> RawTables:
    """Return every own table of *folder* as text with its origins; SourceError when there is no such folder.

    Sub-folders (`official/`), hidden files and lock files of office programs are passed over.
    """
    if not folder.is_dir():
        raise reading.refuse(
            folder, found="no such folder", expected="a folder with tables", next_step="check the path given as data"
        )
    named, problems = named_files(folder)
    tables: dict[str, RawTable] = {}
    files: list[InputFile] = []
    for name, spec in TABLES.items():
        read: list[_RawFile] = []
        for path in named.get(name, []):
            try:
                raw, record, found = _read_file(path, spec)
            except reading.RefusedFile as error:
                problems.append(replace(error.problem, file=unicodedata.normalize("NFC", path.name)))
                continue
            problems += found
            files.append(record)
            read += [raw] if raw is not None else []
        problems += _unlike(read)
        if read:
            tables[name] = _joined(spec, read)
    return RawTables(tables, tuple(files), tuple(problems), tuple(name for name in TABLES if name in named))


def _read_file(path: Path, spec: TableSpec) -> tuple[_RawFile | None, InputFile, list[Problem]]:
    content = reading.read_bytes_stable(path)
    name = unicodedata.normalize("NFC", path.name)
    grid = READERS[path.suffix.casefold()](content, spec, path)
    problems = list(grid.problems)
    if not any(cell.strip() for row in grid.head for cell in row):
        kind = "sheet" if path.suffix.casefold() == ".xlsx" else "file"
        problems.append(_empty(name, f"a {kind} without a header row"))
        return None, InputFile(spec.name, name, 0, reading.sha256(content)), problems
    header = read_header(grid.head, spec, file=name)
    body, trailing = _without_notes(grid.body, file=name)
    problems += [*header.problems, *trailing, *_nameless(body, header, grid, file=name)]
    record = InputFile(spec.name, name, len(body), reading.sha256(content))
    if body.empty:
        problems += [] if problems else [_empty(name, "a header row and nothing below it")]
        return None, record, problems
    if not header.names:
        return None, record, problems
    texts = body[list(header.names)].rename(columns=header.names)
    return _RawFile(name, header, texts), record, problems


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
        if not cell.strip() and place in body and not _blank(body[place]).all():
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


def _blank(column: pd.Series) -> np.ndarray:
    """Return whether each cell of a column of categories is missing or blank."""
    blank = np.array([not str(text).strip() for text in column.cat.categories] + [True])
    return blank[column.cat.codes.to_numpy()]


def _without_notes(body: pd.DataFrame, *, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the body without blank rows, totals and notes below it, and a problem for the first of the latter two."""
    if body.empty or not len(body.columns):
        return body.iloc[:0], []
    blank = np.column_stack([_blank(body[place]) for place in body])
    filled = ~blank.all(axis=1)
    first = body.iloc[:, 0]
    total = np.isin(
        first.cat.codes, [n for n, text in enumerate(first.cat.categories) if folded(str(text)).split(" ")[0] in TOTALS]
    )
    alone = (~blank).sum(axis=1) == 1
    kept_places = np.flatnonzero(filled & ~alone)
    last = kept_places[-1] if len(kept_places) else len(body)
    note = filled & alone & (np.arange(len(body)) > last) & (len(body.columns) > 3)
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
    return body[filled & ~total & ~note], problems


def _unlike(read: Sequence[_RawFile]) -> list[Problem]:
    """Return a problem for every file that lacks or adds columns beside the first file of its table."""
    problems = []
    for other in read[1:]:
        first = read[0]
        differing = sorted(set(first.header.headers) ^ set(other.header.headers))
        if differing:
            problems.append(
                Problem(
                    other.name,
                    other.header.place + 1,
                    None,
                    "files-differ",
                    f"columns that only one of {first.name} and {other.name} has: {', '.join(differing)}",
                    "the same columns in all files of a table",
                    "export both files with the same columns",
                )
            )
    return problems


def _joined(spec: TableSpec, read: Sequence[_RawFile]) -> RawTable:
    columns = [name for name in spec.column_names if any(name in raw.texts for raw in read)]
    texts = {
        name: pd.api.types.union_categoricals(
            [raw.texts[name] if name in raw.texts else _nothing(len(raw.texts)) for raw in read]
        )
        for name in columns
    }
    origins = Origins(
        tuple(raw.name for raw in read),
        tuple(raw.header.headers for raw in read),
        np.repeat(np.arange(len(read), dtype="int32"), [len(raw.texts) for raw in read]),
        np.concatenate([raw.texts.index.to_numpy(dtype="int64") for raw in read]),
    )
    return RawTable(spec, pd.DataFrame(texts, index=pd.RangeIndex(len(origins.rows))), origins)


def _nothing(length: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.full(length, -1), categories=pd.Index([], dtype="str"))
