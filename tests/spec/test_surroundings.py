"""Survey (T-20, §11), staff and cost (T-22, T-23, §12), attendance (T-24, §13), leisure and adapted form (§14)."""

import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.columns import written_out

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


def costed(accounts: str, *, sizes: dict[str, int]) -> pd.DataFrame:
    """Return the results of accounts (school unit, kind, tkr) of 2025; schools have so many pupils both autumns."""
    years = ("2024/25", "2025/26")
    names = "\n".join(f"{unit}{i} {unit} 4" for unit, size in sizes.items() for i in range(size))
    both = [pupils("pupil_id school_unit_code grade_year\n" + names, school_year=year) for year in years]
    rows = text_table("school_unit_code cost_type amount_tkr\n" + accounts).assign(fiscal_year=2025)
    register = schools(*sizes, school_years=years)
    return aggregate({"school_units": register, "pupils": pd.concat(both), "economy": typed("economy", rows)})


KINDS = ("teaching", "premises", "meals", "materials", "health", "other")


def test_costs_by_kind():
    """Kinds that are called otherwise are other costs; a kind without booking is 0; they sum to the whole, everywhere.

    A: 600 + 100 + 50 + 40 tkr for ten pupils is 79 000 kronor; B: 300 + 10 for five is 62 000, nothing for premises.
    """
    found = costed(
        """
        A Undervisning 600
        A lokaler      100
        A städning     50
        A övrigt       40
        A skolskjuts   99
        B undervisning 300
        B Städning     10
        """,
        sizes={"A": 10, "B": 5},
    )
    of_a = [one(found, f"{kind}_cost_per_pupil")["value"] for kind in ("teaching", "premises", "other")]
    of_b = [one(found, f"{kind}_cost_per_pupil", unit="B")["value"] for kind in ("teaching", "premises", "other")]
    assert (of_a, of_b) == ([60_000, 10_000, 9_000], [60_000, 0, 2_000])
    assert not found["metric"].isin(["meals_cost_per_pupil", "health_cost_per_pupil"]).any()
    for unit in ({}, {"unit": "B"}, {"level": "municipality", "unit": "9999"}):
        kinds = [one(found, f"{kind}_cost_per_pupil", **unit) for kind in ("teaching", "premises", "other")]
        whole = one(found, "cost_per_pupil", **unit)
        assert sum(row["value"] for row in kinds) == pytest.approx(whole["value"])
        assert {row["n"] for row in kinds} == {whole["n"]}


def test_every_kind_of_cost_has_its_metric():
    """The five kinds that Skolverket tells apart and the rest, each 1 tkr for one pupil."""
    kinds = ("undervisning", "lokaler", "måltider", "lärverktyg", "elevhälsa", "administration")
    found = costed("\n".join(f"A {kind} 1" for kind in kinds), sizes={"A": 1})
    assert [one(found, f"{kind}_cost_per_pupil")["value"] for kind in KINDS] == [1_000] * 6
    assert one(found, "cost_per_pupil")["value"] == 6_000


def test_sick_leave():
    """1 830 of 41 200 hours are 4.4 %, 20 of 1 700 are 1.2 %; together 1 850 of 42 900, 4.3 %, of 28 employees.

    A calendar year belongs to the school year that began in it; case and blanks do not part a group of employees.
    """
    rows = pd.DataFrame(
        [("A", "lärare", 1830, 41_200, 27), ("A", "elevhälsa", 20, 1_700, 1), ("B", " Lärare", 170, 1_800, 1)],
        columns=["school_unit_code", "employee_group", "sick_hours", "available_hours", "employees"],
    )
    found = aggregate({"school_units": schools("A", "B"), "sick_leave": typed("sick_leave", rows.assign(year=2024))})
    groups = [one(found, "sick_leave_share", subject=group) for group in ("lärare", "elevhälsa", "")]
    assert [(row["n"], round(row["value"] * 100, 1)) for row in groups] == [(27, 4.4), (1, 1.2), (28, 4.3)]
    assert {row["school_year"] for row in groups} == {"2024/25"}
    city = one(found, "sick_leave_share", subject="lärare", level="municipality", unit="9999")
    assert (city["n"], city["numerator"]) == (28, 2000)


CENTRES = """
school_unit_code enrolled fte qualified_fte enrolled_6_9 population_6_9
A                112      5.6 2.8           90           120
B                38       0.0 .             30           .
"""


def test_leisure_centre():
    """112 children and 5.6 full-time: 20.0 each; half qualified; 90 of 120 enrolled. B tells only its children."""
    rows = typed("leisure_centres", text_table(CENTRES).assign(school_year=YEAR))
    found = aggregate({"school_units": schools("A", "B"), "leisure_centres": rows})
    values = {"children_count": (112, 112), "children_per_fte": (5.6, 20), "qualified_share": (5.6, 0.5)}
    for metric, (n, value) in {**values, "enrolled_share": (120, 0.75)}.items():
        row = one(found, f"leisure_{metric}")
        assert (row["n"], row["value"]) == (pytest.approx(n), pytest.approx(value))
    city = {"level": "municipality", "unit": "9999"}
    assert one(found, "leisure_children_count", **city)["value"] == 150
    assert one(found, "leisure_children_per_fte", **city)["value"] == pytest.approx(20)
    assert set(found[found["unit"].eq("B")]["metric"]) == {"leisure_children_count"}


