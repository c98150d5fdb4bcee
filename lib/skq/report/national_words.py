"""The sentences that open national tests: how grades stand to them, and the tests to the municipality's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from skq.report import hidden, lists, measures, sentences, sv
from skq.report.context import SchoolReport
from skq.report.notable import weight
from skq.report.numbers import Point
from skq.report.texts import subject
from skq.report.wording import bare_text
from skq.terms import Level

MOST_NAMED = 3
ADJUSTED = "grade_test_net_adjusted_pp"
SIDES = ("högre", "lägre")


def tests(report: SchoolReport) -> str:
    """Say where grades certainly lie above or below the tests, and how the tests stand to the municipality.

    Where it is known, beside pupils of the same test grades: that is what schools of other results can be compared by.
    """
    adjusted = [point for point in report.newest() if point.metric == ADJUSTED and point.has_interval]
    net = [point for point in report.newest() if point.metric == "grade_test_net_pp" and _excludes_zero(point)]
    told = [_adjusted(adjusted)] if adjusted else [_net(net, *which) for which in product(lists.TESTED, SIDES)]
    return " ".join(part for part in [*told, _tests_beside(report)] if part)


def _adjusted(points: Sequence[Point]) -> str:
    """Say in which subjects grades certainly differ from those of pupils with the same test grade."""
    told = []
    for side in SIDES:
        wanted = [point for point in points if _excludes_zero(point) and (_value(point) > 0) == (side == "högre")]
        if wanted:
            told.append(f"{side} i {_which(wanted, grade_year=True)}")
    if not told:
        return "Betygen skiljer sig inte säkert från dem som elever med samma provbetyg har i kommunen."
    where = sv.enumeration(told)
    return f"Jämfört med elever i kommunen med samma provbetyg är betygen säkert {where}; netto i procentenheter."


def _net(points: Sequence[Point], grade_year: int, side: str) -> str:
    """Say in which subjects of a grade year the grade is more often on one *side* of the test."""
    wanted = [point for point in points if point.grade_year == grade_year and (_value(point) > 0) == (side == "högre")]
    if not wanted:
        return ""
    return f"I årskurs {grade_year} är betyget oftare {side} än provbetyget i {_which(wanted)}; netto i procentenheter."


def _which(points: Sequence[Point], *, grade_year: bool = False) -> str:
    """Name the subjects of *points*, the largest first and the rest by their number."""
    ordered = sorted(points, key=lambda point: (-abs(_value(point)), point.subject))
    names = [f"{_subject(point, grade_year=grade_year)} ({bare_text(point)})" for point in ordered[:MOST_NAMED]]
    rest = len(ordered) - len(names)
    more = [f"{sv.counting_word(rest)} {'ämne' if rest == 1 else 'ämnen'} till"] if rest else []
    return sv.enumeration([*names, *more])


def _subject(point: Point, *, grade_year: bool) -> str:
    name = subject(point.subject).lower()
    return f"{name} åk{sv.NBSP}{point.grade_year}" if grade_year else name


def _excludes_zero(point: Point) -> bool:
    return point.lower is not None and point.upper is not None and not point.lower <= 0 <= point.upper


def _value(point: Point) -> float:
    return point.value or 0.0


def _tests_beside(report: SchoolReport) -> str:
    points = [row.test for rows in measures.tests(report).values() for row in rows if row.test.shown]
    found = [(point, report.difference("vs_municipality", point)) for point in points]
    certain = [(point, gap) for point, gap in found if gap is not None and gap.certain]
    if not certain:
        judged = any(gap is not None and gap.certain is not None for _, gap in found)
        return "Inget provresultat skiljer sig säkert från kommunens." if judged else ""
    point, gap = max(certain, key=lambda pair: weight(pair[1]))
    return sentences.distance(point, report.beside(point, Level.MUNICIPALITY), gap)


def no_tests(report: SchoolReport) -> str:
    """Say why there are no national tests."""
    if report.has("test_points_mean"):
        return f"Provens genomsnittspoäng visas inte: den {hidden.EITHER}."
    return sentences.no_data(
        "nationella prov i årskurs 6 och 9", "de ingår inte i underlaget, eller visas inte"
    )
