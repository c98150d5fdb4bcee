"""What is told of cohorts and of expected results betrays nothing that is hidden."""

import pandas as pd
import pytest
from skq.protect import protect
from skq.terms import COMPARISON_COLUMNS, COMPARISON_DTYPES, RESULT_DTYPES, UNIT_DTYPES

from tests.results_by_hand import OUTSIDERS

NO_COMPARISONS = pd.DataFrame(columns=list(COMPARISON_COLUMNS)).astype(COMPARISON_DTYPES)
COUNTS = ("cohort_stayers_count", "cohort_leavers_count", "cohort_joiners_count", "cohort_matched_share")
PARTS = ("cohort_change_stayers", "cohort_change_leavers", "cohort_change_joiners")
UNITS = [
    *({"level": "school", "unit": code, "organizer": "Town"} for code in "ABCD"),
    {"level": "municipality", "unit": "9999", "organizer": ""},
]


def results(rows: list[dict[str, object]]) -> pd.DataFrame:
    usual = {"level": "school", "unit": "A", "school_year": "2024/25", "grade_year": 9, "subject": ""}
    usual |= {"breakdown": "all", "category": "all", "status": "observed", "source": "register", "raw": ""}
    filled = pd.DataFrame([{**usual, **row} for row in rows])
    return filled.reindex(columns=list(RESULT_DTYPES)).astype(RESULT_DTYPES)


def units() -> pd.DataFrame:
    rows = pd.DataFrame(UNITS).assign(municipality_code="9999", area="")
    return rows.reindex(columns=list(UNIT_DTYPES)).astype(UNIT_DTYPES)


def shown(rows: list[dict[str, object]]) -> set[tuple[str, str]]:
    """Return metric and unit of what is shown in the end."""
    frame = protect(results(rows), NO_COMPARISONS, OUTSIDERS, units=units()).results.frame
    seen = frame[frame["value"].notna()]
    return set(zip(seen["metric"], seen["unit"], strict=True))


def cohort(stayers: int, leavers: int, joiners: int) -> list[dict[str, object]]:
    """The rows of a cohort three years on; where nobody left or joined n is of those among whom nobody did."""
    before, after = stayers + leavers, stayers + joiners
    numbers = [(stayers, after), (leavers, before), (joiners, after)]
    rows = [
        {"metric": metric, "n": count or among, "numerator": count, "value": count}
        for metric, (count, among) in zip(COUNTS, numbers, strict=False)
    ]
    rows += [{"metric": COUNTS[3], "n": after, "numerator": stayers, "value": stayers / after}]
    rows += [
        {"metric": metric, "n": count or among, "value": 0.5 if count else 0.0}
        for metric, (count, among) in zip(PARTS, numbers, strict=True)
    ]
    rows += [{"metric": "cohort_change", "n": min(before, after), "value": 1.0}]
    return [{**row, "subject": "3"} for row in rows]


@pytest.mark.parametrize(
    ("counts", "metrics"),
    [
        pytest.param((30, 12, 15), {*COUNTS, *PARTS, "cohort_change"}, id="enough of each"),
        pytest.param((30, 0, 15), {*COUNTS, *PARTS, "cohort_change"}, id="nobody left"),
        pytest.param((30, 4, 15), {"cohort_change"}, id="four left"),
        pytest.param((30, 12, 1), {"cohort_change"}, id="one joined"),
        pytest.param((4, 30, 30), {"cohort_change"}, id="four stayed"),
        pytest.param((30, 0, 0), {*COUNTS, *PARTS, "cohort_change"}, id="all stayed"),
        pytest.param((6, 3, 0), set(), id="nine pupils"),
    ],
)
def test_few_who_left_or_joined(counts, metrics):
    """One to four who stayed, left or joined are hidden with the whole set, for before and after are known elsewhere.

    The parts of the change say by their n how many there were, so they go too; nobody at all may be told.
    """
    assert {metric for metric, _ in shown(cohort(*counts))} == metrics


def test_a_few_leavers_with_a_grade():
    """Six who left are told as a number, but not what they mean for the grades: their part goes, and another."""
    found = {metric for metric, _ in shown(cohort(30, 6, 15))}
    assert {*COUNTS, "cohort_change"} <= found
    assert "cohort_change_leavers" not in found
    assert len(found & set(PARTS)) == 1


@pytest.mark.parametrize("counts", [(28, 0, 5), (33, 8, 0)])
def test_a_part_that_nobody_made_hides_no_other(counts):
    """Nobody left, five joined: the change less what the stayers gained would be what the five made of it.

    That nobody left is told, so the part of those who left is known to be 0, hidden or not: the stayers' part goes.
    """
    nobody = PARTS[1] if counts[1] == 0 else PARTS[2]
    found = {metric for metric, _ in shown(cohort(*counts))}
    assert found == {*COUNTS, "cohort_change", nobody}


