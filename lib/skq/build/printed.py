"""The slice of a school without what its report does not print: rows of others, digits beyond those that are written.

A pupil's changed grade moves the municipality's mean in the fifth digit. Were that digit in every slice, every report
would be made anew to look the same. So a school's slice holds what rests on other schools as the report writes it, and
no row that it never shows. What the report writes is the same, digit by digit; the annual slice keeps everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

import numpy as np
import pandas as pd

from skq.catalog.forms import form, rounded
from skq.keys import numbered
from skq.terms import ANNUAL, Breakdown, Level

ABOVE = (str(Level.MUNICIPALITY), str(Level.NATION))
"""The levels that a school's report sets its numbers beside."""

BESIDE_OTHERS = "vs_municipality"
"""The kind of comparison that moves with the numbers of other schools."""

SET_BESIDE = (
    "all_subjects_passed_share",
    "attendance_share",
    "certified_teacher_share",
    "eligible_vocational_share",
    "invalid_absence_share",
    "merit_rating_17",
    "parents_post_secondary_share",
    "pupil_count",
    "pupils_per_teacher",
    "survey_index",
    "test_all_parts_share",
    "test_points_mean",
)
"""Metrics of which a report tells the distance to the municipality or to peers; a test holds its own lists to this."""

RESTING_ON_OTHERS = (
    "grade_above_test_expected_share",
    "grade_test_net_adjusted_pp",
    "value_added_grades",
    "value_added_grades_shrunken",
    "value_added_tests",
    "value_added_tests_shrunken",
)
"""Metrics of a school that are measured by what is usual in the municipality."""

NOT_TOLD = (
    "dispersion", "limit_lower", "limit_upper", "outer_lower", "outer_upper", "p", "shrunken", "shrunken_lower",
    "shrunken_upper", "target", "weight",
)  # fmt: skip
"""Columns of estimates that the annual analysis alone speaks of."""

LIMITS = ("lower", "upper")
PEERS = {"peer_mean": False, "peer_difference": False, "peer_lower": True, "peer_upper": True}
"""Columns of estimates, and whether they are limits, which the file of the comparison tells with a decimal more."""

NUDGE = 3
"""The decimal, after those that are written, in which a number tells to which side it is rounded."""

_SERIES = ["metric", "grade_year", "subject", "breakdown", "category"]


