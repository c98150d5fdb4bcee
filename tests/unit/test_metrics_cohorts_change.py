"""Why a mean changed: the limits of the parts, and data that leave a part untold."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from skq.metrics.decomposition import PARTS, decomposition

STAY = {"a": (200.0, 210.0), "b": (220.0, 215.0), "c": (180.0, 200.0), "d": (240.0, 250.0)}
LEAVE = {"e": 150.0, "f": 160.0, "g": 190.0}
JOIN = {"h": 230.0, "i": 170.0}


def side(values: dict[str, float | None], unit: str = "A") -> pd.DataFrame:
    frame = pd.DataFrame({"pupil_id": list(values), "school_unit_code": unit, "value": list(values.values())})
    return frame.astype({"pupil_id": "str", "school_unit_code": "str", "value": "float64"})


def told(stay=STAY, leave=LEAVE, join=JOIN) -> pd.DataFrame:
    before = side({pupil: own[0] for pupil, own in stay.items()} | leave)
    after = side({pupil: own[1] for pupil, own in stay.items()} | join)
    return decomposition(before, after).set_index("part")


def test_progress_is_a_paired_difference():
    """The limits of progress are those of Student's paired test."""
    first, second = zip(*STAY.values(), strict=True)
    other = stats.ttest_rel(second, first).confidence_interval()
    found = told().loc["progress"]
    assert (found["lower"], found["upper"]) == (pytest.approx(other.low), pytest.approx(other.high))


@pytest.mark.parametrize(
    ("part", "point", "others", "share"), [("leavers", 0, LEAVE, 3 / 7), ("joiners", 1, JOIN, 2 / 6)]
)
def test_effects_are_scaled_differences(part, point, others, share):
    """The effect of those who left or joined is their share times a difference, with Welch's limits so scaled."""
    stayers = [own[point] for own in STAY.values()]
    order = (stayers, list(others.values())) if part == "leavers" else (list(others.values()), stayers)
    other = stats.ttest_ind(*order, equal_var=False).confidence_interval()
    found = told().loc[part]
    assert found["value"] == pytest.approx(share * (np.mean(order[0]) - np.mean(order[1])))
    assert (found["lower"], found["upper"]) == (pytest.approx(share * other.low), pytest.approx(share * other.high))


def test_change_of_the_same_pupils_is_their_progress():
    """Where nobody left or joined the change is the progress, limits and all; the effects are 0 without limits."""
    found = told(leave={}, join={})
    assert found.loc["change", ["value", "lower", "upper"]].tolist() == pytest.approx(
        found.loc["progress", ["value", "lower", "upper"]].tolist()
    )
    assert found.loc[["leavers", "joiners", "measured_once"], "value"].tolist() == [0.0, 0.0, 0.0]
    assert not np.signbit(found["value"]).any()
    assert found.loc[["leavers", "joiners", "measured_once"], ["lower", "upper"]].isna().all(axis=None)


def test_change_of_other_pupils_is_a_difference_of_two_samples():
    """Where nobody stayed the change has Welch's limits, and the parts have a name instead of a number."""
    found = told(stay={})
    other = stats.ttest_ind(list(JOIN.values()), list(LEAVE.values()), equal_var=False).confidence_interval()
    limits = found.loc["change", ["lower", "upper"]].tolist()
    assert limits == [pytest.approx(other.low), pytest.approx(other.high)]
    assert found.loc[["progress", "leavers", "joiners", "measured_once"], "status"].unique().tolist() == ["no_stayers"]
    assert found.loc[["progress", "leavers", "joiners", "measured_once"], "value"].isna().all()


def test_change_counts_each_pupil_once():
    """The variance of a change is summed over pupils: stayers by what they weigh before and after, others apart."""
    first, second = (np.array(own) for own in zip(*STAY.values(), strict=True))
    paired = second / 6 - first / 7
    stayers, left, joined = 4 * paired.var(ddof=1), np.var([150, 160, 190], ddof=1) * 3 / 49, 1800 * 2 / 36
    freedom = (stayers + left + joined) ** 2 / (stayers**2 / 3 + left**2 / 2 + joined**2 / 1)
    half = stats.t.ppf(0.975, freedom) * (stayers + left + joined) ** 0.5
    found = told().loc["change"]
    assert found["upper"] - found["value"] == pytest.approx(half)
    assert found["value"] - found["lower"] == pytest.approx(half)


