"""What holds of chance and certainty whatever the numbers are: order, direction, never more certain than the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from skq.judge import PeerRule, judged
from skq.metrics.funnel import mean_funnel, share_funnel
from skq.metrics.intervals import mean_difference, share_difference, share_interval
from skq.metrics.multiple import holm, mean_p, share_p
from skq.metrics.peers import nearest, neighbours
from skq.metrics.shrinkage import shrunken
from skq.metrics.targets import Status

from tests.judge_by_hand import as_protected, intake, units
from tests.results_by_hand import share

TIDY = 1e-9
FEW = settings(max_examples=25, deadline=None)


@st.composite
def counts(draw: st.DrawFn, least: int = 1, most: int = 9) -> pd.DataFrame:
    """Return schools with pupils (n), those having the property (k) and the share (value), in one or two series."""
    sizes = st.one_of(st.integers(1, 40), st.integers(41, 100_000))
    school = sizes.flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
    pairs = draw(st.lists(school, min_size=least, max_size=most))
    frame = pd.DataFrame(pairs, columns=["n", "k"], dtype="float64")
    series = draw(st.lists(st.integers(0, 1), min_size=len(frame), max_size=len(frame)))
    return frame.assign(value=frame["k"] / frame["n"], series=series)


@st.composite
def means(draw: st.DrawFn) -> pd.DataFrame:
    """Return schools with a mean (value), its pupils (n) and their spread (sd), in one or two series."""
    row = st.tuples(
        st.floats(0, 340), st.integers(2, 5000), st.one_of(st.just(0.0), st.floats(0.5, 120)), st.integers(0, 1)
    )
    rows = draw(st.lists(row, min_size=1, max_size=9))
    return pd.DataFrame(rows, columns=["value", "n", "sd", "series"]).astype({"n": "float64"})


def turned(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the rows in another order, with their index."""
    return frame.sample(frac=1, random_state=seed)


def shares_funnel(frame: pd.DataFrame) -> pd.DataFrame:
    return share_funnel(frame["value"], frame["n"], frame["series"])


def means_funnel(frame: pd.DataFrame) -> pd.DataFrame:
    return mean_funnel(frame["value"], frame["n"], frame["sd"], frame["series"])


def means_shrunken(frame: pd.DataFrame) -> pd.DataFrame:
    return shrunken(frame["value"], frame["sd"] / frame["n"] ** 0.5, frame["series"])


@FEW
@given(counts(), means(), st.integers(0, 99))
def test_order_of_schools_never_matters(some, others, seed):
    """Limits and estimates are the same in whatever order the schools stand."""
    for of, frame in ((shares_funnel, some), (means_funnel, others), (means_shrunken, others)):
        again = of(turned(frame, seed)).reindex(frame.index)
        pd.testing.assert_frame_equal(of(frame), again, rtol=1e-7, atol=1e-9)


@FEW
@given(counts())
def test_share_limits_are_shares_around_the_target(frame):
    """Limits lie in order between 0 and 1, and the target between them."""
    found = shares_funnel(frame)
    ordered = found[["outer_lower", "limit_lower", "target", "limit_upper", "outer_upper"]].to_numpy()
    assert (np.diff(ordered, axis=1) >= -TIDY).all()
    assert ordered.min() >= 0
    assert ordered.max() <= 1
    assert found["dispersion"].ge(1).all()


@FEW
@given(counts(), means())
def test_limits_narrow_with_n(some, others):
    """Of two schools in a series the larger one never has the wider limits."""
    for found, frame in ((shares_funnel(some), some), (means_funnel(others), others)):
        width = (found["limit_upper"] - found["limit_lower"]).dropna()
        for _, of in width.groupby(frame["series"]):
            by_size = of[frame.loc[of.index, "n"].sort_values(kind="stable").index]
            assert (np.diff(by_size) <= TIDY * 340).all()


@FEW
@given(means(), st.booleans())
def test_shrunken_lies_between_own_value_and_target(frame, given_target):
    """Nobody is shrunken past the common value, nor away from it; what is kept is a part."""
    target = frame["value"].groupby(frame["series"]).transform("mean") if given_target else None
    found = shrunken(frame["value"], frame["sd"] / frame["n"] ** 0.5, frame["series"], target=target).dropna(
        subset=["shrunken"]
    )
    own = frame.loc[found.index, "value"]
    low, high = np.minimum(own, found["target"]), np.maximum(own, found["target"])
    assert found["weight"].between(0, 1).all()
    assert ((found["shrunken"] >= low - 1e-6) & (found["shrunken"] <= high + 1e-6)).all()


@FEW
@given(means())
def test_less_error_keeps_more(frame):
    """In a series the school with the smaller error keeps at least as much of its own value."""
    found = means_shrunken(frame).dropna(subset=["weight"])
    error = (frame["sd"] / frame["n"] ** 0.5)[found.index]
    for _, of in found["weight"].groupby(frame.loc[found.index, "series"]):
        by_error = of[error[of.index].sort_values(kind="stable").index]
        assert (np.diff(by_error) <= TIDY).all()


