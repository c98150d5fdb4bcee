"""An export of Skolverket's statistics database as a table: banner, header (one or two lines), rows.

Everything is found by content: the title above the line "Valt läsår", the header by its first cell, the end of the rows
by the first blank line. Nothing depends on line numbers or file names. What the columns mean is in `siris_tables`.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pandas as pd

from skq.sources.reading import refuse
from skq.sources.xlsx import Rows
from skq.terms import SchoolYear

BANNER = re.compile(rb"Statistik fr.{1,4}n Skolverket|Valt l.{1,4}s.{1,4}r:|Valt uttag:")
"""How an export is known by its first bytes, in whatever encoding they are."""

HEADER_STARTS = ("Kommun", "Skola", "Huvudman", "Län")
_SELECTED = re.compile(r"(Valt läsår|Valt år|Valt uttag|Typ av huvudman):\s*(\S.*)")
_SPELLINGS = {
    "Skol-enhetskod": "Skolenhetskod",
    "Kommun-kod": "Kommunkod",
    "Läns-kod": "Länskod",
}
ROW = "row"
"""The column of `Export.rows` that holds the row's number in the file, the first line being 1."""

Grid = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Export:
    """One export: what it is about, its columns, and its rows as the agency's own text.

    `school_year` is the year that was chosen (`2024/25`; for calendar years `2024`), `retrieved` the date of retrieval
    where the banner has one, `owner` the type of organizer where the whole sheet has one. `header` joins a group line
    and the line below it as `group|column`. `rows` has those columns (str) and `ROW` (int).
    """

    path: Path
    title: str
    school_year: str
    retrieved: str
    owner: str
    header: tuple[str, ...]
    header_row: int
    rows: pd.DataFrame
    whole: bool


