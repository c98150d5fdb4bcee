"""The same pupils over time: who stayed, what a change is made of, and what it is beside pupils who began alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skq import catalog
from skq.report import sv
from skq.report.context import SchoolReport
from skq.report.numbers import Point
from skq.report.texts import subject
from skq.report.wording import bare_text, limits_of

STEPS = (3, 1)
"""Years between the two points, those of a stage first."""

COUNTS = ("cohort_stayers_count", "cohort_leavers_count", "cohort_joiners_count")
PARTS = ("cohort_change_stayers", "cohort_change_leavers", "cohort_change_joiners")
ADDED = ("value_added_grades", "value_added_tests")


@dataclass(frozen=True)
class Step:
    """One grade year beside the same pupils' grade year some years before."""

    years: int
    change: Point
    parts: tuple[Point, ...]
    counts: tuple[Point, ...]
    matched: Point

    @property
    def grade_years(self) -> tuple[int, int]:
        """The earlier and the later grade year."""
        later = self.change.grade_year or 0
        return later - self.years, later


@dataclass(frozen=True)
class Added:
    """A value added: raw, and drawn towards what the schools have in common."""

    raw: Point
    careful: Point

    @property
    def grade_years(self) -> tuple[int, int]:
        """The earlier and the later grade year, a stage apart."""
        later = self.raw.grade_year or 0
        return later - STEPS[0], later


def steps(report: SchoolReport) -> list[Step]:
    """Return the newest steps of which it is shown how those who stayed developed.

    From stage to stage, then year by year, the oldest pupils first.
    """
    if "cohort_change" not in report.measured:
        return []
    found = [_step(report, years, grade_year) for years in STEPS for grade_year in range(9, 0, -1)]
    shown = [step for step in found if step.change.shown and step.parts[0].shown]
    newest = max((step.change.school_year for step in shown), default="")
    return [step for step in shown if step.change.school_year == newest]


def _step(report: SchoolReport, years: int, grade_year: int) -> Step:
    change = report.point("cohort_change", grade_year=grade_year, subject=str(years))

    def at(metric: str) -> Point:
        return report.series(metric, grade_year=grade_year, subject=str(years)).at(change.school_year)

    return Step(years, change, tuple(map(at, PARTS)), tuple(map(at, COUNTS)), at("cohort_matched_share"))


def added(report: SchoolReport) -> list[Added]:
    """Return the newest value added of each kind and grade year that is shown."""
    there = [metric for metric in ADDED if metric in report.measured]
    raw = [report.point(metric, grade_year=grade_year) for grade_year in (9, 6) for metric in there]
    return [Added(point, _careful(report, point)) for point in raw if point.shown]


def _careful(report: SchoolReport, point: Point) -> Point:
    metric = f"{point.metric}_shrunken"
    if metric not in report.measured:
        return point
    return report.series(metric, grade_year=point.grade_year).at(point.school_year)


def lead(found: Sequence[Step]) -> str:
    """Say how those who stayed developed and what those who came and went did to the mean; whom it is about."""
    if not found:
        return ""
    step = found[0]
    earlier, later = step.grade_years
    stayers, *moved = step.parts
    stayed = step.counts[0]
    who = f"De {bare_text(stayed)} elever" if stayed.shown else "De elever"
    return (
        f"**Samma elever över tid.** {who} som gick här både i årskurs {earlier} och årskurs {later} "
        f"{_developed(stayers)}; {_moved(step, moved)}{_matched(step)}"
    )


def _developed(point: Point) -> str:
    """Say whether those who stayed certainly rose or sank; no more than the interval carries."""
    what = "sin betygspoäng (0–20)"
    if point.lower is None or point.upper is None:
        return f"ändrade {what} med {bare_text(point)}"
    told = f"{bare_text(point)} ({limits_of(point)})"
    if point.lower <= 0 <= point.upper:
        return f"ändrade inte säkert {what}, {told}"
    return f"{'höjde' if point.lower > 0 else 'sänkte'} {what} med {told}"


def _moved(step: Step, moved: Sequence[Point]) -> str:
    """Say what those who left and joined did to the mean, and the whole; together where they may not be told apart."""
    whole = bare_text(step.change)
    if not all(part.shown for part in moved):
        return f"med dem som lämnat eller tillkommit var skolans ändring {whole}."
    told = [
        (f"{bare_text(count)} elever {what}" if count.shown else f"elever {what}", part)
        for count, what, part in zip(step.counts[1:], ("som lämnat", "som tillkommit"), moved, strict=True)
        if count.value != 0  # nobody can have changed nothing
    ]
    if not told:
        return "ingen har lämnat eller tillkommit."
    gave = ", ".join(f"{who} {'' if place else 'gav '}{bare_text(part)}" for place, (who, part) in enumerate(told))
    return f"{gave}, tillsammans {whole}."


def _matched(step: Step) -> str:
    limit = catalog.metric(step.matched.metric).warn_below or 0.0
    if step.matched.value is None or step.matched.value >= limit:
        return ""
    return (
        f" Bara {sv.percent(step.matched.value, 0)} av eleverna i årskurs {step.grade_years[1]} gick här även då, så "
        "förändringen säger mest vilka elever som bytts ut."
    )


def pseudo(report: SchoolReport) -> str:
    """Say, of official numbers alone, how the tests stand to those of the grade year three years before."""
    if "pseudo_cohort_change" not in report.measured:
        return ""
    points = [
        report.point("pseudo_cohort_change", grade_year=grade_year, subject=code)
        for grade_year in (9, 6)
        for code in report.subjects("pseudo_cohort_change", grade_year=grade_year)
    ]
    shown = [point for point in points if point.shown]
    if not shown:
        return ""
    newest = max(shown, key=lambda point: (point.school_year, point.grade_year or 0))
    same = [p for p in shown if (p.school_year, p.grade_year) == (newest.school_year, newest.grade_year)]
    told = sv.enumeration([f"{subject(point.subject).lower()} {bare_text(point)}" for point in same])
    later = newest.grade_year or 0
    when = sv.school_year(newest.school_year)
    return (
        f"**Pseudokohort.** Provbetygspoängen i årskurs {later} {when} minus den i årskurs {later - 3} tre år "
        f"tidigare: {told}. Det är samma skola och årskull, men inte säkert samma elever."
    )
