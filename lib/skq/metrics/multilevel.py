"""Multilevel value added (domain §9.5): y = β0 + β1·prior (+ β2·x) + u of the unit + e of the pupil.

Pure. The raw mean residual of a unit and the shrunken one stand side by side. Raudenbush & Bryk (2002), Hierarchical
Linear Models, ch. 3; Goldstein & Healy (1995), JRSS A 158:175-177 (pairwise comparison by ±1.4 standard errors).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from skq.metrics.measure import Answer
from skq.metrics.random_intercept import Estimation, Grouped, variance_ratio

LEVEL = 0.95
PAIRWISE = 1.4
"""Two units differ at about 5 % where their intervals of ±1.4 comparative standard errors do not meet."""
INTERCEPT = "intercept"
COEFFICIENT_COLUMNS = ("value", "se")
EFFECT_COLUMNS = (
    "n", "raw", "shrinkage", "value", "se", "lower", "upper", "pair_lower", "pair_upper", "status",
)  # fmt: skip


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="str" if column == "status" else "float64") for column in columns})


@dataclass(frozen=True)
class Multilevel:
    """A fitted model, or the reason why there is none.

    Of *n* pupils in *units* units, *n_missing* others left out because something was unknown. `coefficients` has
    columns value and se (index: intercept and predictors), `between` and `within` are σ²u and σ²e, `effects` is as
    `unit_effects` returns it; empty or None where the status tells why.
    """

    status: Answer
    n: int
    units: int
    n_missing: int
    between: float | None = None
    within: float | None = None
    coefficients: pd.DataFrame = field(default_factory=lambda: _empty(COEFFICIENT_COLUMNS))
    effects: pd.DataFrame = field(default_factory=lambda: _empty(EFFECT_COLUMNS))

    @property
    def between_share(self) -> float | None:
        """The share of the unexplained variance that lies between units (VPC), None where there is none."""
        if self.between is None or self.within is None or self.between + self.within <= 0:
            return None
        return self.between / (self.between + self.within)


def shrinkage(n: pd.Series, *, between: float, within: float) -> pd.Series:
    """Return λ = n·σ²u / (n·σ²u + σ²e), the part of a raw mean that is kept; 0 where units do not vary.

    >>> round(float(shrinkage(pd.Series([8]), between=100, within=2500)[0]), 4)
    0.2424
    """
    part = n.astype("float64") * between
    return part / (part + within).mask(part.eq(0), 1.0)


def unit_effects(raw: pd.Series, n: pd.Series, *, between: float, within: float, level: float = LEVEL) -> pd.DataFrame:
    """Return raw and shrunken unit effects side by side (columns `EFFECT_COLUMNS`, index as *raw*).

    *raw* is the mean residual of the unit's *n* pupils; value = λ·raw, se (comparative) = √(λσ²e/n), lower and upper
    value ± 1.96 se, pair_lower and pair_upper value ± 1.4 se. A unit without pupils has no number; without variation
    between or within units there is no standard error, hence no limits.
    """
    kept = shrinkage(n, between=between, within=within).where(n > 0)
    value = kept * raw
    error = (kept * within / n.where(n > 0)) ** 0.5
    se = error.where(error > 0)
    half = float(norm.ppf((1 + level) / 2)) * se
    status = np.where(n > 0, str(Answer.OBSERVED if between > 0 else Answer.NO_VARIATION_BETWEEN), str(Answer.NOBODY))
    columns = (n, raw, kept, value, se, value - half, value + half, value - PAIRWISE * se, value + PAIRWISE * se)
    table = pd.DataFrame(dict(zip(EFFECT_COLUMNS, columns, strict=False)))
    return table.astype("float64").assign(status=status)


def multilevel(
    outcome: pd.Series,
    unit: pd.Series,
    *,
    predictors: pd.DataFrame | None = None,
    estimation: Estimation = Estimation.ML,
    level: float = LEVEL,
) -> Multilevel:
    """Return the random-intercept model of *outcome* on *predictors* (numbers), one row a pupil in all three.

    Rows with anything unknown are left out and counted; the order of rows does not matter. Whatever the data, the
    answer is a model or a named status, never a warning, an exception or a NaN among the estimates.
    """
    given = pd.DataFrame(index=outcome.index) if predictors is None else predictors
    numbers = pd.concat([outcome, given], axis=1).astype("float64").replace([np.inf, -np.inf], np.nan)
    known = (numbers.notna().all(axis=1) & unit.notna()).to_numpy()
    values, units = numbers.to_numpy()[known], unit.to_numpy()[known]
    codes, names = pd.factorize(units, sort=True)
    order = np.lexsort((*values.T, codes))
    data = Grouped.of(values[order, 0], values[order, 1:], codes[order])
    counts = len(values), len(names), int((~known).sum())
    status, ratio = _told(data, estimation)
    if ratio is None:
        return Multilevel(status, *counts)
    coefficients, within, raw = _estimates(data, ratio, estimation, perfect=status is Answer.PERFECT_FIT)
    index = pd.Index(names, name="unit")
    effects = unit_effects(
        pd.Series(raw, index=index), pd.Series(data.n, index=index), between=ratio * within, within=within, level=level
    )
    named = pd.DataFrame(coefficients, index=[INTERCEPT, *map(str, given.columns)], columns=list(COEFFICIENT_COLUMNS))
    return Multilevel(status, *counts, ratio * within, within, named, effects)


def _told(data: Grouped, estimation: Estimation) -> tuple[Answer, float | None]:
    refused = data.refusal()
    if refused is Answer.PERFECT_FIT:
        return refused, 0.0
    return variance_ratio(data, estimation) if refused is None else (refused, None)


def _estimates(
    data: Grouped, ratio: float, estimation: Estimation, *, perfect: bool
) -> tuple[npt.NDArray[np.float64], float, npt.NDArray[np.float64]]:
    """Return coefficients with standard errors, σ²e and the units' raw mean residuals, all on the outcome's own scale.

    A perfect fit leaves nothing: its residuals are rounding error and are told as 0.
    """
    left, right = data.normal_equations(ratio)
    beta = np.asarray(np.linalg.solve(left, right), dtype="float64")
    within = 0.0 if perfect else data.distance(beta, ratio) / data.freedom(estimation)
    raw = np.zeros(len(data.n)) if perfect else data.unit_sums(data.y - data.design @ beta) / data.n
    own, others = data.scale[0], data.scale[1:]
    back = np.diag(np.concatenate([[own], own / others]))
    back[0, 1:] = -own * data.mean[1:] / others
    covariance = back @ (np.linalg.inv(left) * within) @ back.T
    value = back @ beta
    value[0] += data.mean[0]
    return np.column_stack([value, np.sqrt(np.diag(covariance))]), within * own**2, raw * own
