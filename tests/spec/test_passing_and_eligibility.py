"""Passed in all subjects and eligibility: T-06 to T-09 of the domain specification (§3, §4)."""

import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.metrics.eligibility import eligible
from skq.metrics.gradebook import gradebook
from skq.metrics.passing import all_subjects_passed
from skq.metrics.rules import A_TO_F, ARTS, SCIENCE, SOCIAL, VOCATIONAL

from tests.spec.text_tables import counted_grades, grade_sheet, one, pupils, schools

ELIGIBILITY = """
pupil SV SVA EN MA BL HKK IDH MU SL TK BI FY KE GE HI RE SH
T-07  E  .   E  E  E  E   E   E  E  .  F  F  F  .  .  .  .
T-08  .  E   E  E  E  .   E   E  .  .  E  E  E  E  E  E  F
T-09  E  .   E  F  E  E   E   E  E  E  E  E  E  E  E  E  E
"""


@pytest.mark.parametrize(
    ("pupil", "vocational", "arts", "social", "science"),
    [
        pytest.param("T-07", True, False, False, False, id="T-07: eight passes"),
        pytest.param("T-08", True, True, False, True, id="T-08: twelve passes without SH"),
        pytest.param("T-09", False, False, False, False, id="T-09: fifteen passes, MA failed"),
    ],
)
def test_eligibility_of_a_pupil(pupil, vocational, arts, social, science):
    """Core subjects, enough others, and the named ones open each kind of programme."""
    book = gradebook(grade_sheet(ELIGIBILITY), scale=A_TO_F)
    found = tuple(bool(eligible(book, rule=rule)[pupil]) for rule in (VOCATIONAL, ARTS, SOCIAL, SCIENCE))
    assert found == (vocational, arts, social, science)


@pytest.mark.parametrize(("others", "expected"), [(4, False), (5, True)])
def test_vocational_demands_five_others(others, expected):
    """Four subjects besides the core are too few, five are enough."""
    names = ["BL", "HKK", "IDH", "MU", "SL"][:others]
    sheet = f"pupil SV EN MA {' '.join(names)}\n1 E E E {' '.join('E' for _ in names)}"
    assert bool(eligible(gradebook(grade_sheet(sheet), scale=A_TO_F), rule=VOCATIONAL)["1"]) is expected


def test_both_swedish_subjects_count_once():
    """A pupil with passes in SV and SVA has one subject, not two."""
    sheet = """
    pupil SV SVA EN MA BL HKK IDH MU
    1     E  E   E  E  E  E   E   E
    """
    assert not eligible(gradebook(grade_sheet(sheet), scale=A_TO_F), rule=VOCATIONAL)["1"]


def test_all_subjects_of_a_pupil():
    """Subjects that the pupil never had do not matter; a dash or an F does."""
    sheet = """
    pupil    SV EN MA BL
    passes   E  A  C  .
    dash     E  A  -  .
    fails    E  A  C  F
    nothing  -  -  F  -
    """
    found = all_subjects_passed(gradebook(grade_sheet(sheet), scale=A_TO_F))
    assert found.to_dict() == {"passes": True, "dash": False, "fails": False, "nothing": False}


def test_share_counts_everyone_who_should_have_got_grades():
    """T-06: of 25 pupils 22 pass all, one has a dash, one fails three, one has nothing: 88.0 %."""
    passing = "\n".join(f"p{i} 15E" for i in range(22))
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id\n" + "\n".join(f"p{i}" for i in range(25))),
        "grades": counted_grades(f"pupil grades\n{passing}\np22 14E+1-\np23 12E+3F"),
    }
    share = one(aggregate(tables), "all_subjects_passed_share")
    assert (share["n"], share["numerator"], share["value"]) == (25, 22, 0.88)


def test_adapted_studies_is_not_all_subjects():
    """A pupil with adapted studies has not passed all subjects, whatever the grades, but keeps the eligibility."""
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id adapted_studies\np1 yes\np2 no"),
        "grades": grade_sheet(
            """
            pupil SV EN MA BL HKK IDH MU SL
            p1    E  E  E  E  E   E   E  E
            p2    E  E  E  E  E   E   E  E
            """
        ),
    }
    results = aggregate(tables)
    assert one(results, "all_subjects_passed_share")["value"] == 0.5
    assert one(results, "eligible_vocational_share")["value"] == 1.0


