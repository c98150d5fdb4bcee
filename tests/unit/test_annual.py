"""The annual analysis's numbers: findings with weights by hand, totals that add up, spread, groups, opening."""

import pandas as pd
import pytest
from skq.errors import ParameterError, ProtectionError
from skq.report.annual import groups, open_annual_analysis, salsa
from skq.report.annual.front import front_matter
from skq.report.annual.levels import Total, chain, members, passed
from skq.report.annual.measures import spread, title
from skq.report.annual.notable import Notable, notable
from skq.report.numbers import Point

from tests.notebooks import annual_slice as by_hand

NBSP = "\u00a0"


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    """The slice worked out by hand."""
    return by_hand.opened(tmp_path_factory.mktemp("annual"))


def test_findings_weigh_certainty_times_size_times_pupils(analysis):
    """25 points ± 10 for 100 pupils weigh 25/10 · 25/20 · 100; 20 pp ± 12 for 80 weigh 20/12 · 20/10 · 80."""
    found = notable(analysis)
    assert [(one.unit.code, round(one.weight, 6)) for one in found.findings] == [
        (by_hand.A, 312.5), (by_hand.B, 266.666667), (by_hand.F, 112.5),
    ]  # fmt: skip


def test_differences_of_a_school_stand_together_heaviest_first(analysis):
    """Almskolan's merit rating (312.5) before its share with all subjects (8/6 · 8/10 · 100 = 106.7)."""
    first = notable(analysis).findings[0]
    assert [difference.metric for difference in first.differences] == [by_hand.MERIT, by_hand.PASSED]


def test_pupils_of_a_grade_year_are_counted_once(analysis):
    """Two findings about Almskolan's year 9 concern 100 pupils; with 80 and 50 of the others 230."""
    found = notable(analysis)
    assert [one.pupils for one in found.findings] == [100, 80, 50]
    assert found.pupils == 230


def test_all_judged_differences_count_as_tested(analysis):
    """Seven differences have an interval, four exclude zero, and 7 · 0.05 are expected by chance."""
    found = notable(analysis)
    assert (found.tested, found.flagged) == (7, 4)
    assert found.expected_by_chance == pytest.approx(0.35)


def test_nothing_is_notable_without_intervals(tmp_path):
    """Where no difference can be judged nothing is found and nothing was tested."""
    bare = by_hand.opened(tmp_path, without=(by_hand.MERIT, by_hand.PASSED))
    assert notable(bare) == Notable((), 0)


@pytest.mark.parametrize(
    ("name", "pupils", "last_grade", "passed_of", "summed"),
    [
        pytest.param("Norra", 800, 181, (150, 180), (150, 180), id="area-that-adds-up"),
        pytest.param("Södra", 710, 68, (49, 68), (0, 0), id="area-of-hidden-schools"),
        pytest.param("Strandköpings kommun", 1510, 249, (199, 248), (150, 180), id="organizer"),
        pytest.param("Strandköping", 1710, 289, (237, 288), (150, 180), id="municipality"),
    ],
)
def test_chain_holds_stated_totals_and_sums_of_schools(analysis, name, pupils, last_grade, passed_of, summed):
    """Each unit above the schools: what it states, and what its shown schools sum to, added up by hand."""
    link = next(one for one in chain(analysis).links if one.unit.name == name)
    assert (link.pupils.stated, link.pupils.summed) == (pupils, pupils)
    assert (link.last_grade.stated, link.last_grade.summed) == (last_grade, last_grade)
    assert (link.passed.stated, link.graded.stated) == passed_of
    assert (link.passed.summed, link.graded.summed) == summed


def test_organizer_with_one_school_is_only_counted(analysis):
    """Eken AB has one school, whose totals are its own."""
    found = chain(analysis)
    assert found.alone == 1
    assert "Eken AB" not in [link.unit.name for link in found.links]


def test_chain_counts_hidden_schools(analysis):
    """Three schools' numbers of pupils with all subjects are withheld, none of their numbers of pupils."""
    link = chain(analysis).municipality
    assert (link.passed.withheld, link.pupils.withheld) == (3, 0)
    assert (link.passed.adds_up, link.pupils.adds_up) == (False, True)


def test_no_chain_without_pupils(tmp_path):
    """Where no school's pupils are known there is nothing to add up."""
    assert chain(by_hand.opened(tmp_path, without=("pupil_count",))) is None


