"""What the room `judge` says of a shown number: its company, its certainty, and the goal it was set beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from skq.report.numbers import Key, Point, rows_of
from skq.terms import RESULT_KEY


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One row of the estimates table, as far as a report speaks of it; the columns are told in docs/architecture.md."""

    metric: str
    n: float | None = None
    shrunken: float | None = None
    shrunken_lower: float | None = None
    shrunken_upper: float | None = None
    peers: tuple[str, ...] = ()
    peer_mean: float | None = None
    peer_difference: float | None = None
    peer_lower: float | None = None
    peer_upper: float | None = None
    peer_certain: bool | None = None
    direction: str = ""
    holds: int | None = None
    of: int | None = None
    checks: tuple[tuple[str, str], ...] = ()
    holm: bool | None = None

    @property
    def failing(self) -> tuple[str, ...]:
        """The names of the comparisons in which the direction does not hold."""
        return tuple(name for name, answer in self.checks if answer != "yes")


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One row of the goals table: a target or a commitment beside what came out."""

    metric: str
    school_year: str
    grade_year: int | None = None
    subject: str = ""
    origin: str
    title: str = ""
    target: float | None = None
    tolerance: float | None = None
    start_value: float | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: float | None = None
    trend: float | None = None
    trend_points: int | None = None
    status: str


def key_of(point: Point) -> Key:
    """Return the key by which a number is found, the same in results and estimates."""
    return tuple(getattr(point, column) for column in RESULT_KEY)


def estimates_of(frame: pd.DataFrame) -> Mapping[Key, Estimate]:
    """Return the rows of an estimates table (`terms.ESTIMATE_COLUMNS`) by the key of their number."""
    return {tuple(row[column] for column in RESULT_KEY): _estimate(row) for row in rows_of(frame)}


def goals_of(frame: pd.DataFrame) -> tuple[Goal, ...]:
    """Return the rows of a goals table (`terms.GOAL_COLUMNS`), in its order."""
    return tuple(Goal(**_filled(Goal, row)) for row in rows_of(frame))


def _estimate(row: Mapping[str, Any]) -> Estimate:
    checks = tuple(tuple(check.rsplit(":", maxsplit=1)) for check in (row["checks"] or "").split())
    return Estimate(**{**_filled(Estimate, row), "peers": tuple((row["peers"] or "").split()), "checks": checks})


def _filled(form: type[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in form.__dataclass_fields__ if row.get(name) is not None}
