"""Sharing money between units by pupils and risk (T-26, §16): index, base, structure, floor, damping, to the öre."""

from fractions import Fraction

import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.metrics.allocation import Model, Year, exact, largest_remainder, mean_index, risk_index, shared, standings
from skq.settings import AllocationSettings

from tests.spec.text_tables import YEAR, one, pupils, schools, text_table, typed

KRONA = 100
TENTH = Model(structure_share=exact(0.1))


def year(text: str) -> Year:
    """Return a year from rows `unit pupils risk`, or `unit pupils weighted risk`."""
    rows = text_table(text).set_index("unit")
    numbers = {column: {unit: Fraction(value) for unit, value in rows[column].items()} for column in rows}
    return Year(numbers["pupils"], numbers.get("weighted", numbers["pupils"]), numbers["risk"])


T26 = """
unit pupils risk
A    200    0.05
B    300    0.15
C    100    0.30
"""


def test_worked_example_of_the_domain():
    """T-26: indices 35.3, 105.9, 211.8; structure 705 882, 3 176 471, 2 117 647; per pupil 93 529, 100 588, 111 176."""
    found = shared([year(T26)], total=60_000_000 * KRONA, model=TENTH)
    assert found["index"].round(1).tolist() == [35.3, 105.9, 211.8]
    assert (found["base"] / KRONA).tolist() == [18e6, 27e6, 9e6]
    assert (found["structure"] / KRONA).round().tolist() == [705_882, 3_176_471, 2_117_647]
    assert (found["total"] / KRONA / found["pupils"]).round().tolist() == [93_529, 100_588, 111_176]
    assert found["total"].sum() == 60_000_000 * KRONA


def test_to_the_ore_by_largest_remainder():
    """10 öre to three alike: 4, 3, 3, the odd one to the first name; 1.2, 1.5, 1.3 of four: the largest remainder."""
    assert largest_remainder(dict.fromkeys("CAB", Fraction(10, 3)), 10) == {"A": 4, "B": 3, "C": 3}
    assert largest_remainder({"A": exact(1.2), "B": exact(1.5), "C": exact(1.3)}, 4) == {"A": 1, "B": 2, "C": 1}


def test_grade_years_weigh():
    """Without structure 120 kronor go 2 : 1 to ten pupils of weight 2 and ten of weight 1."""
    rows = year("unit pupils weighted risk\nA 10 20 0.1\nB 10 10 0.3")
    found = shared([rows], total=120 * KRONA, model=Model(structure_share=Fraction(0)))
    assert (found["total"] / KRONA).tolist() == [80.0, 40.0]
    assert found["structure"].tolist() == [0, 0]


def test_structure_goes_by_pupils_not_by_their_weight():
    """Half of 120 kronor by weight, 2 : 1, half by pupils at risk, 1 : 1: 40 + 30 and 20 + 30."""
    rows = year("unit pupils weighted risk\nA 10 20 0.1\nB 10 10 0.1")
    found = shared([rows], total=120 * KRONA, model=Model(Fraction(1, 2)))
    assert (found["base"] / KRONA).tolist() == [40.0, 20.0]
    assert (found["structure"] / KRONA).tolist() == [30.0, 30.0]


def test_floor_takes_from_the_structure_of_others():
    """T-26 with a floor of 95 %: A's 200 pupils at 95 000 kronor take 19 of 60 million.

    B and C have 36 million as base, which leaves 5 of structure, shared as 45 pupils at risk to 30: 3 and 2.
    """
    found = shared([year(T26)], total=60_000_000 * KRONA, model=Model(exact(0.1), floor=exact(0.95)))
    assert (found["total"] / KRONA).tolist() == [19e6, 30e6, 11e6]
    assert (found["structure"] / KRONA).tolist() == [1e6, 3e6, 2e6]


def test_floor_of_all_is_equal_shares():
    """A floor of 100 % leaves nothing to structure: every pupil gets 100 000."""
    found = shared([year(T26)], total=60_000_000 * KRONA, model=Model(exact(0.1), floor=Fraction(1)))
    assert (found["total"] / KRONA / found["pupils"]).tolist() == [100_000.0] * 3