def test_a_pupil_with_a_grade_at_one_point_alone():
    """Nobody left, but three had a grade at the first point alone: what that changed is hidden, and another part."""
    rows = cohort(33, 0, 12)
    three = [{**row, "n": 3, "value": 0.4} if row["metric"] == PARTS[1] else row for row in rows]
    found = {metric for metric, _ in shown(three)}
    assert {*COUNTS, "cohort_change"} <= found
    assert PARTS[1] not in found
    assert len(found & set(PARTS)) == 1


def test_a_cohort_of_one_school_is_not_told_by_the_others():
    """Hidden at one school only, the municipality's counts less the others' would tell them: a second one is hidden."""
    schools = {"A": (30, 3, 12), "B": (30, 8, 12), "C": (40, 9, 12), "D": (50, 10, 12)}
    rows = [{**row, "unit": unit} for unit, counts in schools.items() for row in cohort(*counts)]
    whole = [{**row, "level": "municipality", "unit": "9999"} for row in cohort(150, 30, 48)]
    seen = {unit for metric, unit in shown(rows + whole) if metric == "cohort_leavers_count"}
    assert seen == {"C", "D", "9999"}


def salsa(unit: str, n: int) -> list[dict[str, object]]:
    metrics = {"merit_rating_17": 230.0, "salsa_expected": 220.0, "salsa_residual": 10.0}
    return [{"metric": metric, "unit": unit, "n": n, "value": value} for metric, value in metrics.items()]


def test_residual_would_tell_the_result():
    """A merit rating that is hidden to protect a smaller school's is not told by expected value and residual."""
    rows = [row for unit, n in (("A", 7), ("B", 20), ("C", 30), ("D", 40)) for row in salsa(unit, n)]
    rows += [{"metric": "merit_rating_17", "level": "municipality", "unit": "9999", "n": 97, "value": 231.0}]
    found = shown(rows)
    assert ("merit_rating_17", "B") not in found
    assert ("salsa_residual", "B") not in found
    assert {("salsa_expected", "B"), ("salsa_residual", "C"), ("merit_rating_17", "C")} <= found


def test_residual_would_tell_a_share():
    """Where the share passed is hidden because fewer than ten passed, its distance from the expected is too."""
    rows = [
        {"metric": "all_subjects_passed_share", "n": 20, "numerator": 6, "value": 0.3},
        {"metric": "salsa_passed_expected", "n": 20, "value": 0.5},
        {"metric": "salsa_passed_residual", "n": 20, "value": -0.2},
    ]
    assert shown(rows) == {("salsa_passed_expected", "A")}


def test_residual_of_three_years_would_tell_a_year():
    """With one year's residual hidden the mean of three years would tell it: it is hidden too."""
    years = ("2022/23", "2023/24", "2024/25")
    rows = [{**row, "school_year": year} for year in years for row in salsa("A", 30)]
    rows += [{**row, "unit": "B", "n": n, "school_year": "2023/24"} for n in (8,) for row in salsa("B", n)]
    rows += [
        {
            "metric": "merit_rating_17",
            "level": "municipality",
            "unit": "9999",
            "n": 38,
            "value": 230.0,
            "school_year": year,
        }
        for year in ("2023/24",)
    ]
    rows += [
        {"metric": metric, "n": 90, "value": 10.0, "breakdown": "period", "category": "three_years"}
        for metric in ("merit_rating_17", "salsa_residual")
    ]
    found = protect(results(rows), NO_COMPARISONS, OUTSIDERS, units=units()).results.frame
    seen = found[found["value"].notna() & found["metric"].eq("salsa_residual") & found["unit"].eq("A")]
    assert set(seen["school_year"]) == {"2022/23", "2024/25"}
    assert set(seen["breakdown"]) == {"all"}


def test_a_sign_of_three_years_does_not_tell_the_years():
    """`~100` each year, in one of girls and of boys: were three years `~100` too, it would be two, one and one."""
    share = {"metric": "subject_passed_share", "subject": "MA"}
    lacking = {"2022/23": 2, "2023/24": 1, "2024/25": 1}
    rows = [
        {**share, "school_year": year, "n": 40, "numerator": 40 - count, "value": 1 - count / 40}
        for year, count in lacking.items()
    ]
    rows += [
        {**share, "school_year": "2022/23", "n": 20, "numerator": 19, "value": 0.95}
        | {"breakdown": "sex", "category": sex}
        for sex in ("girls", "boys")
    ]
    pooled = {**share, "school_year": "2024/25", "n": 120, "numerator": 116, "value": 116 / 120}
    rows += [{**pooled, "breakdown": "period", "category": "three_years"}]
    frame = protect(results(rows), NO_COMPARISONS, OUTSIDERS, units=units()).results.frame
    assert frame.groupby("breakdown")["status"].agg(set).to_dict() == {
        "all": {"nearly_all"}, "sex": {"nearly_all"}, "period": {"protects_other"}
    }  # fmt: skip