def test_leisure_centre_without_optional_columns():
    """A register with children and staff only gives what can be told of them."""
    rows = text_table("school_unit_code enrolled fte\nA 30 2").assign(school_year=YEAR)
    found = aggregate({"school_units": schools("A"), "leisure_centres": typed("leisure_centres", rows)})
    assert set(found["metric"]) == {"leisure_children_count", "leisure_children_per_fte"}


def with_adapted() -> dict[str, pd.DataFrame]:
    """Return nine pupils of grundskola, two of the adapted form at A, one in förskoleklass there."""
    rows = [*(f"p{i} A 4 ." for i in range(6)), *(f"q{i} B 4 compulsory" for i in range(3))]
    rows += ["a1 A 4 adapted", "a2 A 9 adapted", "a3 A 0 adapted"]
    text = "pupil_id school_unit_code grade_year school_form\n" + "\n".join(rows)
    return {"school_units": schools("A", "B"), "pupils": pupils(text)}


def test_adapted_pupils():
    """Two pupils in the adapted form at A; of the municipality's 9 + 2 they are 18.2 %; no share at the school."""
    found = aggregate(with_adapted())
    assert one(found, "adapted_pupil_count")["value"] == 2
    share = one(found, "adapted_pupil_share", level="municipality", unit="9999")
    assert (share["n"], share["value"]) == (2, pytest.approx(2 / 11))
    assert set(found[found["metric"].eq("adapted_pupil_share")]["level"]) == {"organizer", "municipality"}
    assert "B" not in set(found[found["metric"].eq("adapted_pupil_count")]["unit"])


def test_adapted_pupils_are_in_nothing_else():
    """Grades, tests, attendance and counts of grundskola are what they are without the pupils of the adapted form."""
    tables = with_adapted()
    grades = text_table("pupil_id grade\na2 E\np1 A").assign(school_year=YEAR, term="VT", kind="final", subject="MA")
    hours = pd.DataFrame({"pupil_id": ["a1", "p1"], "school_year": YEAR, "term": "HT", "offered_hours": 100})
    hours = hours.assign(valid_absence_hours=[50, 10], invalid_absence_hours=0)
    tests = text_table("pupil_id result\na2 C").assign(school_year=YEAR, grade_year=9, subject="MA", part="total")
    tables |= {"grades": typed("grades", grades), "attendance": typed("attendance", hours)}
    tables |= {"national_tests": typed("national_tests", tests)}
    without = tables | {"pupils": tables["pupils"][tables["pupils"]["school_form"].ne("adapted").fillna(True)]}
    found, expected = aggregate(tables), aggregate(without)
    others = found[~found["metric"].str.startswith("adapted_")].reset_index(drop=True)
    pd.testing.assert_frame_equal(written_out(others), written_out(expected))
    assert one(found, "pupil_count", grade_year=None)["value"] == 6
    assert one(found, "attendance_share")["value"] == pytest.approx(0.9)


def attending(rows: str) -> pd.DataFrame:
    """Return the results of pupils with hours of one term: `pupil_id sex offered valid invalid`."""
    table = text_table("pupil_id sex offered_hours valid_absence_hours invalid_absence_hours\n" + rows)
    hours = table.drop(columns="sex").assign(school_year=YEAR, term="VT")
    register = pupils(
        "\n".join(
            ["pupil_id sex", *(f"{one} {sex}" for one, sex in zip(*(table[c] for c in table.columns[:2]), strict=True))]
        )
    )
    return aggregate({"school_units": schools("A"), "pupils": register, "attendance": typed("attendance", hours)})


HOURS = """
p1 girls 600 60 29.9
p2 girls 600 60 30
p3 boys  600 90 30
p4 boys  600 200 100
p5 boys  600 0 0
p6 boys  0   0 0
"""


@pytest.mark.parametrize(
    ("metric", "over"),
    [
        pytest.param("invalid_absence_over_5_share", 3, id="29.9 of 600 hours is below 5 percent, 30 is 5 percent"),
        pytest.param("absence_over_15_share", 3, id="89.9 is below, 90, 120 and 300 reach it"),
        pytest.param("absence_over_20_share", 2, id="120 of 600"),
        pytest.param("absence_over_50_share", 1, id="300 of 600"),
    ],
)
def test_thresholds_of_absence(metric, over):
    """A threshold is reached at its own percentage; pupils without hours offered are not counted: n is 5."""
    found = one(attending(HOURS), metric)
    assert (found["n"], found["numerator"], found["value"]) == (5, over, over / 5)
    assert found["lower"] < found["value"] < found["upper"]


def test_threshold_by_decimal_hours():
    """15 percent of 1.9 hours is 0.285 hours, but less than that in binary numbers: the pupil has reached it."""
    assert one(attending("p1 girls 1.9 0.285 0"), "absence_over_15_share")["value"] == 1


def test_median_attendance():
    """Attendances 85.0, 85.0, 80, 50 and 100 %: half reach 85; boys 80, 50, 100: 80; nobody's hours, no median."""
    found = attending(HOURS.replace("29.9", "30"))
    everybody = one(found, "attendance_median_share")
    boys = one(found, "attendance_median_share", breakdown="sex", category="boys")
    assert (everybody["n"], everybody["value"]) == (5, pytest.approx(0.85))
    assert (boys["n"], boys["value"]) == (3, pytest.approx(0.80))
    city = one(found, "attendance_median_share", level="municipality", unit="9999")
    assert city["value"] == everybody["value"]
    nobody = attending("p1 girls 0 0 0")
    assert not nobody["metric"].eq("attendance_median_share").any()
    assert one(nobody, "attendance_share")["status"] == "missing"
