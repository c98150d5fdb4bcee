"""The numbers of the annual analysis's tables as CSV: a row per number, so that nobody has to take a cell apart."""

from __future__ import annotations

from collections.abc import Iterable

from skq.report import sv
from skq.report.annual.context import Unit
from skq.report.emit import save_csv
from skq.report.numbers import Point
from skq.report.texts import metric_word, source, subject, word
from skq.report.wording import form

HEADER = (
    "enhet", "kod", "mått", "läsår", "årskurs", "ämne", "grupp", "värde", "nedre gräns", "övre gräns", "antal",
    "status", "källa",
)  # fmt: skip


def save_points(key: str, named: Iterable[tuple[Unit, Point]]) -> None:
    """Write `<key>.csv` with one row per number: whose, what, when, value, interval, what it rests on, status, source.

    A number that no source has is left out; a hidden one stands with its status and without any value.
    """
    save_csv(key, HEADER, [_row(unit, point) for unit, point in named if point.recorded])


def _row(unit: Unit, point: Point) -> tuple[str, ...]:
    shape = form(point.metric)
    places = (shape.decimals, shape.interval_decimals, shape.interval_decimals)
    limits = zip((point.value, point.lower, point.upper), places, strict=True)
    numbers = [_number(None if value is None else value * shape.scale, decimals) for value, decimals in limits]
    return (
        unit.name, unit.code, metric_word(point.metric, "name"), point.school_year,
        "" if point.grade_year is None else str(point.grade_year), subject(point.subject) if point.subject else "",
        "" if point.category == "all" else word("category", point.category), *numbers,
        _number(point.n if point.shown else None, 0), word("status", point.status), source(point.source),
    )  # fmt: skip


def _number(value: float | None, decimals: int) -> str:
    return "" if value is None else str(sv.rounded(value, decimals)).replace(".", ",")
