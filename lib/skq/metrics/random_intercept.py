"""The two variances of a random-intercept model: estimated by statsmodels, held against the profiled likelihood.

Pure. All variables are standardised first, so that the scale of the points does not matter. V = I + ratio·(ones within
units), ratio = σ²u / σ²e; by V⁻¹ = I − (ratio / (1 + n·ratio))·(ones within units) everything but the ratio has a
closed form. statsmodels' optimiser may stop early or at the edge: what it finds is taken only where it is a maximum.
Goldstein (2011), Multilevel Statistical Models, ch. 2; Harville (1977), JASA 72:320-338 (the restricted likelihood).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from statsmodels.regression.mixed_linear_model import MixedLM

from skq.metrics.measure import Answer

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
OPTIMISERS: tuple[tuple[str, dict[str, float]], ...] = (("bfgs", {"gtol": 1e-9}), ("powell", {}), ("nm", {}))
RIVALS = np.logspace(-6, 6, 73)
"""Ratios σ²u / σ²e none of which may be likelier than the one that is taken."""
NEAR = 1.01
NEGLIGIBLE = 1e-12
"""A share of the outcome's variation that is only rounding error."""
TIE = 1e-9


class Estimation(StrEnum):
    """What is maximised: the likelihood, or the restricted likelihood (less biased variances with few units)."""

    ML = "ml"
    REML = "reml"


@dataclass(frozen=True)
class Grouped:
    """Outcome and design (first column 1) of pupils in units, standardised; *codes* places each pupil in its unit."""

    y: Floats
    design: Floats
    codes: Codes
    n: Floats
    mean: Floats
    scale: Floats

    @classmethod
    def of(cls, outcome: Floats, predictors: Floats, codes: Codes) -> Grouped:
        """Return the standardised data; mean and scale have the outcome first, then the predictors."""
        every = np.column_stack([outcome, predictors])
        mean = every.mean(axis=0) if len(every) else np.zeros(every.shape[1])
        spread = np.sqrt(((every - mean) ** 2).mean(axis=0)) if len(every) else np.zeros(every.shape[1])
        scale = np.where(spread > NEGLIGIBLE * np.maximum(1.0, np.abs(mean)), spread, 1.0)
        plain = np.where(spread > NEGLIGIBLE * np.maximum(1.0, np.abs(mean)), (every - mean) / scale, 0.0)
        design = np.column_stack([np.ones(len(every)), plain[:, 1:]])
        return cls(plain[:, 0], design, codes, np.bincount(codes).astype("float64"), mean, scale)

    def refusal(self) -> Answer | None:
        """Return why no model of these data can be told, None where one can."""
        pupils, predictors = self.design.shape
        if pupils == 0:
            return Answer.NOBODY
        if len(self.n) == 1:
            return Answer.ONE_UNIT
        if pupils == len(self.n):
            return Answer.ONE_EACH
        if pupils < predictors + 2:
            return Answer.TOO_FEW
        if not self.y.any():
            return Answer.ALL_EQUAL
        if np.linalg.matrix_rank(self.design, tol=1e-8 * np.sqrt(pupils)) < predictors:
            return Answer.COLLINEAR
        if _left_over(self.y, self.design) <= NEGLIGIBLE:
            return Answer.PERFECT_FIT
        within = [self.centred(column) for column in (self.y, *self.design.T[1:])]
        unexplained = _left_over(within[0], np.column_stack(within[1:])) if predictors > 1 else _squares(within[0])
        return Answer.NO_VARIATION_WITHIN if unexplained <= NEGLIGIBLE * _squares(self.y) else None

    def unit_sums(self, values: Floats) -> Floats:
        """Return the sum of *values* over the pupils of each unit."""
        return np.asarray(np.bincount(self.codes, weights=values, minlength=len(self.n)), dtype="float64")

    def centred(self, values: Floats) -> Floats:
        """Return *values* less the mean of the pupil's unit."""
        return np.asarray(values - (self.unit_sums(values) / self.n)[self.codes], dtype="float64")

    def normal_equations(self, ratio: float) -> tuple[Floats, Floats]:
        """Return X'V⁻¹X and X'V⁻¹y."""
        kept = ratio / (1 + self.n * ratio)
        sums = np.column_stack([self.unit_sums(column) for column in self.design.T])
        left = self.design.T @ self.design - sums.T @ (kept[:, None] * sums)
        return left, self.design.T @ self.y - sums.T @ (kept * self.unit_sums(self.y))

    def distance(self, beta: Floats, ratio: float) -> float:
        """Return (y − Xβ)'V⁻¹(y − Xβ)."""
        residual = self.y - self.design @ beta
        kept = ratio / (1 + self.n * ratio)
        return max(float(residual @ residual - kept @ self.unit_sums(residual) ** 2), 0.0)

    def freedom(self, estimation: Estimation) -> int:
        """Return by what the squared distance is divided to get σ²e."""
        return len(self.y) - (self.design.shape[1] if estimation is Estimation.REML else 0)

    def profile(self, ratio: float, estimation: Estimation) -> float:
        """Return the (restricted) log-likelihood at its best coefficients and σ²e, but for a constant."""
        left, right = self.normal_equations(ratio)
        distance = self.distance(np.asarray(np.linalg.solve(left, right), dtype="float64"), ratio)
        spent = self.freedom(estimation) * np.log(distance) + np.log1p(self.n * ratio).sum()
        return float(-(spent + (np.linalg.slogdet(left)[1] if estimation is Estimation.REML else 0.0)) / 2)


def variance_ratio(data: Grouped, estimation: Estimation) -> tuple[Answer, float | None]:
    """Return σ²u / σ²e and how it was told.

    0 with status `NO_VARIATION_BETWEEN` where nothing is likelier than 0; None with `NOT_CONVERGED` where no optimiser
    finds a maximum.
    """
    at_zero = data.profile(0.0, estimation)
    best = max(data.profile(rival, estimation) for rival in RIVALS)
    tie = TIE * (1 + abs(best))
    if at_zero >= best - tie:
        return Answer.NO_VARIATION_BETWEEN, 0.0
    for method, options in OPTIMISERS:
        ratio = _by_statsmodels(data, estimation, method, options)
        if ratio is None:
            continue
        beside = max(data.profile(near, estimation) for near in (ratio * NEAR, ratio / NEAR))
        if data.profile(ratio, estimation) >= max(best, beside) - tie:
            return Answer.OBSERVED, ratio
    return Answer.NOT_CONVERGED, None


def _by_statsmodels(data: Grouped, estimation: Estimation, method: str, options: dict[str, float]) -> float | None:
    """Return the ratio that MixedLM finds, None where it finds none; its warnings are judged by the profile instead."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = MixedLM(data.y, data.design, groups=data.codes)
            found = model.fit(reml=estimation is Estimation.REML, method=[method], **options)
            ratio = float(np.asarray(found.cov_re)[0, 0]) / float(found.scale)
        except (np.linalg.LinAlgError, ValueError, ZeroDivisionError):
            return None
    return ratio if np.isfinite(ratio) and ratio > 0 else None


def _left_over(y: Floats, design: Floats) -> float:
    """Return the sum of squares that *design* leaves of *y*, as ordinary least squares fits it."""
    return _squares(y - design @ np.linalg.lstsq(design, y, rcond=None)[0])


def _squares(values: Floats) -> float:
    return float(values @ values)
