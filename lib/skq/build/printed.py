"""The slice of a school without what its report does not print: rows of others, digits beyond those that are written.

A pupil's changed grade moves the municipality's mean in the fifth digit. Were that digit in every slice, every report
would be made anew to look the same. So a school's slice holds what rests on other schools as the report writes it, and
no row that it never shows. What the report writes is the same, digit by digit; the annual slice keeps everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.arrays import FloatingArray

from skq.build.written import Booleans, all_limits, all_written, forms
from skq.keys import numbered
from skq.store.parts import Places, in_few_bytes
from skq.terms import Breakdown, Level

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

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
        self._series = in_few_bytes(numbered(results, _SERIES))
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

    def shown(self, name: str, at: Places) -> Places:
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

    def written(self, name: str, whole: pd.DataFrame, at: Places) -> dict[str, ExtensionArray]:
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
    scale, decimals = forms(metrics, "interval_decimals" if finer else "decimals")
    more = np.full(len(metrics), finer)
    return Floats(all_written(of.numbers, scale, decimals, more, where=~of.mask), of.mask)
