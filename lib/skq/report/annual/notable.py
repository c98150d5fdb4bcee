"""Differences with intervals -> what is notable, ranked by certainty, size and pupils concerned.

Many comparisons are made at once, so some stand out by chance alone: the list says how many that would be, and which
remain when the number of comparisons is taken into account. Holm (1979), Scandinavian Journal of Statistics 6:65-70.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import erfc, inf, sqrt

from skq.report import sv
from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.annual.measures import MAIN
from skq.report.notable import weight
from skq.report.numbers import Difference
from skq.terms import Level

CHANCE = 0.05
"""The share of intervals of 95 per cent that miss although nothing differs."""

WIDTH = 1.959964
"""Standard errors in half an interval of 95 per cent."""

KINDS = ("change", "vs_expected", "vs_municipality")


@dataclass(frozen=True)
class Finding:
    """What certainly stands out at one school, heaviest first."""

    unit: Unit
    differences: tuple[Difference, ...]

    @property
    def weight(self) -> float:
        """The weight of its heaviest difference."""
        return heaviness(self.differences[0])

    @property
    def pupils(self) -> int:
        """How many pupils it concerns: those of a grade year are counted once, though several numbers rest on them."""
        largest: dict[int | None, float] = {}
        for difference in self.differences:
            largest[difference.grade_year] = max(largest.get(difference.grade_year, 0.0), difference.n or 0.0)
        return round(sum(largest.values()))


@dataclass(frozen=True)
class Notable:
    """The findings, heaviest first; of how many differences that could be tested; which of them Holm leaves."""

    findings: tuple[Finding, ...]
    tested: int
    remaining: frozenset[Difference] = frozenset()

    @property
    def flagged(self) -> int:
        """How many of the tested differences stand out."""
        return sum(len(finding.differences) for finding in self.findings)

    @property
    def expected_by_chance(self) -> float:
        """How many of the tested differences would stand out although nothing differs."""
        return self.tested * CHANCE

    def first(self, count: int) -> Notable:
        """Return the same with the heaviest *count* findings alone."""
        return replace(self, findings=self.findings[:count])

    @property
    def holding(self) -> frozenset[Difference]:
        """The differences of the findings that remain when the number of comparisons is taken into account."""
        return frozenset(one for finding in self.findings for one in finding.differences if one in self.remaining)

    @property
    def failing(self) -> frozenset[Difference]:
        """The differences of the findings that do not."""
        return frozenset(one for finding in self.findings for one in finding.differences if one not in self.remaining)

    @property
    def pupils(self) -> int:
        """How many pupils the findings concern."""
        return sum(finding.pupils for finding in self.findings)


def heaviness(difference: Difference) -> float:
    """Return the weight that every report gives a difference (`report.notable.weight`), times the pupils behind it."""
    return weight(difference) * (difference.n or 0.0)


def notable(analysis: AnnualAnalysis) -> Notable:
    """Return what stands out at the schools: changes since last year, distances to the municipality and to SALSA."""
    candidates = [
        (unit, difference)
        for metric, grade_year in MAIN
        for unit, point in analysis.spread(metric, Level.SCHOOL, grade_year=grade_year)
        for kind in KINDS
        if (difference := analysis.difference(kind, point)) is not None and difference.certain is not None
    ]
    certain = [(unit, difference) for unit, difference in candidates if difference.certain]
    units = sorted({unit.code: unit for unit, _ in certain}.values(), key=lambda unit: unit.code)
    findings = [_finding(unit, [difference for of, difference in certain if of == unit]) for unit in units]
    ordered = sorted(findings, key=lambda one: (-one.weight, sv.order(one.unit.name), one.unit.code))
    return Notable(tuple(ordered), len(candidates), remaining([difference for _, difference in candidates]))


def remaining(tested: Sequence[Difference]) -> frozenset[Difference]:
    """Return those of *tested* that chance does not explain although so many are tested at once (Holm's method)."""
    ordered = sorted(tested, key=lambda one: (p_value(one), one.metric, one.grade_year or 0, one.kind))
    kept: list[Difference] = []
    for place, difference in enumerate(ordered):
        if p_value(difference) * (len(ordered) - place) >= CHANCE:
            break
        kept.append(difference)
    return frozenset(kept)


def p_value(difference: Difference) -> float:
    """Return how often chance alone would give as large a difference, from the side of its interval towards zero."""
    value, low, high = difference.value, difference.lower, difference.upper
    if value is None or low is None or high is None:
        return 1.0
    half = value - low if value > 0 else high - value
    return erfc(abs(value) / half * WIDTH / sqrt(2)) if half > 0 else erfc(inf if value else 0.0)


def _finding(unit: Unit, differences: Sequence[Difference]) -> Finding:
    ordered = sorted(differences, key=lambda one: (-heaviness(one), one.metric, one.grade_year or 0, one.kind))
    return Finding(unit, tuple(ordered))
