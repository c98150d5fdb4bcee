"""National tests and grades beside them: T-11 to T-13 of the domain specification (§6, §7)."""

import pandas as pd
import pytest
from skq.aggregate import aggregate

from tests.spec.text_tables import YEAR, one, pupils, schools, text_table, typed


def cohort(results: list[str], grades: list[str] | None = None) -> dict[str, pd.DataFrame]:
    """Return the tables of one school whose pupils got these test results (and these final grades) in mathematics."""
    names = [f"p{i}" for i in range(len(results))]
    base = pd.DataFrame({"pupil_id": names, "school_year": YEAR, "subject": "MA"})
    tests = base.assign(grade_year=9, part="total", result=[None if r == "." else r for r in results])
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id\n" + "\n".join(names)),
        "national_tests": typed("national_tests", tests),
    }
    if grades is not None:
        given = base.assign(term="VT", kind="final", grade=[None if g == "." else g for g in grades])
        tables["grades"] = typed("grades", given)
    return tables


def test_points_and_share_passed():
    """T-11: A2 B3 C5 D4 E4 F2 and one absent: n 20, 90.0 % passed, mean 12.875, participation 20 of 21."""
    results = aggregate(cohort(list("AABBBCCCCCDDDDEEEEFF") + ["."]))
    points = one(results, "test_points_mean", subject="MA")
    assert (points["n"], points["value"]) == (20, 12.875)
    assert one(results, "test_passed_share", subject="MA")["value"] == 0.9
    participation = one(results, "test_participation_share", subject="MA")
    assert (participation["n"], participation["numerator"]) == (21, 20)


RELATIONS = [
    pytest.param(40, 3, 20, (7.5, 42.5, 50.0), 42.5, id="T-12"),
    pytest.param(162, 1, 66, (0.6, 58.6, 40.7), 40.1, id="T-13 mathematics"),
    pytest.param(153, 14, 24, (9.2, 75.2, 15.7), 6.5, id="T-13 English"),
]


@pytest.mark.parametrize(("n", "below", "above", "shares", "net"), RELATIONS)
def test_grades_beside_tests(n, below, above, shares, net):
    """Shares with a grade below, equal to and above the test, and the net deviation in percentage points."""
    tests = ["C"] * n
    grades = ["D"] * below + ["A"] * above + ["C"] * (n - below - above)
    results = aggregate(cohort(tests, grades))
    found = [
        one(results, f"grade_{kind}_test_share", subject="MA")["value"] * 100 for kind in ("below", "equal", "above")
    ]
    assert tuple(round(value, 1) for value in found) == shares
    assert round(one(results, "grade_test_net_pp", subject="MA")["value"] * 100, 1) == net


def test_only_pupils_with_both_grades_are_compared():
    """A dash, a blank or a missing test leaves the pupil out of the comparison of grade and test."""
    results = aggregate(cohort(["C", "C", ".", "F"], ["B", "-", "B", "E"]))
    assert one(results, "grade_above_test_share", subject="MA")["n"] == 2


def test_third_grade_year_demands_every_part():
    """Reached all parts, of those who took all parts: one misses a part, one lacks a row, one fails a part."""
    rows = text_table(
        """
        pupil_id part result
        all      p1   reached
        all      p2   reached
        absent   p1   reached
        absent   p2   .
        short    p1   reached
        fails    p1   reached
        fails    p2   not_reached
        """
    ).assign(school_year=YEAR, grade_year=3, subject="MA")
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id grade_year\nall 3\nabsent 3\nshort 3\nfails 3"),
        "national_tests": typed("national_tests", rows),
    }
    share = one(aggregate(tables), "test_all_parts_share", subject="MA", grade_year=3)
    assert (share["n"], share["numerator"], share["value"]) == (2, 1, 0.5)


def parts_of_third_grade(text: str, **more: object) -> dict[str, pd.DataFrame]:
    rows = text_table(text).assign(**{"school_year": YEAR, "grade_year": 3, "subject": "MA", **more})
    names = "\n".join(f"{name} 3" for name in dict.fromkeys(rows["pupil_id"]))
    return {
        "school_units": schools("A", school_years=tuple(dict.fromkeys(rows["school_year"]))),
        "pupils": pupils(f"pupil_id grade_year\n{names}", school_year=str(rows["school_year"].iloc[0])),
        "national_tests": typed("national_tests", rows),
    }


def test_parts_count_who_took_the_part():
    """Part by part those who took it: 2 of 3 reached p1, 1 of 2 p2; who was absent from p2 counts in p1."""
    tables = parts_of_third_grade(
        "pupil_id part result\n1 p1 reached\n1 p2 reached\n2 p1 reached\n2 p2 .\n3 p1 not_reached\n3 p2 not_reached"
    )
    results = aggregate(tables)
    found = [one(results, "test_part_reached_share", subject=f"MA/{part}", grade_year=3) for part in ("p1", "p2")]
    assert [(row["n"], row["numerator"]) for row in found] == [(3, 2), (2, 1)]


