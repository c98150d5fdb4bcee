"""The numbers of every table as CSV, in one form: a row per number, so that nobody has to take a cell apart.

Names for readers stand beside codes for machines. What makes a number one of its own (`terms.RESULT_KEY`) can be read
from each row, so that the gate can work out, from the files alone, what they tell together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from skq.report import sv
from skq.report.emit import save_csv
from skq.report.numbers import Point
from skq.report.texts import metric_word, source, subject, word
from skq.report.wording import form

HEADER = (
    "enhet", "nivå", "kod", "mått", "id", "läsår", "årskurs", "ämne", "ämneskod", "grupp", "uppdelning", "kategori",
    "värde", "nedre", "övre", "antal", "status", "källa",
)  # fmt: skip
"""The columns of every download; those of a single table follow after them."""


@dataclass(frozen=True)
class Row:
    """One number with the name of its unit, and what its table alone says of it."""

    point: Point
    name: str
    more: tuple[str, ...] = ()


def save_rows(key: str, rows: Iterable[Row], more: Sequence[str] = ()) -> None:
    """Write `<key>.csv`: one row per number that a source has, rounded as shown, hidden ones with their status alone.

    *more* are the headers of what the rows say besides.
    """
    save_csv(key, (*HEADER, *more), [_cells(row) for row in rows if row.point.recorded])


def _cells(row: Row) -> tuple[str, ...]:
    point = row.point
    shape, (lower, upper) = form(point.metric), point.limits or (point.lower, point.upper)
    return (
        row.name, word("level", point.level), point.unit, metric_word(point.metric, "name"), point.metric,
        point.school_year, "" if point.grade_year is None else str(point.grade_year),
        subject(point.subject) if point.subject else "", point.subject, word("category", point.category),
        point.breakdown, point.category, csv_number(point.value, shape.scale, shape.decimals),
        csv_number(lower, shape.scale, shape.interval_decimals),
        csv_number(upper, shape.scale, shape.interval_decimals), _resting_on(point), str(point.status),
        source(point.source) if point.source else "", *row.more,
    )  # fmt: skip


def _resting_on(point: Point) -> str:
    """Write what a shown number rests on; beside a hidden one it would tell of it."""
    if point.n is None or not point.shown:
        return ""
    return csv_number(point.n, 1.0, 0 if point.n.is_integer() else 1)


def csv_number(value: float | None, scale: float, decimals: int) -> str:
    """Return a number for a Swedish spreadsheet, rounded, empty where there is none."""
    return "" if value is None else str(sv.rounded(value * scale, decimals)).replace(".", ",")
