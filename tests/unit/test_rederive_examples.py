"""The SQL derivation gives the worked examples of the domain specification by itself: T-01 to T-13 and T-20."""

import pandas as pd
import pytest
from skq.rederive.engine import rederived

from tests.spec.text_tables import YEAR, counted_grades, grade_sheet, one, pupils, schools, typed

MERIT = """
pupil SV SVA EN MA BL HKK IDH MU BI FY KE GE HI RE SH SL TK ML M2
T-01  C  .   C  C  C  C   C   C  C  C  C  C  C  C  C  C  C  .  A
T-02  A  .   A  A  B  B   B   B  C  C  C  C  C  D  D  E  F  A  B
T-03  E  .   E  E  E  E   E   E  E  E  D  .  .  .  .  .  .  .  E
"""

ELIGIBILITY = """
pupil SV SVA EN MA BL HKK IDH MU BI FY KE GE HI RE SH SL TK
T-07  E  .   E  E  E  E   E   E  .  .  .  .  .  .  .  E  .
T-08  .  E   E  E  E  .   E   E  E  E  E  E  E  E  F  .  .
T-09  E  .   E  F  E  E   E   E  E  E  E  E  E  E  E  E  E
"""


def derived(grades, *, pupil_rows=None, grade_year="9", **more):
    """The SQL's rows of one school A (or of the schools that the pupils name)."""
    rows = pupils("pupil_id\n" + "\n".join(dict.fromkeys(grades["pupil_id"]))) if pupil_rows is None else pupil_rows
    register = schools(*sorted(set(rows["school_unit_code"])))
    years = typed("pupils", rows.assign(grade_year=grade_year))
    return rederived({"school_units": register, "pupils": years, "grades": grades, **more})


@pytest.mark.parametrize(
    ("example", "seventeen", "sixteen"), [("T-01", 260.0, 245.0), ("T-02", 277.5, 267.5), ("T-03", 112.5, 112.5)]
)
def test_merit_of_a_pupil(example, seventeen, sixteen):
    """T-01 to T-03: the sixteen best, and språkval beside them or among them."""
    sheet = grade_sheet(MERIT)
    rows = derived(sheet[sheet["pupil_id"] == example])
    assert (one(rows, "merit_rating_17")["value"], one(rows, "merit_rating_16")["value"]) == (seventeen, sixteen)


def test_failed_language_choice_adds_nothing():
    """A språkval that is not passed leaves the merit rating as it is (§2)."""
    rows = derived(grade_sheet("pupil SV EN MA M2\n1 A A A F"))
    assert one(rows, "merit_rating_17")["value"] == 60.0


def test_mean_merit_leaves_out_pupils_without_a_pass():
    """T-04: five pupils of whom one has only F and dashes have the mean 825/4."""
    written = "pupil grades\n1 14A+1E\n2 12A+1D\n3 8A+1E\n4 5A+1D\n5 9F+3-"
    row = one(derived(counted_grades(written)), "merit_rating_17")
    assert (row["n"], row["numerator"], row["value"]) == (4, 825, 206.25)


def test_municipality_weighs_by_graded_pupils():
    """T-05: 250 on 24 graded and 200 on 58 graded give 214.63 (17600/82)."""
    names = {"A": [f"a{i}" for i in range(25)], "B": [f"b{i}" for i in range(60)]}
    register = "pupil_id school_unit_code\n" + "\n".join(f"{p} {s}" for s, own in names.items() for p in own)
    grades = "pupil grades\n" + "\n".join(
        f"{p} {'1F' if place >= graded else grades}"
        for own, graded, grades in ((names["A"], 24, "12A+1E"), (names["B"], 58, "10A"))
        for place, p in enumerate(own)
    )
    rows = derived(counted_grades(grades), pupil_rows=pupils(register))
    town = one(rows, "merit_rating_17", level="municipality", unit="9999")
    assert (town["n"], town["value"]) == (82, pytest.approx(17600 / 82, rel=1e-12))


