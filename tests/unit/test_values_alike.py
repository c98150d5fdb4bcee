"""What rooms below `metrics`, and the disclosure rule, say for themselves agrees with the versioned rules in force."""

from __future__ import annotations

import pytest
from skq.metrics.compulsory_school import NINE_YEARS
from skq.metrics.test_plan import TEST_PLANS, TestKind, national_test_plan
from skq.metrics.validity import RuleStatus
from skq.protect.rule import OFFICIAL
from skq.schema import TABLES
from skq.terms import SchoolYear
from skq.validate.results import TESTED, YEARS_WITHOUT_TESTS


@pytest.mark.parametrize("year", range(2010, 2028))
def test_tests_that_a_file_may_hold_are_those_given(year):
    """The grade years and subjects that files are checked by are those of the plan; no tests in the cancelled years."""
    plan = national_test_plan(SchoolYear(year))
    given = {grade_year: set(tests.subjects) for grade_year, tests in plan.tests.items()}
    without = str(SchoolYear(year)) in YEARS_WITHOUT_TESTS
    assert given == ({} if without else {grade_year: set(subjects) for grade_year, subjects in TESTED.items()})


def test_only_the_lowest_tested_grade_year_has_levels():
    """A level reached is a result in grade year 3 alone, in every plan in force that has tests."""
    plans = [plan for plan in TEST_PLANS if plan.status is RuleStatus.IN_FORCE and plan.tests]
    assert {plan.grade_years(TestKind.LEVELS) for plan in plans} == {(min(TESTED),)}


@pytest.mark.parametrize("table", ["pupils", "national_tests", "commitments", "targets"])
def test_highest_grade_year_of_a_file_is_the_last_one(table):
    """Files take grade years up to the last one of the school in force."""
    assert TABLES[table]["grade_year"].maximum == NINE_YEARS.last_grade_year


def test_exemption_of_all_subjects_is_of_the_last_grade_year():
    """The grade year whose share passed in all subjects is told exactly is the one with final grades."""
    assert NINE_YEARS.last_grade_year == OFFICIAL.exact_all_subjects
