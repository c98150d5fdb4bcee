"""What must hold of cohorts, value added and equity for all pupils whatsoever."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from skq.aggregate.attainment import Roll, marks
from skq.aggregate.members import spring_members
from skq.aggregate.places import places
from skq.aggregate.progress import cohort_rows
from skq.metrics.cohorts import membership_counts, memberships
from skq.metrics.decomposition import decomposition
from skq.metrics.equity import spread, variation_of
from skq.metrics.gaps import gaps, lowest_quarter_mean
from skq.metrics.lines import line
from skq.metrics.multilevel import multilevel
from skq.metrics.segregation import dissimilarity, information_index
from skq.metrics.value_added import conditional_value_added, expected_outcome, quantile_groups

from tests.spec.text_tables import schools, typed

MERIT = st.integers(0, 136).map(lambda step: step * 2.5)
UNKNOWN = st.none() | MERIT
PLACED = st.tuples(st.integers(0, 15), st.sampled_from("ABC"), UNKNOWN)
POINT = st.lists(PLACED, max_size=25)
PUPIL = st.tuples(st.sampled_from("ABCD"), UNKNOWN, UNKNOWN)
PUPILS = st.lists(PUPIL, max_size=30)
COUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


def point(rows: list[tuple[int, str, float | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["pupil_id", "school_unit_code", "value"])
    return frame.astype({"pupil_id": "str", "school_unit_code": "str", "value": "float64"})


def pupils(rows: list[tuple[str, float | None, float | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["unit", "prior", "outcome"])
    return frame.astype({"unit": "str", "prior": "float64", "outcome": "float64"})


@settings(max_examples=15, deadline=None)
@given(POINT, POINT)
def test_parts_add_up_to_the_change(before, after):
    """Progress, leavers, joiners and those measured once add up to the change, which is that of the plain means."""
    first, second = point(before), point(after)
    parts = decomposition(first, second).pivot(index="school_unit_code", columns="part", values="value")
    means = [rows.groupby(["school_unit_code", "pupil_id"])["value"].mean() for rows in (first, second)]
    plain = [own.groupby("school_unit_code").mean() for own in means]
    for unit, told in parts.iterrows():
        if pd.notna(told["progress"]):
            added = told[["progress", "leavers", "joiners", "measured_once"]].sum()
            assert added == pytest.approx(told["change"], abs=1e-9)
        if pd.notna(told["change"]):
            assert told["change"] == pytest.approx(plain[1][unit] - plain[0][unit], abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(POINT, POINT)
def test_everybody_stays_leaves_or_joins(before, after):
    """Stayers and leavers are all there were, stayers and joiners all there are; the municipality loses no mover."""
    first, second = (point(rows).assign(municipality_code="1480") for rows in (before, after))
    found = membership_counts(memberships(first, second))
    for unit, told in found.iterrows():
        then, now = (set(rows.loc[rows["school_unit_code"].eq(unit), "pupil_id"]) for rows in (first, second))
        assert (told["before"], told["after"]) == (len(then), len(now))
        assert told["stayers"] == len(then & now)
    whole = membership_counts(memberships(first, second, unit="municipality_code"), unit="municipality_code")
    assert whole["stayers"].sum() == len(set(first["pupil_id"]) & set(second["pupil_id"]))
    assert whole["leavers"].sum() + whole["joiners"].sum() == len(set(first["pupil_id"]) ^ set(second["pupil_id"]))


@settings(max_examples=15, deadline=None)
@given(PUPILS, st.integers(1, 10))
def test_value_added_sums_to_zero_over_its_reference(rows, groups):
    """Over all pupils that the expected values are made from, value added sums to zero, also within each group."""
    frame = pupils(rows)
    group = quantile_groups(frame["prior"], groups=groups)
    added = frame["outcome"] - expected_outcome(frame["outcome"], group)
    assert added.sum() == pytest.approx(0, abs=1e-8)
    assert added.groupby(group).sum().abs().max() < 1e-8 or added.dropna().empty
    whole = conditional_value_added(frame, group, leave_one_out=False)
    assert (whole["n"] * whole["value"].fillna(0)).sum() == pytest.approx(0, abs=1e-8)


@settings(max_examples=15, deadline=None)
@given(PUPILS)
def test_leaving_out_is_comparing_with_the_others(rows):
    """The expectation without the own unit is the plain mean of the other units' pupils of the group."""
    frame = pupils(rows)
    group = quantile_groups(frame["prior"], groups=3)
    found = expected_outcome(frame["outcome"], group, leave_out=frame["unit"])
    for row in frame.index:
        others = frame.loc[
            group.eq(group[row]).fillna(False) & frame["unit"].ne(frame["unit"][row]), "outcome"
        ].dropna()
        assert found[row] == pytest.approx(others.mean(), nan_ok=True)