def test_all_subjects_passed():
    """T-06: of 25 pupils 22 pass everything; a dash, three F and no grades at all do not: 88 %."""
    names = [f"p{i}" for i in range(25)]
    written = [f"{name} 16E" for name in names[:22]] + ["p22 15E+1-", "p23 13E+3F"]
    grades = counted_grades("pupil grades\n" + "\n".join(written))
    row = one(derived(grades, pupil_rows=pupils("pupil_id\n" + "\n".join(names))), "all_subjects_passed_share")
    assert (row["n"], row["numerator"], row["value"]) == (25, 22, 0.88)


def test_year_6_counts_those_who_were_marked():
    """In year 6 the denominator is grades, dashes and adapted studies (§3); a pupil with nothing is not in it."""
    sheet = grade_sheet("pupil EN MA NO\np1 E E E\np2 E - E\np3 . . .\np4 . . .", kind="term")
    register = pupils("pupil_id adapted_studies\np1 no\np2 no\np3 no\np4 yes")
    row = one(derived(sheet, pupil_rows=register, grade_year="6"), "all_subjects_passed_share")
    assert (row["grade_year"], row["n"], row["numerator"]) == (6, 3, 1)


SIXTH = """
pupil    SV SVA EN MA BL NO SO
all      E  .   D  C  A  E  E
one      E  .   F  C  A  E  E
two      .  E   F  C  A  -  E
single   .  .   .  F  .  .  .
adapted1 E  .   D  C  A  E  E
adapted2 E  .   D  .  A  F  E
"""


def test_year_6_lacks_none_one_or_several():
    """§3: SV and SVA are one; a single failed subject is several; adapted studies lack at least one, blanks count.

    One of seven has all, `one` and `adapted1` lack one, `two`, `single`, `adapted2` and who has nothing several. In
    subjects: 6 each but one, of six pupils who have any.
    """
    sheet = grade_sheet(SIXTH, kind="term")
    rows = sheet[sheet["grade"].notna() | (sheet["pupil_id"].eq("adapted2") & sheet["subject"].eq("MA"))]
    names = [*dict.fromkeys(sheet["pupil_id"]), "adapted3"]
    register = pupils(
        "pupil_id adapted_studies\n" + "\n".join(f"{n} {'yes' if n.startswith('adapted') else 'no'}" for n in names)
    )
    found = derived(rows, pupil_rows=register, grade_year="6")
    shares = [one(found, f"failed_{kind}_share") for kind in ("one_subject", "several_subjects")]
    assert [(row["n"], row["numerator"]) for row in shares] == [(7, 2), (7, 4)]
    subjects = one(found, "subject_grades_mean")
    assert (subjects["n"], subjects["numerator"]) == (6, 31)


@pytest.mark.parametrize(("grade_year", "everybody"), [("6", 3), ("7", 3), ("8", 3), ("9", 4)])
def test_autumn_grades(grade_year, everybody):
    """Of A, F, a dash and a blank in the autumn (§5): mean 20/2, 1 of 3 passed; all subjects 1 of 3, in year 9 of 4."""
    rows = derived(grade_sheet("pupil MA\n1 A\n2 F\n3 -\n4 .", kind="term", term="HT"), grade_year=grade_year)
    mean, share = one(rows, "autumn_points_mean", subject="MA"), one(rows, "autumn_subject_passed_share", subject="MA")
    everything = one(rows, "autumn_all_subjects_passed_share")
    assert (mean["n"], mean["numerator"], share["n"], share["numerator"]) == (2, 20, 3, 1)
    assert (everything["n"], everything["numerator"]) == (everybody, 1)
    assert not rows["metric"].isin(["subject_points_mean", "all_subjects_passed_share"]).any()


def test_old_scale():
    """§1, §2: in 2010/11 MVG, VG and G are 20, 15 and 10 points, IG is no pass."""
    sheet = grade_sheet("pupil SV EN MA\n1 MVG VG G\n2 G IG .", school_year="2010/11")
    register = pupils("pupil_id\n1\n2", school_year="2010/11")
    rows = rederived({"school_units": schools("A", school_years=("2010/11",)), "pupils": register, "grades": sheet})
    assert one(rows, "merit_rating_16")["numerator"] == 55
    assert one(rows, "all_subjects_passed_share")["numerator"] == 1
    assert "merit_rating_17" not in set(rows["metric"])