def read_export(text: str, path: Path) -> Export:
    """Return the export that *text* holds; SourceError names *path*, the row, what is wrong there and what to do."""
    lines = csv.reader(StringIO(text, newline=""), delimiter=";")
    grid: Grid = []
    try:
        for cells in lines:
            grid.append((lines.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise refuse(
            path,
            row=lines.line_num,
            found=f"a line that is not CSV ({error})",
            expected="cells parted by semicolons",
            next_step="export the table again from Skolverket, without opening it in another program",
        ) from error
    return _export(grid, path)


def read_export_sheet(rows: Rows, path: Path) -> Export | None:
    """Return the export that a sheet of a workbook holds, None for a sheet of explanations without a table."""
    grid = [(number, [_cell_text(cell) for cell in cells]) for number, cells in enumerate(rows, start=1)]
    chosen = any(_SELECTED.fullmatch(cells[0]) for _, cells in grid if cells)
    return _export(grid, path) if chosen and _header_place(grid) is not None else None


def is_export_sheet(rows: Rows) -> bool:
    """Tell whether a sheet bears the banner of an export ("Valt läsår: …") in its first lines."""
    return any(_SELECTED.fullmatch(_cell_text(cells[0])) for cells in rows[:12] if cells)


def _export(grid: Grid, path: Path) -> Export:
    place = _header_place(grid)
    if place is None:
        raise _no_header(grid, path)
    banner = [cells[0] for _, cells in grid[:place] if cells and cells[0]]
    chosen = {match[1]: match[2] for line in banner if (match := _SELECTED.fullmatch(line))}
    header_row, names = grid[place]
    header = _header(names, grid[place - 1][1] if place else [])
    _refuse_duplicates(header, path, header_row)
    rows, ended = _body(grid[place + 1 :], header, path)
    return Export(
        path=path,
        title=_title(banner),
        school_year=_school_year(chosen, path),
        retrieved=chosen.get("Valt uttag", ""),
        owner=chosen.get("Typ av huvudman", ""),
        header=header,
        header_row=header_row,
        rows=rows,
        whole=ended,
    )


def _header_place(grid: Grid) -> int | None:
    for place, (_, cells) in enumerate(grid):
        if cells and cells[0] in HEADER_STARTS and len([cell for cell in cells if cell]) >= 3:
            return place
    return None


def _no_header(grid: Grid, path: Path) -> Exception:
    for number, cells in grid:
        start = cells[0] if cells else ""
        for delimiter, name in ((",", "commas"), ("\t", "tabs"), ("|", "bars")):
            if start.split(delimiter)[0].strip('" ') in HEADER_STARTS and delimiter in start:
                return refuse(
                    path,
                    row=number,
                    code="wrong-delimiter",
                    found=f"columns parted by {name}: {start[:60]!r}",
                    expected="columns parted by semicolons, as Skolverket exports them",
                    next_step="export the table again from Skolverket, or save it with semicolons",
                )
    return refuse(
        path,
        code="no-header-row",
        found="the banner of a Skolverket export, and no header row below it",
        expected=f"a row that begins with one of {', '.join(HEADER_STARTS)}",
        next_step="export the table again; the file may be cut off",
    )


def _header(names: list[str], above: list[str]) -> tuple[str, ...]:
    plain = _without_empty_end([_spelled(name) for name in names])
    groups = _groups(above, len(plain))
    return tuple(f"{group}|{name}" if group else name for group, name in zip(groups, plain, strict=True))


def _groups(above: list[str], width: int) -> list[str]:
    """Return the group of each column; a group line begins with blank cells, and a label reaches to the next one."""
    labelled = [place for place, label in enumerate(above[:width]) if label]
    if not labelled or above[0]:
        return [""] * width
    groups, current = [], ""
    for place in range(width):
        label = above[place] if place < len(above) else ""
        current = _spelled(label) or current
        groups.append(current)
    return groups


def _refuse_duplicates(header: tuple[str, ...], path: Path, row: int) -> None:
    twice = sorted({name for name in header if header.count(name) > 1}) if len(set(header)) < len(header) else []
    if twice:
        raise refuse(
            path,
            row=row,
            column=twice[0],
            code="duplicate-header",
            found=f"the same column twice: {', '.join(twice[:5])}",
            expected="every column once",
            next_step="export the table again from Skolverket",
        )


def _body(below: Grid, header: tuple[str, ...], path: Path) -> tuple[pd.DataFrame, bool]:
    numbers: list[int] = []
    body: list[list[str]] = []
    ended = False
    for number, cells in below:
        if not any(cells):
            ended = True
            break
        row = cells[: len(header)] if not any(cells[len(header) :]) else cells
        if len(row) != len(header):
            raise refuse(
                path,
                row=number,
                code="uneven-row",
                found=f"{len(row)} cells",
                expected=f"{len(header)} cells, as the header row has",
                next_step="export the table again; the file may be cut off or edited",
            )
        numbers.append(number)
        body.append(row)
    if not body:
        raise refuse(
            path,
            code="no-rows",
            found="a header row and no rows below it",
            expected="at least one row",
            next_step="export the table again, with at least one municipality chosen",
        )
    rows = pd.DataFrame(body, columns=list(header), dtype="str")
    return rows.assign(**{ROW: numbers}), ended


def _title(banner: list[str]) -> str:
    for line in banner:
        if not line.startswith("Statistik från") and not _SELECTED.fullmatch(line):
            return line
        if line.startswith(("Valt läsår", "Valt år")):
            break
    return ""


def _school_year(chosen: dict[str, str], path: Path) -> str:
    text = chosen.get("Valt läsår") or chosen.get("Valt år", "")
    if re.fullmatch(r"\d{4}", text):
        return text
    try:
        return str(SchoolYear.parse(text))
    except ValueError as error:
        raise refuse(
            path,
            code="no-school-year",
            found=f"the chosen year {text!r}" if text else "no line 'Valt läsår' or 'Valt år' above the header row",
            expected="a line like 'Valt läsår: 2024/25' or 'Valt år: 2024'",
            next_step="export the table again from Skolverket, and keep the lines above the header row",
        ) from error


def _spelled(name: str) -> str:
    plain = unicodedata.normalize("NFC", " ".join(name.replace("\u00a0", " ").split()))
    return _SPELLINGS.get(plain, plain)


def _without_empty_end(names: list[str]) -> list[str]:
    end = len(names)
    while end and not names[end - 1]:
        end -= 1
    return names[:end]


def _cell_text(cell: object) -> str:
    """Return the Swedish text of a workbook's cell: 49.3 is "49,3", 434.0 is "434"."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell).replace(".", ",")
    return str(cell).strip()