@settings(max_examples=20, deadline=None)
@given(PUPILS, st.randoms(use_true_random=False))
def test_order_of_rows_never_matters(rows, chance):
    """Whatever order pupils come in, every measure is the very same."""
    frame = pupils(rows)
    order = list(frame.index)
    chance.shuffle(order)
    told = []
    for own in (frame, frame.loc[order]):
        group = quantile_groups(own["prior"], groups=4)
        told.append(
            [
                conditional_value_added(own, group),
                gaps(own["outcome"], group, own["unit"], first=1, second=4),
                lowest_quarter_mean(own["outcome"], own["unit"]),
                pd.Series(vars(variation_of(own["outcome"], own["unit"])), dtype=object),
                pd.Series(vars(spread(own["outcome"], own["unit"])), dtype=object),
                pd.Series(vars(line(own["prior"], own["outcome"], cluster=own["unit"])), dtype=object),
            ]
        )
    for one, other in zip(*told, strict=True):
        (pd.testing.assert_frame_equal if isinstance(one, pd.DataFrame) else pd.testing.assert_series_equal)(one, other)


@settings(max_examples=20, deadline=None)
@given(POINT, POINT, st.randoms(use_true_random=False))
def test_order_never_matters_to_a_change(before, after, chance):
    """Neither parts nor limits of a change depend on the order of rows."""
    first, second = point(before), point(after)
    shuffled = []
    for rows in (first, second):
        order = list(rows.index)
        chance.shuffle(order)
        shuffled.append(rows.loc[order])
    pd.testing.assert_frame_equal(decomposition(first, second), decomposition(*shuffled))


@settings(max_examples=12, deadline=None)
@given(PUPILS)
def test_multilevel_always_answers(rows):
    """Whatever the pupils, there is a model with finite numbers or a name; shrinking never enlarges or turns."""
    frame = pupils(rows)
    found = multilevel(frame["outcome"], frame["unit"], predictors=frame[["prior"]])
    assert np.isfinite(found.coefficients.to_numpy()).all()
    assert found.status.has_value == (found.between is not None)
    effects = found.effects
    assert (effects["value"].abs() <= effects["raw"].abs() + 1e-12).all()
    assert (effects["value"] * effects["raw"] >= 0).all()


@settings(max_examples=25, deadline=None)
@given(COUNTS)
def test_segregation_within_its_limits(rows):
    """D, H and the D of chance lie between 0 and 1; swapping the groups changes nothing."""
    first, second = (pd.Series([row[side] for row in rows], dtype=float) for side in (0, 1))
    found = dissimilarity(first, second)
    if found.value is None:
        assert information_index(first, second).value is None
        return
    assert 0 <= found.value <= 1
    assert 0 <= found.by_chance <= 1 + 1e-9
    assert 0 <= information_index(first, second).value <= 1
    assert dissimilarity(second, first).value == pytest.approx(found.value)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=10), st.integers(1, 5), st.integers(1, 5))
