"""Expected results (SALSA, domain §8): what a school's background lets expect, and how far its result is from it.

Pure. One row a school and school year; the background is `education` (parents' mean, 1 lower secondary, 2 upper
secondary, 3 post-secondary), `boys` and `newly_arrived` (shares 0-1). Nobody is ranked: a single year's deviation of a
small school is mostly chance, so each stands with an interval and a mean over three years.
Skolverket, Beskrivning av SALSA avseende 2015/16 (2017-02-13).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import OLS

from skq.metrics.intervals import mean_interval
from skq.metrics.measure import Answer
from skq.terms import SchoolYear

PREDICTORS = ("education", "boys", "newly_arrived")
FEWEST_PUPILS = 15
LEAST_KNOWN = 0.75
"""A school has an expected value with so many pupils, of whom the background of so large a share is known."""

FEWEST_SCHOOLS = 30
"""With fewer schools a model of their own would be made of chance; the national one is used."""

YEARS = 3
NEGLIGIBLE = 1e-12
"""A share of the outcome's variation that is only rounding error."""

ROUNDED_INPUT = {"education": 0.05, "boys": 0.005, "newly_arrived": 0.005}
"""By how much published background is off at most: education in tenths, shares in whole per cent."""


class Outcome(StrEnum):
    """What is expected."""

    MERIT = "merit"  # mean merit rating of 17 subjects, points
    PASSED = "passed"  # share passed in all subjects, 0-1


class ModelStatus(StrEnum):
    """Where a model's coefficients come from."""

    OFFICIAL = "official"
    RECOVERED = "recovered"  # from published expected values and rounded background
    LOCAL = "local"  # fitted to the schools at hand


@dataclass(frozen=True)
class Model:
    """Coefficients of one outcome and school year; *error* as explained in `salsa.toml`."""

    outcome: Outcome
    school_year: SchoolYear
    constant: float
    education: float
    boys: float
    newly_arrived: float
    status: ModelStatus
    error: float
    source: str


@dataclass(frozen=True)
class Fit:
    """A model fitted to *n* schools, None where *status* tells why there is none."""

    status: Answer
    n: int
    model: Model | None = None
    r_squared: float | None = None
    sd: float | None = None


def model_of(outcome: Outcome, school_year: SchoolYear, models: Iterable[Model]) -> Model | None:
    """Return the model of *school_year*, else that of the nearest earlier one, None where there is none before."""
    known = [model for model in models if model.outcome is outcome and model.school_year <= school_year]
    return max(known, key=lambda model: model.school_year, default=None)


def expected_value(background: pd.DataFrame, model: Model) -> pd.Series:
    """Return what *model* expects of each school (columns `PREDICTORS`), missing where a predictor is.

    >>> rule = Model(Outcome.MERIT, SchoolYear(2020), 90.0, 70.0, -30.0, -80.0, ModelStatus.OFFICIAL, 0.5, "")
    >>> expected_value(pd.DataFrame({"education": [2.0], "boys": [0.5], "newly_arrived": [0.1]}), rule).tolist()
    [207.0]
    """
    parts = (background[name].astype("float64") * getattr(model, name) for name in PREDICTORS)
    return sum(parts, start=pd.Series(model.constant, index=background.index))


def rounding_bound(model: Model) -> float:
    """Return how far a published expected value is at most from the model at the published, rounded background.

    In the outcome's unit: the roundings of the background times their coefficients, and half a published unit.
    """
    half = 0.5 if model.outcome is Outcome.MERIT else 0.005
    return half + sum(abs(float(getattr(model, name))) * rounded for name, rounded in ROUNDED_INPUT.items())


def has_expected_value(pupils: pd.Series, known: pd.Series) -> pd.Series:
    """Return whether a school of so many *pupils*, of whom so many have *known* background, gets an expected value."""
    return pupils.ge(FEWEST_PUPILS) & known.ge(LEAST_KNOWN * pupils)


def deviation(actual: pd.DataFrame, expected: pd.Series) -> pd.DataFrame:
    """Return actual − expected (columns value, lower, upper), the expected value taken as given.

    The limits are those of the actual result: how far chance moves what pupils get, not how well the model fits.
    """
    return pd.DataFrame({name: actual[name] - expected for name in ("value", "lower", "upper")}, index=actual.index)


def mean_of_years(published: pd.DataFrame) -> pd.DataFrame:
    """Return the mean of each row's published deviations (one column a year) with its interval from the years.

    Of published deviations neither the number of pupils nor their spread is told, so chance can only be read off how
    much the years differ: Student's interval of three values (two degrees of freedom), wide as it has to be. It takes
    the years as independent draws about one lasting deviation. No limits where all years are equal; no value where one
    is missing.
    """
    known = published.astype("float64")
    whole = known.notna().all(axis=1)
    n = pd.Series(float(known.shape[1]), index=known.index).where(whole)
    mean = known.mean(axis=1).where(whole)
    return mean_interval(mean, known.std(axis=1), n).assign(value=mean)[["value", "lower", "upper"]]


def local_model(schools: pd.DataFrame, *, outcome: Outcome, school_year: SchoolYear) -> Fit:
    """Return the model of these *schools* (columns `PREDICTORS` and `actual`): least squares, every school alike.

    Unweighted, as the national model (its residuals are uncorrelated with its expected values only unweighted). Schools
    with anything unknown are left out; fewer than `FEWEST_SCHOOLS` get no model.
    """
    rows = schools[["actual", *PREDICTORS]].astype("float64").replace([np.inf, -np.inf], np.nan).dropna()
    n = len(rows)
    if n < FEWEST_SCHOOLS:
        return Fit(Answer.TOO_FEW, n)
    centred = rows - rows.mean()
    tiny = NEGLIGIBLE * max(1.0, float((rows["actual"] ** 2).sum()))
    if float((centred["actual"] ** 2).sum()) <= tiny:
        return Fit(Answer.ALL_EQUAL, n)
    spread = centred[list(PREDICTORS)].pow(2).mean() ** 0.5
    scaled = centred[list(PREDICTORS)] / spread.where(spread > 0, 1.0)
    if np.linalg.matrix_rank(scaled.to_numpy(), tol=1e-8 * n**0.5) < len(PREDICTORS):
        return Fit(Answer.COLLINEAR, n)
    found = OLS(rows["actual"], rows[list(PREDICTORS)].assign(const=1.0)).fit()
    perfect = found.ssr <= tiny
    sd = 0.0 if perfect else float(found.ssr / found.df_resid) ** 0.5
    coefficients = {name: float(found.params[name]) for name in PREDICTORS}
    model = Model(
        outcome, school_year, float(found.params["const"]), **coefficients,
        status=ModelStatus.LOCAL, error=0.0, source=f"{n} schools",
    )  # fmt: skip
    return Fit(
        Answer.PERFECT_FIT if perfect else Answer.OBSERVED, n, model, 1.0 if perfect else float(found.rsquared), sd
    )
