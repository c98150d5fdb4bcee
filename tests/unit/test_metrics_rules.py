"""Rules that change with the law: which holds in which school year."""

import ast
import re
from pathlib import Path

import pandas as pd
import pytest
import skq
from skq.errors import SkqError
from skq.metrics.compulsory_school import COMPULSORY_SCHOOLS, compulsory_school
from skq.metrics.gradebook import gradebook, passed_grade
from skq.metrics.merit import merit_rating
from skq.metrics.passing import all_subjects_passed
from skq.metrics.rules import (
    A_TO_F,
    COMING_RULES,
    ELIGIBILITY_RULES,
    G_VG_MVG,
    GRADE_SCALES,
    MERIT_16,
    MERIT_RULES,
    ONE_TO_TEN,
    eligibility_rules,
    grade_scale,
    merit_rules,
)
from skq.metrics.subjects import subject_passed, subject_points
from skq.metrics.test_plan import TEST_PLANS, TestKind, national_test_plan
from skq.metrics.validity import holding
from skq.terms import SchoolYear

from tests.spec.text_tables import grade_sheet

LIB = Path(skq.__file__).parent


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


@pytest.mark.parametrize(
    ("school_year", "last", "graded", "stages"),
    [
        pytest.param("2027/28", 9, [6, 7, 8, 9], {3: "lower", 4: "middle", 6: "middle", 7: "upper"}, id="nine years"),
        pytest.param("2028/29", 10, [7, 8, 9, 10], {4: "lower", 5: "middle", 7: "middle", 8: "upper"}, id="ten years"),
    ],
)
def test_grade_years_of_compulsory_school(school_year, last, graded, stages):
    """Nine grade years until 2027/28, ten from 2028/29, where every stage ends one grade year later."""
    school = compulsory_school(SchoolYear.parse(school_year))
    assert (school.last_grade_year, list(school.graded_years)) == (last, graded)
    assert school.official_years == (graded[0], last)
    assert list(school.grade_years) == list(range(1, last + 1))
    assert {year: school.stage(year) for year in stages} == stages


@pytest.mark.parametrize("grade_year", [0, 10])
def test_no_stage_outside_compulsory_school(grade_year):
    """Förskoleklass and grade year 10 of the nine-year school belong to no stage."""
    with pytest.raises(ValueError, match="no stage of the nine-year school"):
        compulsory_school(SchoolYear(2024)).stage(grade_year)


@pytest.mark.parametrize(
    ("school_year", "levels", "grades"),
    [
        pytest.param("2018/19", (3,), (6, 9), id="before"),
        pytest.param("2019/20", (), (), id="cancelled 2020"),
        pytest.param("2020/21", (), (), id="cancelled 2021"),
        pytest.param("2021/22", (3,), (6, 9), id="again"),
    ],
)
def test_plan_of_national_tests(school_year, levels, grades):
    """Levels in year 3, grades in 6 and 9, and no tests at all in the springs of 2020 and 2021."""
    plan = national_test_plan(SchoolYear.parse(school_year))
    assert (plan.grade_years(TestKind.LEVELS), plan.grade_years(TestKind.GRADES)) == (levels, grades)


def test_plan_names_its_subjects():
    """Year 3 has no English, only year 9 has natural and social sciences."""
    tests = national_test_plan(SchoolYear(2024)).tests
    assert [("EN" in tests[year].subjects, "BI" in tests[year].subjects) for year in (3, 6, 9)] == [
        (False, False),
        (True, False),
        (True, True),
    ]


@pytest.mark.parametrize("year", range(1990, 2040))
def test_one_school_and_one_plan_a_year(year):
    """No school year is without grade years or test plan, none has two."""
    for rules in (COMPULSORY_SCHOOLS, TEST_PLANS):
        assert len(holding(rules, SchoolYear(year))) == 1


def test_rules_say_how_sure_they_are():
    """What can be computed with is in force; the coming scale, school and rules are decided, the test plan proposed."""
    assert {scale.id: str(scale.status) for scale in GRADE_SCALES} == {
        "G-VG-MVG": "in_force",
        "A-F": "in_force",
        "1-10": "decided",
    }
    assert str(compulsory_school(SchoolYear(2028)).status) == "decided"
    assert str(TEST_PLANS[-1].status) == "proposed"
    assert {str(rule.status) for rule in (*MERIT_RULES, *ELIGIBILITY_RULES)} == {"in_force"}
    assert {str(rule.status) for rule in COMING_RULES} == {"decided"}


@pytest.mark.parametrize("scale", [G_VG_MVG, A_TO_F], ids=lambda scale: scale.id)
def test_streck_is_not_a_grade(scale):
    """A dash has no points and is no pass on either scale, and is not the same as a fail, which has 0 points."""
    marks = pd.Series(["-", min(scale.points, key=scale.points.__getitem__)])
    points = subject_points(marks, scale=scale)
    assert (pd.isna(points[0]), points[1]) == (True, 0)
    assert subject_passed(marks, scale=scale).tolist() == [0, 0]
    assert not scale.no_basis & set(scale.points)


NO_GRADE_IN_CODE = re.compile(r"""["'](?:[A-F]|IG|G|VG|MVG)["']""")


@pytest.mark.parametrize("room", ["metrics", "aggregate"])
def test_no_code_names_a_grade(room):
    """Outside the scales no formula names a grade, nor compares a grade year with a number."""
    found = []
    for path in sorted((LIB / room).glob("*.py")):
        if path.name not in ("rules.py", "compulsory_school.py", "test_plan.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [f"{path.name}:{node.lineno}" for node in ast.walk(tree) if _names_a_grade(node)]
    assert found == []


def _names_a_grade(node: ast.AST) -> bool:
    """Whether *node* is a text that is a grade, or compares something called grade_year with a number above 0."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and NO_GRADE_IN_CODE.fullmatch(repr(node.value)) is not None
    compared = isinstance(node, ast.Compare) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("eq", "isin", "ge")
    )
    if not compared or "grade_year" not in ast.unparse(node):
        return False
    numbers = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and type(part.value) is int]
    return any(number > 1 for number in numbers)
