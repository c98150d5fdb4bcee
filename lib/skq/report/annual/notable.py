"""Differences with intervals -> what is notable, ranked by size, certainty and pupils concerned.

Many comparisons are made at once, so some stand out by chance alone: the list says how many that would be.
"""

from __future__ import annotations

from dataclasses import dataclass

from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.notable import weight
from skq.report.numbers import Difference
from skq.terms import Level

CHANCE = 0.05
"""The share of intervals of 95 per cent that miss although nothing differs."""

MEASURES: tuple[tuple[str, int], ...] = (
    ("merit_rating_17", 9),
    ("all_subjects_passed_share", 9),
    ("eligible_vocational_share", 9),
    ("all_subjects_passed_share", 6),
)
"""Metric and grade year of what is weighed against each other; few, so that the list stays readable."""

KINDS = ("change", "vs_municipality")


@dataclass(frozen=True)
class Finding:
    """One difference of one school that is larger than chance would explain."""

    unit: Unit
    difference: Difference
    grade_year: int
    weight: float


@dataclass(frozen=True)
class Notable:
    """The findings, heaviest first, of how many differences that could be tested, and how many chance alone gives."""

    findings: tuple[Finding, ...]
    tested: int

    @property
    def expected_by_chance(self) -> float:
        """How many of the tested differences would stand out although nothing differs."""
        return self.tested * CHANCE

    @property
    def pupils(self) -> int:
        """How many pupils the findings concern, each school's largest group counted once."""
        largest: dict[str, float] = {}
        for finding in self.findings:
            largest[finding.unit.code] = max(largest.get(finding.unit.code, 0), finding.difference.n or 0)
        return int(sum(largest.values()))


def notable(analysis: AnnualAnalysis) -> Notable:
    """Return what stands out among the schools' results: changes since last year and distances to the municipality.

    A finding weighs certainty times size times pupils: a large certain difference for many pupils comes first.
    """
    candidates = [
        (unit, found, grade_year)
        for metric, grade_year in MEASURES
        for unit, point in analysis.spread(metric, Level.SCHOOL, grade_year=grade_year)
        for kind in KINDS
        if (found := analysis.difference(kind, point)) is not None and found.certain is not None
    ]
    findings = [
        Finding(unit, found, grade_year, weight(found) * (found.n or 0))
        for unit, found, grade_year in candidates
        if found.certain
    ]
    ordered = sorted(findings, key=lambda finding: (-finding.weight, finding.unit.code, finding.difference.kind))
    return Notable(tuple(ordered), len(candidates))