def test_sixth_grade_year_takes_the_spring_term_grades():
    """Grade year 6 counts spring term grades only, and a block grade is one subject."""
    autumn = grade_sheet("pupil SV NO\np1 F F\np2 F F", kind="term", term="HT")
    spring = grade_sheet("pupil SV NO SO\np1 E E E\np2 E F E", kind="term", term="VT")
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id grade_year\np1 6\np2 6"),
        "grades": pd.concat([autumn, spring], ignore_index=True),
    }
    results = aggregate(tables)
    share = one(results, "all_subjects_passed_share", grade_year=6)
    assert (share["n"], share["numerator"]) == (2, 1)
    assert "merit_rating_17" not in set(results["metric"])


def test_sixth_grade_year_leaves_out_who_has_no_mark():
    """The denominator of grade year 6 is grades, dashes and adapted studies (§3); grade year 9 has everyone (T-06)."""
    sheet = "pupil SV\np1 E\np2 -"
    people = "pupil_id grade_year adapted_studies\np1 {0} no\np2 {0} no\np3 {0} no\np4 {0} yes"
    found = {}
    for grade_year, kind in ((6, "term"), (9, "final")):
        tables = {
            "school_units": schools("A"),
            "pupils": pupils(people.format(grade_year)),
            "grades": grade_sheet(sheet, kind=kind),
        }
        share = one(aggregate(tables), "all_subjects_passed_share", grade_year=grade_year)
        found[grade_year] = (share["n"], share["numerator"])
    assert found == {6: (3, 1), 9: (4, 1)}


SIXTH = """
pupil    SV SVA EN MA BL NO SO
all      E  .   D  C  A  E  E
language .  E   D  C  A  E  E
one      E  .   F  C  A  E  E
dash     E  .   D  -  A  E  E
two      E  .   F  C  A  -  E
single   .  .   .  F  .  .  .
adapted1 E  .   D  C  A  E  E
adapted2 E  .   D  .  A  F  E
nobody   .  .   .  .  .  .  .
"""


def sixth_graders():
    """Tables of one school: SIXTH, where the pupils so called have adapted studies, one of them with no mark at all."""
    sheet = grade_sheet(SIXTH, kind="term")
    named = sheet["pupil_id"].isin(["adapted2"]) & sheet["subject"].eq("MA")
    rows = sheet[sheet["grade"].notna() | named]
    names = [*dict.fromkeys(sheet["pupil_id"]), "adapted3"]
    people = "\n".join(f"{name} 6 {'yes' if name.startswith('adapted') else 'no'}" for name in names)
    register = pupils(f"pupil_id grade_year adapted_studies\n{people}")
    return {"school_units": schools("A"), "pupils": register, "grades": rows}


def test_three_shares_of_the_first_graded_year():
    """All, one and several sum to 1: a single failed subject is several, SV and SVA are one, adapted studies lack one.

    Of nine counted (not `nobody`): 2 pass all; `one`, `dash` and `adapted1` lack one; `two`, `single`, `adapted2` (F
    and a blank) and `adapted3` (nothing) several. Subjects: 6 each, `single` has 1 and `adapted3` none: 43 of 8.
    """
    results = aggregate(sixth_graders())
    found = [
        one(results, metric, grade_year=6)
        for metric in ("all_subjects_passed_share", "failed_one_subject_share", "failed_several_subjects_share")
    ]
    assert [row["n"] for row in found] == [9, 9, 9]
    assert [row["numerator"] for row in found] == [2, 3, 4]
    subjects = one(results, "subject_grades_mean", grade_year=6)
    assert (subjects["n"], subjects["numerator"]) == (8, 43)


def test_companions_belong_to_the_first_graded_year():
    """In grade years 7 to 9 there are no companion shares; years 7 and 8 have subjects but no share of all subjects."""
    for grade_year in (7, 8, 9):
        kind = "final" if grade_year == 9 else "term"
        tables = {
            "school_units": schools("A"),
            "pupils": pupils(f"pupil_id grade_year\np1 {grade_year}\np2 {grade_year}"),
            "grades": grade_sheet("pupil MA\np1 A\np2 F", kind=kind),
        }
        results = aggregate(tables)
        made = set(results["metric"])
        assert not made & {"failed_one_subject_share", "failed_several_subjects_share", "subject_grades_mean"}
        assert ("all_subjects_passed_share" in made) is (grade_year == 9)
        assert one(results, "subject_points_mean", grade_year=grade_year, subject="MA")["value"] == 10