@pytest.mark.parametrize(
    ("example", "eligible"), [("T-07", (1, 0, 0, 0)), ("T-08", (1, 1, 0, 1)), ("T-09", (0, 0, 0, 0))]
)
def test_eligibility(example, eligible):
    """T-07 to T-09: vocational, arts, social sciences, natural sciences."""
    sheet = grade_sheet(ELIGIBILITY)
    rows = derived(sheet[sheet["pupil_id"] == example])
    found = [one(rows, f"eligible_{name}_share")["value"] for name in ("vocational", "arts", "social", "science")]
    assert tuple(found) == eligible


def of_tests(written, *, subject="MA"):
    """Tables of pupils from rows of result, grade and count."""
    rows = [
        (f"{result}{grade}{number}", result, grade)
        for result, grade, count in (line.split() for line in written.strip().splitlines())
        for number in range(int(count))
    ]
    frame = pd.DataFrame(rows, columns=["pupil_id", "result", "grade"]).replace({".": None})
    frame = frame.assign(school_year=YEAR, grade_year=9, subject=subject, part="total", kind="final", term="VT")
    return {
        "grades": typed("grades", frame[["pupil_id", "school_year", "term", "kind", "subject", "grade"]]),
        "national_tests": typed(
            "national_tests", frame[["pupil_id", "school_year", "grade_year", "subject", "part", "result"]]
        ),
    }


def test_national_test_points():
    """T-11: A2 B3 C5 D4 E4 F2 give 90 % passed and the mean 12.875; five who were away make 80 % participation."""
    rows = derived(**of_tests("A C 2\nB C 3\nC C 5\nD C 4\nE C 4\nF C 2\n. C 5"))
    found = {
        metric: one(rows, metric, subject="MA", grade_year=9)
        for metric in ("test_passed_share", "test_points_mean", "test_participation_share")
    }
    assert [row["value"] for row in found.values()] == [0.9, 12.875, 0.8]
    assert [row["n"] for row in found.values()] == [20, 20, 25]


@pytest.mark.parametrize(
    ("written", "counts"),
    [
        pytest.param("C D 3\nC C 17\nD B 20\n. A 2\nA - 1", (40, 3, 17, 20), id="T-12"),
        pytest.param("C E 14\nE E 115\nF E 24", (153, 14, 115, 24), id="T-13"),
    ],
)
def test_grade_beside_test(written, counts):
    """T-12, T-13: lower, equal, higher and net, of those with A-F on both sides."""
    rows = derived(**of_tests(written))
    n, lower, equal, higher = counts
    found = [
        one(rows, metric, subject="MA", grade_year=9)
        for metric in (
            "grade_below_test_share",
            "grade_equal_test_share",
            "grade_above_test_share",
            "grade_test_net_pp",
        )
    ]
    assert [row["numerator"] for row in found] == [lower, equal, higher, higher - lower]
    assert {row["n"] for row in found} == {n}


def test_steps_and_points_beside_test():
    """§7: F to E is a step and ten points, C to A two and five, D to E one and 2.5 down: 2 steps, 12.5 points of 3."""
    rows = derived(**of_tests("F E 1\nC A 1\nD E 1"))
    steps, points = (one(rows, f"grade_test_{kind}", subject="MA", grade_year=9) for kind in ("steps", "points"))
    assert (steps["n"], steps["numerator"], points["n"], points["numerator"]) == (3, 2, 3, 12.5)


def test_parts_of_year_3():
    """§6: in a part who took it, in all parts who took all: 2 of 3 in p1, 1 of 2 in p2; both reached by 1 of 2."""
    rows = [("1", "p1", "reached"), ("1", "p2", "reached"), ("2", "p1", "reached"), ("2", "p2", None)]
    rows += [("3", "p1", "not_reached"), ("3", "p2", "not_reached")]
    tests = pd.DataFrame(rows, columns=["pupil_id", "part", "result"]).assign(
        school_year=YEAR, grade_year=3, subject="MA"
    )
    found = rederived(
        {
            "school_units": schools("A"),
            "pupils": pupils("pupil_id grade_year\n1 3\n2 3\n3 3"),
            "national_tests": typed("national_tests", tests),
        }
    )
    parts = [one(found, "test_part_reached_share", subject=f"MA/{part}") for part in ("p1", "p2")]
    assert [(row["n"], row["numerator"]) for row in parts] == [(3, 2), (2, 1)]
    whole = one(found, "test_all_parts_share", subject="MA")
    assert (whole["n"], whole["numerator"]) == (2, 1)


