"""What the finished files tell is held to the limits of docs/disclosure.md: n, and those with and without."""

import pytest
from skq.protect.rule import BY_YEAR, OFFICIAL
from skq.protect.verdict import Shape, publish_share
from skq.release.attack import below_limit
from skq.release.limits import limits_of
from skq.release.published import published

from tests.unit.release_towns import PASSED, cell, write_site

SUBJECT, BACKGROUND, ABSENT = "subject_passed_share", "foreign_background_share", "absence_over_15_share"
PARTS, LEFT = "grade_above_test_share", "cohort_leavers_count"


def refused(folder, metric, k, n, **other):
    """Return whether a school's share of *k* of *n* is refused by the rule of all years."""
    site = write_site(folder, [cell("90000001", "Norra", k, n, id=metric, **other)])
    return [one.rule for one in below_limit(published(site), OFFICIAL)] == ["below-limit"]


@pytest.mark.parametrize(
    ("metric", "k", "n", "wrong"),
    [
        pytest.param(PASSED, 9, 40, True, id="nine passed"),
        pytest.param(PASSED, 10, 40, False, id="ten passed"),
        pytest.param(PASSED, 39, 40, False, id="one lacks a pass in grade year 9, told by the agency too"),
        pytest.param(SUBJECT, 39, 40, True, id="one lacks a pass in a subject"),
        pytest.param(SUBJECT, 36, 40, True, id="four lack it"),
        pytest.param(SUBJECT, 35, 40, False, id="five lack it"),
        pytest.param(SUBJECT, 40, 40, False, id="nobody lacks it"),
        pytest.param(SUBJECT, 0, 40, True, id="nobody has it: a symbol stands for that"),
        pytest.param(BACKGROUND, 4, 40, True, id="four of a background"),
        pytest.param(BACKGROUND, 5, 40, False, id="five of a background"),
        pytest.param(BACKGROUND, 40, 40, True, id="all of a background"),
        pytest.param(ABSENT, 40, 40, True, id="all are away much"),
        pytest.param(ABSENT, 9, 40, True, id="nine are away much"),
        pytest.param(PARTS, 3, 15, False, id="three of fifteen parts"),
        pytest.param(PARTS, 3, 14, True, id="parts of fourteen"),
        pytest.param("attendance_share", 1, 40, False, id="attendance is a sum of hours, not a count of pupils"),
    ],
)
def test_a_share_is_held_to_those_with_and_those_without(tmp_path, metric, k, n, wrong):
    """Limits as in the table of docs/disclosure.md: 10 at a school, 5 of background, 15 of parts, 1 to 4 lacking it."""
    assert refused(tmp_path, metric, k, n) is wrong


@pytest.mark.parametrize(("told", "wrong"), [("0", False), ("4", True), ("5", False)])
def test_a_count_is_held_to_its_limit_whatever_stands_beside_it(tmp_path, told, wrong):
    """That nobody left is told; that four did is not, though thirty could have."""
    assert refused(tmp_path, LEFT, 5, 30, värde=told) is wrong


def test_a_shown_number_without_what_it_rests_on_is_refused(tmp_path):
    """Nobody could hold it to the rule: of our own, though not of an agency's files, which do not always tell."""
    assert refused(tmp_path, PASSED, 30, 40, antal="")
    assert not refused(tmp_path, PASSED, 30, 40, antal="", källa="Skolverket")


def test_a_rounded_share_of_many_that_may_be_allowed_is_not_refused(tmp_path):
    """0,2 % of 5 000 is eight to twelve pupils: at least one of these may be told at a school, so it stands."""
    assert not refused(tmp_path, PASSED, 10, 5000)


def test_what_is_shown_never_stands_in_the_refusal(tmp_path):
    """Place, metric and unit are told, not the number."""
    site = write_site(tmp_path, [cell("90000001", "Norra", 9, 40)])
    (found,) = below_limit(published(site), OFFICIAL)
    assert found.where == "arsanalys/schools.csv:2"
    assert "22,5" not in found.what
    assert not any(digit in found.what.replace("90000001", "").replace("2024/25", "") for digit in "01345678")


@pytest.mark.parametrize("rule", [OFFICIAL, BY_YEAR])
@pytest.mark.parametrize("metric", [PASSED, SUBJECT, BACKGROUND, ABSENT, PARTS])
@pytest.mark.parametrize("level", ["school", "municipality"])
def test_the_gate_and_the_protection_draw_the_same_limits(rule, metric, level):
    """Every k of every n up to 30: the gate's table of limits and the order of questions of the protection agree."""
    for year in ("2018/19", "2025/26"):
        limits = limits_of(rule, metric, level, 9, year)
        family = rule.family({PASSED: "all_subjects", SUBJECT: "subject_grades", BACKGROUND: "pupil_shares",
                              ABSENT: "absence", PARTS: "test_relation"}[metric], 9, year)  # fmt: skip
        shape = Shape.SHARE_FAILING if metric == ABSENT and rule is OFFICIAL else family.shape
        for n in range(1, 31):
            for k in range(n + 1):
                verdict = publish_share(n, k, minimum=family.minimum(level), shape=shape, nearly_all=rule.nearly_all)
                assert (n >= limits.n and limits.allow(k, n)) == (str(verdict.status) == "observed"), (year, n, k)