def test_proportional_is_not_segregated(sizes, first, second):
    """Where every school has the groups in the same proportion, D and H are zero."""
    one, other = pd.Series([size * first for size in sizes]), pd.Series([size * second for size in sizes])
    assert dissimilarity(one, other).value == pytest.approx(0, abs=1e-12)
    assert information_index(one, other).value == pytest.approx(0, abs=1e-12)


THEN, NOW = "2021/22", "2024/25"
ATTENDS = st.none() | st.tuples(
    st.sampled_from("ABC"), st.sampled_from((-1, 0)), st.lists(st.sampled_from("ACEF-"), min_size=3, max_size=3)
)
COHORT = st.lists(st.tuples(ATTENDS, ATTENDS), min_size=1, max_size=14)
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
COHORT_KEY = ["level", "unit", "school_year", "grade_year", "subject"]
COHORT_PARTS = [f"cohort_change_{part}" for part in ("stayers", "leavers", "joiners")]


def registers(rows: list[tuple[object, object]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return pupils and grades: each pupil with a school, grade year and three grades at none, one or both points."""
    people, graded = [], []
    for number, points in enumerate(rows):
        for point, school_year, grade_year, kind in zip(points, (THEN, NOW), (6, 9), ("term", "final"), strict=True):
            if point is None:
                continue
            code, shift, given = point
            people.append((f"p{number}", code, school_year, grade_year + shift, "girls"))
            subjects = ("MA", "EN", "NO" if kind == "term" else "M2")
            graded += [(f"p{number}", school_year, "VT", kind, *pair) for pair in zip(subjects, given, strict=True)]
    columns = ["pupil_id", "school_unit_code", "school_year", "grade_year", "sex"]
    return (
        typed("pupils", pd.DataFrame(people, columns=columns)),
        typed("grades", pd.DataFrame(graded, columns=["pupil_id", "school_year", "term", "kind", "subject", "grade"])),
    )


def cohorts_of(people: pd.DataFrame, grades: pd.DataFrame) -> pd.DataFrame:
    roll = Roll.of(spring_members(people))
    where = places(schools("A", "B", "C", school_years=(THEN, NOW)))
    found = cohort_rows(roll, marks(roll, grades), where, whole_nation=False)
    return found.sort_values(["metric", *COHORT_KEY], ignore_index=True)


@settings(max_examples=10, deadline=None, phases=NO_SHRINKING)
@given(COHORT, st.randoms(use_true_random=False))
def test_cohorts_of_registers(rows, chance):
    """Whatever the registers: sets of pupils tell the counts, parts add up to the change, order never matters."""
    people, grades = registers(rows)
    if people.empty:
        return
    found = cohorts_of(people, grades)
    assert not found.duplicated(["metric", *COHORT_KEY]).any()
    wide = found.pivot(index=COHORT_KEY, columns="metric", values="value").astype("float64")
    groups = {code: {code} for code in "ABC"} | {"9999": set("ABC")}
    points = [
        {unit: {f"p{at}" for at, row in enumerate(rows) if row[side] and row[side][0] in codes and row[side][1] == 0}
         for unit, codes in groups.items()}
        for side in (0, 1)
    ]  # fmt: skip
    joined = bool(points[0]["9999"] & points[1]["9999"])
    for unit, then in points[0].items():
        now = points[1][unit]
        own = wide[wide.index.isin([unit], level="unit") & wide.index.isin([9], level="grade_year")]
        assert len(own) == bool(then and now and joined)
        for row in own.to_dict("records"):
            counts = [row[f"cohort_{name}_count"] for name in ("stayers", "leavers", "joiners")]
            assert counts == [len(then & now), len(then - now), len(now - then)]
    if set(COHORT_PARTS) <= set(wide):
        whole = wide.dropna(subset=COHORT_PARTS)
        assert whole[COHORT_PARTS].sum(axis=1).tolist() == pytest.approx(whole["cohort_change"].tolist(), abs=1e-9)
    shuffled = [frame.sample(frac=1, random_state=chance.randrange(1000)) for frame in (people, grades)]
    pd.testing.assert_frame_equal(cohorts_of(*shuffled), found)
