"""Totals beside their parts and beside the agency's figures: equal, or different for a reason that is told."""

from collections.abc import Iterable

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skq.aggregate import aggregate, memberships, reconcile, units
from skq.aggregate.official import beside_official, told
from skq.aggregate.reconcile import counted, reconciled
from skq.errors import SkqError
from skq.terms import RESULT_KEY

from tests.results_by_hand import official_share, results, share
from tests.spec.text_tables import counted_grades, pupils, schools, text_table, typed

PUPILS = """
pupil_id school_unit_code class_group sex   parent1_education
1        A                9a          girls 3
2        A                9a          boys  1
3        A                9b          boys  3
4        A                .           girls .
5        B                9a          girls 2
6        C                .           boys  2
"""
GRADES = "pupil grades\n1 10A\n2 10E\n3 9C+1F\n4 10E\n5 10D\n6 10D"
CITY = {"level": "municipality", "unit": "9999"}


def registers() -> dict[str, pd.DataFrame]:
    """Schools A and B in the area North, C in none."""
    register = pd.concat([schools("A", "B"), schools("C", area="")], ignore_index=True)
    return {"school_units": register, "pupils": pupils(PUPILS), "grades": counted_grades(GRADES)}


def table_of(tables: dict[str, pd.DataFrame], change=lambda rows: rows, **levels: bool) -> pd.DataFrame:
    nation = {"whole_nation": levels.get("whole_nation", False)}
    made = aggregate(tables, **levels)
    return one_table(reconciled(change(made), units(tables, **levels), memberships(tables, **nation)))


