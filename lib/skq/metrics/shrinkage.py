"""Empirical-Bayes estimates: what a number that is partly chance tells of the unit behind it.

Pure. Normal-normal model: a unit's true value lies around the common one with variance τ², its number around that with
the standard error's square V. Kept is B = τ² / (τ² + V) of the distance to the common value. τ² is Paule & Mandel's
(1982, J. Res. NBS 87:377-385): the one with which the weighted squared distances sum to units - 1, never below 0; it is
less biased than DerSimonian & Laird's (Veroniki et al. (2016), Research Synthesis Methods 7:55-79). Limits after Morris
(1983, JASA 78:47-55, section 4): they widen for what is not known of the common value and of τ².
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

Floats = npt.NDArray[np.float64]
LEVEL = 0.95
FEWEST_FOR_LIMITS = 4
NEGLIGIBLE = 1e-40
"""Below this a value or an error is nought: nothing that is measured is so small."""

HALVINGS = 100
"""How often the bracket of τ² is halved: until hardly any width is left in double precision."""


def shrunken(value: pd.Series, error: pd.Series, series: pd.Series, *, target: pd.Series | None = None) -> pd.DataFrame:
    """Return columns target, between (τ²), weight (B), shrunken, shrunken_lower, shrunken_upper, index as *value*.

    *error* is the standard error of each value, *series* tells which rows share a common value. *target* is that
    value where it is given; otherwise the mean with weights 1 / (τ² + V). A row without error, or alone in its series,
    has no estimate. Without variation between units (τ² = 0) all are shrunken to the target. No limits below four
    units, nor where nothing varies at all.
    """
    known = value.notna() & error.notna() & (target.notna() if target is not None else True)
    y, v = _told(value[known]), _told(error[known]) ** 2
    codes, _ = pd.factorize(series[known])
    size = int(codes.max()) + 1 if len(codes) else 0
    units = np.bincount(codes, minlength=size)[codes]
    fixed = None if target is None else _told(target[known])
    between = between_variance(y, v, codes, fixed)[codes] if size else v
    centre = _centre(y, v + between, codes) if fixed is None else fixed
    weight = between * _inverse(v + between)
    columns = {"target": centre, "between": between, "weight": weight, "shrunken": centre + weight * (y - centre)}
    half = float(norm.ppf((1 + LEVEL) / 2)) * _spread(y - centre, v, between, codes, fixed is None)
    told = half > 0
    limits = {name: np.where(told, columns["shrunken"] + sign * half, np.nan) for name, sign in _SIDES.items()}
    found = pd.DataFrame({**columns, **limits}, index=value[known].index)[units > 1]
    return found.reindex(value.index)


def _told(numbers: pd.Series) -> Floats:
    """Return *numbers* as an array in which what is negligible is nought, so that no square or inverse overflows."""
    found = numbers.to_numpy("float64")
    return np.where(np.abs(found) < NEGLIGIBLE, 0.0, found)


_SIDES = {"shrunken_lower": -1, "shrunken_upper": 1}


def between_variance(y: Floats, v: Floats, codes: npt.NDArray[np.intp], target: Floats | None = None) -> Floats:
    """Return τ² of every series (position = code) by Paule & Mandel; 0 where the values vary no more than V lets them.

    *y* values, *v* their squared errors, *codes* 0… the series of each, *target* the common value where it is given.
    """
    units = np.bincount(codes)
    low, high = np.zeros(len(units)), _squares(y, np.ones_like(y), codes, target)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = _squares(y, v + middle[codes], codes, target) > units - 1
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    alike = _squares(y, v, codes, target) <= units - 1
    return np.asarray(np.where(alike | (units < 2), 0.0, high))


def _squares(y: Floats, variance: Floats, codes: npt.NDArray[np.intp], target: Floats | None) -> Floats:
    """Return the sum of squared distances over variances per series; a distance without variance counts as endless."""
    centre = _centre(y, variance, codes) if target is None else target
    distance = (y - centre) ** 2
    terms = np.divide(distance, variance, out=np.where(distance > 0, np.inf, 0.0), where=variance > 0)
    return _added(codes, terms)


def _centre(y: Floats, variance: Floats, codes: npt.NDArray[np.intp]) -> Floats:
    """Return for every row its series' mean with weights 1 / variance (plain where a variance is nought)."""
    exact = _added(codes, (variance <= 0).astype("float64"))[codes] > 0
    weight = np.where(exact, 1.0, _inverse(variance))
    return np.asarray((_added(codes, weight * y) / _added(codes, weight))[codes])


def _spread(distance: Floats, v: Floats, between: Floats, codes: npt.NDArray[np.intp], estimated: bool) -> Floats:
    """Return the standard error of each estimate after Morris; NaN in series too small to tell it.

    The common value's own variance is that of its weights: 1 / (τ² + V) where it was *estimated*, else 1 / V, which is
    what weights by n are.
    """
    units = np.bincount(codes)[codes]
    total = v + between
    weight, of_target = _inverse(total), _inverse(total if estimated else v)
    sums = _added(codes, of_target)[codes]
    of_centre = _added(codes, of_target**2 * total)[codes] * _inverse(sums**2)
    lost = v * weight
    usual = _added(codes, weight * v)[codes] * _inverse(_added(codes, weight)[codes])
    unsure = 2.0 / np.maximum(units - 3, 1) * lost**2 * (usual + between) * weight
    variance = (1 - lost) * v + lost**2 * of_centre + unsure * distance**2
    return np.where(units >= FEWEST_FOR_LIMITS, variance, np.nan) ** 0.5


def _added(codes: npt.NDArray[np.intp], numbers: Floats) -> Floats:
    """Return the sum of *numbers* per code."""
    return np.asarray(np.bincount(codes, weights=numbers), dtype="float64")


def _inverse(numbers: Floats) -> Floats:
    """Return 1 / number, 0 for 0."""
    return np.divide(1.0, numbers, out=np.zeros_like(numbers), where=numbers > 0)
