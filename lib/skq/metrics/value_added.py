"""Conditional value added (domain §9.4): how far pupils came, beside pupils who started from the same place.

Pure. The method is that of England's Progress 8 (Department for Education, Secondary accountability measures): the
expected outcome of a pupil is the mean outcome of the reference pupils with the same prior attainment. Over its own
reference value added sums to zero; against a reference that leaves out the pupil's own unit it does not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from skq.metrics.measure import Answer

LEVEL = 0.95
DECILES = 10


def quantile_groups(prior: pd.Series, *, groups: int = DECILES, reference: pd.Series | None = None) -> pd.Series:
    """Return the group 1 … *groups* of each pupil's prior attainment, missing where it is unknown.

    A pupil's place is the share of *reference* pupils (by default all) below plus half of those equal, so the order of
    rows does not matter, equal priors always share a group, and a coarse measure gives fewer groups.
    Parzen (2004), Statistical Science 19:652-662 (the mid-distribution function).
    """
    known = prior.astype("float64")
    among = np.sort((known if reference is None else reference.astype("float64")).dropna().to_numpy())
    sides = [np.searchsorted(among, known.to_numpy(), side=side) for side in ("left", "right")]
    place = groups * (sides[0] + sides[1]) // (2 * max(len(among), 1)) + 1
    placed = pd.Series(np.minimum(place, groups), index=prior.index).astype("Int64")
    return placed.where(known.notna() & bool(len(among)))


def expected_outcome(outcome: pd.Series, group: pd.Series, *, leave_out: pd.Series | None = None) -> pd.Series:
    """Return for each pupil the mean outcome of those in the same group of prior attainment.

    With *leave_out* (the pupil's unit) the pupil's own unit is not part of the reference: recommended for a small
    municipality, where a school would otherwise be compared with much of itself. Missing where the group is unknown or
    nobody is left in it.
    """
    known = (outcome.notna() & group.notna()).to_numpy()
    filled = outcome.astype("float64").where(known, 0.0)
    total, n = _summed(filled, known, [group])
    if leave_out is not None:
        own_total, own_n = _summed(filled, known, [group, leave_out])
        total, n = total - own_total, n - own_n
    return (total / n.where(n > 0)).where(group.notna())


def reference_sd(value_added: pd.Series) -> float | None:
    """Return the standard deviation of pupils' value added over the reference; None for fewer than two pupils."""
    known = value_added.dropna()
    return float(known.std()) if len(known) > 1 else None


def unit_value_added(
    value_added: pd.Series, unit: pd.Series, *, sd: float | None, level: float = LEVEL
) -> pd.DataFrame:
    """Return each unit's mean value added with its interval, value ± 1.96·sd/√n (index: unit).

    *value_added* is a pupil's outcome less the expected one, missing where prior or outcome is unknown; *sd* is that of
    the reference, not the unit's own, so that a unit's interval does not depend on how alike its pupils happen to be.
    Columns n, n_missing (pupils without value added), matched_rate, value, lower, upper, status.
    """
    rows = value_added.astype("float64").groupby(unit)
    n = rows.count()
    table = pd.DataFrame({"n": n, "n_missing": rows.size() - n, "matched_rate": n / rows.size(), "value": rows.mean()})
    half = _normal(level) * (sd if sd else np.nan) / n.where(n > 0).astype("float64") ** 0.5
    table = table.assign(lower=table["value"] - half, upper=table["value"] + half)
    table["status"] = np.where(n > 0, str(Answer.OBSERVED), str(Answer.NO_REFERENCE))
    return table.sort_index()


def conditional_value_added(
    pupils: pd.DataFrame,
    group: pd.Series,
    *,
    outcome: str = "outcome",
    unit: str = "unit",
    leave_one_out: bool = True,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return the value added of every unit in *pupils*, who are at once the reference (columns as `unit_value_added`).

    *group* is each pupil's group of prior attainment, from `quantile_groups` or given cells. The interval uses the
    standard deviation about the full reference means, also where the expected values leave out the own unit.
    """
    full = pupils[outcome] - expected_outcome(pupils[outcome], group)
    own = full
    if leave_one_out:
        own = pupils[outcome] - expected_outcome(pupils[outcome], group, leave_out=pupils[unit])
    return unit_value_added(own, pupils[unit], sd=reference_sd(full), level=level)


def _summed(filled: pd.Series, known: npt.NDArray[np.bool_], by: list[pd.Series]) -> tuple[pd.Series, pd.Series]:
    """Return for every row the sum and count of the known values that share its keys."""
    total = filled.groupby(by).transform("sum")
    n = pd.Series(known.astype("float64"), index=filled.index).groupby(by).transform("sum")
    return total, n


def _normal(level: float) -> float:
    return float(norm.ppf((1 + level) / 2))
