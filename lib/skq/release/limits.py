"""What is shown though the rule asks for more: of pupils, of those with the property, of those without it.

The limits of docs/disclosure.md, asked of the finished files: how many have the property is worked out from share and
n, as a reader would, and a number is refused when no count that fits what is printed may be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from math import ceil, floor

import pandas as pd

from skq import catalog
from skq.protect.rule import DisclosureRule, Shape

COUNTED = ("count", "fte")
"""Units of metrics whose value is itself how many there are."""
ALMOST = 1e-6


@dataclass(frozen=True)
class Limits:
    """What a number may be told of: `n` at least, and of a share `having` and `lacking` at least.

    `all_told`: that nobody lacks the property may be told as well.
    """

    n: float
    having: float = 0.0
    lacking: float = 0.0
    all_told: bool = True

    def allow(self, having: int, n: float) -> bool:
        """Whether *having* of *n* may be told."""
        lacking = n - having
        return having >= self.having and (lacking >= self.lacking or (lacking < 1 and self.all_told))


def limits_of(rule: DisclosureRule, metric: str, level: str, grade_year: int | None, school_year: str) -> Limits:
    """Return what *rule* asks of a number of *metric*.

    Nobody stands as a symbol, so of a share that is told as a number at least one has the property.
    """
    entry = catalog.metric(metric)
    family = rule.family(entry.family, grade_year, school_year)
    least, shape = family.minimum(level), family.shape
    if entry.unit != "share" or shape is Shape.AMOUNT:
        return Limits(least)
    if shape is Shape.PARTS:
        return Limits(least, having=1)
    having = max(least, 1.0)
    if shape is Shape.GROUP_SHARE or (entry.direction == "lower" and rule.hides_all_failing):
        return Limits(least, having, rule.nearly_all + 1, all_told=False)
    return Limits(least, having, rule.nearly_all + 1 if shape is Shape.SHARE_NEARLY_ALL else 0.0)


def below_limits(numbers: pd.DataFrame, rule: DisclosureRule) -> pd.Series:
    """Return what is wrong with each of *numbers* (as `published`) by *rule*, blank where nothing is.

    Only own numbers are held to it: what an agency has published follows the agency's practice.
    """
    shown = numbers[numbers["own"] & numbers["value"].notna()]
    limits = cache(partial(limits_of, rule))
    columns = ["metric", "level", "grade_year", "school_year", "n", "value", "step"]
    faults = [
        _fault(metric, limits(metric, level, None if pd.isna(year) else int(year), school_year), n, float(value), step)
        for metric, level, year, school_year, n, value, step in shown[columns].itertuples(index=False, name=None)
    ]
    return pd.Series(faults, index=shown.index, dtype="str").reindex(numbers.index, fill_value="")


def _fault(metric: str, limits: Limits, n: float, value: float, step: float) -> str:
    if limits.n > 0 and pd.isna(n):
        return "is shown, but not what it rests on, so that nobody can hold it to the rule"
    if n < limits.n:
        return "is shown though it rests on fewer than the rule asks for"
    unit = catalog.metric(metric).unit
    if unit in COUNTED and 0 < value < limits.n:
        return "counts fewer than the rule lets anybody tell of"
    if unit == "share" and (limits.having or limits.lacking) and not _may_be_told(limits, float(n), value, step):
        return "is shown though fewer than the rule asks for have the property, or lack it"
    return ""


def _may_be_told(limits: Limits, n: float, value: float, step: float) -> bool:
    """Whether a count of persons that fits the printed share may be told; where none fits, it counts no persons."""
    half = step / 2
    counts = range(max(ceil((value - half) * n - ALMOST), 0), floor((value + half) * n + ALMOST) + 1)
    return not counts or any(limits.allow(count, n) for count in counts)
