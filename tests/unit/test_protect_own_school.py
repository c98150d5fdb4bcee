"""What a principal sees more of the own school: results of five and more, where that tells of nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from skq.columns import written_out
from skq.compare import comparisons
from skq.errors import ProtectionError
from skq.protect import Protected, protect
from skq.protect.own_school import for_principals
from skq.protect.principals import principals_rule
from skq.protect.rule import OFFICIAL
from skq.terms import COMPARISON_DTYPES, Level

from tests.results_by_hand import results, share, units_of

CITY = {"level": "municipality", "unit": "9999"}
EVERYONE = replace(OFFICIAL, principals_know_own=False)
"""The rule without a third hidden school, which keeps the principal of one of two from the other: tested here."""
RULES = (EVERYONE, principals_rule(EVERYONE))
SEXES = ("girls", "boys")
NO_COMPARISONS = pd.DataFrame(columns=list(COMPARISON_DTYPES)).astype(COMPARISON_DTYPES)
LEAST_WIDTH = OFFICIAL.least_width
"""How far apart the least and the greatest possible number must be, unless it may be that nobody failed."""


def units(*schools: str, **predecessor: str) -> pd.DataFrame:
    """Return the units of a municipality with *schools*; *predecessor* names what a school has taken the place of."""
    known = units_of(dict.fromkeys(schools, ""))
    return known.assign(predecessor_code=known["unit"].map(predecessor))


def both(rows: list[dict[str, Any]], known: pd.DataFrame, *, changes: bool = False) -> tuple[Protected, Protected]:
    """Return hand-made *rows* as everyone sees them, and with what each principal sees more."""
    table = results(rows)
    made = comparisons(table, units=known) if changes else NO_COMPARISONS
    everyone = protect(table, made, EVERYONE, units=known)
    return everyone, for_principals(table, made, everyone, RULES, units=known)


def opened(tables: tuple[Protected, Protected], column: str, school_year: str) -> set[Any]:
    """Return *column* of the rows of one case that are hidden for everyone and not for the principal."""
    before, after = (table.results.frame for table in tables)
    rows = after[
        before["status"].ne("observed") & after["status"].eq("observed") & after["school_year"].eq(school_year)
    ]
    return set(rows[column])


THREE, TWO, SEXES_OPEN, SEXES_SHUT, TELLING, ALONE, ABOVE = (f"20{year}/{year + 1}" for year in range(10, 24, 2))
"""Each case stands in a school year of its own, so that one protection serves all."""


@pytest.fixture(scope="module")
def tables() -> tuple[Protected, Protected]:
    """All cases as everyone sees them, and as each principal does."""
    bias = {"metric": "forecast_bias_pp", "subject": "follow_up_1", "n": 7.0, "numerator": 1.0, "value": 14.3}
    girls, boys = ({"breakdown": "sex", "category": sex} for sex in SEXES)
    cases = {
        THREE: [share(7, 5), share(6, 5, unit="B"), share(8, 6, unit="C"), share(30, 20, unit="D"),
                share(51, 36, **CITY)],
        TWO: [share(7, 5), share(6, 5, unit="B"), share(30, 20, unit="D"), share(43, 30, **CITY)],
        SEXES_OPEN: [share(20, 15), share(7, 5, **girls), share(13, 10, **boys)],
        SEXES_SHUT: [share(20, 13), share(3, 2, **girls), share(17, 11, **boys)],
        TELLING: [share(7, 2), bias],
        ALONE: [bias, share(7, 5, unit="old")],
        ABOVE: [share(4, 2, **CITY), share(7, 5)],
    }  # fmt: skip
    rows = [{**row, "school_year": year} for year, case in cases.items() for row in case]
    return both(rows, units("A", "B", "C", "D", "old", B="old"))


def test_limits_of_the_principals_rule():
    """Results of a school are told from 5 pupils; absence, sick leave, special support and all above stay."""
    official, principal = RULES
    assert principal.id == "principal-2024"
    lower = {name for name, rule in principal.families.items() if rule.school < official.families[name].school}
    assert {principal.families[name].school for name in lower} == {5}
    assert {"merit", "tests", "eligibility", "subject_grades", "all_subjects"} <= lower
    assert not lower & {"absence", "attendance", "adapted", "sick_leave", "pupil_shares", "staff", "survey"}
    assert all(principal.families[name].above == rule.above for name, rule in official.families.items())


def test_one_of_three_small_schools_is_opened(tables):
    """7, 6 and 8 pupils are too few for everyone; whoever knows one of them cannot part the other two."""
    assert opened(tables, "unit", THREE) == {"A", "B", "C"}
    rows = tables[1].results.frame
    a = rows[rows["school_year"].eq(THREE) & rows["unit"].eq("A")].iloc[0]
    assert (a["value"], a["n"], a["reason"]) == (pytest.approx(5 / 7), 7, "")


def test_one_of_two_small_schools_stays_hidden(tables):
    """With two of them the principal of one would subtract the own number and have the other's."""
    before, after = (written_out(table.results.frame.query("school_year == @TWO")) for table in tables)
    assert {"A", "B"} <= set(before.loc[before["status"].ne("observed"), "unit"])
    pd.testing.assert_frame_equal(after, before)


def test_own_sexes_are_opened_together(tables):
    """Seven girls are too few and the boys would tell of them; their principal sees both, as both are at least five."""
    assert opened(tables, "category", SEXES_OPEN) == {"girls", "boys"}


def test_few_of_the_own_stay_hidden(tables):
    """Three girls are too few for the principal too, and the boys would tell of them."""
    assert opened(tables, "category", SEXES_SHUT) == set()


