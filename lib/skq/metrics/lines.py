"""A straight line through pupils or schools: what a background means for a result (domain §10).

Pure. Weighted least squares in closed form. Pupils of a school resemble each other, so a line through pupils has its
interval from the schools: Liang & Zeger (1986), Biometrika 73:13-22, with the usual factor for few clusters and k − 1
degrees of freedom. Fisher (1921), Metron 1:3-32 (the interval of a correlation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from skq.metrics.measure import Answer

Floats = npt.NDArray[np.float64]
LEVEL = 0.95
NEGLIGIBLE = 1e-12
FEWEST = 3


@dataclass(frozen=True)
class Line:
    """y = intercept + slope·x through *n* points in *units* clusters, or the reason why there is none.

    `lower` and `upper` are the slope's 95 % limits, the other two the correlation's; None where none can be told (a
    perfect fit, y without variation, one cluster).
    """

    status: Answer
    n: int
    units: int
    slope: float | None = None
    intercept: float | None = None
    lower: float | None = None
    upper: float | None = None
    correlation: float | None = None
    correlation_lower: float | None = None
    correlation_upper: float | None = None

    @property
    def r_squared(self) -> float | None:
        """The share of the variation of y that goes with x, None where y does not vary."""
        return None if self.correlation is None else self.correlation**2


def line(
    x: pd.Series,
    y: pd.Series,
    *,
    weight: pd.Series | None = None,
    cluster: pd.Series | None = None,
    level: float = LEVEL,
) -> Line:
    """Return the line of *y* on *x*, one row a pupil (with its school as *cluster*) or a school (weighed by pupils).

    Rows with anything unknown, or of no weight, are left out. Fewer than three points, or x the same for all: none.
    The correlation's limits are told for single unweighted points only.
    """
    table = pd.DataFrame({"x": x, "y": y, "weight": 1.0 if weight is None else weight}).astype("float64")
    table["cluster"] = np.arange(len(table)) if cluster is None else pd.factorize(cluster, sort=True)[0]
    finite = (
        pd.Series(np.isfinite(table[["x", "y", "weight"]].to_numpy()).all(axis=1), index=table.index)
        & table["weight"].gt(0)
        & table["cluster"].ge(0)
    )
    table = table[finite].sort_values(["cluster", "x", "y", "weight"], kind="stable")
    n, units = len(table), int(table["cluster"].nunique())
    if n < FEWEST:
        return Line(Answer.TOO_FEW if n else Answer.NOBODY, n, units)
    own_x, own_y, weights = (table[name].to_numpy() for name in ("x", "y", "weight"))
    mean_x, mean_y = float(np.average(own_x, weights=weights)), float(np.average(own_y, weights=weights))
    x_from, y_from = _from_mean(own_x, mean_x), _from_mean(own_y, mean_y)
    across, along, up = (
        float((weights * a * b).sum()) for a, b in ((x_from, x_from), (x_from, y_from), (y_from, y_from))
    )
    if not across:
        return Line(Answer.ALL_EQUAL, n, units)
    slope = along / across
    told = {"slope": slope, "intercept": mean_y - slope * mean_x}
    if not up:
        return Line(Answer.OBSERVED, n, units, **told)
    correlation = float(np.clip(along / (across * up) ** 0.5, -1.0, 1.0))
    if 1 - correlation**2 <= NEGLIGIBLE:
        return Line(Answer.PERFECT_FIT, n, units, **told, correlation=float(np.sign(correlation)))
    scores = weights * x_from * (y_from - slope * x_from)
    if cluster is None:
        half = _half(((up - slope * along) / (n - 2) / across) ** 0.5, n - 2, level)
    else:
        squares = float((pd.Series(scores).groupby(table["cluster"].to_numpy()).sum() ** 2).sum())
        factor = units / (units - 1) * (n - 1) / (n - 2) if units > 1 else 0.0
        half = _half((factor * squares) ** 0.5 / across, units - 1, level)
    limits = {} if half is None else {"lower": slope - half, "upper": slope + half}
    ends = _fisher(correlation, n, level) if weight is None and cluster is None else {}
    return Line(Answer.OBSERVED, n, units, **told, **limits, correlation=correlation, **ends)


def lines(x: pd.Series, y: pd.Series, unit: pd.Series, cluster: pd.Series, *, level: float = LEVEL) -> pd.DataFrame:
    """Return per unit the line of *y* on *x*, one row a pupil with its school as *cluster*: `line` for many at once.

    Columns n, units, slope, lower, upper, r_squared, status (index: unit); rows with anything unknown are left out.
    """
    known = x.notna() & y.notna() & unit.notna() & cluster.notna()
    rows = pd.DataFrame({"unit": unit, "cluster": cluster, "x": x, "y": y})[known]
    rows = rows.astype({"x": "float64", "y": "float64"}).sort_values(["unit", "cluster", "x", "y"], kind="stable")
    own = rows.groupby("unit", observed=True)
    n, units = own.size(), own["cluster"].nunique()
    for name in ("x", "y"):
        rows[name] = _all_from_mean(rows[name], rows["unit"])
    across, along, up = (
        (rows[a] * rows[b]).groupby(rows["unit"], observed=True).sum() for a, b in (("x", "x"), ("x", "y"), ("y", "y"))
    )
    slope = along / across.where(across > 0)
    r_squared = (along**2 / (across * up).where((across > 0) & (up > 0))).clip(upper=1.0)
    perfect = r_squared.ge(1 - NEGLIGIBLE)
    scores = rows["x"] * (rows["y"] - rows["x"] * rows["unit"].map(slope).astype("float64"))
    by_cluster = scores.groupby([rows["unit"], rows["cluster"]], observed=True).sum() ** 2
    squares = by_cluster.groupby(level=0, observed=True).sum()
    factor = units / (units - 1).where(units > 1) * (n - 1) / (n - 2).where(n > 2)
    error = (factor * squares) ** 0.5 / across.where(across > 0)
    half = pd.Series(student.ppf((1 + level) / 2, (units - 1).where(units > 1)), index=n.index) * error
    half = half.where(~perfect & (up > 0) & (half > 0))
    told = pd.DataFrame({"slope": slope, "lower": slope - half, "upper": slope + half, "r_squared": r_squared})
    status = pd.Series(str(Answer.OBSERVED), index=n.index).mask(perfect, str(Answer.PERFECT_FIT))
    status = status.mask(across <= 0, str(Answer.ALL_EQUAL)).mask(n < FEWEST, str(Answer.TOO_FEW))
    return told.where(n >= FEWEST).assign(n=n, units=units, status=status)


def _all_from_mean(values: pd.Series, unit: pd.Series) -> pd.Series:
    """Return the distances from each unit's mean, exactly 0 where a unit's are only rounding error."""
    apart = values - values.groupby(unit, observed=True).transform("mean")
    largest, size = (column.abs().groupby(unit, observed=True).transform("max") for column in (apart, values))
    return apart.mask(largest <= NEGLIGIBLE * size, 0.0)


def _from_mean(values: Floats, mean: float) -> Floats:
    """Return the distances from the mean, exactly 0 where they are only rounding error."""
    apart = values - mean
    tiny = float(np.abs(apart).max()) <= NEGLIGIBLE * float(np.abs(values).max())
    return np.zeros_like(apart) if tiny else apart


def _half(error: float, freedom: int, level: float) -> float | None:
    return float(student.ppf((1 + level) / 2, freedom)) * error if freedom > 0 and error > 0 else None


def _fisher(correlation: float, n: int, level: float) -> dict[str, float]:
    if n <= FEWEST:
        return {}
    centre, half = np.arctanh(correlation), norm.ppf((1 + level) / 2) / (n - 3) ** 0.5
    return {
        "correlation_lower": float(np.tanh(centre - half)),
        "correlation_upper": float(np.tanh(centre + half)),
    }
