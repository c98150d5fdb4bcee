"""What must hold for the results of any class: shares that sum to one, forecasts that agree with themselves."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skq.metrics.forecasts import came_true, expected_grade, foreseen, near_limit, over_hopeful, subjects_not_reached
from skq.metrics.gradebook import gradebook
from skq.metrics.national_tests import grade_against_test, points_above_test, steps_above_test
from skq.metrics.passing import all_subjects_passed, failed_subjects, subjects_had, subjects_passed
from skq.metrics.rules import A_TO_F, G_VG_MVG

MARKS = {scale.id: [*scale.points, "-"] for scale in (A_TO_F, G_VG_MVG)}
SCALES = pytest.mark.parametrize("scale", [A_TO_F, G_VG_MVG], ids=lambda scale: scale.id)
SUBJECTS = ("SV", "SVA", "EN", "MA", "BL")


def rows_of(reports: list[dict[str, str]]) -> pd.DataFrame:
    rows = [(f"p{place}", subject, mark) for place, one in enumerate(reports) for subject, mark in one.items()]
    return pd.DataFrame(rows, columns=["pupil_id", "subject", "grade"])


@SCALES
@given(data=st.data())
def test_exactly_one_of_none_one_and_several(scale, data):
    """Every pupil lacks none, one or several passes; none is all subjects passed; who is adapted never lacks none."""
    report = st.dictionaries(st.sampled_from(SUBJECTS), st.sampled_from(MARKS[scale.id]), min_size=1)
    reports = data.draw(st.lists(report, min_size=1, max_size=6))
    book = gradebook(rows_of(reports), scale=scale)
    adapted = pd.Series(data.draw(st.lists(st.booleans(), min_size=len(reports), max_size=len(reports))), book.pupils)
    had, passed = subjects_had(book), subjects_passed(book)
    failed = failed_subjects(had, passed, adapted=adapted)
    assert failed.sum(axis=1).eq(1).all()
    assert (failed["none"] == all_subjects_passed(book) & ~adapted).all()
    assert (passed <= had).all()
    assert failed.loc[had.sub(passed).ge(2), "several"].all()


@SCALES
@given(data=st.data())
def test_steps_and_points_have_one_direction(scale, data):
    """Steps and points have the sign of the direction, and change sign when grade and test change place."""
    marks = st.lists(st.sampled_from(MARKS[scale.id]), min_size=1, max_size=8)
    grade = pd.Series(data.draw(marks))
    test = pd.Series(data.draw(st.lists(st.sampled_from(MARKS[scale.id]), min_size=len(grade), max_size=len(grade))))
    steps, points = steps_above_test(grade, test, scale=scale), points_above_test(grade, test, scale=scale)
    direction = grade_against_test(grade, test, scale=scale)
    assert (steps.clip(-1, 1).eq(direction) | direction.isna()).all()
    assert ((points > 0) == (direction > 0)).all()
    assert ((points < 0) == (direction < 0)).all()
    pd.testing.assert_series_equal(steps_above_test(test, grade, scale=scale), -steps)
    assert (steps.isna() == (grade.eq("-") | test.eq("-"))).all()


TOLD = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)


@given(TOLD)
def test_bias_is_forecast_less_outcome(pupils):
    """Bias is the share forecast to pass minus the share that did; hits are the same seen from either side."""
    forecast, fails = (pd.Series(column) for column in zip(*pupils, strict=True))
    assert over_hopeful(forecast, fails).mean() == pytest.approx(fails.mean() - forecast.mean())
    assert foreseen(forecast, fails).sum() == came_true(forecast, fails).sum() == (forecast & fails).sum()
    assert not over_hopeful(fails, fails).any()
    assert foreseen(fails, fails).dropna().eq(1).all()
    assert came_true(fails, fails).dropna().eq(1).all()


WORDS = st.sampled_from(["reaches", "at_risk", "not_reach"])
PUPIL = st.dictionaries(st.sampled_from(SUBJECTS), WORDS, min_size=1)


@given(st.lists(PUPIL, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_near_the_limit_are_forecast_to_fail(pupils, random):
    """Whoever is near the limit is forecast to fail; the order of rows does not matter."""
    rows = rows_of(pupils).rename(columns={"grade": "forecast"})
    shuffled = rows.sample(frac=1, random_state=random.randrange(2**31))
    missing = subjects_not_reached(rows, ["pupil_id"])
    pd.testing.assert_series_equal(missing, subjects_not_reached(shuffled, ["pupil_id"]))
    assert not (near_limit(missing) & missing.eq(0)).any()
    assert missing.max() <= len(SUBJECTS)


@SCALES
@given(WORDS, st.data())
def test_predicted_grade_goes_before_the_word(scale, word, data):
    """A predicted grade stands as it is; without one, only a subject not reached is a fail."""
    grade = data.draw(st.sampled_from([*scale.points, None]))
    (found,) = expected_grade(pd.Series([word]), pd.Series([grade], dtype="str"), scale=scale)
    assert found == grade if grade else (found in scale.passed) is (word != "not_reach")