def one_table(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(tables, ignore_index=True)


def held(table: pd.DataFrame) -> int:
    """How many totals were counted, none of them wrong."""
    return sum(entry["totals"] for entry in counted([table]) if not entry["reason"])


def reasons(table: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(table["kind"], table["reason"], strict=True))


def test_every_level_is_the_sum_of_its_parts():
    """Classes, schools, areas, organizers, municipalities and the nation; only known causes make parts fall short."""
    table = table_of(registers(), class_groups=True, whole_nation=True)
    assert {kind for kind, _ in reasons(table)} == {
        "sex", "parental_education", "group of school", "school of area", "school of organizer",
        "school of municipality", "school of nation", "area of organizer", "area of municipality",
        "organizer of municipality", "organizer of nation", "municipality of nation",
    }  # fmt: skip
    assert {reason for kind, reason in reasons(table) if " of " in kind and "group" not in kind} == {""}
    assert {reason for _, reason in reasons(table)} == {"", "unknown_education", "no_class"}
    assert held(table) == len(table)


def test_difference_is_told_with_both_sums():
    """Of school A's four pupils the education of three is known: 535 points beside 435."""
    table = table_of(registers())
    row = table[table["kind"].eq("parental_education") & table["metric"].eq("merit_rating_16") & table["unit"].eq("A")]
    found = row[row["breakdown"].eq("all")].iloc[0]
    assert tuple(found[["n", "parts_n", "numerator", "parts_numerator", "reason"]]) == (
        4, 3, 535, 435, "unknown_education"
    )  # fmt: skip


def test_school_outside_all_areas_is_a_part_beside_them():
    """Area North and school C, which lies in none, are the municipality: six pupils."""
    table = table_of(registers())
    rows = table[
        table["kind"].eq("area of municipality") & table["metric"].eq("pupil_count") & table["grade_year"].isna()
    ]
    assert tuple(rows[rows["breakdown"].eq("all")].iloc[0][["n", "parts_n", "reason"]]) == (6, 6, "")


def test_schools_without_rows_of_their_own():
    """Where only areas have a number, not their schools, the school in no area is why they fall short."""

    def without(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[~(rows["level"].eq("school") & rows["metric"].eq("merit_rating_16"))]

    table = table_of(registers(), without)
    found = table[table["kind"].eq("area of municipality") & table["breakdown"].eq("all")]
    own = found["metric"].eq("merit_rating_16")
    assert (set(found.loc[own, "reason"]), set(found.loc[~own, "reason"])) == ({"schools_in_no_such_unit"}, {""})


def test_period_is_the_sum_of_its_years_but_not_of_all_its_schools():
    """School B has no third year: the municipality's period holds its pupils, school A's is three years' sum."""
    years = ("2022/23", "2023/24", "2024/25")
    who = [pupils(f"pupil_id\nA{year[:4]}", school_year=year) for year in years]
    who += [pupils("pupil_id school_unit_code\nB B", school_year="2024/25")]
    names = [f"A{year[:4]}" for year in years] + ["B"]
    what = [
        counted_grades(f"pupil grades\n{name} 10A", school_year=year)
        for name, year in zip(names, (*years, "2024/25"), strict=True)
    ]
    tables = {
        "school_units": schools("A", "B", school_years=years),
        "pupils": pd.concat(who, ignore_index=True),
        "grades": pd.concat(what, ignore_index=True),
    }
    found = reasons(table_of(tables))
    assert {("years of period", ""), ("school of municipality", "not_all_three_years")} <= found
    assert ("years of period", "not_all_three_years") not in found


@pytest.mark.parametrize(
    ("kind", "level", "column", "plus"),
    [
        ("school of municipality", "municipality", "n", 1),
        ("school of municipality", "municipality", "numerator", 1),
        ("school of area", "area", "n", -1),
        ("parental_education", "area", "n", -2),
    ],
)
def test_a_total_that_is_not_its_parts_stops_the_build(kind, level, column, plus):
    """One pupil too many or too few in one total: an error of ours that names kind, metric, unit and both sums."""

    def spoilt(rows: pd.DataFrame) -> pd.DataFrame:
        hit = rows["level"].eq(level) & rows["metric"].eq("merit_rating_16") & rows["breakdown"].eq("all")
        return rows.assign(**{column: rows[column].mask(hit, rows[column] + plus)})

    table = table_of(registers(), spoilt)
    with pytest.raises(SkqError, match=rf"not the sum of their parts(.|\n)*{kind}: merit_rating_16"):
        counted([table])


def test_unit_without_results_is_no_total():
    """Where nothing is told of the municipality there is no total of it; those of other units are as before."""
    table, city = table_of(registers()), "municipality"
    below = table_of(registers(), lambda rows: rows[rows["level"].ne(city)])
    kept = table[table["level"].ne(city)].reset_index(drop=True)
    pd.testing.assert_frame_equal(below.astype(kept.dtypes.to_dict()), kept)


def test_portions_tell_the_same(monkeypatch):
    """However few rows are looked at together, the same totals stand beside the same sums."""
    key = ["kind", *RESULT_KEY]
    at_once = table_of(registers(), class_groups=True, whole_nation=True)
    monkeypatch.setattr(reconcile, "ROWS", 1)
    portions = table_of(registers(), class_groups=True, whole_nation=True)
    assert not portions.equals(at_once)  # they come in another order
    pd.testing.assert_frame_equal(*(table.sort_values(key, ignore_index=True) for table in (portions, at_once)))


def test_many_faults_are_counted():
    """A message names the first five and counts the others."""
    table = table_of(registers(), lambda rows: rows.assign(n=rows["n"].mask(rows["level"].eq("area"), rows["n"] + 1)))
    with pytest.raises(SkqError, match=r"… and \d+ more"):
        counted([table])


def test_counts_by_kind_and_reason():
    """Every kind tells how many totals there are and how many are equal; every reason how many differ for it."""
    table = table_of(registers())
    entries = counted([table])
    whole = {entry["what"]: entry for entry in entries if not entry["reason"]}
    education = table[table["kind"].eq("parental_education")]
    assert whole["parental_education"]["totals"] == len(education)
    different = [entry for entry in entries if entry["reason"]]
    assert [(entry["what"], entry["reason"]) for entry in different] == [("parental_education", "unknown_education")]
    assert different[0]["totals"] == len(education) - whole["parental_education"]["equal"]
    assert whole["sex"]["totals"] == whole["sex"]["equal"] > 0
    assert set(entries[0]) == {"what", "totals", "equal", "reason", "official", "own"}


def agency(rows: list[dict[str, object]]) -> pd.DataFrame:
    return results(rows)


@pytest.mark.parametrize(
    ("published", "reason"),
    [
        pytest.param(official_share(60, 0.75, raw="75,0", **CITY), "", id="same"),
        pytest.param(official_share(60, 0.7504, raw="75,0", **CITY), "rounding", id="within half a decimal"),
        pytest.param(official_share(60, 0.754, raw="75", **CITY), "rounding", id="within half a per cent"),
        pytest.param(official_share(60, 0.754, raw="75,4", **CITY), "counted_otherwise", id="other count"),
        pytest.param(official_share(90, 0.6, raw="60,0", **CITY), "schools_of_other_organizers", id="more pupils"),
        pytest.param(official_share(60, None, "too_few", raw="..", **CITY), "official_not_shown", id="hidden"),
    ],
)
def test_reason_beside_the_agency(published, reason):
    """45 of 60 pupils, 75.0 per cent, beside what the agency prints."""
    table = beside_official(agency([share(60, 45, **CITY)]), agency([published]))
    assert list(table["reason"]) == [reason]


def test_figures_that_are_told():
    """Leading figures one by one, with both values; a sum of ours from too few stays untold, as does a hidden one."""
    own = [
        share(60, 45, **CITY),
        share(9, 9, school_year="2023/24", **CITY),
        share(40, 38, school_year="2022/23", **CITY),
        {"metric": "pupil_count", "grade_year": None, "n": 500, "numerator": 500, "value": 500, **CITY},
        share(30, 20, metric="subject_passed_share", subject="MA", **CITY),
        share(30, 20, unit="A"),
    ]
    official = [
        official_share(90, 0.6, raw="60,0", **CITY),
        official_share(9, None, "too_few", raw="..", school_year="2023/24", **CITY),
        official_share(40, 0.95, raw="95,0", school_year="2022/23", **CITY),
        official_share(500, 500, metric="pupil_count", grade_year=None, raw="500", **CITY),
        official_share(30, 0.7, raw="70,0", metric="subject_passed_share", subject="MA", **CITY),
        official_share(30, 0.7, raw="70,0", unit="A"),
    ]
    entries = told(beside_official(agency(own), agency(official)))
    counts = {entry["reason"]: (entry["totals"], entry["equal"]) for entry in entries if entry["what"] == "official"}
    assert counts == {
        "": (2, 2), "counted_otherwise": (1, 0), "official_not_shown": (1, 0), "schools_of_other_organizers": (1, 0)
    }  # fmt: skip
    named = {entry["what"]: (entry["official"], entry["own"]) for entry in entries if entry["what"] != "official"}
    assert named == {
        "official all_subjects_passed_share 9 9999 2024/25": (0.6, 0.75),
        "official all_subjects_passed_share 9 9999 2023/24": (None, None),
        "official all_subjects_passed_share 9 9999 2022/23": (0.95, None),
        "official pupil_count 9999 2024/25": (500, 500),
    }
    assert told(beside_official(agency(own), agency(official[-1:]))) == []


REGISTER = """
school_unit_code school_year organizer area
A                2023/24     Town      North
A                2024/25     Trust     South
B                2023/24     Town      North
B                2024/25     Town      North
C                2023/24     Trust     South
C                2024/25     Trust     South
"""


def test_school_that_changed_area_and_organizer():
    """Every year's totals hold the schools of that year; the table of units, which knows the newest, is not asked."""
    usual = {
        "municipality_code": "9999",
        "organizer_type": "municipal",
        "first_grade_year": "0",
        "last_grade_year": "9",
    }
    rows = text_table(REGISTER).assign(**usual)
    who = "pupil_id school_unit_code\n1 A\n2 A\n3 B\n4 C"
    both = [pupils(who, school_year=year) for year in ("2023/24", "2024/25")]
    tables = {
        "school_units": typed("school_units", rows.assign(name=rows["school_unit_code"])),
        "pupils": pd.concat(both, ignore_index=True),
    }
    made = aggregate(tables)
    counts = made[made["metric"].eq("pupil_count") & made["grade_year"].isna() & made["breakdown"].eq("all")]
    found = {(row.unit, row.school_year): row.value for row in counts.itertuples()}
    assert (found["9999:North", "2023/24"], found["9999:North", "2024/25"]) == (3, 1)
    assert (found["Trust", "2023/24"], found["Trust", "2024/25"]) == (1, 3)
    table = table_of(tables)
    assert held(table) == len(table)
    wrong = one_table(reconciled(made, units(tables), memberships({"school_units": tables["school_units"].iloc[:0]})))
    assert "unexplained" in set(wrong["reason"])


@st.composite
def towns(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """Return registers of up to four schools in up to two areas, some in none, with up to twelve pupils."""
    codes = [f"S{number}" for number in range(draw(st.integers(1, 4)))]
    places = [schools(code, area=draw(st.sampled_from(["North", "South", ""]))) for code in codes]
    who, what = [], []
    for number in range(draw(st.integers(1, 12))):
        sex, parent = draw(st.sampled_from(["girls", "boys"])), draw(st.sampled_from([".", "1", "2", "3"]))
        who.append(f"{number} {draw(st.sampled_from(codes))} {sex} {parent} {draw(st.sampled_from(['.', 'a', 'b']))}")
        what.append(f"{number} {draw(st.sampled_from(['10A', '10E', '9C+1F', '10F']))}")
    return {
        "school_units": pd.concat(places, ignore_index=True),
        "pupils": pupils("pupil_id school_unit_code sex parent1_education class_group\n" + "\n".join(who)),
        "grades": counted_grades("pupil grades\n" + "\n".join(what)),
    }


@settings(max_examples=3, deadline=None)
@given(towns(), st.randoms(use_true_random=False))
def test_sums_of_sums_and_order(tables, random):
    """Whatever the town: every total is its parts or they fall short for a known reason, and no part exceeds it;
    the order of rows in the registers changes nothing."""
    levels = {"class_groups": True, "whole_nation": True}
    table = table_of(tables, **levels)
    assert not table["reason"].eq("unexplained").any()
    assert (table["parts_n"] <= table["n"] + 1e-9).all()
    shuffled = {
        name: rows.sample(frac=1, random_state=random.randrange(2**31)).reset_index(drop=True)
        for name, rows in tables.items()
    }
    pd.testing.assert_frame_equal(aggregate(tables, **levels), aggregate(shuffled, **levels))
