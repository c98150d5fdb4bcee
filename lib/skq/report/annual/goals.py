"""Goals over all schools: how many reach each target, what the municipality itself has, and how commitments went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from skq.report.annual.context import AnnualAnalysis
from skq.terms import Level

STATUSES = ("reached", "partly", "not_reached", "cannot_be_judged")
TARGET, COMMITMENT = "target", "commitment"
WHOLES = (Level.MUNICIPALITY, Level.ORGANIZER)
"""Whose own row stands beside the schools, the first that there is."""
_MEASURE = ["metric", "grade_year", "subject"]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """One target, or all commitments that name one measure: how many units have which status."""

    metric: str
    grade_year: int | None
    subject: str
    title: str
    target: float | None
    tolerance: float | None
    counts: Mapping[str, int]
    whole: Mapping[str, Any] | None = None

    @property
    def judged(self) -> int:
        """How many could be judged."""
        return sum(self.counts[status] for status in STATUSES[:3])

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


def targets(analysis: AnnualAnalysis) -> list[Tally]:
    """Return the targets of the newest year that has any, in the order of their first row; schools counted by status.

    `whole` is the row of municipality or organizer (columns of `judgements.GOAL_COLUMNS`), None where there is none.
    """
    rows = newest(analysis, TARGET)
    found = []
    for _, group in rows.groupby([*_MEASURE, "title"], dropna=False, sort=True):
        first = group.iloc[0]
        schools = group[group["level"].eq(Level.SCHOOL)]
        whole = [row for level in WHOLES for row in group[group["level"].eq(level)].to_dict("records")]
        found.append(_tally(group, schools, str(first["title"]), whole=whole[0] if whole else None))
    return found


def commitments(analysis: AnnualAnalysis) -> list[Tally]:
    """Return the schools' commitments of the newest year by the measure that they name, the most frequent first."""
    rows = newest(analysis, COMMITMENT)
    of_schools = rows[rows["level"].eq(Level.SCHOOL)]
    found = [_tally(group, group, "") for _, group in of_schools.groupby(["metric", "subject"], dropna=False)]
    return sorted(found, key=lambda one: (-one.total, one.metric, one.subject))


def newest(analysis: AnnualAnalysis, origin: str) -> pd.DataFrame:
    """Return the goals of *origin* in the newest school year, up to the analysis's own, in which any can be judged."""
    rows = analysis.goals[analysis.goals["origin"].eq(origin) & analysis.goals["school_year"].le(analysis.school_year)]
    judged = rows.loc[rows["status"].ne("cannot_be_judged"), "school_year"]
    return rows[rows["school_year"].eq(judged.max() if len(judged) else rows["school_year"].max())]


def _tally(group: pd.DataFrame, units: pd.DataFrame, title: str, *, whole: Mapping[Any, Any] | None = None) -> Tally:
    """Return the tally of *units*; without target and tolerance where they are not the same for all of *group*."""
    first, counts = group.iloc[0], units["status"].value_counts()
    same = {column: group[column].nunique(dropna=False) == 1 for column in ("target", "tolerance")}
    return Tally(
        metric=str(first["metric"]),
        grade_year=None if pd.isna(first["grade_year"]) else int(first["grade_year"]),
        subject=str(first["subject"]),
        title=title,
        target=number(first["target"]) if same["target"] else None,
        tolerance=number(first["tolerance"]) if same["tolerance"] else None,
        counts={status: int(counts.get(status, 0)) for status in STATUSES},
        whole=None if whole is None else {str(key): value for key, value in whole.items()},
    )


def number(value: Any) -> float | None:
    """Return *value* of a goals table as a float, None where it is missing."""
    return None if pd.isna(value) else float(value)


def counted(found: Sequence[Tally], status: str) -> int:
    """Return how many units have *status*, over all of *found*."""
    return sum(one.counts[status] for one in found)
