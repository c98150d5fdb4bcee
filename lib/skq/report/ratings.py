"""The self-assessment on the four-step scale: what the principal and the organizer rate, area by area."""

from __future__ import annotations

from dataclasses import dataclass

from skq.report import sv
from skq.report.context import SchoolReport
from skq.report.emit import escaped
from skq.report.numbers import Point
from skq.report.texts import subject
from skq.terms import Breakdown

RATERS = ("principal", "organizer")
RATING = "assessment_rating"
MOST_NAMED = 3
HIGHEST = 4


@dataclass(frozen=True)
class AreaRating:
    """One area and its two ratings, either of which may not be there."""

    name: str
    principal: Point
    organizer: Point

    @property
    def difference(self) -> float | None:
        """The principal's rating minus the organizer's, None where either is not there."""
        if self.principal.value is None or self.organizer.value is None:
            return None
        return self.principal.value - self.organizer.value

    @property
    def lowest(self) -> float:
        """The lower of the ratings that are there."""
        return min(point.value for point in (self.principal, self.organizer) if point.value is not None)


def ratings(report: SchoolReport) -> list[AreaRating]:
    """Return the areas rated in the newest school year, lowest first."""
    if RATING not in report.measured:
        return []
    found = [_area(report, code) for code in report.subjects(RATING)]
    newest = max((point.school_year for row in found for point in (row.principal, row.organizer)), default="")
    there = [row for row in found if row.principal.school_year == newest and _any(row)]
    return sorted(there, key=lambda row: (row.lowest, sv.order(row.name)))


def _area(report: SchoolReport, code: str) -> AreaRating:
    series = [report.series(RATING, subject=code, breakdown=Breakdown.RATER, category=rater) for rater in RATERS]
    newest = max(one.current.school_year for one in series)
    principal, organizer = (one.at(newest) for one in series)
    return AreaRating(escaped(sv.capitalized(subject(code))), principal, organizer)


def _any(row: AreaRating) -> bool:
    return row.principal.shown or row.organizer.shown


def lead(report: SchoolReport) -> str:
    """Say in how many areas the two rate alike, where they do not, and which areas are rated lowest."""
    found = ratings(report)
    both = [row for row in found if row.difference is not None]
    if not both:
        return ""
    alike = sum(row.difference == 0 for row in both)
    how_many = f"{sv.counting_word(alike)} av {sv.counting_word(len(both))}"
    parts = [f"**Självskattning.** Rektor och huvudman skattar lika i {how_many} områden."]
    for who, sign in (("Rektor", 1), ("Huvudmannen", -1)):
        names = [row.name.lower() for row in both if (row.difference or 0) * sign > 0]
        if names:
            parts.append(f"{who} skattar högre: {_few(names)}.")
    low = [row.name.lower() for row in found if row.lowest == found[0].lowest]
    if found[0].lowest < HIGHEST and len(low) < len(found):
        parts.append(f"Lägst skattat ({sv.number(found[0].lowest, 0)} av 4): {_few(low)}.")
    return " ".join(parts)


def _few(names: list[str]) -> str:
    rest = len(names) - MOST_NAMED
    more = [f"{sv.counting_word(rest)} till"] if rest > 0 else []
    return sv.enumeration([*names[:MOST_NAMED], *more])