def test_subject_share_counts_dashes_and_mean_does_not():
    """§5: A, E, F and a dash in a subject are 2 of 4 passed, and a mean of 30/3."""
    rows = derived(grade_sheet("pupil MA\n1 A\n2 E\n3 F\n4 -\n5 ."))
    share, mean = one(rows, "subject_passed_share", subject="MA"), one(rows, "subject_points_mean", subject="MA")
    assert (share["n"], share["numerator"], mean["n"], mean["value"]) == (4, 2, 3, 10.0)


def survey(*items):
    """Answers of pupils in year 5 to items of one area: (name, reversed, counts of 4, 3, 2, 1 and don't know)."""
    rows = [
        ("A", YEAR, "pupils_5", "safety", name, answer, count, 120, turned)
        for name, turned, counts in items
        for answer, count in zip(("4", "3", "2", "1", "dont_know"), counts, strict=True)
    ]
    columns = ["school_unit_code", "school_year", "respondent_group", "area", "item", "answer", "count"]
    return typed("survey", pd.DataFrame(rows, columns=[*columns, "invited_count", "reversed"]))


def test_survey_index():
    """T-20: items of 6.67 and 5.50 (the second put negatively) have the index 6.08; 105 of 120 answered."""
    answers = survey(("one", False, (40, 30, 20, 10, 5)), ("two", True, (15, 25, 40, 20, 0)))
    rows = rederived({"school_units": schools("A"), "survey": answers})
    index = one(rows, "survey_index", subject="safety", grade_year=5)
    response = one(rows, "survey_response_share", grade_year=5)
    assert index["value"] == pytest.approx((200 / 30 + 5.5) / 2, rel=1e-12)
    assert (response["n"], response["value"], index["n"]) == (105, 105 / 120, 100)
    positive = one(rows, "survey_positive_share", subject="safety", grade_year=5)
    assert (positive["n"], positive["value"]) == (105 - 5, pytest.approx((70 / 105 + 60 / 100) / 2, rel=1e-12))


def test_survey_of_persons():
    """§11.1: persons with 10 and 10, and with 0 alone, have the index 5 by person (by item it would be 6.67)."""
    rows = [("1", "one", "4"), ("1", "two", "1"), ("2", "one", "1"), ("2", "two", None), ("3", "one", "dont_know")]
    answers = pd.DataFrame(rows, columns=["respondent", "item", "answer"]).assign(
        school_unit_code="A", school_year=YEAR, respondent_group="guardians", area="safety", invited_count=6
    )
    answers["reversed"] = answers["item"].eq("two")
    found = rederived({"school_units": schools("A"), "survey_answers": typed("survey_answers", answers)})
    index = one(found, "survey_guardians_index", subject="safety")
    positive = one(found, "survey_guardians_positive_share", subject="safety")
    response = one(found, "survey_guardians_response_share")
    assert (index["n"], index["value"], response["n"], response["value"]) == (2, 5.0, 3, 0.5)
    assert (positive["n"], positive["value"]) == (1, pytest.approx((1 / 3 + 1) / 2))


@pytest.mark.parametrize("known", [True, False], ids=["persons", "counts"])
def test_engagement_of_employees(known):
    """T-21: nine answers of 4 are 75, as are their three areas; without one of the items counts give no index."""
    areas = ("hme_motivation", "hme_leadership", "hme_governance")
    rows = [("1", area, f"{area} {number}") for area in areas for number in range(3)]
    answers = pd.DataFrame(rows, columns=["respondent", "area", "item"]).assign(
        school_unit_code="A", school_year=YEAR, respondent_group="staff", answer="4", count=7, invited_count=9
    )
    name = "survey_answers" if known else "survey"
    columns = [column for column in answers if known or column != "respondent"]
    table = typed(name, answers[[column for column in columns if not known or column != "count"]])
    found = rederived({"school_units": schools("A"), name: table})
    assert [one(found, metric)["value"] for metric in ("hme_index", *areas)] == [75.0] * 4
    lacking = rederived({"school_units": schools("A"), name: table.iloc[1:]})
    assert pd.isna(one(lacking, "hme_index")["value"]) is not known
