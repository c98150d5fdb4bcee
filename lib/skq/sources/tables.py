"""An organizer's folder to typed tables: find the files, read every cell as text, convert column by column.

Nothing is refused halfway: each file gives what it can, and everything wrong with its form is kept beside it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from skq.errors import Problem, SourceError
from skq.schema import TABLES, TableSpec, folded
from skq.sources import reading, workbook
from skq.sources.csvfile import read_csv
from skq.sources.findings import Origins
from skq.sources.grid import Grid
from skq.sources.headers import HeaderRow, read_header
from skq.sources.parquetfile import read_parquet
from skq.sources.told import problem_of

READERS: Mapping[str, Callable[[bytes, TableSpec, Path], Grid]] = {
    ".csv": lambda content, spec, path: read_csv(content, spec, path=path),
    ".xlsx": lambda content, spec, path: workbook.read_table(content, spec, path=path),
    ".parquet": lambda content, spec, path: read_parquet(content, path=path),
}
"""How a file of each ending is taken apart."""

OTHER_TABLE_ENDINGS = (".xls", ".xlsm", ".xlsb", ".ods", ".txt", ".tsv", ".tab", ".gz", ".zip", ".json", ".feather")
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
    named, problems = _named_files(folder)
    tables: dict[str, RawTable] = {}
    files: list[InputFile] = []
    for name, spec in TABLES.items():
        read: list[_RawFile] = []
        for path in named.get(name, []):
            try:
                raw, record, found = _read_file(path, spec)
            except SourceError as error:
                problems.append(problem_of(error, file=path.name))
                continue
            problems += found
            files.append(record)
            read += [raw] if raw is not None else []
        problems += _unlike(read)
        if read:
            tables[name] = _joined(spec, read)
    return RawTables(tables, tuple(files), tuple(problems), tuple(name for name in TABLES if name in named))


def table_of(stem: str) -> str | None:
    """Return the table that a file named *stem* (without ending) holds: its name, alone or followed by `-` or `_`.

    >>> table_of("betyg-2024"), table_of("national_tests_9"), table_of("Elever"), table_of("elevvard")
    ('grades', 'national_tests', 'pupils', None)
    """
    spelling = {plain: spec.name for spec in TABLES.values() for plain in _spellings(spec)}
    words = folded(stem)
    for known in sorted(spelling, key=len, reverse=True):
        if words == known or words.startswith(known + " "):
            return spelling[known]
    return None


def _spellings(spec: TableSpec) -> set[str]:
    """Return the folded names of a table's files, with and without å, ä, ö."""
    names = {folded(name) for name in (spec.name, *spec.file_names)}
    return names | {
        "".join(sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign))
        for name in names
    }


def _named_files(folder: Path) -> tuple[dict[str, list[Path]], list[Problem]]:
    """Return the files of each table in order of name, and a problem for every file that looks like a table but is none."""
    named: dict[str, list[Path]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir(), key=lambda path: unicodedata.normalize("NFC", path.name)):
        ending = path.suffix.casefold()
        if path.name.startswith((".", "~$")) or path.is_dir() or ending not in (*READERS, *OTHER_TABLE_ENDINGS):
            continue
        table = table_of(path.name.split(".")[0])
        if ending not in READERS:
            problems += [_wrong_ending(path)] if table else []
        elif table is None:
            problems.append(_no_table(path))
        else:
            named.setdefault(table, []).append(path)
    return {table: _one_whole(table, paths, problems) for table, paths in named.items()}, problems


def _one_whole(table: str, paths: list[Path], problems: list[Problem]) -> list[Path]:
    """Return *paths* without a second file that claims to be the whole table; for each of those a problem is added."""
    whole = [path for path in paths if folded(path.stem) in _spellings(TABLES[table])]
    problems += [
        Problem(
            path.name,
            None,
            None,
            "table-twice",
            f"a second file for the table {table}, beside {whole[0].name}",
            f"one file, or parts with a name after the table's, such as {TABLES[table].file_name}-2024.csv",
            "keep the file that is right",
        )
        for path in whole[1:]
    ]
    return [path for path in paths if path not in whole[1:]]


def _wrong_ending(path: Path) -> Problem:
    return Problem(
        path.name,
        None,
        None,
        "file-format",
        f"a file of the kind {path.suffix}",
        "a table as .csv, .xlsx or .parquet",
        "save the table as .xlsx or as CSV UTF-8",
    )


def _no_table(path: Path) -> Problem:
    known = ", ".join(f"{spec.name} ({spec.file_name})" for spec in TABLES.values())
    return Problem(
        path.name,
        None,
        None,
        "file-name",
        "a table file whose name is no table",
        f"a name that begins with one of: {known}",
        "rename the file, or move it out of the folder",
    )


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
    """Return the body without blank rows, totals and notes below the table, and a problem for each of the latter two."""
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
