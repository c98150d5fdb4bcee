"""Numbers that add up, as equations between cells: lines, pooled years, shares of one whole, what implies what.

The cells are a table's rows, as counts and sums, and one rest per equation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skq.protect.implied import Implied
from skq.protect.lines import Lines
from skq.protect.windows import YEARS, Windows

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]
Groups = npt.NDArray[np.intp]

SLACK = 1e-6
"""By so much a sum may be off, times its own size and one."""


@dataclass(frozen=True, eq=False)
class Equations:
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


def of_lines(drawn: Lines, n: Floats, k: Floats, highest: Floats, unknown: Booleans) -> Equations:
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
    return Equations(
        equation=np.concatenate([numbers[drawn.line[kept]], np.arange(len(places))]),
        cell=np.concatenate([drawn.member[kept], drawn.total[places]]),
        sign=np.concatenate([np.ones(int(kept.sum())), -np.ones(len(places))]),
        rest=rest[places],
        rest_low=np.zeros(len(places)),
        rest_high=most[places],
    )


def of_windows(pooled: Windows, n: Floats, k: Floats) -> Equations:
    """Return the sum of three years - the pooled number = 0, where that is so and the years can differ from it.

    A pooled row that is hidden with any of its years says nothing that they do not.
    """
    fits = ~pooled.follows & (np.abs(n[pooled.years].sum(axis=1) - n[pooled.total]) <= SLACK)
    fits &= np.abs(k[pooled.years].sum(axis=1) - k[pooled.total]) <= SLACK * (1 + np.abs(k[pooled.total]))
    years, total = pooled.years[fits], pooled.total[fits]
    count, nothing = len(total), np.zeros(len(total))
    return Equations(
        equation=np.concatenate([np.repeat(np.arange(count), YEARS), np.arange(count)]),
        cell=np.concatenate([years.ravel(), total]),
        sign=np.concatenate([np.ones(count * YEARS), -np.ones(count)]),
        rest=nothing,
        rest_low=nothing,
        rest_high=nothing,
    )


def of_ones(ones: Groups, n: Floats, k: Floats) -> Equations:
    """Return the sum of the shares of one whole - n = 0, for groups of which that is so."""
    size = np.bincount(ones)
    rows = np.flatnonzero(size[ones] > 1)
    group, numbers = np.unique(ones[rows], return_inverse=True)
    whole = np.bincount(numbers, weights=n[rows], minlength=len(group)) / np.maximum(size[group], 1)
    fits = np.abs(np.bincount(numbers, weights=k[rows], minlength=len(group)) - whole) <= SLACK
    kept = fits[numbers]
    renumbered = np.cumsum(fits) - 1
    constant = -whole[fits]
    return Equations(renumbered[numbers[kept]], rows[kept], np.ones(int(kept.sum())), constant, constant, constant)


def of_implied(pairs: Implied, n: Floats, k: Floats, unknown: Booleans) -> Equations:
    """Return strict - mild + rest = 0 of each pair: who has the stricter property has the milder, or no subject.

    The count of the strict one is at most that of the mild one and of those who are in no number of it.
    """
    outside = np.where(pairs.all_have_it, 0.0, n[pairs.strict] - n[pairs.mild])
    most = k[pairs.mild] + outside
    holds = (k[pairs.strict] <= most + SLACK) & (outside >= 0) & ~unknown[pairs.strict] & ~unknown[pairs.mild]
    strict, mild = pairs.strict[holds], pairs.mild[holds]
    count = np.arange(len(strict))
    return Equations(
        equation=np.concatenate([count, count]),
        cell=np.concatenate([strict, mild]),
        sign=np.concatenate([np.ones(len(strict)), -np.ones(len(mild))]),
        rest=k[mild] - k[strict],
        rest_low=-outside[holds],
        rest_high=n[mild],
    )


def stacked(parts: list[Equations], cells: int) -> tuple[Floats, Floats, Floats]:
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
