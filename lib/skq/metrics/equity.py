"""Equity between schools (domain §10): how far pupils' values spread, and how much of that lies between schools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan, nan, sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import f as fisher

from skq.metrics.measure import Answer

Floats = npt.NDArray[np.float64]
LEVEL = 0.95
PLACES = (0.10, 0.25, 0.75, 0.90)
NEGLIGIBLE = 1e-12
"""A share of the sum of squares that is only rounding error."""


@dataclass(frozen=True)
class Variation:
    """How pupils' values vary: over all (`sd`), and how much of it lies between schools.

    `between` and `within` are SSB and SST − SSB, `between_share` (η²) is SSB / SST; `icc_raw` the intraclass
    correlation with its 95 % limits, below zero where schools are more alike than chance makes them; missing (nan)
    where `status` tells that it cannot be told. `typical` is n0, the school size that the estimate counts with.
    """

    mean: float
    between: float
    within: float
    sd: float
    between_share: float
    icc_raw: float
    status: Answer = Answer.OBSERVED
    pupils: int = 0
    schools: int = 0
    typical: float = nan
    lower_raw: float = nan
    upper_raw: float = nan

    @property
    def icc(self) -> float:
        """The intraclass correlation as reported, never below zero."""
        return _never_negative(self.icc_raw)

    @property
    def lower(self) -> float:
        """The lower limit of the correlation as reported, never below zero."""
        return _never_negative(self.lower_raw)

    @property
    def upper(self) -> float:
        """The upper limit of the correlation as reported, never below zero."""
        return _never_negative(self.upper_raw)


@dataclass(frozen=True)
class Spread:
    """How far apart *n* pupils are, in their own unit; None where `status` tells why, or for fewer than two pupils.

    `p90_p10` and `p75_p25` are distances between quantiles (type 7); `sd_of_means` is that of the schools' means,
    each counted as often as it has pupils.
    """

    n: int
    status: Answer
    sd: float | None = None
    p90_p10: float | None = None
    p75_p25: float | None = None
    sd_of_means: float | None = None


def variation(n: pd.Series, total: pd.Series, squares: pd.Series, *, level: float = LEVEL) -> Variation:
    """Return the one-way analysis of variance of schools with *n* pupils, sums and sums of squares of their values.

    Schools without pupils are left out. Fewer than two schools, or no pupils beyond one per school: no correlation.
    Limits by Wald (1940), Annals of Mathematical Statistics 11:96-100: exact for normal values whatever the sizes of
    the schools; for equal sizes they are those of Searle (1971), Linear Models, ch. 9.
    """
    counted = (n > 0).to_numpy()
    sizes, sums, of_squares = (column.to_numpy(dtype="float64")[counted] for column in (n, total, squares))
    pupils, schools = float(sizes.sum()), len(sizes)
    if not pupils:
        return Variation(nan, nan, nan, nan, nan, nan, Answer.NOBODY)
    mean = float(sums.sum()) / pupils
    tiny = NEGLIGIBLE * float(of_squares.sum())
    between = _real(float((sizes * (sums / sizes - mean) ** 2).sum()), tiny)
    within = _real(float((of_squares - sums**2 / sizes).sum()), tiny)
    whole = between + within
    sd = sqrt(whole / (pupils - 1)) if pupils > 1 else nan
    told = Answer.OBSERVED, int(pupils), schools
    if (status := _untold(pupils, schools, whole)) is not None:
        return Variation(mean, between, within, sd, nan, nan, status, *told[1:])
    typical = (pupils - float((sizes**2).sum()) / pupils) / (schools - 1)
    mean_between, mean_within = between / (schools - 1), within / (pupils - schools)
    icc = (mean_between - mean_within) / (mean_between + (typical - 1) * mean_within)
    freedom = schools - 1, pupils - schools
    quantiles = (float(fisher.ppf(chance, *freedom)) for chance in ((1 + level) / 2, (1 - level) / 2))
    lower, upper = (_limit(sizes, sums / sizes, mean_within, quantile) for quantile in quantiles)
    return Variation(mean, between, within, sd, between / whole, icc, *told, typical, lower, upper)


def between_schools(
    n: Sequence[float], total: Sequence[float], squares: float
) -> dict[str, tuple[float, float, float]]:
    """Return value, lower and upper limit of what lies between schools, by the catalogue's ids; missing is nan.

    *n* pupils and sums per school, and the sum of *squares* over all pupils, as in `variation`.
    """
    sizes, sums = (pd.Series(column, dtype="float64") for column in (n, total))
    share = sizes / sizes.sum() if len(sizes) else sizes
    found = variation(sizes, sums, squares * share)
    spread_of_means = sqrt(found.between / found.pupils) if found.pupils else nan
    return {
        "merit_icc": (found.icc, found.lower, found.upper),
        "merit_between_share": (found.between_share, nan, nan),
        "merit_school_sd": (spread_of_means, nan, nan),
    }


def variation_of(values: pd.Series, school: pd.Series, *, level: float = LEVEL) -> Variation:
    """Return the analysis of variance of pupils' *values*, one row a pupil; unknown values and schools left out.

    The values are counted from their mean, so that large numbers lying close together lose no digits.
    """
    known = values.notna() & school.notna()
    plain = values[known].astype("float64").sort_values()
    centre = float(plain.mean()) if len(plain) else nan
    apart = plain - centre
    apart = apart.mask(apart.abs() <= NEGLIGIBLE * plain.abs().max(), 0.0)
    own, squares = (column.groupby(school[plain.index]) for column in (apart, apart**2))
    found = variation(own.size(), own.sum(), squares.sum(), level=level)
    return replace(found, mean=found.mean + centre)


def spread(values: pd.Series, school: pd.Series | None = None) -> Spread:
    """Return how far apart pupils' *values* are, one row a pupil; unknown values left out.

    With *school* also how far apart the schools' means are.
    """
    known = values.dropna().astype("float64").sort_values()
    if len(known) < 2:
        return Spread(len(known), Answer.TOO_FEW if len(known) else Answer.NOBODY)
    p10, p25, p75, p90 = (float(known.quantile(place)) for place in (0.10, 0.25, 0.75, 0.90))
    means = None if school is None else known.groupby(school[known.index]).transform("mean").dropna()
    apart = None if means is None or means.empty else float(means.std(ddof=0))
    return Spread(len(known), Answer.OBSERVED, float(known.std()), p90 - p10, p75 - p25, apart)


def spreads(values: pd.Series, unit: pd.Series, school: pd.Series) -> pd.DataFrame:
    """Return per unit how far apart pupils' *values* are: what `spread` tells of one unit, for many at once.

    One row a pupil in all three. Columns n, sd, p90_p10, p75_p25, sd_of_means, status (index: unit); missing for fewer
    than two pupils.
    """
    known = values.notna() & unit.notna() & school.notna()
    rows = pd.DataFrame({"unit": unit[known], "school": school[known], "value": values[known].astype("float64")})
    rows = rows.sort_values(["unit", "value"], kind="stable")
    own = rows.groupby("unit", observed=True)["value"]
    n = own.size()
    places = own.quantile(np.array(PLACES)).unstack().reindex(n.index, columns=list(PLACES))
    means = rows.groupby(["unit", "school"], observed=True)["value"].transform("mean")
    apart = (means - own.transform("mean")) ** 2
    found = pd.DataFrame(
        {
            "n": n,
            "sd": own.std(),
            "p90_p10": places[0.90] - places[0.10],
            "p75_p25": places[0.75] - places[0.25],
            "sd_of_means": apart.groupby(rows["unit"], observed=True).mean() ** 0.5,
        }
    )
    enough = n >= 2
    return found.where(enough).assign(n=n, status=np.where(enough, str(Answer.OBSERVED), str(Answer.TOO_FEW)))


def _untold(pupils: float, schools: int, whole: float) -> Answer | None:
    if schools < 2:
        return Answer.ONE_UNIT
    if pupils <= schools:
        return Answer.ONE_EACH
    return Answer.ALL_EQUAL if whole <= 0 else None


def _limit(sizes: Floats, means: Floats, mean_within: float, quantile: float) -> float:
    """Return the correlation at which the schools' means vary as the *quantile* of F says.

    Given the ratio of variances, a mean has the weight n / (1 + n·ratio), and the weighed variance of the means over
    MSW follows F; it falls as the ratio rises. The lowest possible correlation where even that is not low enough;
    missing without variation within schools.
    """
    if mean_within <= 0:
        return nan

    def surplus(ratio: float) -> float:
        weights = sizes / (1 + sizes * ratio)
        apart = means - float(weights @ means) / float(weights.sum())
        return float(weights @ apart**2) / (len(sizes) - 1) / mean_within - quantile

    lowest = -(1 - NEGLIGIBLE) / float(sizes.max())
    highest = 1.0
    while surplus(highest) > 0:
        highest *= 2
    ratio = lowest if surplus(lowest) <= 0 else float(brentq(surplus, lowest, highest, xtol=1e-14))
    return ratio / (1 + ratio)


def _real(squares: float, tiny: float) -> float:
    return squares if squares > tiny else 0.0


def _never_negative(value: float) -> float:
    return value if isnan(value) else max(0.0, value)
