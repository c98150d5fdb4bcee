"""What the annual analysis's tables share: how a row becomes a table, a number a cell, and a symbol a note."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.emit import Column, Table, escaped
from skq.report.numbers import Point
from skq.report.texts import texts, word
from skq.report.wording import bare_text, interval_text

Rows = Sequence[Sequence[str]]
NUMBER = "right"


def made_table(key: str, caption: str, header: Sequence[str], rows: Rows, *, notes: Sequence[str] = (),
               left: Sequence[int] = (0,), only_on_page: bool = False) -> Table:  # fmt: skip
    """Return a table whose columns *left* hold text; what stands in those comes from outside and is escaped."""
    columns = tuple(Column(text, "left" if place in left else NUMBER) for place, text in enumerate(header))
    safe = tuple(tuple(escaped(text) if place in left else text for place, text in enumerate(row)) for row in rows)
    told = tuple(note for note in notes if note)
    return Table(key, caption, columns, safe, notes=told, download=word("words", "download"),
                 only_on_page=only_on_page)  # fmt: skip


def with_interval(point: Point) -> str:
    """Return the number and its interval as a cell: `76,3 (72–80)`."""
    limits = interval_text(point)
    return f"{bare_text(point)} ({limits.replace(' ', sv.NBSP)})" if limits else bare_text(point)


def symbol_note(rows: Rows, points: Sequence[Point]) -> str:
    """Explain each symbol that stands in the table."""
    words, cells = texts()["annual"], {text for row in rows for text in row}
    few = any(point.hidden for point in points) and sv.HIDDEN in cells
    nearly = any(text.startswith("~") for text in cells)
    point, dash = "." in cells, sv.EN_DASH in cells
    notes = ((few, "few_note"), (nearly, "nearly_note"), (point, "point_note"), (dash, "dash_note"))
    return " ".join(words[key] for seen, key in notes if seen)
