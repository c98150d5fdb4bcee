"""The slice of a school without what its report does not print: rows of others, digits beyond those that are written.

A pupil's changed grade moves the municipality's mean in the fifth digit. Were that digit in every slice, every report
would be made anew to look the same. So a school's slice holds what rests on other schools as the report writes it, and
no row that it never shows. What the report writes is the same, digit by digit; the annual slice keeps everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.arrays import FloatingArray

from skq.catalog.forms import form, rounded
from skq.keys import Positions, numbered
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

COLUMNS = {
    "results": ("metric", "value", *LIMITS),
    "comparisons": ("metric", "value", *LIMITS, "certain"),
    "estimates": ("metric", *PEERS),
}
"""What has to be known of rows to write them."""

NUDGE = 3
"""The decimal, after those that are written, in which a number tells to which side it is rounded."""

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

LARGEST, NEAR = 1e9, 1e-6
"""Numbers of less than `LARGEST` last decimals, further than `NEAR` from the middle of two, round alike in any way."""

_TENS = 10.0 ** np.arange(10)
Booleans = npt.NDArray[np.bool_]

_SERIES = ["metric", "grade_year", "subject", "breakdown", "category"]


class Written(NamedTuple):
    """Which rows are written otherwise, the how manieth of those each is (from 0), and their columns as written."""

    which: Booleans
    number: npt.NDArray[np.int32]
    columns: dict[str, FloatingArray]


class Printed:
    """Which rows of the whole tables the report of a school shows, and the numbers that it shows otherwise.

    *frames* are those of `store.PARTS`, a row's place in them is its position.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        results, compared = frames["results"], frames["comparisons"]
        self._own = _flags(results["level"].eq(str(Level.SCHOOL)))
        above = results["level"].isin(ABOVE) & results["breakdown"].eq(str(Breakdown.ALL))
        self._series = numbered(results, _SERIES)
        told = compared["kind"].ne(BESIDE_OTHERS) | compared["metric"].isin(SET_BESIDE)
        self._kept = {
            "results": self._own | _flags(above),
            "comparisons": _flags(compared["level"].eq(str(Level.SCHOOL)) & told),
            "estimates": _flags(frames["estimates"]["metric"].isin(SET_BESIDE)),
        }
        beside = {
            "results": ~self._own,
            "comparisons": _flags(compared["kind"].eq(BESIDE_OTHERS)),
            "estimates": self._kept["estimates"],
        }
        self._written = {name: self._all_written(name, frames[name], others) for name, others in beside.items()}

    def _all_written(self, name: str, whole: pd.DataFrame, others: Booleans) -> Written:
        """Return all rows of *whole*, the part *name*, that some report shows and that are written otherwise.

        Those that rest on *others*, or that are of a metric that does.
        """
        which = self._kept[name] & (others | _flags(whole["metric"].isin(RESTING_ON_OTHERS)))
        at, number = np.flatnonzero(which), np.cumsum(which, dtype=np.int32) - 1
        rows = whole[[*COLUMNS[name]]].iloc[at]
        return Written(which, number, _told(rows) if name == "estimates" else _with_written(rows))

    def shown(self, name: str, at: Positions) -> Positions:
        """Return those of the places *at* in the part *name*, a school's and those above it, that its report shows.

        The school's own rows, and those of all pupils above it that stand beside a number of the school's.
        """
        if name not in self._kept:
            return at
        kept = at[self._kept[name][at]]
        if name != "results":
            return kept
        own, series = self._own[kept], self._series[kept]
        return kept[own | np.isin(series, series[own])]

    def written(self, name: str, whole: pd.DataFrame, at: Positions) -> dict[str, ExtensionArray]:
        """Return the columns of the rows at the places *at* of *whole*, the part *name*, that are written otherwise."""
        if name not in self._written:
            return {}
        which, number, columns = self._written[name]
        there = which[at]
        found = number[at[there]]
        taken = {column: whole[column].array.take(at) for column in columns}
        for column, numbers in columns.items():
            taken[column][there] = numbers[found]
        return taken


