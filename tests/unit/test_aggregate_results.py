"""The results table: what is there for whom, and what is not."""

import pandas as pd
import pytest
from skq.aggregate import aggregate, memberships, units
from skq.columns import written_out
from skq.sources.typed import Tables
from skq.terms import RESULT_DTYPES, RESULT_KEY

from tests.spec.text_tables import YEAR, counted_grades, one, pupils, schools, text_table, typed

PUPILS = """
pupil_id school_unit_code sex   parent1_education foreign_background newly_arrived
1        A                girls 3                 no                 no
2        A                girls 1                 yes                .
3        A                boys  3                 no                 no
4        B                boys  .                 no                 yes
5        B                girls 2                 no                 no
"""
GRADES = "pupil grades\n1 10A\n2 10E\n3 9C+1F\n4 10E\n5 10D"


@pytest.fixture(scope="module")
def results():
    tables = {"school_units": schools("A", "B"), "pupils": pupils(PUPILS), "grades": counted_grades(GRADES)}
    return aggregate(tables)


def test_form_of_the_table(results):
    """Columns, dtypes, a unique key, and rows in the order of the key."""
    assert {column: str(dtype) for column, dtype in written_out(results).dtypes.items()} == RESULT_DTYPES
    assert not results.duplicated(list(RESULT_KEY)).any()
    assert results.equals(results.sort_values(list(RESULT_KEY), kind="stable").reset_index(drop=True))
    assert set(results["source"]) == {"register"}


def test_no_tables_no_results():
    """Without a register or without anything to count the table is empty, with its columns."""
    assert list(aggregate({}).columns) == list(RESULT_DTYPES)
    assert aggregate({"school_units": schools("A")}).empty
    assert aggregate({"school_units": schools("A"), "pupils": pupils(PUPILS).iloc[:0]}).empty


def test_what_was_read_is_no_frames_by_name():
    """Whoever hands over all that was read, instead of its frames, is told so and gets no empty table."""
    read = Tables({"school_units": schools("A"), "pupils": pupils("pupil_id\n1")})
    for made in (aggregate, units, memberships):
        with pytest.raises(TypeError, match=r"not Tables: hand over its \.frames"):
            made(read)
    assert one(aggregate(read.frames), "pupil_count", grade_year=None)["value"] == 1


@pytest.mark.parametrize(
    ("key", "n", "value"),
    [
        ({}, 3, (200 + 100 + 135) / 3),
        ({"breakdown": "sex", "category": "girls"}, 2, 150),
        ({"breakdown": "parental_education", "category": "post_secondary"}, 2, (200 + 135) / 2),
        ({"level": "area", "unit": "9999:North"}, 5, (200 + 100 + 135 + 100 + 125) / 5),
        ({"level": "organizer", "unit": "Town", "breakdown": "sex", "category": "boys"}, 2, (135 + 100) / 2),
    ],
)
def test_merit_by_level_and_breakdown(results, key, n, value):
    """Ten A are 200, ten E 100, nine C and an F 135, ten D 125: the means of whoever belongs to the row."""
    row = one(results, "merit_rating_16", **key)
    assert (row["n"], row["value"]) == (n, pytest.approx(value))


def test_mean_has_the_interval_of_its_pupils(results):
    """The interval of a mean is Student's of the pupils' own values: 150 and 12.706 times 50 for 200 and 100."""
    girls = one(results, "merit_rating_16", breakdown="sex", category="girls")
    assert (girls["lower"], girls["upper"]) == (pytest.approx(150 - 12.7062 * 50), pytest.approx(150 + 12.7062 * 50))


def test_share_has_wilsons_interval(results):
    """Two of three passed everything: p 0.667, centre (p + z²/6) / (1 + z²/3), by Wilson's formula written out."""
    row, z = one(results, "all_subjects_passed_share"), 1.959963985
    centre = (2 / 3 + z**2 / 6) / (1 + z**2 / 3)
    half = z * ((2 / 3) * (1 / 3) / 3 + z**2 / 36) ** 0.5 / (1 + z**2 / 3)
    assert (row["lower"], row["upper"]) == (pytest.approx(centre - half), pytest.approx(centre + half))


def test_counts_and_backgrounds(results):
    """Shares of background count those of whom it is known."""
    assert one(results, "pupil_count", grade_year=9)["value"] == 3
    assert one(results, "girls_share")["value"] == pytest.approx(2 / 3)
    assert one(results, "newly_arrived_share")["n"] == 2
    assert one(results, "foreign_background_share", level="municipality", unit="9999")["value"] == 0.2
    assert one(results, "parents_post_secondary_share", unit="B")["n"] == 1


