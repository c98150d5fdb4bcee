"""Where a unit belongs, and where a pupil does."""

import pandas as pd
import pytest
from skq.aggregate import aggregate, units
from skq.aggregate.members import october_members, spring_members
from skq.aggregate.places import newest_codes

from tests.spec.text_tables import counted_grades, one, pupils, schools, text_table, typed


def register(text: str) -> pd.DataFrame:
    """Return a register of units from a text table of what differs."""
    usual = {
        "municipality_code": "9999",
        "organizer": "Town",
        "organizer_type": "municipal",
        "first_grade_year": "0",
        "last_grade_year": "9",
    }
    rows = text_table(text)
    rows = rows.assign(**{name: value for name, value in usual.items() if name not in rows})
    return typed("school_units", rows.assign(name=rows.get("name", "School " + rows["school_unit_code"])))


CHAIN = """
school_unit_code school_year successor_code area
old              2022/23     middle         North
middle           2023/24     new            North
new              2024/25     .              South
other            2024/25     .              .
"""


def test_codes_follow_the_chain():
    """A unit that changed its code twice is known by the newest one in all years."""
    assert newest_codes(register(CHAIN)) == {"old": "new", "middle": "new", "new": "new", "other": "other"}


def test_circle_of_successors_ends():
    """Two codes that name each other do not hang the run."""
    assert set(newest_codes(register("school_unit_code school_year successor_code\na 2024/25 b\nb 2024/25 a"))) == {
        "a",
        "b",
    }


def test_later_successor_holds():
    """Where a code names two successors over the years, the last year's holds."""
    text = "school_unit_code school_year successor_code\na 2022/23 b\na 2023/24 c\nc 2024/25 ."
    assert newest_codes(register(text))["a"] == "c"


def test_results_stand_under_the_newest_code():
    """The years under the old codes are reported as years of the present unit, and in the area of their time."""
    tables = {
        "school_units": register(CHAIN),
        "pupils": pd.concat(
            [
                pupils("pupil_id school_unit_code\n1 old", school_year="2022/23"),
                pupils("pupil_id school_unit_code\n1 middle\n2 middle", school_year="2023/24"),
                pupils("pupil_id school_unit_code\n1 new\n2 new\n3 new", school_year="2024/25"),
            ]
        ),
    }
    counts = aggregate(tables)
    own = counts[counts["metric"].eq("pupil_count") & counts["grade_year"].isna() & counts["breakdown"].eq("all")]
    school, area = own[own["level"].eq("school")], own[own["level"].eq("area")]
    assert list(zip(school["unit"], school["school_year"], school["value"], strict=True)) == [
        ("new", "2022/23", 1),
        ("new", "2023/24", 2),
        ("new", "2024/25", 3),
    ]
    assert list(zip(area["unit"], area["school_year"], strict=True)) == [
        ("9999:North", "2022/23"),
        ("9999:North", "2023/24"),
        ("9999:South", "2024/25"),
    ]


def test_units_of_every_level():
    """One row per unit of each level, with its predecessor and the area of its newest year."""
    found = units({"school_units": register(CHAIN)}).set_index(["level", "unit"])
    assert sorted(found.index) == [
        ("area", "9999:North"),
        ("area", "9999:South"),
        ("municipality", "9999"),
        ("organizer", "Town"),
        ("school", "new"),
        ("school", "other"),
    ]
    new, other = found.loc[("school", "new")], found.loc[("school", "other")]
    assert (new["predecessor_code"], new["area"], new["organizer"], new["name"]) == (
        "middle",
        "South",
        "Town",
        "School new",
    )
    assert (other["predecessor_code"], other["area"]) == ("", "")
    assert found.loc[("area", "9999:South"), "name"] == "South"
    assert found.loc[("municipality", "9999"), "area"] == ""


def test_organizer_is_known_by_its_number():
    """The organisation number names the organizer where there is one, and units' names come from the register."""
    text = "school_unit_code school_year organizer_id organizer\nA 2024/25 2120000001 Town\nB 2024/25 . Foundation"
    found = units({"school_units": register(text)})
    organizers = found[found["level"].eq("organizer")]
    assert list(zip(organizers["unit"], organizers["name"], strict=True)) == [
        ("2120000001", "Town"),
        ("Foundation", "Foundation"),
    ]


def test_units_span_their_grade_years():
    """A municipality's grade years are those of all its schools; without a register there are no units."""
    text = "school_unit_code school_year first_grade_year last_grade_year\nA 2024/25 0 6\nB 2024/25 7 9"
    found = units({"school_units": register(text)}).set_index("level")
    assert tuple(found.loc["municipality", ["first_grade_year", "last_grade_year"]]) == (0, 9)
    assert units({}).empty


