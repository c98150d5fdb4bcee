"""Pseudo-cohorts: a school's year 6 beside its year 9 three years later, where single pupils cannot be followed."""

from __future__ import annotations

from skq.report import sv
from skq.report.annual.cohorts import MATHEMATICS
from skq.report.annual.context import AnnualAnalysis
from skq.report.numbers import Point
from skq.report.texts import subject
from skq.terms import Level


def newest(analysis: AnnualAnalysis) -> list[Point]:
    """Return the shown pseudo-cohort changes of the newest year, of the highest grade year, mathematics first."""
    found = [point for point in analysis.points("pseudo_cohort_change", Level.SCHOOL, breakdown="all") if point.shown]
    if not found:
        return []
    last = max(found, key=lambda point: (point.school_year, point.grade_year or 0, point.subject == MATHEMATICS))
    which = (last.school_year, last.grade_year, last.subject)
    return [point for point in found if (point.school_year, point.grade_year, point.subject) == which]


def said(analysis: AnnualAnalysis) -> str:
    """Say what pseudo-cohorts can tell, and that they are not the same pupils; empty where there are none."""
    found = newest(analysis)
    if not found:
        return ""
    values = sorted(point.value or 0.0 for point in found)
    middle = values[len(values) // 2]
    name = subject(found[0].subject).lower()
    of = f" i {name}" if name and not name.isdigit() else ""
    later = found[0].grade_year or 0
    ends = f"mellan {sv.signed(values[0], 1)} och {sv.signed(values[-1], 1)}"
    return (
        f"Samma elever kan inte följas i den officiella statistiken. Som pseudo-kohort, skolans "
        f"årskurs{sv.NBSP}{later - 3} jämte dess årskurs{sv.NBSP}{later} tre år senare, ändrades provbetygspoängen{of} "
        f"med {ends} vid {sv.plural(len(values), 'skola', 'skolor')}; i mitten {sv.signed(middle, 1)} "
        f"({found[0].school_year}). Det är inte samma elever: de som flyttat är med på ena sidan."
    )
