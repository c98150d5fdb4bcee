"""Registers with grades of the scale IG to MVG: from files to numbers, and which grades a school year may have."""

from __future__ import annotations

from pathlib import Path

import pytest
from skq.aggregate import aggregate
from skq.metrics.rules import A_TO_F, G_VG_MVG, GRADE_SCALES
from skq.rederive import rederived, require_equal
from skq.schema import REGISTER_SCALES
from skq.terms import SchoolYear
from skq.validate import check, validated

from tests.spec.text_tables import one

SCHOOL = "10000001"
UNITS = """Skolenhetskod;Läsår;Namn;Kommunkod;Huvudman;Typ av huvudman;Från årskurs;Till årskurs
10000001;2010/11;Ekskolan;0199;Ekdala kommun;kommunal;7;9
"""
PUPILS = """Elev-id;Skolenhetskod;Läsår;Årskurs;Kön
E1;10000001;2010/11;9;flicka
E2;10000001;2010/11;9;pojke
E3;10000001;2010/11;9;pojke
"""
GRADES = {
    "E1": "SV MVG EN MVG IDH MVG MA VG MU VG GE VG HI VG RE VG SH VG BL G HKK G BI G FY G KE G SL G TK G M2 VG",
    "E2": "SV G EN IG MA G IDH VG",
    "E3": "SV IG MA IG EN -",
}
TESTS = """Elev-id;Läsår;Årskurs;Ämne;Delprov;Resultat
E1;2010/11;9;MA;total;G
E2;2010/11;9;MA;total;{result}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a school with three leavers in the spring of 2011."""
    rows = ["Elev-id;Läsår;Termin;Betygstyp;Ämne;Betyg"]
    for pupil, marks in GRADES.items():
        words = marks.split()
        rows += [
            f"{pupil};2010/11;VT;slutbetyg;{subject};{grade}"
            for subject, grade in zip(words[::2], words[1::2], strict=True)
        ]
    files = {"skolenheter": UNITS, "elever": PUPILS, "betyg": "\n".join(rows) + "\n"}
    for name, text in {**files, "nationella_prov": TESTS.format(result="IG")}.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_merit_from_files_of_the_old_scale(folder):
    """E1: 3 MVG, 7 VG and 6 of the 7 G are 60 + 105 + 60 = 225; E2: 10 + 0 + 10 + 15 = 35; E3 passed nothing.

    The mean of the two is 130. All subjects: one of three. Språkval as a 17th subject came in 2014/15.
    """
    tables = validated(folder).frames
    results = aggregate(tables)
    merit, everything = (one(results, name, unit=SCHOOL) for name in ("merit_rating_16", "all_subjects_passed_share"))
    assert (merit["n"], merit["numerator"], merit["value"]) == (2, 260, 130)
    assert (everything["n"], everything["numerator"]) == (3, 1)
    assert "merit_rating_17" not in set(results["metric"])
    require_equal(results, rederived(tables))


def test_test_grades_of_the_old_scale(folder):
    """G and IG on the test are 10 and 0 points, mean 5; a VG above G and a G above IG are above the test, 2 of 2."""
    results = aggregate(validated(folder).frames)
    points, above = (
        one(results, name, unit=SCHOOL, subject="MA") for name in ("test_points_mean", "grade_above_test_share")
    )
    assert (points["n"], points["value"]) == (2, 5)
    assert (above["n"], above["numerator"]) == (2, 2)


def test_letters_are_refused_in_old_years_wherever_they_stand(folder):
    """An A among IG to MVG is one problem, in the grades as on a test, and the message names the scale that held."""
    (folder / "nationella_prov.csv").write_text(TESTS.format(result="A"), encoding="utf-8")
    grades = folder / "betyg.csv"
    grades.write_text(grades.read_text("utf-8").replace("SV;MVG", "SV;B"), encoding="utf-8")
    problems = check(folder)
    assert [(problem.file, problem.row, problem.found) for problem in problems] == [
        ("betyg.csv", 2, "'B' in 2010/11"),
        ("nationella_prov.csv", 3, "'A' in 2010/11"),
    ]
    assert {problem.expected for problem in problems} == {
        "the scale IG-MVG, which holds up to 2011/12: MVG, VG, G, IG",
    }


@pytest.mark.parametrize("year", range(1990, 2040))
def test_files_and_formulas_have_the_same_scales(year):
    """What a file may hold in a school year is what the formulas give points for; a scale not in force has nothing."""
    (written,) = [scale for scale in REGISTER_SCALES if scale.holds(SchoolYear(year))]
    (counted,) = [scale for scale in GRADE_SCALES if scale.valid.covers(SchoolYear(year))]
    assert set(written.grades) == (set(counted.points) if counted in (A_TO_F, G_VG_MVG) else set())
