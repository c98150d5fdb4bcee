"""Autumn term grades, spring grades between the official years, and grade years as the law has them."""

import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.errors import SkqError

from tests.spec.text_tables import YEAR, grade_sheet, one, pupils, schools, text_table, typed


def tables(grades: pd.DataFrame, register: str, *units: str, school_year: str = YEAR) -> dict[str, pd.DataFrame]:
    """Return the tables of pupils with these grades; the units exist that year."""
    return {
        "school_units": schools(*(units or ("A",)), school_years=(school_year,)),
        "pupils": pupils(register, school_year=school_year),
        "grades": grades,
    }


@pytest.mark.parametrize("grade_year", [6, 7, 8, 9])
def test_autumn_grades_stand_by_themselves(grade_year):
    """Of A, F, a dash and a blank in autumn: mean 10 of 2, passed 1 of 3, all subjects 1; the spring is another number.

    The pupil without any grade in autumn counts in the last grade year only.
    """
    autumn = grade_sheet("pupil MA\n1 A\n2 F\n3 -\n4 .", kind="term", term="HT")
    spring = grade_sheet("pupil MA\n1 E\n2 E\n3 E\n4 E", kind="final" if grade_year == 9 else "term")
    who = "\n".join(f"{name} {grade_year}" for name in "1234")
    results = aggregate(tables(pd.concat([autumn, spring]), f"pupil_id grade_year\n{who}"))
    mean, share = (one(results, f"autumn_{kind}", subject="MA") for kind in ("points_mean", "subject_passed_share"))
    everything = one(results, "autumn_all_subjects_passed_share")
    assert (mean["n"], mean["value"], share["n"], share["numerator"]) == (2, 10, 3, 1)
    assert (everything["n"], everything["numerator"]) == (4 if grade_year == 9 else 3, 1)
    assert one(results, "subject_passed_share", subject="MA")["value"] == 1
    assert set(results["grade_year"].dropna()) == {grade_year}


def test_autumn_belongs_to_the_school_of_the_end_of_autumn():
    """Who moved in January has autumn grades at the first school and spring grades at the second."""
    register = """
        pupil_id school_unit_code enrolled_from enrolled_to
        mover    A                .             2025-01-10
        mover    B                2025-01-11    .
        left     A                .             2024-11-30
        stays    A                .             .
        joins    A                2024-12-15    .
        late     A                2024-12-16    .
    """
    names = ("mover", "left", "stays", "joins", "late")
    sheet = "pupil MA\n" + "\n".join(f"{name} E" for name in names)
    grades = pd.concat([grade_sheet(sheet, kind="term", term="HT"), grade_sheet(sheet)])
    results = aggregate(tables(grades, register, "A", "B"))
    autumn = {row["unit"]: row["n"] for _, row in only(results, "autumn_points_mean").iterrows()}
    spring = {row["unit"]: row["n"] for _, row in only(results, "subject_points_mean").iterrows()}
    assert autumn == {"A": 3}
    assert spring == {"A": 3, "B": 1}


def only(results: pd.DataFrame, metric: str) -> pd.DataFrame:
    return results[results["metric"].eq(metric) & results["level"].eq("school") & results["breakdown"].eq("all")]


def test_single_subjects_of_the_autumn_are_not_split_by_education():
    """All subjects are split by the parents' education, single subjects by sex alone."""
    sheet = grade_sheet("pupil MA\n1 E\n2 F", kind="term", term="HT")
    results = aggregate(tables(sheet, "pupil_id sex parent1_education\n1 girls 1\n2 boys 3"))
    splits = results.groupby("metric")["breakdown"].agg(set)
    assert splits["autumn_all_subjects_passed_share"] == {"all", "sex", "parental_education"}
    assert splits["autumn_points_mean"] == splits["autumn_subject_passed_share"] == {"all", "sex"}


