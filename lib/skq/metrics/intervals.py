"""95 % intervals of shares, means and their differences.

What a school got one year is taken as a sample of what the same school could have got: the interval tells how far
chance alone moves the number. Newcombe (1998), Statistics in Medicine 17:857-872 (one share) and 17:873-890 (two);
Student (1908); Welch (1947), Biometrika 34:28-35.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

LEVEL = 0.95


def share_interval(part: pd.Series, whole: pd.Series, *, level: float = LEVEL) -> pd.DataFrame:
    """Return the Wilson score interval as columns `lower` and `upper`, missing where nobody was counted.

    Newcombe (1998), method 3.

    >>> share_interval(pd.Series([81]), pd.Series([263])).round(4).values.tolist()
    [[0.2553, 0.3662]]
    """
    counted = whole.astype("float64").where(whole > 0)
    lower, upper = proportion_confint(part.astype("float64"), counted, alpha=1 - level, method="wilson")
    return pd.DataFrame({"lower": lower, "upper": upper}, index=part.index)


def mean_interval(mean: pd.Series, sd: pd.Series, n: pd.Series, *, level: float = LEVEL) -> pd.DataFrame:
    """Return Student's interval of a mean as columns `lower` and `upper`.

    Missing for n below 2, and where all values are equal: without any variation the sample tells nothing of how much
    chance there is, and an interval of no width would claim certainty.
    """
    spread = sd.astype("float64").where((n > 1) & (sd > 0))
    half = _quantile(n.astype("float64") - 1, level) * spread / n.astype("float64").where(n > 0) ** 0.5
    return pd.DataFrame({"lower": mean - half, "upper": mean + half}, index=mean.index)


def sd_from_sums(total: pd.Series, squares: pd.Series, n: pd.Series) -> pd.Series:
    """Return the sample standard deviation from sum, sum of squares and count; missing for n below 2.

    A remainder that is only rounding error counts as no variation.
    """
    counted = n.astype("float64").where(n > 1)
    deviation = squares - total**2 / counted
    negligible = deviation <= 1e-9 * squares.abs()
    return (deviation.mask(negligible, 0.0) / (counted - 1)) ** 0.5


def share_difference(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return first - second with Newcombe's interval, from the shares' own Wilson intervals.

    Both frames have columns value, lower, upper (0-1) and the same index; so has the answer.
    Newcombe (1998), method 10.
    """
    difference = first["value"] - second["value"]
    down = np.hypot(first["value"] - first["lower"], second["upper"] - second["value"])
    up = np.hypot(first["upper"] - first["value"], second["value"] - second["lower"])
    return pd.DataFrame({"value": difference, "lower": difference - down, "upper": difference + up})


def mean_difference(first: pd.DataFrame, second: pd.DataFrame, *, level: float = LEVEL) -> pd.DataFrame:
    """Return first - second with Welch's interval, from the means' own Student intervals and n.

    Both frames have columns value, lower, upper, n and the same index. Welch (1947), degrees of freedom after
    Satterthwaite.
    """
    told = welch(first, second, level=level)
    half = _quantile(told["freedom"], level) * told["error"]
    difference = told["value"]
    return pd.DataFrame({"value": difference, "lower": difference - half, "upper": difference + half})


def welch(first: pd.DataFrame, second: pd.DataFrame, *, level: float = LEVEL) -> pd.DataFrame:
    """Return first - second (columns value, error, freedom) from the means' own Student intervals and n.

    Welch (1947): standard error and degrees of freedom of the difference of two means, spreads not taken as equal.
    """
    first_variance, second_variance = _squared_error(first, level), _squared_error(second, level)
    total = first_variance + second_variance
    freedom = total**2 / (first_variance**2 / (first["n"] - 1) + second_variance**2 / (second["n"] - 1))
    return pd.DataFrame({"value": first["value"] - second["value"], "error": total**0.5, "freedom": freedom})


def sd_from_interval(mean: pd.DataFrame, *, level: float = LEVEL) -> pd.Series:
    """Return the standard deviation that Student's interval of a mean tells of (columns lower, upper, n)."""
    half = (mean["upper"] - mean["lower"]) / 2
    return half / _quantile(mean["n"] - 1, level) * mean["n"] ** 0.5


def _squared_error(mean: pd.DataFrame, level: float) -> pd.Series:
    return sd_from_interval(mean, level=level) ** 2 / mean["n"]


def _quantile(freedom: pd.Series, level: float) -> pd.Series:
    """Return Student's quantile of each row; of every degree of freedom it is worked out once."""
    known = freedom.astype("float64")
    codes, different = pd.factorize(known.where(known > 0))
    quantiles = np.append(student.ppf((1 + level) / 2, different), np.nan)
    return pd.Series(quantiles[codes], index=freedom.index)
