"""Three school years pooled beside the single ones: when the sum may stand, and when it would tell a hidden year.

A window is a row of breakdown `period` with the rows of its three years. It may stand when none of its years is hidden,
or when at least two are, resting together on the minimum, and no window before it that stands holds some of the same
hidden years: unless both hold the same ones, or both hide all three of theirs (sums over a run of hidden years never
tell one of them). Windows are judged from the oldest on, so that what an earlier report has shown is never undone by a
later one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.keys import NOWHERE, Keys, numbered, places
from skq.protect.standing import Booleans, Standing
from skq.terms import RESULT_KEY, Breakdown, SchoolYear

Positions = npt.NDArray[np.int64]

YEARS = 3
STANDING_IN = (
    "merit_rating_17",
    "merit_rating_16",
    "all_subjects_passed_share",
    "eligible_vocational_share",
    "eligible_arts_share",
    "eligible_social_share",
    "eligible_science_share",
    "test_all_parts_share",
    "salsa_residual",
    "salsa_passed_residual",
)
"""Of these metrics a school's report shows three years where a single one rests on too few; a pooled number of another
metric is hidden with any of its years, so that it ties no year to another."""

_SERIES = ["metric", "level", "unit", "grade_year", "subject"]


@dataclass(frozen=True)
class Windows:
    """Per window: `total`, the position of the pooled row; `years`, of its three years, oldest first.

    `series` and `last` tell windows of the same unit and metric apart and in order: a number, and the last year's.
    `follows`: whether the pooled row is hidden with any of its years.
    """

    total: Positions
    years: Positions
    series: Positions
    last: Positions
    follows: Booleans

    def untouched(self, hidden: Booleans) -> Positions:
        """Return the positions of pooled rows that are shown with all of their years: to hide one hides a year too."""
        return self.total[~hidden[self.total] & ~hidden[self.years].any(axis=1)]

    def telling_years(self, hidden: Booleans) -> Booleans:
        """Return the pooled rows hidden with their years: with these, a sign of how many they are tells the years."""
        chosen = np.zeros(len(hidden), dtype=bool)
        chosen[self.total[self.follows & hidden[self.years].any(axis=1)]] = True
        return chosen & hidden


def windows(rows: pd.DataFrame) -> Windows:
    """Return the windows among *rows* (results with a clean index 0…) whose three years are all there."""
    pooled = np.flatnonzero(rows["breakdown"].eq(str(Breakdown.PERIOD)).to_numpy(dtype=bool))
    single = np.flatnonzero(rows["breakdown"].eq(str(Breakdown.ALL)).to_numpy(dtype=bool))
    period = rows.iloc[pooled][list(RESULT_KEY)].assign(breakdown=str(Breakdown.ALL), category="all")
    starts = {year: SchoolYear.parse(year).start for year in period["school_year"].unique()}
    last = period["school_year"].map(starts).to_numpy("int64")
    of_single = Keys(rows.iloc[single], RESULT_KEY)
    at = []
    for back in reversed(range(YEARS)):
        names = {start: str(SchoolYear(int(start) - back)) for start in np.unique(last).tolist()}
        year = pd.Series([names[start] for start in last.tolist()], index=period.index, dtype="str")
        at.append(places(of_single.own, of_single.of(period.assign(school_year=year))))
    years = np.column_stack(at)
    whole = (years != NOWHERE).all(axis=1)
    found = period[whole]
    return Windows(
        pooled[whole],
        single[years[whole]],
        np.unique(numbered(found, _SERIES), return_inverse=True)[1].astype(np.int64),
        last[whole],
        ~found["metric"].isin(STANDING_IN).to_numpy(dtype=bool),
    )


def betraying(windows: Windows, standing: Standing, hidden: Booleans) -> Booleans:
    """Return the rows to hide for the windows' sake: sums that tell a hidden year, years that tell a hidden sum."""
    chosen = np.zeros(len(hidden), dtype=bool)
    of_years = hidden[windows.years]
    count = of_years.sum(axis=1)
    weight = np.where(of_years, standing.n[windows.years], 0.0).sum(axis=1)
    may = (count == 0) | (~windows.follows & (count >= 2) & (weight >= standing.minimum[windows.total]))
    stands = may & ~hidden[windows.total]
    at = _by_series_and_year(windows, np.flatnonzero(count > 0))
    for last in sorted(at):
        for back in range(1, YEARS):
            before = at.get(last - back, {})
            for place, earlier in ((place, before[series]) for series, place in at[last].items() if series in before):
                if stands[place] and stands[earlier]:
                    stands[place] = _agree(of_years[earlier], of_years[place], back)
    chosen[windows.total[~stands]] = True
    exposed = hidden[windows.total] & (count == 0)
    smallest = standing.n[windows.years].argmin(axis=1)
    chosen[windows.years[exposed, smallest[exposed]]] = True
    return chosen


def _by_series_and_year(windows: Windows, chosen: Positions) -> dict[int, dict[int, int]]:
    """Return the places of the *chosen* windows by last year and series."""
    at: dict[int, dict[int, int]] = {}
    for place in chosen.tolist():
        at.setdefault(int(windows.last[place]), {})[int(windows.series[place])] = place
    return at


def _agree(earlier: Booleans, later: Booleans, back: int) -> bool:
    """Return whether two windows, *back* years apart, hide no common year, all of theirs, or the same ones."""
    if not earlier[back:].any() or (earlier.all() and later.all()):
        return True
    return not earlier[:back].any() and not later[-back:].any()