MOVER = """
pupil_id school_unit_code enrolled_from enrolled_to
mover    A                2024-08-20    2025-01-10
mover    B                2025-01-11    .
leaver   A                2024-08-20    2025-03-01
stayer   A                .             .
joiner   A                2024-11-01    2025-06-12
"""


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param(october_members, {"mover": "A", "leaver": "A", "stayer": "A"}, id="15 October"),
        pytest.param(spring_members, {"mover": "B", "stayer": "A", "joiner": "A"}, id="end of spring"),
    ],
)
def test_school_of_a_pupil(members, expected):
    """Counts take the school on 15 October; results the school at the end of the spring, without those who left."""
    found = members(pupils(MOVER))
    assert dict(zip(found["pupil_id"], found["school_unit_code"], strict=True)) == expected


@pytest.mark.parametrize("members", [october_members, spring_members])
def test_last_to_begin_wins(members):
    """Where the first school forgot to end the enrolment, the school that began last has the pupil."""
    rows = pupils("pupil_id school_unit_code enrolled_from\n1 B 2024-08-20\n1 A 2024-09-15")
    for ordered in (rows, rows.iloc[::-1]):
        assert list(members(ordered)["school_unit_code"]) == ["A"]


def test_first_and_last_day_count():
    """Who begins or ends on 15 October is counted that day; who ends on 1 June belongs to the spring."""
    rows = pupils(
        """
        pupil_id enrolled_from enrolled_to
        begins   2024-10-15    .
        ends     .             2024-10-15
        late     2024-10-16    .
        early    .             2024-10-14
        june     .             2025-06-01
        may      .             2025-05-31
        """
    )
    assert set(october_members(rows)["pupil_id"]) == {"begins", "ends", "june", "may"}
    assert set(spring_members(rows)["pupil_id"]) == {"begins", "late", "june"}


def test_highest_parental_education_counts():
    """A pupil belongs with the parent of longest education; unknown where neither is known."""
    rows = pupils("pupil_id parent1_education parent2_education\n1 1 3\n2 2 .\n3 . .\n4 1 1")
    found = spring_members(rows).set_index("pupil_id")["parental_education"]
    assert found.to_dict() == {"1": "post_secondary", "2": "upper_secondary", "3": "", "4": "compulsory"}


def test_units_without_area_have_no_area_rows():
    """A register without areas gives school, organizer and municipality only."""
    tables = {
        "school_units": schools("A").drop(columns="area"),
        "pupils": pupils("pupil_id\n1"),
        "grades": counted_grades("pupil grades\n1 8E"),
    }
    assert set(aggregate(tables)["level"]) == {"school", "organizer", "municipality"}


def test_accounts_of_a_year_without_register_find_their_unit():
    """Costs of the running year, for which the register has no row yet, stand at the unit's last known place."""
    years = ("2023/24", "2024/25")
    accounts = text_table("school_unit_code fiscal_year cost_type amount_tkr\nA 2024 undervisning 100")
    tables = {
        "school_units": schools("A", school_years=years[:1]),
        "pupils": pd.concat([pupils("pupil_id grade_year\n1 4", school_year=year) for year in years]),
        "economy": typed("economy", accounts),
    }
    assert one(aggregate(tables), "cost_per_pupil", school_year="2024/25")["value"] == 100_000


def test_costs_of_a_first_year_cannot_be_told():
    """Without the autumn before there is no mean of two autumns, hence no cost per pupil."""
    accounts = text_table("school_unit_code fiscal_year cost_type amount_tkr\nA 2024 undervisning 100")
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id grade_year\n1 4"),
        "economy": typed("economy", accounts),
    }
    assert "cost_per_pupil" not in set(aggregate(tables)["metric"])


def test_costs_follow_a_unit_over_its_change_of_code():
    """The autumn before under the old code counts half in the cost of the year after under the new one."""
    text = "school_unit_code school_year successor_code\nold 2023/24 new\nnew 2024/25 ."
    accounts = text_table("school_unit_code fiscal_year cost_type amount_tkr\nnew 2024 undervisning 300")
    tables = {
        "school_units": register(text),
        "pupils": pd.concat(
            [
                pupils("pupil_id school_unit_code grade_year\n1 old 4\n2 old 4", school_year="2023/24"),
                pupils("pupil_id school_unit_code grade_year\n1 new 5\n2 new 5\n3 new 5\n4 new 5"),
            ]
        ),
        "economy": typed("economy", accounts),
    }
    assert one(aggregate(tables), "cost_per_pupil", unit="new")["value"] == 100_000
