"""The files of an organizer's folder: which table each holds, told by its name alone."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from skq.errors import Problem
from skq.schema import TABLES, folded
from skq.schema.named import spellings, table_of

TABLE_ENDINGS = (".csv", ".xlsx", ".parquet")
OFFICIAL_FOLDER = "official"
"""The folder among own registers whose official statistics are read beside them."""
OTHER_TABLE_ENDINGS = (".xls", ".xlsm", ".xlsb", ".ods", ".txt", ".tsv", ".tab", ".gz", ".zip", ".json", ".feather")


def named_files(folder: Path) -> tuple[dict[str, list[Path]], list[Problem]]:
    """Return the files of each table in order of name, and a problem for every file that is only nearly a table."""
    named: dict[str, list[Path]] = {}
    problems: list[Problem] = []
    for path in sorted(folder.iterdir(), key=lambda path: unicodedata.normalize("NFC", path.name)):
        ending = path.suffix.casefold()
        if path.name.startswith((".", "~$")) or path.is_dir() or ending not in (*TABLE_ENDINGS, *OTHER_TABLE_ENDINGS):
            continue
        table = table_of(path.name.split(".")[0])
        if ending not in TABLE_ENDINGS:
            problems += [_wrong_ending(path)] if table else []
        elif table is None:
            problems.append(_no_table(path))
        else:
            named.setdefault(table, []).append(path)
    return {table: _one_whole(table, paths, problems) for table, paths in named.items()}, problems


def _one_whole(table: str, paths: list[Path], problems: list[Problem]) -> list[Path]:
    """Return *paths* without a second file that claims to be the whole table; for each of those a problem is added."""
    whole = [path for path in paths if folded(path.stem) in spellings(TABLES[table])]
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
