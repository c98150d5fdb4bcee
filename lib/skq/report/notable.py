"""What stands out in a report: the differences that are certain, the most certain and largest first.

A difference counts only when its 95 % interval excludes zero. Its weight is certainty (value over half its interval)
times size (value over what is a large difference for its unit) times how many pupils it concerns, so that neither a
tiny but certain difference leads nor one among a handful.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from skq import catalog
from skq.report import sentences
from skq.report.context import SchoolReport
from skq.report.numbers import Difference, Point
from skq.report.wording import is_total

LARGE = {"share": 0.10, "pp": 0.20, "points": 2.5, "index": 1.0}
"""What is a large difference, by the catalogue's unit."""

LARGE_BY_METRIC = {"merit_rating_17": 20.0, "merit_rating_16": 20.0}

IN_BRIEF_METRICS = (
    "merit_rating_17",
    "all_subjects_passed_share",
    "eligible_vocational_share",
    "survey_index",
    "test_points_mean",
    "attendance_share",
    "invalid_absence_share",
)
"""Measures that may lead a report; the other eligibilities and the shares of tests say nearly the same again."""

CORE_SUBJECTS = ("", "EN", "MA", "SV", "SVA")
"""Subjects whose tests may lead a report; the others are taken by a part of the pupils or change from year to year."""

FEWEST = 10.0
KINDS = ("vs_expected", "change", "vs_municipality")
MOST_OF_ONE_FAMILY = 2
CHANCE = 0.05
"""How often chance alone makes a difference look certain."""


@dataclass(frozen=True)
class Odds:
    """Of how many differences the remarks were chosen, and how many of them chance alone would show."""

    tried: int

    @property
    def by_chance(self) -> int:
        """How many would look certain although nothing had changed, a whole number."""
        return round(self.tried * CHANCE)


@dataclass(frozen=True)
class Remark:
    """One thing that stands out, with its sentence and its weight."""

    text: str
    weight: float
    family: str


def remarks(report: SchoolReport) -> tuple[Remark, ...]:
    """Return what certainly stands out in the newest numbers, heaviest first, at most two of one family."""
    found = sorted(_all_remarks(report), key=lambda remark: (-remark.weight, remark.text))
    return tuple(_spread(found))


def odds(report: SchoolReport) -> Odds:
    """Return among how many differences the remarks were looked for, as far as chance can be judged."""
    tried = [gap for point, gap in _newest_differences(report, KINDS) if _may_lead(point) and gap.certain is not None]
    return Odds(len(tried))


def weight(difference: Difference) -> float:
    """Return certainty times size; zero where the interval includes zero or is unknown."""
    if not difference.certain or difference.value is None or difference.lower is None or difference.upper is None:
        return 0.0
    half = (difference.upper - difference.lower) / 2
    large = LARGE_BY_METRIC.get(difference.metric) or LARGE[catalog.metric(difference.metric).unit]
    return abs(difference.value) / half * abs(difference.value) / large if half else 0.0


def heaviness(difference: Difference) -> float:
    """Return the weight times the pupils behind the number; where they are not known, the fewest that may be shown."""
    return weight(difference) * (difference.n or FEWEST)


def _all_remarks(report: SchoolReport) -> Iterator[Remark]:
    for point, difference in _newest_differences(report, KINDS):
        if _may_lead(point) and (heavy := heaviness(difference)) > 0:
            yield Remark(_text(report, point, difference), heavy, catalog.metric(point.metric).family)


def _may_lead(point: Point) -> bool:
    survey = point.metric == "survey_index"
    return point.metric in IN_BRIEF_METRICS and (survey or point.subject in CORE_SUBJECTS)


def _newest_differences(report: SchoolReport, kinds: Iterable[str]) -> Iterator[tuple[Point, Difference]]:
    for point in report.newest():
        for kind in kinds:
            difference = report.difference(kind, point)
            if difference is not None and difference.shown and not is_total(point.metric):
                yield point, difference


def _text(report: SchoolReport, point: Point, difference: Difference) -> str:
    if difference.kind == "change":
        return sentences.change(point, report.previous(point), difference)
    if difference.kind == "vs_expected":
        return sentences.expected(point, report.expected(point), difference)
    told = sentences.distance(point, report.beside(point, "municipality"), difference)
    return " ".join(part for part in (told, sentences.sensitivity(report.estimate(point))) if part)


def _spread(found: Iterable[Remark]) -> Iterator[Remark]:
    seen: dict[str, int] = {}
    for remark in found:
        seen[remark.family] = seen.get(remark.family, 0) + 1
        if seen[remark.family] <= MOST_OF_ONE_FAMILY:
            yield remark
