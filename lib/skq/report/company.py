"""The school in company: its main results beside three years together, the municipality and schools like it."""

from __future__ import annotations

from dataclasses import dataclass

from skq.report.context import SchoolReport
from skq.report.judged import Estimate
from skq.report.lists import EXPECTED, LAST_GRADE_YEAR
from skq.report.numbers import Point
from skq.terms import CellStatus, Level

COMPARED: tuple[tuple[str, int | None, str], ...] = (
    ("merit_rating_17", 9, ""),
    ("all_subjects_passed_share", 9, ""),
    ("eligible_vocational_share", 9, ""),
    ("all_subjects_passed_share", 6, ""),
    ("survey_index", 8, "safety"),
    ("survey_index", 8, "calm_study"),
    ("survey_index", 5, "safety"),
    ("survey_index", 5, "calm_study"),
)
"""The results that a school is compared by: metric, grade year, subject or area."""


@dataclass(frozen=True)
class CompanyRow:
    """One result of the school: the newest year, three years together, and what lies beside it."""

    point: Point
    pooled: Point
    municipality: Point
    expected: Point | None
    estimate: Estimate | None

    @property
    def has_peers(self) -> bool:
        """Whether schools with a similar intake stand beside it."""
        return self.estimate is not None and self.estimate.peer_mean is not None

    @property
    def needs_pooling(self) -> bool:
        """Whether three years together show what the newest alone must hide."""
        return self.pooled.shown and self.point.status in (CellStatus.TOO_FEW, CellStatus.PROTECTS_OTHER)


def company(report: SchoolReport) -> list[CompanyRow]:
    """Return the results that can be told beside peers or, where a year alone is hidden, over three years together.

    Empty where there is neither for any of them: then the years and the municipality say what there is to say.
    """
    rows = [_row(report, *measure) for measure in COMPARED if measure[0] in report.measured]
    there = [row for row in rows if row.point.shown or row.pooled.shown]
    return there if any(row.has_peers or row.needs_pooling for row in there) else []


def _row(report: SchoolReport, metric: str, grade_year: int | None, code: str) -> CompanyRow:
    point = report.point(metric, grade_year=grade_year, subject=code)
    model = EXPECTED.get(metric, "") if grade_year == LAST_GRADE_YEAR else ""
    expected = report.series(model, grade_year=grade_year).at(point.school_year) if model in report.measured else None
    beside = report.beside(point, Level.MUNICIPALITY)
    return CompanyRow(point, report.pooled(point), beside, expected, report.estimate(point))


def peer_names(report: SchoolReport, row: CompanyRow) -> tuple[str, ...]:
    """Return the names of the schools that *row* is set beside; a school without a known name by its code."""
    codes = row.estimate.peers if row.estimate else ()
    return tuple(report.peers.get(code, code) for code in codes)