def as_printed(key: str, frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of the slice *key* as its report needs them; the annual slice is returned as it is.

    *frames* are those of `store.PARTS` with the rows that the slice may hold; the columns and their types stay.
    """
    if key == ANNUAL:
        return dict(frames)
    results = _shown(frames["results"])
    compared = _compared(frames["comparisons"])
    others = results["level"].isin(ABOVE) | results["metric"].isin(RESTING_ON_OTHERS)
    beside = compared["kind"].eq(BESIDE_OTHERS) | compared["metric"].isin(RESTING_ON_OTHERS)
    return {
        **frames,
        "results": _with_written(results, others),
        "comparisons": _with_written(compared, beside),
        "estimates": _told(frames["estimates"][frames["estimates"]["metric"].isin(SET_BESIDE)]),
    }


def _shown(results: pd.DataFrame) -> pd.DataFrame:
    """Return the school's own rows, and those of all pupils above it that stand beside a number of the school's."""
    own = results["level"].eq(str(Level.SCHOOL))
    series = numbered(results, _SERIES)
    same = np.isin(series, series[own.to_numpy(dtype=bool)])
    beside = results["level"].isin(ABOVE) & results["breakdown"].eq(str(Breakdown.ALL)) & same
    return results[own | beside]


def _compared(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return the school's own comparisons; the distance to the municipality of metrics that a report tells it of."""
    told = comparisons["kind"].ne(BESIDE_OTHERS) | comparisons["metric"].isin(SET_BESIDE)
    return comparisons[comparisons["level"].eq(str(Level.SCHOOL)) & told]


def _with_written(rows: pd.DataFrame, which: pd.Series) -> pd.DataFrame:
    """Return *rows* with value and limits of *which* of them as they are written."""
    part = rows[which]
    certain = part["certain"].fillna(False) if "certain" in rows.columns else ~_holds_zero(part) & part["lower"].notna()
    limits = [
        (None, None) if low is None or high is None else written_limits(metric, low, high, certain=bool(sure))
        for metric, low, high, sure in zip(
            part["metric"], *(_floats(part[name]) for name in LIMITS), certain, strict=True
        )
    ]
    told = rows.copy()
    for column, numbers in (
        ("value", _all_written(part, "value")),
        *zip(LIMITS, zip(*limits, strict=True), strict=False),
    ):
        told.loc[which, column] = pd.array(list(numbers), dtype="Float64")
    return told


def _holds_zero(rows: pd.DataFrame) -> pd.Series:
    return rows["lower"].le(0).fillna(False) & rows["upper"].ge(0).fillna(False)


def _told(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return *estimates* without what only the annual analysis tells, the rest as it is written."""
    told = estimates.copy()
    for column in NOT_TOLD:
        told[column] = pd.array([None] * len(told), dtype="Float64")
    for column, is_limit in PEERS.items():
        told[column] = pd.array(_all_written(told, column, finer=is_limit), dtype="Float64")
    return told


def _floats(column: pd.Series) -> list[float | None]:
    """Return the numbers of *column*, None for the missing ones."""
    gone = column.isna().to_numpy(dtype=bool)
    numbers = column.to_numpy("float64", na_value=0.0).tolist()
    return [None if is_gone else number for number, is_gone in zip(numbers, gone.tolist(), strict=True)]


def _all_written(rows: pd.DataFrame, column: str, *, finer: bool = False) -> list[float | None]:
    """Return the numbers of *column* as they are written."""
    pairs = zip(rows["metric"], _floats(rows[column]), strict=True)
    return [None if value is None else _one(metric, value, finer=finer) for metric, value in pairs]


@lru_cache(maxsize=1 << 18)
def _one(metric: str, value: float, *, finer: bool) -> float:
    shape = form(metric)
    return written(value, shape.scale, shape.interval_decimals if finer else shape.decimals, finer=finer)


@lru_cache(maxsize=1 << 18)
def written_limits(metric: str, lower: float, upper: float, *, certain: bool) -> tuple[float, float]:
    """Return two limits of *metric* that are written as *lower* and *upper* are (`report.wording.signed_limits`).

    Those of a *certain* difference have a decimal more where one would be written as zero; so have two that would be
    written alike.

    >>> written_limits("merit_rating_17", 2.61, 14.27, certain=True)
    (3.0, 14.0)
    >>> written_limits("merit_rating_17", 0.31, 14.27, certain=True)
    (0.3, 14.3)
    """
    shape = form(metric)
    ends = [rounded(limit * shape.scale, shape.interval_decimals) for limit in (lower, upper)]
    finer = (certain and 0 in ends) or (ends[0] == ends[1] and lower != upper)
    low, high = (written(limit, shape.scale, shape.interval_decimals, finer=finer) for limit in (lower, upper))
    return low, high


@lru_cache(maxsize=1 << 18)
def written(value: float, scale: float, decimals: int, *, finer: bool = False) -> float:
    """Return a number that is written as *value* is, times *scale*, and tells nothing else of it.

    Written with *decimals*, and if *finer* also with one more, both times as *value* would be. A number that is not
    zero keeps its sign although it is written as zero.

    >>> written(221.4321, 1.0, 1), written(0.0321, 1.0, 1), written(0.81449, 100.0, 0)
    (221.4, 0.0001, 0.81)
    >>> written(0.31, 1.0, 0, finer=True), written(2.4499, 1.0, 1, finer=True)
    (0.3, 2.4499)
    """
    scaled = value * scale
    told = rounded(scaled, decimals + finer)
    nudge = Decimal(1).scaleb(-decimals - NUDGE).copy_sign(Decimal(repr(scaled)))
    if told == 0 and scaled:
        told = nudge
    elif rounded(float(told), decimals) != rounded(scaled, decimals):
        told -= nudge
    return float(told / Decimal(repr(scale)))
