"""How far two numbers of different pupils are from each other, with the interval that their two intervals give."""

from __future__ import annotations

from math import hypot

from skq.report.numbers import Difference, Point, Series
from skq.terms import CellStatus


def since_first(series: Series) -> Difference | None:
    """Return newest − oldest shown value of *series*; None with fewer than two shown points."""
    return apart(series.shown[0], series.shown[-1], kind="since_first") if len(series.shown) > 1 else None


def apart(first: Point, second: Point, *, kind: str) -> Difference | None:
    """Return *second* − *first*, two numbers of different pupils, with the interval that their two intervals give.

    Each side's distance to its own limits is combined by squares (Newcombe 1998, method 10, for shares; Zou and Donner
    2008 for any statistic). None where one is not shown; without interval where one has none. The reference is the
    first's category where the two are groups of pupils, else its school year.
    """
    if first.value is None or second.value is None:
        return None
    value = second.value - first.value
    low, high = _combined(first, second, value)
    certain = None if low is None or high is None else low > 0 or high < 0
    return Difference(
        kind=kind,
        metric=second.metric,
        school_year=second.school_year,
        reference=first.school_year if first.category == second.category else first.category,
        grade_year=second.grade_year,
        subject=second.subject,
        n=second.n,
        n_reference=first.n,
        value=value,
        lower=low,
        upper=high,
        certain=certain,
        status=CellStatus.OBSERVED,
    )


def _combined(first: Point, last: Point, value: float) -> tuple[float | None, float | None]:
    limits = (first.value, first.lower, first.upper, last.value, last.lower, last.upper)
    if any(limit is None for limit in limits):
        return None, None
    v0, l0, u0, v1, l1, u1 = (float(limit) for limit in limits if limit is not None)
    return value - hypot(v1 - l1, u0 - v0), value + hypot(u1 - v1, v0 - l0)
