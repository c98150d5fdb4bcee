"""The numbers of the annual analysis's tables as CSV, in the form of all downloads."""

from __future__ import annotations

from collections.abc import Iterable

from skq.report.annual.context import Unit
from skq.report.download import Row, save_rows
from skq.report.numbers import Point


def save_points(key: str, named: Iterable[tuple[Unit, Point]]) -> None:
    """Write `<key>.csv` with one row per number: whose, what, when, value, interval, what it rests on, status, source.

    A number that no source has is left out; a hidden one stands with its status and without any value.
    """
    save_rows(key, [Row(point, unit.name) for unit, point in named])