def test_one_leaver_borrows_the_stayers_variance():
    """A lone leaver's chance is taken to be that of a stayer: variance (1 + 1/4)·s² of the stayers, t with 3."""
    found = told(leave={"e": 150.0}).loc["leavers"]
    spread = np.var([200, 220, 180, 240], ddof=1)
    term, lent = spread / 4, spread
    freedom = (term + lent) ** 2 / (term**2 / 3 + lent**2 / 3)
    half = stats.t.ppf(0.975, freedom) * (term + lent) ** 0.5 / 5
    assert found["upper"] - found["value"] == pytest.approx(half)


def test_pupils_measured_once_are_told_apart():
    """Present twice but measured once is neither leaving nor joining; the four parts still add up."""
    before = side({"a": 200.0, "b": 220.0, "c": 100.0, "d": None, "e": 300.0})
    after = side({"a": 210.0, "b": 240.0, "c": None, "d": 160.0, "f": 310.0})
    found = decomposition(before, after).set_index("part")
    assert found["n"].to_dict() == dict(zip(PARTS, (4, 4, 4, 2, 1, 1, 2), strict=True))
    assert found.loc["leavers", "value"] == pytest.approx((210 - 300) / 4)
    assert found.loc["joiners", "value"] == pytest.approx((310 - 225) / 4)
    assert found.loc["measured_once", "value"] == pytest.approx((210 - 100) / 4 + (160 - 225) / 4)
    parts = ["progress", "leavers", "joiners", "measured_once"]
    assert found.loc[parts, "value"].sum() == pytest.approx(found.loc["change", "value"])


def test_without_chance_no_limits():
    """Everybody alike, before and after, gives parts but no limits that would claim certainty."""
    found = told(stay={"a": (200.1, 210.1), "b": (200.1, 210.1)}, leave={"e": 200.1, "f": 200.1}, join={})
    assert found.loc[["change", "progress", "leavers"], "value"].round(9).tolist() == [10.0, 10.0, 0.0]
    assert found[["lower", "upper"]].isna().all(axis=None)


def test_rounding_error_is_no_chance():
    """Everybody gains 0.2, which binary numbers do not quite say: no limits on the progress."""
    found = told(stay={"a": (0.1, 0.3), "b": (0.2, 0.4), "c": (0.4, 0.6), "d": (0.7, 0.9)}, leave={}, join={})
    assert found.loc["progress", "value"] == pytest.approx(0.2)
    assert found.loc["progress", ["lower", "upper"]].isna().all()


def test_one_stayer_has_progress_without_limits():
    """One pupil's progress is a number, its chance is unknown."""
    found = told(stay={"a": (200.0, 210.0)})
    assert found.loc["progress", "value"] == 10
    assert found.loc[["progress", "leavers", "joiners", "change"], ["lower", "upper"]].isna().all(axis=None)


def test_new_and_closed_and_unmeasured_schools():
    """A school with pupils at one point only has that mean; one without any values has nothing but a name."""
    before = pd.concat([side({"a": 200.0}, "closed"), side({"b": None}, "silent")])
    after = pd.concat([side({"c": 210.0}, "new"), side({"b": None}, "silent")])
    found = decomposition(before, after).pivot(index="school_unit_code", columns="part", values="status")
    assert found.loc["closed", ["before", "after", "change"]].tolist() == ["observed", "nobody_after", "nobody_after"]
    assert found.loc["new", ["before", "after", "change"]].tolist() == ["nobody_before", "observed", "nobody_before"]
    assert found.loc["silent", list(PARTS)].tolist() == [
        "nobody_before",
        "nobody_after",
        *["nobody_before"] * 5,
    ]


def test_listed_twice_counts_once():
    """A pupil in two rows of one school counts once with the mean of the two, the unknown one aside."""
    before = pd.concat([side({"a": 200.0, "b": 100.0}), side({"a": 220.0}), side({"b": None})])
    found = decomposition(before, side({"a": 210.0, "b": 100.0})).set_index("part")
    assert found.loc["before", ["value", "n"]].tolist() == [155.0, 2]
    assert found.loc["progress", "value"] == 0


def test_nobody_at_all():
    """Without pupils the table is empty, with its columns."""
    none = side({})
    found = decomposition(none, none)
    assert found.empty
    assert list(found.columns) == ["school_unit_code", "part", "value", "lower", "upper", "n", "status"]
