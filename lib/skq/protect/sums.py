"""The equations between the numbers of a table, in counts and sums: what the exact stage attacks.

A line says that its members make up its total, but for those who are in no member; a pooled number is the sum of its
years; shares of one whole make up all; who has one property has another. Every n is taken to be known, so that all of
it is linear.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array, csr_array

from skq import catalog
from skq.protect.equations import of_implied, of_lines, of_ones, of_windows, stacked
from skq.protect.implied import NO_BOUNDS, Implied
from skq.protect.lines import Lines
from skq.protect.rule import DisclosureRule, Reason
from skq.protect.windows import Windows

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Groups = npt.NDArray[np.intp]

HIGHEST = {"share": 1.0, "count": 1.0, "index": 10.0, "points": 20.0}
"""The highest that one pupil can add to a number of a unit; of others (money, differences) nothing is known."""
HIGHEST_MERIT = 340.0
BEYOND = 10.0
"""By how many times its own size an amount could differ, of which nothing is known."""


@dataclass(frozen=True, eq=False)
class Sums:
    """`matrix` (equations, cells) times `value` (cells,) is zero.

    The first `rows` cells are the table's rows: how many have the property, or the sum behind a mean, with what anyone
    knows of it once it is hidden (`lower`, `upper`). Then come those in no member of a line, and the wholes of shares.
    """

    matrix: csr_array
    value: Floats
    lower: Floats
    upper: Floats
    rows: int
    unsigned: tuple[Floats, Floats]
    """What anyone would know of the rows if no sign (`~100`) and no n told of them."""

    @property
    def signs(self) -> Booleans:
        """Which rows a sign tells more of."""
        return (self.lower[: self.rows] > self.unsigned[0]) | (self.upper[: self.rows] < self.unsigned[1])

    def without_signs(self, blurred: Booleans) -> Sums:
        """Return the same sums where the *blurred* rows have no telling sign."""
        lower, upper = self.lower.copy(), self.upper.copy()
        rows = np.flatnonzero(blurred)
        lower[rows], upper[rows] = self.unsigned[0][rows], self.unsigned[1][rows]
        return replace(self, lower=lower, upper=upper)


def sums(
    judged: pd.DataFrame,
    drawn: Lines,
    pooled: Windows,
    ones: Groups,
    rule: DisclosureRule,
    bounds: Implied = NO_BOUNDS,
) -> Sums:
    """Return the equations of *judged* (rows with a clean index 0…): lines, pooled years, shares of one, and *bounds*.

    An equation that the numbers themselves do not fulfil is none: an agency's total that counts other pupils, a median.
    Nor is one with a number that an agency has hidden from us too.
    """
    n = judged["n"].fillna(0).to_numpy("float64")
    k = judged["numerator"].fillna(judged["value"] * judged["n"]).to_numpy("float64", na_value=np.nan)
    unknown, k = np.isnan(k), np.nan_to_num(k)
    unsigned = _known_of_all(judged, n, k)
    lower, upper = _known_of_hidden(judged, n, unsigned, rule)
    parts = [
        of_lines(drawn, n, k, _highest(judged), unknown),
        of_windows(pooled, n, k),
        of_ones(ones, n, k),
        of_implied(bounds, n, k, unknown),
    ]
    rests = [part.rest for part in parts]
    shape = (sum(part.equations for part in parts), len(n) + sum(len(rest) for rest in rests))
    entries = stacked(parts, len(n))
    return Sums(
        matrix=coo_array((entries[2], (entries[0].astype("int64"), entries[1].astype("int64"))), shape=shape).tocsr(),
        value=np.concatenate([k, *rests]),
        lower=np.concatenate([lower, *(part.rest_low for part in parts)]),
        upper=np.concatenate([upper, *(part.rest_high for part in parts)]),
        rows=len(n),
        unsigned=unsigned,
    )


def _highest(judged: pd.DataFrame) -> Floats:
    """Return the highest that one pupil can add to each row; infinity where nothing is known beforehand."""
    return judged["metric"].map({name: _most(name) for name in judged["metric"].unique()}).to_numpy("float64")


def _most(metric: str) -> float:
    entry = catalog.metric(metric)
    if entry.unit == "points" and entry.family in ("merit", "salsa"):
        return HIGHEST_MERIT
    return HIGHEST.get(entry.unit, np.inf)


def _known_of_all(judged: pd.DataFrame, n: Floats, k: Floats) -> tuple[Floats, Floats]:
    """Return between what and what anyone knows each row to lie by its unit alone."""
    most = n * np.where(n > 0, _highest(judged), 0.0)
    counts = judged["metric"].map({name: catalog.metric(name).unit == "count" for name in judged["metric"].unique()})
    known = np.isfinite(_highest(judged)) & ~counts.to_numpy(dtype=bool)
    upper = np.where(known, most, np.abs(k) * BEYOND)
    return np.minimum(0.0, k), np.maximum(upper, k)


def _known_of_hidden(
    judged: pd.DataFrame, n: Floats, unsigned: tuple[Floats, Floats], rule: DisclosureRule
) -> tuple[Floats, Floats]:
    """Return between what and what anyone knows a row to lie once it is hidden, by its reason too."""
    lower, upper = (bound.copy() for bound in unsigned)
    minimum, reason = judged["minimum"].to_numpy("float64"), judged["reason"]
    few_with, few_without, few = (
        reason.eq(str(why)).to_numpy() for why in (Reason.FEW_WITH, Reason.FEW_WITHOUT, Reason.FEW_PUPILS)
    )
    counts = judged["metric"].map({name: catalog.metric(name).unit == "count" for name in judged["metric"].unique()})
    few = few & counts.to_numpy(dtype=bool)
    least, most = few_or_all_but_few(judged, n)
    lower[few_with], upper[few_with] = least[few_with], np.minimum(minimum - 1, n)[few_with]
    lower[few_without], upper[few_without] = (n - rule.nearly_all)[few_without], most[few_without]
    upper[few] = np.maximum(minimum - 1, 0)[few]
    return lower, upper


def few_or_all_but_few(judged: pd.DataFrame, n: Floats) -> tuple[Floats, Floats]:
    """Return between what and what a row lies of which it is known only that too few have the property or lack it."""
    least = np.where(judged["metric"].map(_tells_nobody).to_numpy(dtype=bool), 1.0, 0.0)  # else: or nobody at all
    lacking = np.where(judged["metric"].map(_tells_everybody).to_numpy(dtype=bool), 1.0, 0.0)
    return least, n - lacking


@cache
def _tells_nobody(metric: str) -> bool:
    """Whether nobody is shown as such; of background (shape `GROUP_SHARE`) it is hidden like few."""
    return catalog.metric(metric).family != "pupil_shares"


@cache
def _tells_everybody(metric: str) -> bool:
    """Whether everybody is shown as such; not of background, nor of what nobody wants (shape `SHARE_FAILING`)."""
    entry = catalog.metric(metric)
    return entry.family != "pupil_shares" and entry.direction != "lower"
