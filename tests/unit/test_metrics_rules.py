"""Rules that change with the law: which holds in which school year."""

import pandas as pd
import pytest
from skq.errors import SkqError
from skq.metrics.gradebook import gradebook, passed_grade
from skq.metrics.merit import merit_rating
from skq.metrics.passing import all_subjects_passed
from skq.metrics.rules import (
    A_TO_F,
    G_VG_MVG,
    GRADE_SCALES,
    MERIT_16,
    ONE_TO_TEN,
    eligibility_rules,
    grade_scale,
    merit_rules,
)
from skq.terms import SchoolYear

from tests.spec.text_tables import grade_sheet


@pytest.mark.parametrize(
    ("school_year", "scale"),
    [("2011/12", G_VG_MVG), ("2012/13", A_TO_F), ("2024/25", A_TO_F), ("2027/28", A_TO_F)],
)
def test_scale_of_a_school_year(school_year, scale):
    """G to MVG until 2011/12, A to F from 2012/13 until 2027/28."""
    assert grade_scale(SchoolYear.parse(school_year)) is scale


def test_scale_of_coming_years_is_refused():
    """From 2028/29 the scale 1 to 10 is decided but its rules are not there: computing with it is refused."""
    with pytest.raises(SkqError, match="2028/29 are on the scale 1-10"):
        grade_scale(SchoolYear(2028))


@pytest.mark.parametrize("year", range(1990, 2040))
def test_exactly_one_scale_a_year(year):
    """No school year is without a scale, none has two."""
    assert sum(scale.valid.covers(SchoolYear(year)) for scale in GRADE_SCALES) == 1


@pytest.mark.parametrize(
    ("school_year", "metrics"),
    [
        ("2013/14", ["merit_rating_16"]),
        ("2014/15", ["merit_rating_17", "merit_rating_16"]),
        ("2030/31", []),
    ],
)
def test_merit_rules_of_a_school_year(school_year, metrics):
    """Seventeen subjects count from 2014/15; the present merit rating ends before the cohort of 2031."""
    assert [rule.metric for rule in merit_rules(SchoolYear.parse(school_year))] == metrics


def test_eligibility_rules_of_a_school_year():
    """The four kinds of eligibility belong to today's scale."""
    assert len(eligibility_rules(SchoolYear(2024))) == 4
    assert eligibility_rules(SchoolYear(2028)) == ()


def test_no_pass_limit_no_passes():
    """A scale without pass limit refuses to tell what is passed."""
    with pytest.raises(ValueError, match="no pass limit"):
        passed_grade(pd.Series(["5"]), scale=ONE_TO_TEN)


def test_no_formula_knows_the_letter_e():
    """The same formulas work on the old scale, where G is the lowest pass and worth 10."""
    book = gradebook(grade_sheet("pupil SV EN MA\n1 G VG MVG\n2 G IG MVG"), scale=G_VG_MVG)
    assert merit_rating(book, rule=MERIT_16).to_dict() == {"1": 45.0, "2": 30.0}
    assert all_subjects_passed(book).to_dict() == {"1": True, "2": False}


def test_better_of_two_swedish_grades_counts():
    """Where a pupil has SV and SVA, the better grade stands for both."""
    book = gradebook(grade_sheet("pupil SV SVA\n1 F C\n2 B E"), scale=A_TO_F)
    assert merit_rating(book, rule=MERIT_16).to_dict() == {"1": 15.0, "2": 17.5}
