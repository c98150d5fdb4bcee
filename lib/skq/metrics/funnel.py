"""Funnel limits: how far from the units' common mean chance alone moves a unit of n pupils.

Pure. Many funnels at once: *series* tells which rows stand in the same one. Limits around a target, over-dispersion by
winsorised z-scores: Spiegelhalter (2005), Statistics in Medicine 24:1185-1202. Shares are judged on the arcsine scale,
where chance is 1 / (2√n) whatever the share, and the limits never leave 0-1: Spiegelhalter et al. (2012), JRSS A
175:1-47. Against the exact binomial limits they err by less than half a pupil in the cases of the tests.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

INNER, OUTER = 0.95, 0.998
WINSORISED = 0.1
"""The part of the z-scores at either end that is pulled in to the nearest of the others."""
SIGNIFICANCE = 0.05
NOT_OUTSIDE, OUTSIDE_INNER, OUTSIDE_OUTER = "no", "95", "998"
_Back = Callable[[pd.Series], pd.Series]


def common_mean(value: pd.Series, n: pd.Series, series: pd.Series) -> pd.Series:
    """Return for every row the mean of its series, weighted by n; missing where nobody was counted."""
    weight = n / n.groupby(series).transform("sum").where(lambda total: total > 0)
    return (value * weight).groupby(series).transform("sum", min_count=1)


def pooled_sd(sd: pd.Series, n: pd.Series, series: pd.Series) -> pd.Series:
    """Return for every row the standard deviation of pupils within the units of its series, pooled.

    A unit that tells no spread (n below 2) adds nothing; missing where no unit tells any.
    """
    freedom = (n - 1).where(sd.notna() & n.gt(1), 0.0)
    squares = (sd.fillna(0.0) ** 2 * freedom).groupby(series).transform("sum")
    return (squares / freedom.groupby(series).transform("sum").where(lambda total: total > 0)) ** 0.5


def share_error(target: pd.Series, n: pd.Series) -> pd.Series:
    """Return the standard error of a share of n pupils where the *target* is true."""
    return (target * (1 - target) / n.where(n > 0)).clip(lower=0.0) ** 0.5


def mean_error(sd: pd.Series, n: pd.Series) -> pd.Series:
    """Return the standard error of a mean of n pupils with the standard deviation *sd*."""
    return sd / n.where(n > 0) ** 0.5


def share_funnel(value: pd.Series, n: pd.Series, series: pd.Series) -> pd.DataFrame:
    """Return target, limit_lower, limit_upper, outer_lower, outer_upper, dispersion and outside of shares (0-1)."""
    target = common_mean(value, n, series).clip(0.0, 1.0)
    error = 0.5 / n.where(n > 0) ** 0.5
    z = (_angle(value) - _angle(target)) / error
    phi = dispersion(z, series)
    return _funnel(value, target, _angle(target), error * phi**0.5, phi, back=_share_of_angle)


def mean_funnel(value: pd.Series, n: pd.Series, sd: pd.Series, series: pd.Series) -> pd.DataFrame:
    """Return the same as `share_funnel` of means, whose pupils have the standard deviations *sd* within units.

    No limits where pupils do not vary within any unit: then nothing is known of chance.
    """
    target = common_mean(value, n, series)
    error = mean_error(pooled_sd(sd, n, series), n).where(lambda width: width > 0)
    phi = dispersion((value - target) / error, series)
    return _funnel(value, target, target, error * phi**0.5, phi, back=lambda scaled: scaled)


def dispersion(z: pd.Series, series: pd.Series) -> pd.Series:
    """Return for every row the variance factor φ of its series: 1, or more where units certainly differ more.

    φ is the mean of the squared z-scores after winsorising a tenth at either end; it is taken only where it is above 1
    at the level of 5 % (φ·units against chi-square with units - 1 degrees of freedom), so never with a single unit.
    Winsorising takes away from φ also where there is chance alone (a third, with many units), so that the test errs
    towards no over-dispersion.
    """
    grouped = z.groupby(series)
    low, high = grouped.transform("quantile", WINSORISED), grouped.transform("quantile", 1 - WINSORISED)
    squares = (z.clip(lower=low, upper=high) ** 2).groupby(series)
    units = grouped.transform("count")
    total = squares.transform("sum")
    critical = pd.Series(chi2.ppf(1 - SIGNIFICANCE, (units - 1).clip(lower=1)), index=z.index)
    significant = units.gt(1) & total.gt(critical)
    return (total / units.where(units > 0)).where(significant, 1.0).clip(lower=1.0)


def _funnel(
    value: pd.Series, target: pd.Series, centre: pd.Series, error: pd.Series, phi: pd.Series, *, back: _Back
) -> pd.DataFrame:
    """Return the funnel whose limits are *back* of *centre* plus and minus normal quantiles times *error*."""
    limits = {
        f"{name}_{side}": back(centre + sign * float(norm.ppf((1 + level) / 2)) * error)
        for name, level in (("limit", INNER), ("outer", OUTER))
        for side, sign in (("lower", -1), ("upper", 1))
    }
    told = pd.DataFrame({"target": target, **limits, "dispersion": phi}, index=value.index)
    inner = value.lt(told["limit_lower"]) | value.gt(told["limit_upper"])
    outer = value.lt(told["outer_lower"]) | value.gt(told["outer_upper"])
    outside = pd.Series(NOT_OUTSIDE, index=value.index, dtype="str").mask(inner, OUTSIDE_INNER)
    return told.assign(outside=outside.mask(outer, OUTSIDE_OUTER).mask(told["limit_lower"].isna(), ""))


def _angle(share: pd.Series) -> pd.Series:
    return pd.Series(np.arcsin(share.clip(0.0, 1.0) ** 0.5), index=share.index)


def _share_of_angle(angle: pd.Series) -> pd.Series:
    return pd.Series(np.sin(angle.clip(0.0, np.pi / 2)) ** 2, index=angle.index)