def test_what_tells_of_the_hidden_stays_hidden(tables):
    """Two of seven passed: too few to be told, and how far the forecast was from that would tell it."""
    assert opened(tables, "metric", TELLING) == set()
    assert opened(tables, "metric", ALONE) == {"forecast_bias_pp"}


def test_school_that_another_has_taken_over_stays_hidden(tables):
    """The numbers of a school of before belong to no principal alone."""
    rows = tables[1].results.frame
    assert list(rows.loc[rows["unit"].eq("old"), "status"]) == ["too_few"]


def test_levels_above_are_as_everyone_sees_them(tables):
    """No number above the schools is shown or hidden otherwise, whoever reads; four pupils stay hidden."""
    frames = (written_out(table.results.frame) for table in tables)
    before, after = (frame.query("level != 'school'").reset_index(drop=True) for frame in frames)
    pd.testing.assert_frame_equal(before, after)
    assert "too_few" in set(after["status"])


def test_change_between_opened_numbers_is_told():
    """A change has both its sides when both school years are opened, and how many are hidden is counted anew."""
    rows = [share(7, 5), share(8, 6, school_year="2023/24"), share(4, 2, school_year="2023/24", grade_year=6)]
    everyone, own = both(rows, units("A"), changes=True)
    changed = [table.comparisons.frame.set_index("kind") for table in (everyone, own)]
    assert changed[0].loc["change", "status"] == "too_few"
    assert changed[1].loc["change", "value"] == pytest.approx(5 / 7 - 6 / 8)
    assert (everyone.hidden["count"].sum(), own.hidden["count"].sum()) == (3, 1)


@pytest.mark.parametrize(("audience", "told"), [("principal", {"A", "B", "C"}), ("public", {"B"})])
def test_what_was_released_before_is_minded(audience, told):
    """What everyone has read of B leaves A and C, each of which would tell the other; what B's principal has read, the
    principals of A and C have not."""
    rows = [share(7, 5), share(6, 5, unit="B"), share(8, 6, unit="C"), share(30, 20, unit="D"), share(51, 36, **CITY)]
    known, table = units(*"ABCD"), results(rows)
    everyone = protect(table, NO_COMPARISONS, EVERYONE, units=known)
    earlier = table[table["unit"].eq("B")].assign(audience=audience)
    own = for_principals(table, NO_COMPARISONS, everyone, RULES, units=known, earlier=earlier)
    assert set(own.results.frame.query("status == 'observed'")["unit"]) == told | {"D", "9999"}


def test_other_results_are_refused(tables):
    """What was protected and what is opened must be the same numbers."""
    other = results([share(7, 5, unit="B")])
    with pytest.raises(ProtectionError, match="not those that were protected"):
        for_principals(other, NO_COMPARISONS, tables[0], RULES, units=units("A"))


# -- an attacker of another make ----------------------------------------------------------------------------------


@st.composite
def towns(draw: st.DrawFn) -> dict[tuple[str, str], tuple[int, int]]:
    """Return pupils and those who passed, by school and sex, of schools of which some are small."""
    counts = {}
    for school in "ABC"[: draw(st.integers(2, 3))]:
        for sex in SEXES:
            n = draw(st.one_of(st.integers(1, 9), st.integers(10, 30)))
            counts[school, sex] = (n, draw(st.integers(0, n)))
    return counts


def cells(counts: dict[tuple[str, str], tuple[int, int]]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return the groups of school and sex that each cell (unit, category) is made of."""
    schools = sorted({school for school, _ in counts})
    found = {(school, "all"): [(school, sex) for sex in SEXES] for school in schools}
    found |= {(school, sex): [(school, sex)] for school in schools for sex in SEXES}
    found |= {("9999", sex): [(school, sex) for school in schools] for sex in SEXES}
    return found | {("9999", "all"): list(counts)}


def table(counts: dict[tuple[str, str], tuple[int, int]]) -> list[dict[str, Any]]:
    rows = []
    for (unit, category), groups in cells(counts).items():
        n, k = (sum(counts[group][place] for group in groups) for place in (0, 1))
        level = str(Level.MUNICIPALITY if unit == "9999" else Level.SCHOOL)
        key = {"category": category, "breakdown": "all" if category == "all" else "sex"}
        rows.append(share(n, k, level=level, unit=unit, grade_year=6, **key))
    return rows


@settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
@given(towns())
def test_no_principal_can_work_out_another_school(counts):
    """Everyone's numbers and those of one school, all group sizes known: no other school's secret is told."""
    everyone, own = both(table(counts), units(*{school for school, _ in counts}))
    frames = [frame.results.frame.set_index(["unit", "category"]) for frame in (everyone, own)]
    groups, made_of = list(counts), cells(counts)
    most = [counts[group][0] for group in groups]
    for me in sorted({school for school, _ in counts}):
        known, values = [], []
        for cell, parts in made_of.items():
            row = frames[cell[0] == me].loc[cell]
            if row["status"] == "observed" or row["reason"] == "nobody":
                known.append([float(group in parts) for group in groups])
                values.append(float(sum(counts[group][1] for group in parts)))
        for cell, parts in made_of.items():
            if cell[0] == me or frames[0].loc[cell, "status"] not in ("too_few", "nearly_all"):
                continue
            aim = [float(group in parts) for group in groups]
            ends = [
                linprog([sign * x for x in aim], A_eq=known or None, b_eq=values or None,
                        bounds=[(0, size) for size in most])
                for sign in (1, -1)
            ]  # fmt: skip
            low, high = ends[0].fun, -ends[1].fun
            everybody = sum(counts[group][0] for group in parts)
            assert high - low >= LEAST_WIDTH - 1e-6 or high >= everybody - 1e-6, (me, cell, low, high)