def as_printed(key: str, frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of the slice *key* as its report needs them; the annual slice is returned as it is.

    *frames* are those of `store.PARTS` with the rows that the slice may hold; the columns and their types stay.
    """
    if key == ANNUAL:
        return dict(frames)
    printed = Printed(frames)
    at = {name: printed.shown(name, np.arange(len(frame))) for name, frame in frames.items()}
    return {
        name: frame.iloc[at[name]].assign(**printed.written(name, frame, at[name])) for name, frame in frames.items()
    }


def _flags(column: pd.Series) -> Booleans:
    return column.to_numpy(dtype=bool)


def _with_written(rows: pd.DataFrame) -> dict[str, FloatingArray]:
    """Return value and limits of *rows* as they are written."""
    metrics = rows["metric"]
    certain = rows["certain"].fillna(False) if "certain" in rows else ~_holds_zero(rows) & rows["lower"].notna()
    lower, upper = (_floats(rows[name]) for name in LIMITS)
    gone = lower.mask | upper.mask
    low, high = all_limits(metrics, lower.numbers, upper.numbers, _flags(certain), where=~gone)
    value = _written(metrics, _floats(rows["value"]))
    return {
        "value": FloatingArray(*value), "lower": FloatingArray(low, gone), "upper": FloatingArray(high, gone.copy()),
    }  # fmt: skip


def _holds_zero(rows: pd.DataFrame) -> pd.Series:
    return rows["lower"].le(0).fillna(False) & rows["upper"].ge(0).fillna(False)


def _told(estimates: pd.DataFrame) -> dict[str, FloatingArray]:
    """Return what only the annual analysis tells as missing, the numbers of peers as they are written."""
    none = Floats(np.zeros(len(estimates)), np.ones(len(estimates), dtype=np.bool_))
    told = {column: _written(estimates["metric"], _floats(estimates[column]), finer=is_limit)
            for column, is_limit in PEERS.items()}  # fmt: skip
    return {column: FloatingArray(*numbers) for column, numbers in {**dict.fromkeys(NOT_TOLD, none), **told}.items()}


class Floats(NamedTuple):
    """Numbers, and which of them are missing."""

    numbers: npt.NDArray[np.float64]
    mask: Booleans


def _floats(column: pd.Series) -> Floats:
    """Return the numbers of *column*, 0 for the missing ones."""
    return Floats(column.to_numpy("float64", na_value=0.0), column.isna().to_numpy(dtype=bool))


def _written(metrics: pd.Series, of: Floats, *, finer: bool = False) -> Floats:
    """Return numbers of *metrics* as they are written; if *finer* as limits, with a decimal more."""
    scale, decimals = _forms(metrics, "interval_decimals" if finer else "decimals")
    more = np.full(len(metrics), finer)
    return Floats(all_written(of.numbers, scale, decimals, more, where=~of.mask), of.mask)


def _forms(metrics: pd.Series, decimals: str) -> tuple[npt.NDArray[np.float64], Positions]:
    """Return scale and *decimals* (which of `Form`) of each of *metrics*."""
    codes, names = pd.factorize(metrics)
    forms = [form(str(name)) for name in names]
    scale = np.array([one.scale for one in forms], dtype="float64")
    places = np.array([getattr(one, decimals) for one in forms], dtype=np.int64)
    return scale[codes], places[codes]


def all_written(
    value: npt.NDArray[np.float64],
    scale: npt.NDArray[np.float64],
    decimals: Positions,
    finer: Booleans,
    *,
    where: Booleans,
) -> npt.NDArray[np.float64]:
    """Return what `written` returns of each number *where* it is asked for, 0 elsewhere.

    Rounded in whole numbers; the few that are too large, or too near the middle of two, are left to `written`.
    """
    scaled = value * scale
    coarse, sure = _nearest(scaled, decimals)
    told, as_sure = _nearest(scaled, decimals + finer)
    sign = (scaled > 0).astype(np.int64) - (scaled < 0)
    again = np.where(finer, np.sign(told) * ((np.abs(told) + 5) // 10), told)
    nudges = told * np.where(finer, 10 ** (NUDGE - 1), 10**NUDGE)
    nudges = np.where(told == 0, sign, nudges - sign * (again != coarse))
    found = np.asarray(nudges / (_TENS[decimals + NUDGE] * scale))
    found[~where] = 0.0
    for at in np.flatnonzero(where & ~(sure & as_sure)):
        found[at] = written(float(value[at]), float(scale[at]), int(decimals[at]), finer=bool(finer[at]))
    return found


def all_limits(
    metrics: pd.Series,
    lower: npt.NDArray[np.float64],
    upper: npt.NDArray[np.float64],
    certain: Booleans,
    *,
    where: Booleans,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return what `written_limits` returns of each pair of limits *where* it is asked for, 0 elsewhere."""
    scale, decimals = _forms(metrics, "interval_decimals")
    (low, sure), (high, as_sure) = (_nearest(limits * scale, decimals) for limits in (lower, upper))
    finer = (certain & ((low == 0) | (high == 0))) | ((low == high) & (lower != upper))
    easy = where & sure & as_sure
    ends = [all_written(limits, scale, decimals, finer, where=easy) for limits in (lower, upper)]
    for at in np.flatnonzero(where & ~easy):
        pair = float(lower[at]), float(upper[at])
        ends[0][at], ends[1][at] = written_limits(str(metrics.iloc[at]), *pair, certain=bool(certain[at]))
    return ends[0], ends[1]


def _nearest(scaled: npt.NDArray[np.float64], decimals: Positions) -> tuple[Positions, Booleans]:
    """Return *scaled* as whole numbers of its last decimal, and whether that is sure."""
    size = np.abs(scaled) * _TENS[decimals]
    sure = (size < LARGEST) & (np.abs(size - np.floor(size) - 0.5) > NEAR)
    whole = np.floor(np.where(sure, size, 0.0) + 0.5).astype(np.int64)
    return np.where(scaled < 0, -whole, whole), sure


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