@pytest.mark.parametrize("school_year", ["2019/20", "2020/21"])
def test_no_tests_in_the_cancelled_springs(school_year):
    """In 2020 and 2021 there were no tests: rows of those years, all blank, are not read as absent pupils."""
    tables = parts_of_third_grade("pupil_id part result\n1 p1 .\n2 p1 .", school_year=school_year)
    assert not aggregate(tables)["metric"].str.startswith("test").any()
    late = cohort([".", "."], ["E", "A"])
    moved = {name: table.assign(school_year=school_year) for name, table in late.items()}
    assert not aggregate(moved)["metric"].str.startswith(("test", "grade_")).any()


def test_subjects_outside_the_plan_are_no_tests():
    """Biology is tested in grade year 9, not in 6."""
    found = {}
    for grade_year in (6, 9):
        tables = cohort(["A", "C"])
        of_year = {
            name: table.assign(grade_year=grade_year) for name, table in tables.items() if name != "school_units"
        }
        of_year["national_tests"] = of_year["national_tests"].assign(subject="BI")
        results = aggregate(tables | of_year)
        found[grade_year] = "test_points_mean" in set(results["metric"])
    assert found == {6: False, 9: True}


def test_steps_and_points_above_the_test():
    """F to E is one step and ten points, C to A two steps and five, D to E one down and 2.5: means 2/4 and 12.5/4."""
    results = aggregate(cohort(["F", "C", "D", "B", "."], ["E", "A", "E", "B", "A"]))
    steps, points = (one(results, f"grade_test_{kind}", subject="MA") for kind in ("steps", "points"))
    assert (steps["n"], steps["value"], points["n"], points["value"]) == (4, 0.5, 4, 3.125)


BESIDE = {
    "A": [("C", "B", 6), ("C", "C", 4), ("A", "A", 10)],
    "B": [("C", "B", 5), ("C", "C", 15), ("A", "A", 18), ("A", "B", 2)],
}


def two_schools(counts: dict[str, list[tuple[str, str, int]]], sexes: str = "girls") -> dict[str, pd.DataFrame]:
    """Return the tables of schools whose pupils got so many times this test result and this final grade."""
    rows = [
        (f"{school}{place}{number}", school, test, grade)
        for school, groups in counts.items()
        for place, (test, grade, count) in enumerate(groups)
        for number in range(count)
    ]
    tables = cohort([row[2] for row in rows], [row[3] for row in rows])
    names = [row[0] for row in rows]
    tables = {name: t.assign(pupil_id=names) if name != "school_units" else t for name, t in tables.items()}
    tables["pupils"] = tables["pupils"].assign(school_unit_code=[row[1] for row in rows], sex=sexes)
    return tables | {"school_units": schools(*counts)}


def test_relation_is_adjusted_for_the_test_grades():
    """Ten C and ten A of a school beside another's 40: of the C there 5/20 got more, of the A 2/20 less.

    Expected above (10*0.25 + 10*0)/20 = 0.125, expected net (10*0.25 - 10*0.1)/20 = 0.075, observed 6/20: deviation
    0.225. Squares around what is expected 3.725, less 20*0.225^2 = 2.7125, over 19: 0.142763. The other's means have
    the squared errors 3.75/380 and 1.8/380; with weights 1/4 each the squared error is 0.142763/20 + 0.0036513, so the
    half width is 2.093024 * 0.103872. The other school has only 20 pupils beside it, fewer than 30: no row.
    """
    results = aggregate(two_schools(BESIDE))
    expected = one(results, "grade_above_test_expected_share", subject="MA")
    adjusted = one(results, "grade_test_net_adjusted_pp", subject="MA")
    assert (expected["n"], expected["value"]) == (20, pytest.approx(0.125))
    assert (adjusted["n"], adjusted["value"]) == (20, pytest.approx(0.225))
    assert (adjusted["lower"], adjusted["upper"]) == (
        pytest.approx(0.225 - 0.217407, abs=2e-6),
        pytest.approx(0.442407),
    )
    own = results[results["metric"].isin([expected["metric"], adjusted["metric"]])]
    assert set(own["unit"]) == {"A"}


def test_adjusted_for_girls_beside_everybody():
    """A school's girls are held beside all pupils of the rest, of either sex: the same expectation as the boys'."""
    half = ["girls", "boys"] * 30
    results = aggregate(two_schools(BESIDE, sexes=half))
    every = [
        one(results, "grade_above_test_expected_share", subject="MA", breakdown="sex", category=sex)
        for sex in ("girls", "boys")
    ]
    assert [(row["n"], row["value"]) for row in every] == [(10, pytest.approx(0.125))] * 2


def test_same_school_as_the_rest_deviates_by_nothing():
    """A ceiling takes nothing: a school of A only, graded as all others with an A, deviates by 0."""
    counts = {"A": [("A", "A", 20)], "B": [("A", "A", 20), ("C", "B", 20)]}
    adjusted = one(aggregate(two_schools(counts)), "grade_test_net_adjusted_pp", subject="MA")
    assert adjusted["value"] == 0