def test_adapted_studies_are_not_all_subjects_in_autumn():
    """As in the spring: whoever has adapted studies counts, and has not passed everything."""
    sheet = grade_sheet("pupil MA\n1 E\n2 E", kind="term", term="HT")
    register = "pupil_id grade_year adapted_studies\n1 7 no\n2 7 yes\n3 7 yes\n4 7 no"
    everything = one(aggregate(tables(sheet, register)), "autumn_all_subjects_passed_share")
    assert (everything["n"], everything["numerator"]) == (3, 1)


OLD_YEAR = "2010/11"


def test_old_scale_from_rows_to_merit():
    """In 2010/11 MVG is 20, VG 15, G 10: 20+15+10 and 10+0 points, all subjects 1 of 2; G on the test, MVG as grade."""
    sheet = grade_sheet("pupil SV EN MA\n1 MVG VG G\n2 G IG .", school_year=OLD_YEAR)
    town = tables(sheet, "pupil_id\n1\n2", school_year=OLD_YEAR)
    tests = text_table("pupil_id subject result\n1 SV G\n1 EN IG\n2 SV VG").assign(
        school_year=OLD_YEAR, grade_year=9, part="total"
    )
    results = aggregate(town | {"national_tests": typed("national_tests", tests)})
    assert one(results, "merit_rating_16")["value"] == (45 + 10) / 2
    assert "merit_rating_17" not in set(results["metric"])
    assert one(results, "all_subjects_passed_share")["value"] == 0.5
    assert one(results, "subject_points_mean", subject="EN")["value"] == 7.5
    assert one(results, "test_points_mean", subject="SV")["value"] == 12.5
    assert one(results, "test_passed_share", subject="EN")["value"] == 0
    assert one(results, "grade_test_steps", subject="SV")["value"] == (2 - 1) / 2
    assert one(results, "grade_test_points", subject="EN")["value"] == 15


@pytest.mark.parametrize(("kind", "term"), [("final", "VT"), ("term", "HT")])
def test_coming_scale_is_refused_by_name(kind, term):
    """Grades of 2028/29 stop with the scale's name and what to do, not with wrong numbers."""
    sheet = grade_sheet("pupil MA\n1 7", school_year="2028/29", kind=kind, term=term)
    with pytest.raises(SkqError, match=r"2028/29 are on the scale 1-10, which is decided(.|\n)*next:"):
        aggregate(tables(sheet, "pupil_id grade_year\n1 10", school_year="2028/29"))


def test_coming_tests_are_refused_by_name():
    """Tests of 2028/29 stop with the name of the plan that is proposed for them."""
    town = tables(grade_sheet("pupil MA\n1 E"), "pupil_id\n1", school_year="2028/29")
    rows = text_table("pupil_id subject result\n1 MA E").assign(school_year="2028/29", grade_year=10, part="total")
    town = {**town, "national_tests": typed("national_tests", rows)}
    with pytest.raises(SkqError, match="plan 4-7-10, which is proposed"):
        aggregate({name: table for name, table in town.items() if name != "grades"})


@pytest.mark.parametrize(("school_year", "counted"), [("2027/28", 2), ("2028/29", 3)])
def test_the_tenth_grade_year_counts_from_the_ten_year_school(school_year, counted):
    """Grade years 1 to 9 are compulsory school until 2027/28, 1 to 10 from 2028/29; förskoleklass is neither."""
    register = pupils("pupil_id grade_year\n0 0\n1 1\n9 9\n10 10", school_year=school_year)
    found = aggregate({"school_units": schools("A", school_years=(school_year,)), "pupils": register})
    assert one(found, "pupil_count", grade_year=None)["value"] == counted


def test_nobody_there_in_the_autumn():
    """Pupils who all came in spring have no autumn grades and no head count, and spring grades as always."""
    sheet = grade_sheet("pupil MA\n1 E")
    autumn = grade_sheet("pupil MA\n1 E", kind="term", term="HT")
    found = aggregate(tables(pd.concat([sheet, autumn]), "pupil_id enrolled_from\n1 2025-01-10"))
    assert one(found, "subject_passed_share", subject="MA")["n"] == 1
    assert not found["metric"].str.startswith(("autumn", "pupil_count")).any()
