"""The same pupils over time: cohorts by the autumn in which they began year 1, and what their changes are made of.

domain §9: a cohort's pupils are followed from one point to another; who left and who joined is told apart from how
those who stayed developed, so that a school or municipality is not praised for pupils who moved.
"""

from __future__ import annotations

from dataclasses import dataclass

from skq import catalog
from skq.report.annual.context import AnnualAnalysis
from skq.report.numbers import Point
from skq.terms import SchoolYear

PARTS = ("cohort_change_stayers", "cohort_change_leavers", "cohort_change_joiners")
COUNTS = ("cohort_stayers_count", "cohort_leavers_count", "cohort_joiners_count")
MATHEMATICS = "MA"

RESULTS: tuple[tuple[str, int, str], ...] = (
    ("test_all_parts_share", 3, "SV"),
    ("test_all_parts_share", 3, MATHEMATICS),
    ("all_subjects_passed_share", 6, ""),
    ("subject_points_mean", 6, MATHEMATICS),
    ("subject_points_mean", 7, MATHEMATICS),
    ("subject_points_mean", 8, MATHEMATICS),
    ("subject_points_mean", 9, MATHEMATICS),
    ("all_subjects_passed_share", 9, ""),
    ("merit_rating_17", 9, ""),
)
"""What a cohort is followed by, from year 3 to year 9: metric, grade year, subject."""


@dataclass(frozen=True)
class Cohort:
    """The pupils who began year 1 in the autumn of *began*, and the municipality's numbers when they stood there."""

    began: int
    points: tuple[Point | None, ...]

    @property
    def shown(self) -> tuple[Point, ...]:
        """The numbers that are shown, in the order of `RESULTS`."""
        return tuple(point for point in self.points if point is not None and point.shown)


@dataclass(frozen=True)
class Step:
    """A cohort between two points: how its mean changed, and the three parts that sum to the change."""

    change: Point
    parts: tuple[Point, Point, Point]
    counts: tuple[Point, Point, Point]
    matched: Point

    @property
    def years(self) -> int:
        """How many years lie between the two points."""
        return int(self.change.subject)

    @property
    def to_grade(self) -> int:
        """The grade year of the second point."""
        return self.change.grade_year or 0

    @property
    def from_grade(self) -> int:
        """The grade year of the first point."""
        return self.to_grade - self.years

    @property
    def began(self) -> int:
        """The autumn in which the cohort began year 1."""
        return began(self.change.school_year, self.to_grade)

    @property
    def from_year(self) -> str:
        """The school year of the first point."""
        return str(SchoolYear(SchoolYear.parse(self.change.school_year).start - self.years))

    @property
    def told(self) -> bool:
        """Whether the change and all three of its parts are shown."""
        return all(point.shown for point in (self.change, *self.parts))

    @property
    def well_matched(self) -> bool:
        """Whether enough of the pupils at the second point were there at the first (domain §9.2)."""
        limit = catalog.metric(self.matched.metric).warn_below or 0.0
        return self.matched.value is not None and self.matched.value >= limit


def began(school_year: str, grade_year: int) -> int:
    """Return the autumn in which those who are in *grade_year* in *school_year* began year 1.

    >>> began("2025/26", 9)
    2017
    """
    return SchoolYear.parse(school_year).start - (grade_year - 1)


def cohorts(analysis: AnnualAnalysis) -> list[Cohort]:
    """Return the cohorts with a shown number in at least two grade years, the oldest first."""
    found: dict[int, list[Point | None]] = {}
    for place, (metric, grade_year, subject) in enumerate(RESULTS):
        series = analysis.series(metric, grade_year=grade_year, subject=subject)
        for point in series.recorded:
            row = found.setdefault(began(point.school_year, grade_year), [None] * len(RESULTS))
            row[place] = point
    rows = [Cohort(autumn, tuple(points)) for autumn, points in sorted(found.items())]
    return [row for row in rows if len({point.grade_year for point in row.shown}) > 1]


def steps(analysis: AnnualAnalysis) -> list[Step]:
    """Return the municipality's steps whose change is shown: over three years first, then the newest over one."""
    found = []
    for change in analysis.points("cohort_change", breakdown="all"):
        if not change.shown or change.subject not in ("1", "3"):
            continue
        counts, parts = (tuple(_beside(analysis, name, change) for name in names) for names in (COUNTS, PARTS))
        matched = _beside(analysis, "cohort_matched_share", change)
        found.append(Step(change, (parts[0], parts[1], parts[2]), (counts[0], counts[1], counts[2]), matched))
    newest = max((step.change.school_year for step in found), default="")
    kept = [step for step in found if step.years > 1 or (step.told and step.change.school_year == newest)]
    return sorted(kept, key=lambda one: (-one.years, -one.began, -one.to_grade))


def newest(analysis: AnnualAnalysis, years: int = 3) -> Step | None:
    """Return the step to the highest grade year in the newest school year, over *years* years; None without any."""
    found = [step for step in steps(analysis) if step.years == years and step.told]
    return max(found, key=lambda one: (one.change.school_year, one.to_grade), default=None)


def matched(analysis: AnnualAnalysis) -> dict[int, Point]:
    """Return by cohort the shown share who were there three years before as well, at the newest such point."""
    points = [point for point in analysis.points("cohort_matched_share", subject="3", breakdown="all") if point.shown]
    return {began(point.school_year, point.grade_year or 0): point for point in points}


def _beside(analysis: AnnualAnalysis, metric: str, change: Point) -> Point:
    series = analysis.series(metric, grade_year=change.grade_year, subject=change.subject)
    return series.at(change.school_year)