def test_mean_index_of_three_years():
    """Two units of ten pupils with indices 150/50, 100/100 and 50/150: each has 100 in the mean of the three years."""
    risks = [("0.3", "0.1"), ("0.2", "0.2"), ("0.1", "0.3")]
    years = [year(f"unit pupils risk\nA 10 {first}\nB 10 {second}") for first, second in risks]
    assert risk_index(years[0].risk, years[0].pupils) == {"A": Fraction(3, 2), "B": Fraction(1, 2)}
    assert mean_index(years) == {"A": 1, "B": 1}
    assert mean_index(years[1:]) == {"A": Fraction(3, 4), "B": Fraction(5, 4)}


def test_new_unit_has_the_mean_of_its_own_years():
    """A unit that opened has its one year, 2; the other's mean of 1 and 0.5 is 0.75; all scaled to a mean of 1."""
    before, now = year("unit pupils risk\nA 10 0.1"), year("unit pupils risk\nA 20 0.1\nB 10 0.4")
    assert mean_index([before, now]) == {"A": Fraction(3, 4) * Fraction(6, 7), "B": Fraction(2) * Fraction(6, 7)}


def test_damping_keeps_within_five_percent():
    """From equal standings T-26 wants 0.935, 1.006, 1.112; within 5 %: 0.95 and 1.05, B takes what is left: 1.0167."""
    before = Year(year(T26).pupils, year(T26).weighted, dict.fromkeys("ABC", exact(0.1)))
    model = Model(exact(0.1), max_change=exact(0.05))
    found = shared([before, year(T26)], total=60_000_000 * KRONA, model=model)
    assert (found["total"] / KRONA).tolist() == [19e6, 30.5e6, 10.5e6]


def test_limits_that_leave_too_little_are_widened_alike():
    """The well-to-do unit grows from 10 to 90 pupils: with standings of 0.9 and 1.1 that must not change, both rise.

    0.9 x 90 + 1.1 x 10 = 92 of 100 weighted pupils: each keeps its place beside the other, at 0.9 and 1.1 over 0.92.
    """
    now = year("unit pupils risk\nA 90 0\nB 10 0.5")
    model = Model(exact(0.1), max_change=Fraction(0))
    before = {"A": exact(0.9), "B": exact(1.1)}
    stands = standings(now, {"A": Fraction(0), "B": Fraction(10)}, model=model, before=before)
    assert stands == {"A": exact(0.9) / exact(0.92), "B": exact(1.1) / exact(0.92)}


def test_limits_that_take_too_much_are_widened_above_the_floor():
    """The poor unit grows from 10 to 90 pupils: 0.9 x 10 + 1.1 x 90 = 108; A stays at the floor 0.9, B has 91 / 90."""
    now = year("unit pupils risk\nA 10 0\nB 90 0.5")
    model = Model(exact(0.1), max_change=Fraction(0))
    before = {"A": exact(0.9), "B": exact(1.1)}
    stands = standings(now, {"A": Fraction(0), "B": Fraction(10, 9)}, model=model, before=before)
    assert stands == {"A": exact(0.9), "B": Fraction(91, 90)}


def test_new_unit_is_not_damped():
    """A unit without a standing the year before takes the one that its risk gives, scaled to the sum as others are."""
    before = {"A": Fraction(1)}
    now = year("unit pupils risk\nA 10 0.1\nB 10 0.3")
    stands = standings(now, mean_index([now]), model=Model(exact(0.4), max_change=exact(0.02)), before=before)
    assert stands == {"A": exact(0.98), "B": exact(1.02)}


def test_nobody_at_risk():
    """Where all risks are 0 there is no index, and structure goes as the base: equal shares."""
    found = shared([year("unit pupils risk\nA 10 0\nB 30 0")], total=40 * KRONA, model=TENTH)
    assert found["index"].isna().all()
    assert (found["total"] / KRONA).tolist() == [10.0, 30.0]
    assert (found["structure"] / KRONA).tolist() == [1.0, 3.0]


@pytest.mark.parametrize(
    "impossible",
    [
        pytest.param(lambda: Model(structure_share=Fraction(1)), id="all by risk"),
        pytest.param(lambda: Model(Fraction(0), floor=Fraction(2)), id="floor above equal shares"),
        pytest.param(lambda: Model(Fraction(0), index_years=0), id="index of no year"),
        pytest.param(lambda: year("unit pupils risk\nA 0 0.1"), id="no pupils"),
        pytest.param(lambda: Year({"A": Fraction(1)}, {"A": Fraction(1)}, {}), id="no risk"),
        pytest.param(lambda: shared([], total=1, model=TENTH), id="no year"),
    ],
)
def test_impossible_is_refused(impossible):
    """What cannot be shared is an error of the caller, not a number."""
    with pytest.raises(ValueError, match=r"allocation|structure|units"):
        impossible()