def test_members_belong_by_code_of_area_and_organizer(analysis):
    """The schools of an area, and those of an organizer, by name."""
    norra = next(unit for unit in analysis.at("area") if unit.name == "Norra")
    eken = next(unit for unit in analysis.at("organizer") if unit.name == "Eken AB")
    assert [unit.code for unit in members(analysis, norra)] == [by_hand.A, by_hand.B]
    assert [unit.code for unit in members(analysis, eken)] == [by_hand.E]


@pytest.mark.parametrize(
    ("total", "adds_up"),
    [
        pytest.param(Total(100.0, 100.0, 3, 0, 0, 0), True, id="equal"),
        pytest.param(Total(100.0, 99.0, 3, 0, 0, 0), False, id="one-less"),
        pytest.param(Total(4674.0, 4676.0, 80, 0, 0, 0, slack=3.7), True, id="within-published-rounding"),
        pytest.param(Total(4674.0, 4670.0, 80, 0, 0, 0, slack=3.7), False, id="beyond-published-rounding"),
        pytest.param(Total(None, 99.0, 3, 0, 0, 0), False, id="nothing-stated"),
        pytest.param(Total(100.0, 100.0, 3, 1, 0, 0), False, id="a-school-is-withheld"),
    ],
)
def test_total_adds_up(total, adds_up):
    """A total adds up when the sum is as near as its source allows and no school is left out."""
    assert total.adds_up is adds_up


@pytest.mark.parametrize(
    ("value", "n", "count"),
    [(0.9, 100.0, 90.0), (0.722, 6474.0, 4674.0), (0.9, None, None), (None, 100.0, None)],
)
def test_passed_is_worked_out_from_shown_numbers_alone(value, n, count):
    """A share times what it rests on, in whole pupils; nothing where either is not shown."""
    point = Point(metric=by_hand.PASSED, level="school", unit="1", school_year="2024/25", value=value, n=n)
    assert passed(point) == count


def test_spread_is_ordered_and_parted(analysis):
    """Shown from the highest; hidden and nearly all apart; schools without year 9 are not there at all."""
    found = spread(analysis, by_hand.PASSED, 9)
    assert [one.unit.code for one in found.shown] == [by_hand.A, by_hand.B]
    assert [unit.code for unit in found.hidden] == [by_hand.C, by_hand.D]
    assert [unit.code for unit in found.nearly_all] == [by_hand.E]


def test_spread_tells_sides_by_the_comparison(analysis):
    """Almskolan certainly above, Björkskolan not certainly below, Ekens friskola not judged."""
    found = spread(analysis, by_hand.MERIT, 9)
    assert [(one.unit.code, one.side, one.judged) for one in found.shown] == [
        (by_hand.A, 1, True), (by_hand.E, 0, False), (by_hand.B, 0, True),
    ]  # fmt: skip
    assert [found.at_side(side) for side in (1, 0, -1)] == [1, 1, 0]


def test_spread_has_municipality_and_nation(analysis):
    """Both of the year of the schools' numbers."""
    found = spread(analysis, by_hand.MERIT, 9)
    assert (found.municipality.value, found.nation.value) == (235.0, 230.0)


def test_gap_of_the_sexes_is_the_computed_one(analysis):
    """Where the comparisons hold the gap it is taken; where not, it is worked out from the two intervals."""
    merit, share = groups.by_sex(analysis)
    assert (merit.gap.value, merit.gap.lower, merit.gap.upper, merit.gap.certain) == (20.0, 14.0, 26.0, True)
    assert share.gap.value == pytest.approx(0.01)
    assert share.gap.certain is False


def test_gap_by_education_combines_both_intervals(analysis):
    """250 ± 6 minus 180 ± 20 is 70 ± √(6² + 20²) = 70 ± 20.88."""
    (row,) = groups.by_education(analysis)
    assert (row.gap.lower, row.gap.upper) == (pytest.approx(49.119, abs=0.001), pytest.approx(90.881, abs=0.001))
    assert row.gap.certain is True


def test_salsa_pairs_are_published_values(analysis):
    """Expected value and residual, as published, of the schools that have both."""
    assert [(model.value, residual.value) for model, residual in salsa.pairs(analysis)] == [(240, 20), (235, -5)]
    assert salsa.judged(analysis) == []


