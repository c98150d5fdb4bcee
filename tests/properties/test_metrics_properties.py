"""What must hold for every pupil, school and municipality, whatever the grades."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skq.aggregate import aggregate
from skq.metrics.eligibility import eligible
from skq.metrics.equity import variation
from skq.metrics.gradebook import gradebook
from skq.metrics.intervals import share_difference, share_interval
from skq.metrics.merit import merit_rating
from skq.metrics.passing import all_subjects_passed
from skq.metrics.rules import A_TO_F, ARTS, MERIT_16, MERIT_17, SCIENCE, SOCIAL, VOCATIONAL
from skq.schema import SUBJECTS

from tests.spec.text_tables import YEAR, pupils, schools, typed

CODES = sorted(set(SUBJECTS) - {"NO", "SO"})
REPORT = st.dictionaries(st.sampled_from(CODES), st.sampled_from(["A", "B", "C", "D", "E", "E", "F", "-"]), min_size=1)
CLASS = st.lists(REPORT, min_size=1, max_size=6)


def grades(reports: list[dict[str, str]]) -> pd.DataFrame:
    rows = [(f"p{place}", subject, grade) for place, one in enumerate(reports) for subject, grade in one.items()]
    frame = pd.DataFrame(rows, columns=["pupil_id", "subject", "grade"])
    return typed("grades", frame.assign(school_year=YEAR, term="VT", kind="final"))


@settings(max_examples=60, deadline=None)
@given(CLASS)
def test_order_of_rows_does_not_matter_to_a_pupil(reports):
    """Merit rating and passing are the same whatever order the grades come in."""
    rows = grades(reports)
    first, second = gradebook(rows, scale=A_TO_F), gradebook(rows.iloc[::-1], scale=A_TO_F)
    pd.testing.assert_series_equal(merit_rating(first, rule=MERIT_17), merit_rating(second, rule=MERIT_17))
    pd.testing.assert_series_equal(all_subjects_passed(first), all_subjects_passed(second))


@settings(max_examples=60, deadline=None)
@given(CLASS)
def test_eligibilities_are_nested(reports):
    """Whoever may enter social or natural science may enter the arts, and whoever may that, a vocational programme."""
    book = gradebook(grades(reports), scale=A_TO_F)
    vocational, arts, social, science = (eligible(book, rule=rule) for rule in (VOCATIONAL, ARTS, SOCIAL, SCIENCE))
    assert (vocational >= arts).all()
    assert (arts >= (social | science)).all()


@settings(max_examples=60, deadline=None)
@given(CLASS)
def test_merit_ratings_within_their_limits(reports):
    """0 < 16 subjects ≤ 320, at most 340 with 17, never lower than with 16; missing exactly without any pass."""
    book = gradebook(grades(reports), scale=A_TO_F)
    sixteen, seventeen = merit_rating(book, rule=MERIT_16), merit_rating(book, rule=MERIT_17)
    known = sixteen.dropna()
    assert known.between(10, 320).all()
    assert seventeen.dropna().between(10, 340).all()
    assert (seventeen.dropna() >= known - 1e-9).all()
    passes = {f"p{place}" for place, one in enumerate(reports) if set(one.values()) & set("ABCDE")}
    assert set(known.index) == passes


@st.composite
def towns(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """Return the tables of a town with up to four schools."""
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from("ABCD"), st.sampled_from(["girls", "boys"]), REPORT), min_size=1, max_size=12
        )
    )
    who = "\n".join(f"p{place} {school} {sex}" for place, (school, sex, _) in enumerate(rows))
    return {
        "school_units": schools(*"ABCD"),
        "pupils": pupils(f"pupil_id school_unit_code sex\n{who}"),
        "grades": grades([report for *_, report in rows]),
    }


@settings(max_examples=5, deadline=None)
@given(towns(), st.randoms(use_true_random=False))
def test_levels_add_up_whatever_the_order(tables, random):
    """n and numerator of schools add up to the municipality's, of sexes to all pupils; parts never exceed wholes."""
    found = aggregate(tables)
    shuffled = {name: frame.sample(frac=1, random_state=random.randrange(2**31)) for name, frame in tables.items()}
    pd.testing.assert_frame_equal(aggregate(shuffled), found)
    shares = found[found["metric"].str.endswith("_share") & found["numerator"].notna()]
    assert (shares["numerator"] <= shares["n"]).all()
    assert shares["value"].between(0, 1).all()
    additive = found[found["numerator"].notna()]
    key = ["metric", "grade_year", "subject", "category"]
    levels = {
        name: part.groupby(key, dropna=False)[["n", "numerator"]].sum() for name, part in additive.groupby("level")
    }
    pd.testing.assert_frame_equal(levels["school"], levels["municipality"])
    town = additive[additive["level"].eq("municipality")]
    by = {
        name: part.groupby(key[:3], dropna=False)[["n", "numerator"]].sum() for name, part in town.groupby("breakdown")
    }
    pd.testing.assert_frame_equal(by["all"].loc[by["sex"].index], by["sex"])


@given(st.integers(1, 500), st.data())
def test_interval_holds_its_share(n, data):
    """Wilson's interval lies within 0 and 1 and holds the share; the difference with itself holds zero."""
    k = data.draw(st.integers(0, n))
    limits = share_interval(pd.Series([k]), pd.Series([n])).assign(value=k / n)
    row = limits.iloc[0]
    assert -1e-12 <= row["lower"] <= row["value"] + 1e-12
    assert row["value"] - 1e-12 <= row["upper"] <= 1 + 1e-12
    nought = share_difference(limits, limits).iloc[0]
    assert nought["lower"] <= 0 <= nought["upper"]


@given(st.lists(st.lists(st.floats(0, 340), min_size=1, max_size=8), min_size=2, max_size=5))
def test_variance_between_and_within_is_the_whole(merits):
    """The sums of squares between and within schools add up to that of all pupils."""
    values = [pd.Series(own) for own in merits]
    pooled = pd.concat(values)
    found = variation(
        pd.Series([len(own) for own in values]),
        pd.Series([own.sum() for own in values]),
        pd.Series([(own**2).sum() for own in values]),
    )
    whole = float(((pooled - pooled.mean()) ** 2).sum())
    assert found.between + found.within == pytest.approx(whole, abs=1e-5)