SETTINGS = AllocationSettings(total_sek=60_000_000)


def municipality(grade_year: int = 4) -> dict[str, pd.DataFrame]:
    """Return T-26 as tables: three schools with their pupils and risk."""
    sizes = {"A": 200, "B": 300, "C": 100}
    rows = "\n".join(f"{code}{i} {code} {grade_year}" for code, size in sizes.items() for i in range(size))
    risk = text_table("school_unit_code risk\nA 0.05\nB 0.15\nC 0.30").assign(school_year=YEAR)
    return {
        "school_units": schools(*sizes),
        "pupils": pupils("pupil_id school_unit_code grade_year\n" + rows),
        "risk": typed("risk", risk),
    }


def test_tables_give_the_worked_example():
    """T-26 from registers: per school, and the sum, the mean and index 100 of the municipality."""
    found = aggregate(municipality(), allocation=SETTINGS)
    per_pupil = [one(found, "allocation_per_pupil", unit=unit) for unit in "ABC"]
    assert [round(row["value"]) for row in per_pupil] == [93_529, 100_588, 111_176]
    assert [row["n"] for row in per_pupil] == [200, 300, 100]
    city = {"level": "municipality", "unit": "9999"}
    assert one(found, "allocation_total", **city)["value"] == 60_000_000
    assert one(found, "allocation_per_pupil", **city)["value"] == 100_000
    assert one(found, "allocation_index", **city)["value"] == pytest.approx(100)
    assert round(one(found, "allocation_index", unit="C")["value"], 1) == 211.8
    parts = [one(found, f"allocation_{part}", unit="B")["value"] for part in ("base", "structure", "total")]
    assert parts == pytest.approx([27_000_000, 3_176_470.59, 30_176_470.59], abs=0.011)


def test_no_sum_no_allocation():
    """Without a sum to share, without risk or with risk of units without pupils there are no rows."""
    tables = municipality()
    elsewhere = tables | {"risk": tables["risk"].assign(school_unit_code="D")}
    for given, settings in ((tables, AllocationSettings()), (elsewhere, SETTINGS)):
        assert not aggregate(given, allocation=settings)["metric"].str.startswith("allocation").any()


def test_weights_of_settings_are_used():
    """With weight 3 for grade year 7 alone ten such pupils get as much as thirty of another grade year."""
    tables = municipality() | {
        "pupils": pupils(
            "pupil_id school_unit_code grade_year\n"
            + "\n".join([*(f"a{i} A 7" for i in range(10)), *(f"b{i} B 4" for i in range(30))])
        )
    }
    weighted = AllocationSettings(total_sek=100, structure_share=0.0, grade_year_weights=(("7", 3.0),))
    found = aggregate(tables, allocation=weighted)
    assert [one(found, "allocation_total", unit=unit)["value"] for unit in "AB"] == [50, 50]


def test_years_before_dampen_and_average():
    """Two years with a gap before them: only the unbroken run counts, under the unit's newest code.

    A (code O the year before) had the mean risk and now three times B's; its standing may rise by 2 %.
    """
    register = pd.concat(
        [
            schools("O", "B", school_years=("2021/22", "2023/24")).assign(
                successor_code=["A", "A", None, None],
            ),
            schools("A", "B").assign(successor_code=None),
        ]
    )
    counted = pd.concat(
        [
            pupils("pupil_id school_unit_code grade_year\n1 O 4\n2 B 4", school_year="2021/22"),
            pupils("pupil_id school_unit_code grade_year\n1 O 5\n2 B 5", school_year="2023/24"),
            pupils("pupil_id school_unit_code grade_year\n1 A 6\n2 B 6"),
        ]
    )
    risk = text_table(
        """
        school_unit_code school_year risk
        O                2021/22     0.9
        B                2021/22     0.1
        O                2023/24     0.2
        B                2023/24     0.2
        A                2024/25     0.3
        B                2024/25     0.1
        """
    )
    tables = {"school_units": register, "pupils": counted, "risk": typed("risk", risk)}
    damped = AllocationSettings(total_sek=200, max_change=0.02)
    assert one(aggregate(tables, allocation=damped), "allocation_total", unit="A")["value"] == 102
    averaged = AllocationSettings(total_sek=200, index_years=2)
    assert one(aggregate(tables, allocation=averaged), "allocation_index", unit="A")["value"] == pytest.approx(125)
