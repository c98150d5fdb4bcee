"""Merit rating: T-01 to T-05 of the domain specification (§2)."""

import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.metrics.gradebook import gradebook
from skq.metrics.merit import merit_rating
from skq.metrics.rules import A_TO_F, MERIT_16, MERIT_17

from tests.spec.text_tables import counted_grades, grade_sheet, one, pupils, schools

SHEET = """
pupil SV SVA EN MA BL HKK IDH MU BI FY KE GE HI RE SH SL TK ML M2
T-01  C  .   C  C  C  C   C   C  C  C  C  C  C  C  C  C  C  .  A
T-02  A  .   A  A  B  B   B   B  C  C  C  C  C  D  D  E  F  A  B
T-03  E  .   E  E  E  E   E   E  E  E  D  .  .  .  .  .  .  .  E
"""


@pytest.mark.parametrize(
    ("pupil", "seventeen", "sixteen"),
    [
        pytest.param("T-01", 260.0, 245.0, id="T-01: sixteen C and a språkval A"),
        pytest.param("T-02", 277.5, 267.5, id="T-02: mother tongue competes among the sixteen, språkval does not"),
        pytest.param("T-03", 112.5, 112.5, id="T-03: ten grades, språkval is added all the same"),
    ],
)
def test_merit_of_a_pupil(pupil, seventeen, sixteen):
    """The sixteen best grades count, and språkval stands beside them where there are seventeen."""
    book = gradebook(grade_sheet(SHEET), scale=A_TO_F)
    assert merit_rating(book, rule=MERIT_17)[pupil] == seventeen
    assert merit_rating(book, rule=MERIT_16)[pupil] == sixteen


def test_failed_language_choice_adds_nothing():
    """A språkval that is not passed leaves the merit rating as it is."""
    sheet = """
    pupil SV EN MA M2
    1     A  A  A  F
    """
    assert merit_rating(gradebook(grade_sheet(sheet), scale=A_TO_F), rule=MERIT_17)["1"] == 60.0


def test_marked_language_choice_counts_as_seventeenth():
    """A mother tongue that is the pupil's språkval is added beside the sixteen, not among them."""
    rows = counted_grades(
        """
        pupil grades
        1     16A
        """
    )
    choice = rows.iloc[[0]].assign(subject="ML", grade="C")
    both = pd.concat([rows, choice]).assign(is_language_choice=[False] * 16 + [True])
    assert merit_rating(gradebook(both, scale=A_TO_F), rule=MERIT_17)["1"] == 335.0


def test_mean_leaves_out_pupils_without_a_pass():
    """T-04: 290, 252.5, 170, 112.5 and one pupil with only F and dashes have the mean 206.25 on four pupils."""
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id\n1\n2\n3\n4\n5"),
        "grades": counted_grades(
            """
            pupil grades
            1     14A+1E
            2     12A+1D
            3     8A+1E
            4     5A+1D
            5     9F+3-
            """
        ),
    }
    merit = one(aggregate(tables), "merit_rating_17")
    assert (merit["value"], merit["n"], merit["numerator"]) == (206.25, 4, 825)


def test_municipality_weighs_by_graded_pupils():
    """T-05: means 250 on 24 graded of 25 and 200 on 58 graded of 60 give 214.63 (not 214.71) for the municipality."""
    names = {"A": [f"a{i}" for i in range(25)], "B": [f"b{i}" for i in range(60)]}
    rows = "\n".join(f"{name} {school}" for school, own in names.items() for name in own)
    merits = {"A": ["12A+1E"] * 24 + ["3F"], "B": ["10A"] * 58 + ["3F"] * 2}
    grades = "\n".join(f"{n} {m}" for school, own in names.items() for n, m in zip(own, merits[school], strict=True))
    tables = {
        "school_units": schools("A", "B"),
        "pupils": pupils(f"pupil_id school_unit_code\n{rows}"),
        "grades": counted_grades(f"pupil grades\n{grades}"),
    }
    results = aggregate(tables)
    whole = one(results, "merit_rating_17", level="municipality", unit="9999")
    assert round(float(whole["value"]), 2) == 214.63
    assert [one(results, "merit_rating_17", unit=code)["value"] for code in "AB"] == [250, 200]
    assert [one(results, "merit_rating_17", unit=code)["n"] for code in "AB"] == [24, 58]