def test_front_matter_has_five_key_numbers(analysis):
    """Title, municipality once, and the four main results with the pupils."""
    front = front_matter(analysis)
    assert (front["title"], front["subtitle"], front["municipality"]) == ("Årsanalys 2024/25", "Strandköping", "")
    assert [(one["label"].replace(NBSP, " "), one["value"].replace(NBSP, " ")) for one in front["key-numbers"]] == [
        ("Meritvärde, åk 9", "235,0"), ("Minst E i alla ämnen, åk 9", "82,3 %"),
        ("Behöriga till yrkesprogram, åk 9", "85,0 %"), ("Minst E i alla ämnen, åk 6", "75,0 %"), ("Elever", "1 710"),
    ]  # fmt: skip


def test_key_number_has_interval_change_and_n(analysis):
    """The merit rating: 235 ± 3, a certain rise of 9 points since the year before, 290 pupils."""
    merit = front_matter(analysis)["key-numbers"][0]
    assert merit["interval"] == "intervall 232–238"
    assert merit["change"].replace(NBSP, " ") == "säker ökning: +9,0 poäng"
    assert merit["n"].replace(NBSP, " ") == "290 elever"


def test_titles_name_grade_year_and_unit():
    """A heading says which grade year, and per cent where the cells have no sign."""
    assert title("merit_rating_17", 9).replace(NBSP, " ") == "Meritvärde, åk 9"
    assert title("all_subjects_passed_share", 6).replace(NBSP, " ") == "Minst E i alla ämnen, åk 6 (%)"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param({"municipality_code": "1480"}, ProtectionError, id="another-municipality"),
        pytest.param({"school_year": "2023/24"}, ProtectionError, id="another-year"),
        pytest.param({"school_year": "2024"}, ParameterError, id="malformed-year"),
        pytest.param({"municipality_code": " "}, ParameterError, id="empty"),
    ],
)
def test_open_refuses_another_slice(tmp_path, changed, error):
    """Parameters that are empty, malformed or of another slice are refused before anything is shown."""
    folder = str(by_hand.write(tmp_path))
    asked = {"municipality_code": by_hand.MUNICIPALITY, "school_year": by_hand.NEWEST, "protected_folder": folder}
    with pytest.raises(error):
        open_annual_analysis(**{**asked, **changed})


def test_schools_know_their_grade_years(analysis):
    """First and last grade year as the unit register has them; the municipality has none."""
    assert {unit.code: unit.grade_years for unit in analysis.schools}[by_hand.F] == (0, 6)
    assert analysis.at("municipality")[0].grade_years == (None, None)


@pytest.mark.parametrize("seed", [1, 2])
def test_order_of_rows_never_matters(analysis, tmp_path, seed):
    """Shuffled rows and units give the same findings, chain, spread and title block."""
    shuffled = by_hand.opened(tmp_path, seed=seed)
    assert notable(shuffled) == notable(analysis)
    assert chain(shuffled) == chain(analysis)
    assert spread(shuffled, by_hand.MERIT, 9) == spread(analysis, by_hand.MERIT, 9)
    assert front_matter(shuffled)["key-numbers"] == front_matter(analysis)["key-numbers"]


def test_seminars_find_every_number_of_the_slice(tmp_path):
    """`results` holds also what the analysis does not speak of."""
    folder = by_hand.write(tmp_path, more=_add_attendance)
    opened = open_annual_analysis(by_hand.MUNICIPALITY, by_hand.NEWEST, str(folder))
    stored = pd.read_parquet(folder / "results.parquet")
    pd.testing.assert_frame_equal(opened.results.frame, stored, check_dtype=False)
    assert "attendance_share" in set(stored["metric"]) - {key[0] for key in opened.numbers.points}


def test_municipality_has_its_number_of_any_measure(tmp_path):
    """A goal may name a measure of which the analysis speaks nowhere else; None where no source has it."""
    opened = by_hand.opened(tmp_path, more=_add_attendance)
    whole = opened.whole("attendance_share", by_hand.NEWEST, grade_year=9, subject="")
    assert (whole.value, whole.n) == (0.93, 80.0)
    assert opened.whole("attendance_share", by_hand.NEWEST, grade_year=8, subject="") is None


def _add_attendance(sheet):
    by_hand.put(sheet, "attendance_share", {"value": 0.93, "n": 80.0}, by_hand.WHOLE, grade_year=9)
