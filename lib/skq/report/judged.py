"""What the room `judge` says of a shown number: its company, its certainty, and the goal it was set beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from skq.report.numbers import Point
from skq.report.rows import Fields, Key, WhenAsked
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
    """Return the rows of an estimates table (`judgements.ESTIMATE_COLUMNS`) by the key of their number."""
    return WhenAsked(Estimate, frame, RESULT_KEY, make=_estimate)


def goals_of(frame: pd.DataFrame) -> tuple[Goal, ...]:
    """Return the rows of a goals table (`judgements.GOAL_COLUMNS`), in its order."""
    return tuple(Goal(**row) for row in Fields(Goal, frame))


def _estimate(*, peers: str, checks: str, **fields: Any) -> Estimate:
    """Return one estimate; *peers* and *checks* are texts with spaces between."""
    answered = tuple((name, answer) for name, _, answer in (check.rpartition(":") for check in checks.split()))
    return Estimate(peers=tuple(peers.split()), checks=answered, **fields)
