"""The header row of an own table: which column each header names, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from skq.errors import Problem
from skq.likeness import like
from skq.schema import TableSpec, folded
from skq.schema.personal import Surplus, personal_kind
from skq.sources.findings import shown
from skq.sources.values import DAMAGED, MOJIBAKE

SEARCHED_ROWS = 20
SHOWN_HEADERS = 10
SEARCHED_HEADERS = 200
NEARLY = 0.75
"""From this likeness on a header is a misspelt one."""


@dataclass(frozen=True)
class HeaderRow:
    """Where the header stands (0 = first row), and for each recognised place the column's English name.

    *cells*: the row as it stands; *personal*: places whose header announces personal data that no number needs;
    *unknown*: places of other headers that the table does not have.
    """

    place: int
    names: dict[int, str]
    headers: dict[str, str]
    problems: tuple[Problem, ...]
    cells: tuple[str, ...] = ()
    personal: dict[int, Surplus] = field(default_factory=dict)
    unknown: tuple[int, ...] = ()


def recognised(cells: Sequence[str], spec: TableSpec) -> int:
    """Return how many of *cells* are headers of the table."""
    known = spec.by_header()
    return sum(folded(cell) in known for cell in cells)


def header_place(rows: Sequence[Sequence[str]], spec: TableSpec) -> int:
    """Return which of the first *rows* is the header: the first, unless it is none and one further down is."""
    counts = [recognised(row, spec) for row in rows[:SEARCHED_ROWS]]
    best = max(range(len(counts)), key=lambda place: (counts[place], -place))
    return best if counts[best] >= 2 and counts[0] < 2 else 0


def read_header(rows: Sequence[Sequence[str]], spec: TableSpec, *, file: str) -> HeaderRow:
    """Return which columns the header row names, with every problem of it: missing, double, titles above.

    What to think of unknown columns depends on what they hold, see `unknown_columns`.
    """
    place = header_place(rows, spec)
    cells = list(rows[place]) if rows else []
    known = spec.by_header()
    if any(MOJIBAKE.search(cell) for cell in cells):
        return HeaderRow(place, {}, {}, (_damaged(file, place + 1),))
    if not recognised(cells, spec):
        return HeaderRow(place, {}, {}, (_no_header(spec, file=file),))
    found = {number: known[folded(cell)] for number, cell in enumerate(cells) if folded(cell) in known}
    names: dict[int, str] = {}
    double: list[str] = []
    for number, name in found.items():
        if name in names.values():
            double.append(cells[number])
        else:
            names[number] = name
    others = {number: cell for number, cell in enumerate(cells) if number not in found and cell.strip()}
    personal = {number: kind for number, cell in others.items() if (kind := personal_kind(cell, spec))}
    unknown = [cell for number, cell in others.items() if number not in personal]
    absent = [name for name in spec.column_names if name not in names.values()]
    misspelt = near_misses(unknown, absent, spec)
    missing = [spec[name].header for name in absent if spec[name].required and name not in misspelt.values()]
    row = place + 1
    reports = [
        *_title_rows(place, file=file),
        *_misspelt(misspelt, spec, file=file, row=row),
        *_missing(missing, file=file, row=row),
        *_double(double, file=file, row=row),
    ]
    headers = {name: cells[number].strip() for number, name in names.items()}
    left = tuple(number for number in others if number not in personal and cells[number] not in misspelt)
    return HeaderRow(place, names, headers, tuple(reports), tuple(cells), personal, left)


def _listed(headers: Sequence[str]) -> str:
    shown_ones = ", ".join(shown(header) for header in headers[:SHOWN_HEADERS])
    more = len(headers) - SHOWN_HEADERS
    return shown_ones + (f" … and {more} more" if more > 0 else "")


def _damaged(file: str, row: int) -> Problem:
    return Problem(file, row, None, DAMAGED.code, str(DAMAGED.found), DAMAGED.expected, DAMAGED.next_step)


def _no_header(spec: TableSpec, *, file: str) -> Problem:
    """Return the problem of a file without header; its first row may be a pupil and is not shown."""
    return Problem(
        file,
        1,
        None,
        "no-header",
        f"none of the table's headers in the first {SEARCHED_ROWS} rows",
        f"a header row with {', '.join(spec[name].header for name in spec.required)}",
        "add the header row, or check that the file holds this table and has semicolons between columns",
    )


def _title_rows(place: int, *, file: str) -> list[Problem]:
    if place == 0:
        return []
    return [
        Problem(
            file,
            1,
            None,
            "rows-above-header",
            f"{place} row(s) above the header row",
            "the header in row 1",
            "delete the title rows above the header",
        )
    ]


def near_misses(unknown: Sequence[str], absent: Sequence[str], spec: TableSpec) -> dict[str, str]:
    """Return, for each unknown header that is nearly a header of an absent column, that column's English name."""
    wanted = {header: name for header, name in spec.by_header().items() if name in absent}
    meant: dict[str, str] = {}
    for header in unknown[:SEARCHED_HEADERS]:
        near = [*like(folded(header), wanted, least=NEARLY)]
        if near and wanted[near[0]] not in meant.values():
            meant[header] = wanted[near[0]]
    return meant


def _misspelt(misspelt: dict[str, str], spec: TableSpec, *, file: str, row: int) -> list[Problem]:
    return [
        Problem(
            file,
            row,
            header.strip(),
            "misspelt-column",
            f"the header {shown(header)}",
            f"the header {spec[name].header!r} (or {name!r})",
            f"did you mean {spec[name].header!r}? Correct the header",
        )
        for header, name in misspelt.items()
    ]


def _missing(missing: Sequence[str], *, file: str, row: int) -> list[Problem]:
    if not missing:
        return []
    return [
        Problem(
            file,
            row,
            None,
            "missing-column",
            f"no column {_listed(missing)}",
            "every required column of the table (data/README.md)",
            "add the column, or correct its header",
        )
    ]


def unknown_columns(header: HeaderRow, dropped: Collection[int], spec: TableSpec, *, file: str) -> list[Problem]:
    """Return the problem of the columns that the table does not have, apart from those *dropped* as personal."""
    unknown = [header.cells[place] for place in header.unknown if place not in dropped]
    if not unknown:
        return []
    return [
        Problem(
            file,
            header.place + 1,
            None,
            "unknown-column",
            f"{len(unknown)} column(s) that the table does not have: {_listed(unknown)}",
            f"only the columns of the table: {', '.join(column.header for column in spec.columns)}",
            "remove the column, or correct its header",
        )
    ]


def _double(double: Sequence[str], *, file: str, row: int) -> list[Problem]:
    if not double:
        return []
    return [
        Problem(
            file,
            row,
            None,
            "double-column",
            f"a second column {_listed(double)}",
            "each column once (Swedish and English header count as the same)",
            "remove or rename one of the two columns",
        )
    ]
