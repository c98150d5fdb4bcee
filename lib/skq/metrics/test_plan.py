"""Which national tests are given: subjects and kind of result by grade year, as values valid for school years.

Sources: domain §6 (tests, none in the springs of 2020 and 2021), §18 (what is proposed for the ten-year school).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from skq.errors import SkqError
from skq.metrics.rules import SWEDISH
from skq.metrics.validity import RuleStatus, Validity, holding
from skq.terms import SchoolYear


class TestKind(StrEnum):
    """What a test ends in."""

    __test__ = False  # no test of ours

    LEVELS = "levels"  # a level reached or not in each part, and no grade
    GRADES = "grades"  # a test grade for the whole test


@dataclass(frozen=True)
class GivenTests:
    """The tests of one grade year: in which subjects, and what they end in."""

    subjects: frozenset[str]
    kind: TestKind


@dataclass(frozen=True)
class NationalTestPlan:
    """The tests of some school years by grade year; empty where none were given."""

    id: str
    valid: Validity
    tests: Mapping[int, GivenTests]
    status: RuleStatus = RuleStatus.IN_FORCE

    def grade_years(self, kind: TestKind) -> tuple[int, ...]:
        """Return the grade years whose tests are of *kind*, lowest first."""
        return tuple(sorted(year for year, given in self.tests.items() if given.kind is kind))


_EARLY = frozenset({*SWEDISH, "MA"})
_MIDDLE = _EARLY | {"EN"}
_LAST = _MIDDLE | {"BI", "FY", "KE", "GE", "HI", "RE", "SH"}


def _three(lower: int, middle: int, upper: int) -> Mapping[int, GivenTests]:
    return MappingProxyType(
        {
            lower: GivenTests(_EARLY, TestKind.LEVELS),
            middle: GivenTests(_MIDDLE, TestKind.GRADES),
            upper: GivenTests(_LAST, TestKind.GRADES),
        }
    )


THREE_SIX_NINE = NationalTestPlan("3-6-9", Validity(last=SchoolYear(2018)), _three(3, 6, 9))
CANCELLED = NationalTestPlan("cancelled", Validity(SchoolYear(2019), SchoolYear(2020)), MappingProxyType({}))
RESUMED = NationalTestPlan("3-6-9, resumed", Validity(SchoolYear(2021), SchoolYear(2027)), _three(3, 6, 9))
TEN_YEAR_SCHOOL = NationalTestPlan(
    "4-7-10", Validity(first=SchoolYear(2028)), _three(4, 7, 10), status=RuleStatus.PROPOSED
)
TEST_PLANS = (THREE_SIX_NINE, CANCELLED, RESUMED, TEN_YEAR_SCHOOL)


def national_test_plan(school_year: SchoolYear) -> NationalTestPlan:
    """Return the plan of *school_year*; SkqError where it is not in force yet."""
    (plan,) = holding(TEST_PLANS, school_year)
    if plan.status is not RuleStatus.IN_FORCE:
        raise SkqError(
            f"the national tests of {school_year} follow the plan {plan.id}, which is {plan.status}, not in force\n"
            f"  expected: school years up to {RESUMED.valid.last}\n"
            "  next:     complete the plan in skq/metrics/test_plan.py"
        )
    return plan
