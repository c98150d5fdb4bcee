"""How the numbers of a metric are written: decimals, scale and sign, and rounding to them.

Decimals follow the agencies: shares and merit ratings one decimal, SALSA whole points. An interval is written with
fewer decimals than its value where more would only pretend to be exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from skq import catalog

NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Form:
    """How the numbers of a kind are written."""

    decimals: int
    interval_decimals: int
    scale: float = 1.0
    suffix: str = ""
    signed: bool = False


FORMS = {
    "share": Form(1, 0, 100.0, f"{NBSP}%"),
    "pp": Form(1, 0, 100.0, signed=True),
    "points": Form(1, 1),
    "index": Form(1, 1),
    "count": Form(0, 0),
    "fte": Form(1, 1),
    "sek": Form(0, 0, 1.0, f"{NBSP}kr"),
    "ratio": Form(1, 1),
}
"""Form by the catalogue's unit."""

METRIC_FORMS = {
    "merit_rating_17": Form(1, 0),
    "merit_rating_16": Form(1, 0),
    **dict.fromkeys(
        (
            "merit_sd", "merit_school_sd", "merit_p90_p10", "merit_p75_p25", "merit_lowest_quarter_mean",
            "merit_gap_education", "merit_background_slope",
        ),
        Form(1, 0),
    ),
    "salsa_expected": Form(0, 0),
    "salsa_residual": Form(0, 0, signed=True),
    "compensation_correlation": Form(2, 2),
    **dict.fromkeys(
        (
            "cohort_change", "cohort_change_stayers", "cohort_change_leavers", "cohort_change_joiners",
            "value_added_grades", "value_added_tests", "value_added_grades_shrunken", "value_added_tests_shrunken",
        ),
        Form(2, 1, signed=True),
    ),
    "pseudo_cohort_change": Form(1, 1, signed=True),
    "assessment_rating": Form(0, 0),
    "assessment_kappa": Form(2, 2),
}  # fmt: skip
"""Metrics that are written in another form than their unit."""

ENDS = {
    **dict.fromkeys(("subject_points_mean", "autumn_points_mean", "test_points_mean"), (0.0, 20.0)),
    "merit_rating_16": (0.0, 320.0),
    "merit_rating_17": (0.0, 340.0),
}
"""Lowest and highest mean there can be, of metrics whose interval knows of neither; a test holds them to the scales."""


def form(metric: str) -> Form:
    """Return how the numbers of *metric* are written."""
    return METRIC_FORMS.get(metric) or FORMS[catalog.metric(metric).unit]


def on_scale(metric: str, lower: float, upper: float) -> tuple[float, float]:
    """Return the limits of an interval of *metric* as they are told: neither lies beyond the ends of its scale.

    The interval of a mean of few grades near the highest reaches further. What is worked out from it needs all of it.

    >>> on_scale("subject_points_mean", 12.4, 20.1)
    (12.4, 20.0)
    """
    lowest, highest = ENDS.get(metric, (lower, upper))
    return max(lower, lowest), min(upper, highest)


def rounded(value: float, decimals: int = 0) -> Decimal:
    """Return *value* with *decimals* places, half away from zero, never minus zero.

    >>> rounded(82.5), rounded(-0.04, 1)
    (Decimal('83'), Decimal('0.0'))
    """
    exact = Decimal(repr(float(value))).quantize(_step(decimals + 8), ROUND_HALF_UP)
    return exact.quantize(_step(decimals), ROUND_HALF_UP) + 0


@cache
def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)
