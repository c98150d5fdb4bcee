"""National tests and grades beside them: T-11 to T-13 of the domain specification (§6, §7)."""

import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.metrics.national_tests import net_deviation

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
    assert round(net_deviation(above, below, n) * 100, 1) == net


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
