"""What guardians and staff answer in the surveys, and whether so few did that it must be read with care."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skq import catalog
from skq.report import sv
from skq.report.context import SchoolReport
from skq.report.lists import AREAS, SURVEYED
from skq.report.numbers import Point
from skq.report.texts import subject, word
from skq.report.wording import value_text
from skq.terms import Level

GROUPS = ("guardians", "staff")
HME = ("hme_index", "hme_motivation", "hme_leadership", "hme_governance")


@dataclass(frozen=True)
class AdultRow:
    """One area: the guardians' and the staff's index, and the municipality's beside each."""

    name: str
    points: tuple[Point, ...]
    municipality: tuple[Point, ...]


def groups(report: SchoolReport) -> tuple[str, ...]:
    """Return who of guardians and staff has answered."""
    return tuple(group for group in GROUPS if f"survey_{group}_index" in report.measured)


def rows(report: SchoolReport) -> list[AdultRow]:
    """Return the areas in which guardians or staff have a shown index, in the order of the pupils' survey."""
    found = [_row(report, code) for code in AREAS]
    return [row for row in found if any(point.shown for point in row.points)]


def _row(report: SchoolReport, code: str) -> AdultRow:
    points = tuple(report.point(f"survey_{group}_index", subject=code) for group in groups(report))
    return AdultRow(subject(code), points, tuple(report.beside(point, Level.MUNICIPALITY) for point in points))


def engagement(report: SchoolReport) -> Point | None:
    """Return the staff's index of engagement (HME), None where it is not shown."""
    point = report.point(HME[0]) if HME[0] in report.measured else None
    return point if point is not None and point.shown else None


def responses(report: SchoolReport) -> list[Point]:
    """Return the newest response rates of guardians and staff that are shown."""
    metrics = [f"survey_{group}_response_share" for group in groups(report)]
    points = [report.point(metric) for metric in metrics if metric in report.measured]
    return [point for point in points if point.shown]


def pupils_responses(report: SchoolReport) -> list[Point]:
    """Return the newest response rates of the pupils, by grade year, shown or not."""
    return [report.point("survey_response_share", grade_year=grade_year) for grade_year in SURVEYED]


def warning(rates: Sequence[Point]) -> str:
    """Say which of *rates* are below the limit of the catalogue, so that the answers must be read with care."""
    names = [f"{_who(point)} ({value_text(point)})" for point in rates if _is_low(point)]
    if not names:
        return ""
    return f"Få har svarat bland {sv.enumeration(names)}: de som inte svarat kan tycka annorlunda."


def _is_low(point: Point) -> bool:
    return point.value is not None and point.value < (catalog.metric(point.metric).warn_below or 0.0)


def _who(point: Point) -> str:
    if point.grade_year is not None:
        return f"eleverna i årskurs {point.grade_year}"
    return word("respondents", point.metric.removeprefix("survey_").removesuffix("_response_share"))
