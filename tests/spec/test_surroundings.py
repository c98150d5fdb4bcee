"""Survey (T-20, §11), staff and cost (T-22, T-23, §12), attendance (T-24, §13)."""

import pandas as pd
import pytest
from skq.aggregate import aggregate

from tests.spec.text_tables import YEAR, one, pupils, schools, text_table, typed


def survey(text: str) -> dict[str, pd.DataFrame]:
    """Return tables of one school with a survey in safety of pupils in grade year 5."""
    long = text_table(text).melt(id_vars=["item", "reversed"], var_name="answer", value_name="count")
    long["answer"] = long["answer"].replace("dk", "dont_know")
    rows = long.assign(
        school_unit_code="A", school_year=YEAR, respondent_group="pupils_5", area="safety", invited_count="125"
    )
    return {"school_units": schools("A"), "survey": typed("survey", rows)}


ITEMS = """
item  reversed 4  3  2  1  dk
one   no       40 30 20 10 5
two   no       20 40 25 15 0
"""


def test_item_and_area_index():
    """T-20: items 6.67 and 5.50, index 6.08; do not know is left out."""
    results = aggregate(survey(ITEMS))
    assert round(one(results, "survey_index", subject="safety", grade_year=5)["value"], 2) == 6.08
    first = aggregate(survey("\n".join(ITEMS.strip().splitlines()[:2])))
    assert round(one(first, "survey_index", subject="safety", grade_year=5)["value"], 2) == 6.67


def test_negative_item_is_turned_round():
    """Agreeing with a negatively worded item scores 0: the mirror image of T-20's first item has the same index."""
    mirrored = """
    item reversed 4  3  2  1  dk
    one  yes      10 20 30 40 5
    """
    assert round(one(aggregate(survey(mirrored)), "survey_index", subject="safety", grade_year=5)["value"], 2) == 6.67


def test_response_rate():
    """T-20 with 125 invited: 105 answered the first item, do not know among them: 84 %."""
    share = one(aggregate(survey(ITEMS)), "survey_response_share", grade_year=5)
    assert (share["n"], share["value"]) == (105, 0.84)


def test_index_rests_on_its_weakest_item():
    """n is the number of answers to the item with fewest; the interval is no narrower than that item's share of it."""
    few = """
    item reversed 4  3  2  1 dk
    one  no       40 30 20 10 0
    two  no       2  2  1  1  0
    """
    found = one(aggregate(survey(few)), "survey_index", subject="safety", grade_year=5)
    assert found["n"] == 6
    assert found["lower"] < found["value"] < found["upper"]


STAFF = """
teacher_id fte certified_fte certified_any role
t1         1.0 1.0           yes           teacher
t2         0.8 0.4           yes           teacher
t3         0.5 0.0           no            teacher
s1         1.0 1.0           yes           special_teacher
s2         0.5 0.5           yes           special_educator
"""


@pytest.fixture(scope="module")
def staffed():
    rows = text_table(STAFF).assign(school_unit_code="A", school_year=YEAR)
    names = "\n".join(f"p{i} 4" for i in range(23)) + "\nf 0"
    return aggregate(
        {
            "school_units": schools("A"),
            "staff": typed("staff", rows),
            "pupils": pupils(f"pupil_id grade_year\n{names}"),
        }
    )


@pytest.mark.parametrize(
    ("metric", "n", "value"),
    [
        pytest.param("certified_teacher_share", 2.3, 0.609, id="T-22: (1.0 + 0.4) / 2.3"),
        pytest.param("certified_any_subject_share", 2.3, 0.783, id="T-22: 1.8 / 2.3"),
        pytest.param("teacher_fte", 2.3, 2.3, id="teachers only"),
        pytest.param("pupils_per_teacher", 2.3, 10.0, id="23 pupils without förskoleklass / 2.3"),
        pytest.param("special_teacher_fte", 1.0, 1.0, id="special teachers"),
        pytest.param("pupils_per_special_educator", 0.5, 46.0, id="23 / 0.5"),
    ],
)
def test_staff(staffed, metric, n, value):
    """Certification weighs by full-time equivalents; special teachers and educators are no teachers."""
    found = one(staffed, metric)
    assert (round(found["n"], 3), round(found["value"], 3)) == (n, value)


def test_cost_per_pupil():
    """T-23: 52 000 tkr on the mean of 410 and 390 pupils: 130 000 kronor; school transport is not counted."""
    years = {"2024/25": 390, "2025/26": 410}
    both = pd.concat(
        [
            pupils("pupil_id grade_year\n" + "\n".join(f"p{i} 4" for i in range(count)), school_year=year)
            for year, count in years.items()
        ]
    )
    accounts = text_table(
        """
        fiscal_year cost_type    amount_tkr
        2025        undervisning 40000
        2025        lokaler      12000
        2025        skolskjuts   777
        2024        undervisning 40000
        """
    ).assign(school_unit_code="A")
    register = schools("A", school_years=tuple(years))
    results = aggregate({"school_units": register, "pupils": both, "economy": typed("economy", accounts)})
    assert one(results, "cost_per_pupil")["value"] == 130_000
    assert one(results, "cost_per_pupil")["school_year"] == "2025/26"


def test_attendance():
    """T-24: offered 600 h, valid 38, invalid 12: attendance 91.7 %, invalid 2.0 %; both terms are summed."""
    hours = text_table(
        """
        pupil_id term offered_hours valid_absence_hours invalid_absence_hours
        p1       HT   300           30                  2
        p1       VT   300           8                   10
        """
    ).assign(school_year=YEAR)
    results = aggregate(
        {
            "school_units": schools("A"),
            "pupils": pupils("pupil_id grade_year\np1 4"),
            "attendance": typed("attendance", hours),
        }
    )
    attendance, invalid = one(results, "attendance_share"), one(results, "invalid_absence_share")
    assert (attendance["n"], round(attendance["value"] * 100, 1)) == (1, 91.7)
    assert round(invalid["value"] * 100, 1) == 2.0
