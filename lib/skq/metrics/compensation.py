"""Whether resources follow needs (domain §10, §16): resources per pupil against the index of need, over schools."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from skq.metrics.lines import LEVEL, Line, line
from skq.metrics.value_added import quantile_groups

QUARTERS = 4


@dataclass(frozen=True)
class Compensation:
    """The line of resources on need; `mean` resources, and how much more the neediest quarter of schools has.

    `quarter_difference` is in the unit of the resources per pupil. None where it cannot be told.
    """

    line: Line
    mean: float | None
    quarter_difference: float | None


def compensation(
    resources: pd.Series, need: pd.Series, *, pupils: pd.Series | None = None, level: float = LEVEL
) -> Compensation:
    """Return how *resources* per pupil go with *need*, one row a school; *pupils* weighs schools by size.

    A positive slope says that schools with greater needs have more. Schools with anything unknown are left out. The
    slope tells of all schools there are: its interval says what chance in single schools' money could make of it.
    """
    weight = pd.Series(1.0, index=resources.index) if pupils is None else pupils.astype("float64")
    table = pd.DataFrame({"resources": resources, "need": need, "weight": weight}).astype("float64").dropna()
    table = table[table["weight"] > 0].sort_values(["need", "resources", "weight"], kind="stable")
    found = line(table["need"], table["resources"], weight=None if pupils is None else table["weight"], level=level)
    if table.empty:
        return Compensation(found, None, None)
    quarter = quantile_groups(table["need"], groups=QUARTERS)
    low, high = (_mean(table[quarter.eq(place)]) for place in (1, QUARTERS))
    return Compensation(found, _mean(table), None if low is None or high is None else high - low)


def _mean(table: pd.DataFrame) -> float | None:
    total = float(table["weight"].sum())
    return float((table["resources"] * table["weight"]).sum()) / total if total > 0 else None
