"""The equations between the numbers of a table, in counts and sums: what the exact stage attacks.

A line says that its members make up its total, but for those who are in no member; a pooled number is the sum of its
years; shares of one whole make up all. Every n is taken to be known, so that all of it is linear.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array, csr_array

from skq import catalog
from skq.protect.lines import Lines
from skq.protect.rule import DisclosureRule, Reason
from skq.protect.windows import YEARS, Windows

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]
Groups = npt.NDArray[np.intp]

SLACK = 1e-6
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


def sums(judged: pd.DataFrame, drawn: Lines, pooled: Windows, ones: Groups, rule: DisclosureRule) -> Sums:
    """Return the equations of *judged* (rows with a clean index 0…) by its lines, pooled years and shares of one.

    An equation that the numbers themselves do not fulfil is none: an agency's total that counts other pupils, a median.
    Nor is one with a number that an agency has hidden from us too.
    """
    n = judged["n"].fillna(0).to_numpy("float64")
    k = judged["numerator"].fillna(judged["value"] * judged["n"]).to_numpy("float64", na_value=np.nan)
    unknown, k = np.isnan(k), np.nan_to_num(k)
    unsigned = _known_of_all(judged, n, k)
    lower, upper = _known_of_hidden(judged, n, unsigned, rule)
    parts = [_of_lines(drawn, n, k, _highest(judged), unknown), _of_windows(pooled, n, k), _of_ones(judged, ones, n, k)]
    rests = [part.rest for part in parts]
    shape = (sum(part.equations for part in parts), len(n) + sum(len(rest) for rest in rests))
    entries = _stacked(parts, len(n))
    return Sums(
        matrix=coo_array((entries[2], (entries[0].astype("int64"), entries[1].astype("int64"))), shape=shape).tocsr(),
        value=np.concatenate([k, *rests]),
        lower=np.concatenate([lower, *(part.rest_low for part in parts)]),
        upper=np.concatenate([upper, *(part.rest_high for part in parts)]),
        rows=len(n),
        unsigned=unsigned,
    )


@dataclass(frozen=True, eq=False)
class _Equations:
    """Some equations: entries (equation, cell, sign), and per equation a rest of its own, which it adds to the cells.

    `rest_low` and `rest_high` bound the rests; equal ones are constants.
    """

    equation: Positions
    cell: Positions
    sign: Floats
    rest: Floats
    rest_low: Floats
    rest_high: Floats

    @property
    def equations(self) -> int:
        return len(self.rest)


def _of_lines(drawn: Lines, n: Floats, k: Floats, highest: Floats, unknown: Booleans) -> _Equations:
    """Return members + rest - total = 0 of each line; those in no member (unknown education) have any share of it."""
    count = len(drawn.total)
    outside = n[drawn.total] - np.bincount(drawn.line, weights=n[drawn.member], minlength=count)
    rest = k[drawn.total] - np.bincount(drawn.line, weights=k[drawn.member], minlength=count)
    outside = np.where(outside > SLACK, outside, 0.0)
    most = outside * np.where(outside > 0, highest[drawn.total], 0.0)
    slack = SLACK * (1 + np.abs(k[drawn.total]))
    holds = np.isfinite(most) & (rest >= -slack) & (rest <= most + slack)
    holds &= ~unknown[drawn.total]
    holds[drawn.line[unknown[drawn.member]]] = False
    rest = np.clip(rest, 0.0, np.where(np.isfinite(most), most, 0.0))
    numbers = np.cumsum(holds) - 1
    kept = holds[drawn.line]
    places = np.flatnonzero(holds)
    return _Equations(
        equation=np.concatenate([numbers[drawn.line[kept]], np.arange(len(places))]),
        cell=np.concatenate([drawn.member[kept], drawn.total[places]]),
        sign=np.concatenate([np.ones(int(kept.sum())), -np.ones(len(places))]),
        rest=rest[places],
        rest_low=np.zeros(len(places)),
        rest_high=most[places],
    )


def _of_windows(pooled: Windows, n: Floats, k: Floats) -> _Equations:
    """Return the sum of three years - the pooled number = 0, where that is so and the years can differ from it.

    A pooled row that is hidden with any of its years says nothing that they do not.
    """
    fits = ~pooled.follows & (np.abs(n[pooled.years].sum(axis=1) - n[pooled.total]) <= SLACK)
    fits &= np.abs(k[pooled.years].sum(axis=1) - k[pooled.total]) <= SLACK * (1 + np.abs(k[pooled.total]))
    years, total = pooled.years[fits], pooled.total[fits]
    count, nothing = len(total), np.zeros(len(total))
    return _Equations(
        equation=np.concatenate([np.repeat(np.arange(count), YEARS), np.arange(count)]),
        cell=np.concatenate([years.ravel(), total]),
        sign=np.concatenate([np.ones(count * YEARS), -np.ones(count)]),
        rest=nothing,
        rest_low=nothing,
        rest_high=nothing,
    )


def _of_ones(judged: pd.DataFrame, ones: Groups, n: Floats, k: Floats) -> _Equations:
    """Return the sum of the shares of one whole - n = 0, for groups of which that is so."""
    size = np.bincount(ones)
    rows = np.flatnonzero(size[ones] > 1)
    group, numbers = np.unique(ones[rows], return_inverse=True)
    whole = np.bincount(numbers, weights=n[rows], minlength=len(group)) / np.maximum(size[group], 1)
    fits = np.abs(np.bincount(numbers, weights=k[rows], minlength=len(group)) - whole) <= SLACK
    kept = fits[numbers]
    renumbered = np.cumsum(fits) - 1
    constant = -whole[fits]
    return _Equations(renumbered[numbers[kept]], rows[kept], np.ones(int(kept.sum())), constant, constant, constant)


def _stacked(parts: list[_Equations], cells: int) -> tuple[Floats, Floats, Floats]:
    """Return equation, cell and sign of all entries, with the rests as cells after the table's *cells*."""
    found, equations = [], 0
    for part in parts:
        own = np.arange(part.equations)
        equation = np.concatenate([part.equation, own]) + equations
        cell = np.concatenate([part.cell, own + cells + equations])
        found.append(np.vstack([equation, cell, np.concatenate([part.sign, np.ones(part.equations)])]))
        equations += part.equations
    stacked = np.hstack(found)
    return stacked[0], stacked[1], stacked[2]


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
    some = np.where(judged["metric"].map(_tells_nobody).to_numpy(dtype=bool), 1.0, 0.0)  # else: or nobody at all
    lacking = np.where(judged["metric"].map(_tells_everybody).to_numpy(dtype=bool), 1.0, 0.0)
    lower[few_with], upper[few_with] = some[few_with], np.minimum(minimum - 1, n)[few_with]
    lower[few_without], upper[few_without] = (n - rule.nearly_all)[few_without], (n - lacking)[few_without]
    upper[few] = np.maximum(minimum - 1, 0)[few]
    return lower, upper


@cache
def _tells_nobody(metric: str) -> bool:
    """Whether nobody is shown as such; of background (shape `GROUP_SHARE`) it is hidden like few."""
    return catalog.metric(metric).family != "pupil_shares"


@cache
def _tells_everybody(metric: str) -> bool:
    """Whether everybody is shown as such; not of background, nor of what nobody wants (shape `SHARE_FAILING`)."""
    entry = catalog.metric(metric)
    return entry.family != "pupil_shares" and entry.direction != "lower"