def test_head_counts_have_no_interval(results):
    """What is counted completely is no sample: no interval for head counts."""
    counted = results[results["metric"].isin(["pupil_count", "girls_share", "foreign_background_share"])]
    assert counted["lower"].isna().all()


def test_backgrounds_nobody_registers_are_absent():
    """A register without background columns gives no shares of background."""
    found = aggregate({"school_units": schools("A"), "pupils": pupils("pupil_id\n1\n2")})
    assert set(found["metric"]) == {"pupil_count", "girls_share"}


def test_preschool_class_counts_by_itself():
    """Förskoleklass (0) has its own count and is not part of grade years 1 to 9."""
    found = aggregate({"school_units": schools("A"), "pupils": pupils("pupil_id grade_year\n1 0\n2 1\n3 9")})
    assert one(found, "pupil_count", grade_year=0)["value"] == 1
    assert one(found, "pupil_count", grade_year=None)["value"] == 2


def test_school_without_any_grades_is_not_counted():
    """A school that gave no grades at all that spring is not a school where everybody failed."""
    tables = {
        "school_units": schools("A", "B"),
        "pupils": pupils(PUPILS),
        "grades": counted_grades("pupil grades\n1 10A\n2 10E\n3 9C+1F"),
    }
    found = aggregate(tables)
    assert one(found, "all_subjects_passed_share", level="municipality", unit="9999")["n"] == 3
    shares = found[found["metric"].eq("all_subjects_passed_share") & found["level"].eq("school")]
    assert set(shares["unit"]) == {"A"}


def test_subject_shares_count_dashes_and_means_do_not():
    """Of E, F, a dash and a blank in a subject: 1 of 3 passed, mean 5.0 of 2."""
    rows = text_table("pupil_id grade\n1 E\n2 F\n3 -\n4 .").assign(
        school_year=YEAR, term="VT", kind="final", subject="MA"
    )
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id\n1\n2\n3\n4"),
        "grades": typed("grades", rows),
    }
    found = aggregate(tables)
    share, mean = (one(found, f"subject_{kind}", subject="MA") for kind in ("passed_share", "points_mean"))
    assert (share["n"], share["numerator"], mean["n"], mean["value"]) == (3, 1, 2, 5)


def test_final_grades_of_other_grade_years_do_not_count():
    """Only pupils of grade year 9 have final grades that count."""
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id grade_year\n1 8"),
        "grades": counted_grades("pupil grades\n1 10A"),
    }
    assert set(aggregate(tables)["metric"]) == {"pupil_count", "girls_share"}


def test_equity_between_schools_of_the_domain():
    """T-18 from pupil rows: 224 points, between-school share 0.7222 and intraclass correlation 0.7105."""
    merits = {
        "A": ["10A", "11A", "12A"],  # 200 220 240
        "B": ["9A", "8A+2C", "10A", "11A+1E"],  # 180 190 200 230
        "C": ["12A+1E", "13A", "13A+1E"],  # 250 260 270
    }
    names = {code: [f"{code}{i}" for i in range(len(own))] for code, own in merits.items()}
    who = "\n".join(f"{name} {code}" for code, own in names.items() for name in own)
    what = "\n".join(f"{n} {m}" for code in merits for n, m in zip(names[code], merits[code], strict=True))
    found = aggregate(
        {
            "school_units": schools(*merits),
            "pupils": pupils(f"pupil_id school_unit_code\n{who}"),
            "grades": counted_grades(f"pupil grades\n{what}"),
        }
    )
    town = {"level": "municipality", "unit": "9999"}
    assert one(found, "merit_rating_17", **town)["value"] == 224
    assert round(one(found, "merit_between_share", **town)["value"], 4) == 0.7222
    assert round(one(found, "merit_icc", **town)["value"], 4) == 0.7105
    assert one(found, "merit_sd", **town)["n"] == 10


def test_one_school_has_no_variation_between_schools():
    """Where the variation between schools cannot be told, the row says missing."""
    tables = {"school_units": schools("A"), "pupils": pupils("pupil_id\n1\n2"), "grades": counted_grades(GRADES)}
    found = one(aggregate(tables), "merit_icc", level="organizer", unit="Town")
    assert (found["status"], pd.isna(found["value"])) == ("missing", True)


def test_staff_without_roles_are_teachers():
    """A staff register without the column role counts everybody as a teacher."""
    rows = text_table("teacher_id fte certified_fte certified_any\nt1 1.0 1.0 yes\nt2 1.0 0 no").assign(
        school_unit_code="A", school_year=YEAR
    )
    found = aggregate({"school_units": schools("A"), "pupils": pupils("pupil_id\n1"), "staff": typed("staff", rows)})
    assert one(found, "teacher_fte")["value"] == 2
    assert "special_teacher_fte" not in set(found["metric"])