def side(n: int, k: int) -> pd.DataFrame:
    """Return one share with its interval."""
    limits = share_interval(pd.Series([k]), pd.Series([n]))
    return limits.assign(value=k / n, n=float(n))


pairs = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@FEW
@given(pairs, pairs)
def test_p_says_what_the_interval_says(one, other):
    """p is below 5 % exactly where Newcombe's interval excludes zero."""
    first, second = side(*one), side(*other)
    found = share_difference(first, second).iloc[0]
    assume(min(abs(found["lower"]), abs(found["upper"])) > TIDY)
    p = share_p(first, second).iloc[0]
    assert 0 <= p <= 1
    assert (p < 0.05) == (found["lower"] > 0 or found["upper"] < 0)


mean_side = st.tuples(st.floats(0, 340), st.integers(2, 3000), st.floats(0.5, 120))


@FEW
@given(mean_side, mean_side)
def test_p_of_means_says_what_the_interval_says(one, other):
    """p is below 5 % exactly where Welch's interval excludes zero."""
    from tests.judge_by_hand import mean

    first, second = (pd.DataFrame([mean(value, n, sd)]) for value, n, sd in (one, other))
    found = mean_difference(first, second).iloc[0]
    assume(min(abs(found["lower"]), abs(found["upper"])) > 1e-6)
    assert (mean_p(first, second).iloc[0] < 0.05) == (found["lower"] > 0 or found["upper"] < 0)


@FEW
@given(
    st.lists(st.tuples(st.one_of(st.none(), st.floats(0, 1)), st.sampled_from("AB")), max_size=20), st.integers(0, 99)
)
def test_holm_never_certifies_what_the_plain_test_does_not(drawn, seed):
    """The adjusted p is never below the plain one nor above 1, keeps the order, and does not mind that of the rows."""
    frame = pd.DataFrame(drawn, columns=["p", "family"]).astype({"p": "float64", "family": "str"})
    found = holm(frame["p"], frame["family"])
    again = turned(frame, seed)
    pd.testing.assert_series_equal(holm(again["p"], again["family"]).reindex(frame.index), found)
    known = frame["p"].notna()
    assert found[known].between(0, 1).all()
    assert (found[known] >= frame.loc[known, "p"]).all()
    assert found[~known].isna().all()
    for _, of in frame[known].groupby("family"):
        assert found[of.sort_values("p", kind="stable").index].is_monotonic_increasing


@FEW
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8),
    st.integers(1, 6),
    st.integers(0, 99),
    st.data(),
)
def test_peers_are_the_nearest_others(drawn, count, seed, data):
    """As many as asked for or there are, never oneself, nobody left out is nearer, whatever the order of rows."""
    intake_of = pd.DataFrame(drawn, index=[f"S{place}" for place in range(len(drawn))], dtype="float64")
    there = np.array(data.draw(st.lists(st.booleans(), min_size=len(drawn), max_size=len(drawn))))
    among = pd.DataFrame(nearest(neighbours(intake_of), there, count), index=intake_of.index, columns=intake_of.index)
    mixed = turned(intake_of, seed)
    places = intake_of.index.get_indexer(mixed.index)
    again = pd.DataFrame(nearest(neighbours(mixed), there[places], count), index=mixed.index, columns=mixed.index)
    pd.testing.assert_frame_equal(again.loc[among.index, among.columns], among)
    plain = intake_of / intake_of.std(ddof=0).where(lambda spread: spread > 0, 1.0)
    for code, chosen in among.iterrows():
        others = [one for one, can in zip(among.index, there, strict=True) if can and one != code]
        assert chosen.sum() == min(count, len(others))
        assert not chosen[code]
        far = ((plain - plain.loc[code]) ** 2).sum(axis=1) ** 0.5
        left = [one for one in others if not chosen[one]]
        assert max(far[chosen[chosen].index], default=0.0) <= min(far[left], default=np.inf) + 1e-6


@settings(max_examples=5, deadline=None)
@given(counts(least=1, most=7), st.integers(0, 99))
def test_judgement_does_not_mind_the_order_of_rows(frame, seed):
    """The same numbers in another order are judged the same, to the last digit that is printed."""
    codes = [f"S{place}" for place in range(len(frame))]
    rows = [share(row["n"], row["k"], unit=code) for code, row in zip(codes, frame.to_dict("records"), strict=True)]
    rows += [one for place, code in enumerate(codes) for one in intake(code, 0.1 * (place % 3), 0.2, 100 + place // 2)]
    mixed = [rows[place] for place in np.random.default_rng(seed).permutation(len(rows))]
    targets = pd.DataFrame({"metric": ["all_subjects_passed_share"], "school_year": ["2024/25"], "target": [0.5],
                            "grade_year": pd.array([9], dtype="Int64")})  # fmt: skip
    one, other = (
        judged(as_protected(kept), units=units(codes), goals={"targets": targets}, peers=PeerRule(count=2))
        for kept in (rows, mixed)
    )
    pd.testing.assert_frame_equal(one.estimates, other.estimates, rtol=1e-7, atol=1e-9)
    pd.testing.assert_frame_equal(one.goals, other.goals, rtol=1e-7, atol=1e-9)
    assert set(one.goals["status"]) <= set(map(str, Status))
