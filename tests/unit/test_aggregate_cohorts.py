"""Cohorts over the years: who stayed, left and joined, and why the mean of grades changed."""

from collections.abc import Mapping

import pandas as pd
import pytest
from skq import catalog
from skq.aggregate import aggregate, with_derived
from skq.aggregate.attainment import Roll, marks
from skq.aggregate.members import spring_members
from skq.aggregate.places import places
from skq.aggregate.progress import cohort_rows
from skq.metrics.cohorts import LOW_MATCH
from skq.terms import RESULT_DTYPES

from tests.spec.text_tables import one, pupils, schools, text_table, typed

THEN, NOW = "2021/22", "2024/25"
YEARS = (THEN, "2022/23", "2023/24", NOW)
SIXTH = """
pupil_id school_unit_code grade_year
stays    A                6
slips    A                6
moves    A                6
held     A                6
goes     A                6
back     B                6
both     B                6
"""
NINTH = """
pupil_id school_unit_code grade_year enrolled_from enrolled_to
stays    A                9          .             .
slips    A                9          .             .
moves    B                9          .             .
held     A                8          .             .
comes    A                9          .             .
back     A                9          .             .
both     A                9          2024-08-20    2025-01-10
both     B                9          2025-01-11    .
away     A                9          2024-08-20    2025-03-01
"""
SIXTH_GRADES = """
pupil MA EN NO
stays C  E  A
slips E  C  .
moves A  .  A
held  D  .  .
goes  F  .  A
back  E  .  .
"""
NINTH_GRADES = """
pupil MA EN M2
stays B  D  .
slips -  C  A
moves A  .  .
comes B  E  A
back  C  .  .
"""


def sheet(text: str, school_year: str, kind: str) -> pd.DataFrame:
    long = text_table(text).melt(id_vars="pupil", var_name="subject", value_name="grade")
    rows = long.rename(columns={"pupil": "pupil_id"}).assign(school_year=school_year, kind=kind, term="VT")
    return typed("grades", rows)


def cohort(**more: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    people = pd.concat([pupils(SIXTH, school_year=THEN), pupils(NINTH, school_year=NOW)], ignore_index=True)
    grades = pd.concat([sheet(SIXTH_GRADES, THEN, "term"), sheet(NINTH_GRADES, NOW, "final")], ignore_index=True)
    return {"school_units": schools("A", "B", school_years=YEARS), "pupils": people, "grades": grades, **more}


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    return aggregate(cohort())


def cohorts(given: Mapping[str, pd.DataFrame], *, whole_nation: bool = False) -> pd.DataFrame:
    """Return the rows of cohorts alone, which is faster than everything that the tables carry."""
    roll, grades = Roll.of(spring_members(given["pupils"])), given.get("grades")
    graded = None if grades is None else marks(roll, grades)
    return cohort_rows(roll, graded, places(given["school_units"]), whole_nation=whole_nation)


def told(results: pd.DataFrame, metric: str, **key: object) -> Mapping[str, object]:
    return one(results, metric, **{"subject": "3", "school_year": NOW, "grade_year": 9, **key})


MUNICIPALITY = {"level": "municipality", "unit": "9999"}


def test_grades_count_in_whatever_order_they_come():
    """The school years of a file may stand in any order, and its rows too: the points are the same, row by row."""
    given = cohort()
    roll = Roll.of(spring_members(given["pupils"]))
    found = [marks(roll, grades) for grades in (given["grades"], given["grades"].iloc[::-1])]
    assert len(found[0].row) > 10
    for name in ("row", "subject", "points"):
        assert getattr(found[0], name).tolist() == getattr(found[1], name).tolist()


@pytest.mark.parametrize(
    ("key", "stayers", "leavers", "joiners"),
    [
        ({}, 2, 3, 2),
        ({"unit": "B"}, 1, 1, 1),
        (MUNICIPALITY, 5, 2, 1),
        ({"level": "area", "unit": "9999:North"}, 5, 2, 1),
        ({"level": "organizer", "unit": "Town"}, 5, 2, 1),
    ],
)
def test_who_stayed_left_and_joined(results, key, stayers, leavers, joiners):
    """At A two stayed; one moved to B, one was held back and one is gone; one came from B, one from elsewhere.

    Above the schools whoever moved between them stayed. Who was at both schools belongs to B, where the spring ended;
    who left before the spring's end belongs nowhere.
    """
    counts = [told(results, f"cohort_{name}_count", **key) for name in ("stayers", "leavers", "joiners")]
    assert [row["value"] for row in counts] == [stayers, leavers, joiners]
    assert [row["n"] for row in counts] == [stayers, leavers, joiners]
    share = told(results, "cohort_matched_share", **key)
    assert (share["n"], share["numerator"]) == (stayers + joiners, stayers)
    assert share["value"] == pytest.approx(stayers / (stayers + joiners))


def test_low_match_is_below_seventy_per_cent():
    """Below 70 per cent a change is mostly about other pupils: the catalogue says so to reports, as the formulas do."""
    assert LOW_MATCH == catalog.metric("cohort_matched_share").warn_below == 0.7


def test_parts_of_a_change(results):
    """Means over the subjects graded at both points, by hand.

    At A the first point is stays 12.5 (MA, EN), slips 12.5, moves 20 (MA), held 12.5 and goes 0 (MA; NO is read only
    then): 11.5. The second is stays 15, slips 7.5 (a dash is 0), comes 13.75 (MA, EN; M2 is read only now), back 15:
    12.8125. Stayers go from 12.5 to 11.25.
    """
    parts = [told(results, f"cohort_change{part}") for part in ("", "_stayers", "_leavers", "_joiners")]
    assert [row["value"] for row in parts] == pytest.approx([1.3125, -1.25, 1.0, 1.5625])
    assert sum(row["value"] for row in parts[1:]) == pytest.approx(parts[0]["value"], abs=1e-12)
    assert [row["n"] for row in parts] == [4, 2, 3, 2]
    assert all(row["lower"] < row["value"] < row["upper"] for row in parts)


def test_parts_of_the_municipality(results):
    """There moves and back stay: first 12.5, 12.5, 20, 10, 12.5, 0, then 15, 7.5, 20, 15, 13.75."""
    parts = [told(results, f"cohort_change{part}", **MUNICIPALITY) for part in ("", "_stayers", "_leavers", "_joiners")]
    first, second, stay = 67.5 / 6, 71.25 / 5, (55 / 4, 57.5 / 4)
    expected = [second - first, stay[1] - stay[0], stay[0] - first, second - stay[1]]
    assert [row["value"] for row in parts] == pytest.approx(expected)
    assert [row["n"] for row in parts] == [5, 4, 2, 1]


def test_a_part_about_nobody_is_zero():
    """Where nobody joined the part is 0 and says among how many; so does the count."""
    people = [
        pupils(SIXTH, school_year=THEN),
        pupils("pupil_id school_unit_code\nstays A\nslips A", school_year=NOW),
    ]
    grades = [sheet(SIXTH_GRADES, THEN, "term"), sheet("pupil MA EN\nstays B D\nslips E C", NOW, "final")]
    found = cohorts(cohort(pupils=pd.concat(people), grades=pd.concat(grades)))
    part, count = told(found, "cohort_change_joiners"), told(found, "cohort_joiners_count")
    assert (part["value"], part["n"], pd.isna(part["lower"])) == (0, 2, True)
    assert (count["value"], count["numerator"], count["n"]) == (0, 0, 2)


def test_nobody_stayed():
    """A change without stayers has no parts; the count says that none of the two was there."""
    people = [pupils("pupil_id grade_year\n1 6\n2 6", school_year=THEN), pupils("pupil_id\n3\n4", school_year=NOW)]
    grades = [sheet("pupil MA\n1 C\n2 E", THEN, "term"), sheet("pupil MA\n3 C\n4 A", NOW, "final")]
    more = [sheet("pupil MA\n5 C", THEN, "term"), sheet("pupil MA\n5 C", NOW, "final")]
    there = [
        pupils("pupil_id school_unit_code grade_year\n5 B 6", school_year=THEN),
        pupils("pupil_id school_unit_code\n5 B", school_year=NOW),
    ]
    found = cohorts(cohort(pupils=pd.concat(people + there), grades=pd.concat(grades + more)))
    stayers = told(found, "cohort_stayers_count")
    assert (stayers["value"], stayers["n"]) == (0, 2)
    assert told(found, "cohort_change")["value"] == 17.5 - 12.5
    at_a = found[found["unit"].eq("A") & found["metric"].str.startswith("cohort_change_")]
    assert at_a.empty


def test_no_common_subject_no_change():
    """Where nobody was graded in a subject at both points there are counts and no change."""
    grades = pd.concat([sheet("pupil NO\nstays A", THEN, "term"), sheet("pupil BI\nstays A", NOW, "final")])
    found = cohorts(cohort(grades=grades))
    assert told(found, "cohort_stayers_count")["value"] == 2
    assert "cohort_change" not in set(found["metric"])


def test_without_grades_there_are_counts():
    """A register of pupils alone tells who stayed, left and joined."""
    tables = {name: frame for name, frame in cohort().items() if name != "grades"}
    metrics = set(aggregate(tables)["metric"])
    assert "cohort_matched_share" in metrics
    assert not {"cohort_change", "value_added_grades"} & metrics


def test_pseudonyms_that_cannot_be_joined():
    """Where not one pupil of the year is found again the pseudonyms are others: nobody is told to have left."""
    then, now = pupils("pupil_id grade_year\n1 6\n2 6", school_year=THEN), pupils("pupil_id\nx\ny", school_year=NOW)
    tables = {name: frame for name, frame in cohort(pupils=pd.concat([then, now])).items() if name != "grades"}
    assert cohorts(tables).empty


def test_unit_with_one_point_has_no_row():
    """A school that ends with year 6 has not lost its pupils: no row; nor has one whose first pupils are in year 9."""
    people = [
        pupils("pupil_id school_unit_code grade_year\n1 A 6\n2 A 6", school_year=THEN),
        pupils("pupil_id school_unit_code\n1 B\n2 B\n3 B", school_year=NOW),
    ]
    tables = {name: frame for name, frame in cohort(pupils=pd.concat(people)).items() if name != "grades"}
    found = cohorts(tables)
    rows = found[found["metric"].str.startswith("cohort")]
    assert set(rows["level"]) == {"area", "organizer", "municipality"}
    assert told(found, "cohort_stayers_count", **MUNICIPALITY)["value"] == 2


STEPS = """
pupil_id school_unit_code school_year grade_year
1        old              2023/24     0
2        old              2023/24     0
3        old              2023/24     4
1        new              2024/25     1
2        new              2024/25     1
3        new              2024/25     5
4        new              2024/25     5
"""


def renamed() -> Mapping[str, pd.DataFrame]:
    old = schools("old", school_years=("2023/24",)).assign(successor_code="new", area="North")
    new = schools("new", school_years=("2024/25",)).assign(successor_code="", area="South")
    return {"school_units": pd.concat([old, new]), "pupils": typed("pupils", text_table(STEPS).assign(sex="girls"))}


def test_every_grade_year_beside_the_one_below():
    """One year on every grade year from 1 is told, förskoleklass being the year below the first."""
    found = cohorts(renamed())
    rows = found[found["metric"].eq("cohort_stayers_count") & found["level"].eq("school")]
    told_rows = list(zip(rows["unit"], rows["grade_year"], rows["subject"], rows["value"], strict=True))
    assert told_rows == [("new", 1, "1", 2), ("new", 5, "1", 1)]


def test_units_are_those_of_the_second_point():
    """A school that changed its code and its area is the same unit: nobody left it, nobody left its area."""
    found = cohorts(renamed())
    leavers = found[found["metric"].eq("cohort_leavers_count")]
    assert set(leavers["value"]) == {0}
    assert set(leavers.loc[leavers["level"].eq("area"), "unit"]) == {"9999:South"}


def test_no_cohort_over_renumbered_grade_years():
    """From 2028/29 the grade years have other numbers: nobody is told to have left because of that."""
    rows = text_table("pupil_id school_year grade_year\n1 2027/28 4\n1 2028/29 6\n2 2027/28 5\n2 2028/29 7")
    people = typed("pupils", rows.assign(sex="girls", school_unit_code="A"))
    found = aggregate({"school_units": schools("A", school_years=("2027/28", "2028/29")), "pupils": people})
    assert not found["metric"].str.startswith("cohort").any()


def test_whole_nation_is_told_where_asked_for():
    """With every school of the country in the register the nation is a level of cohorts too."""
    found = cohorts(cohort(), whole_nation=True)
    assert told(found, "cohort_stayers_count", level="nation", unit="SE")["value"] == 5


def test_swedish_is_one_subject():
    """Swedish at one point and Swedish as a second language at the other are the same subject; the better counts."""
    people = [pupils("pupil_id grade_year\n1 6\n2 6", school_year=THEN), pupils("pupil_id\n1\n2", school_year=NOW)]
    grades = [sheet("pupil SV SVA\n1 E .\n2 . C", THEN, "term"), sheet("pupil SV SVA\n1 . C\n2 E A", NOW, "final")]
    found = cohorts(cohort(pupils=pd.concat(people), grades=pd.concat(grades)))
    assert told(found, "cohort_change")["value"] == (15 + 20) / 2 - (10 + 15) / 2


def test_own_common_subjects():
    """Who was graded in English at the first point alone is followed in mathematics alone, as a stayer: 10 and 10.

    The change rests on the smaller of the two numbers of pupils.
    """
    people = [pupils("pupil_id grade_year\n1 6\n2 6", school_year=THEN), pupils("pupil_id\n1\n2\n3", school_year=NOW)]
    grades = [sheet("pupil MA EN\n1 E A\n2 E E", THEN, "term"), sheet("pupil MA EN\n1 E .\n2 E E\n3 C A", NOW, "final")]
    found = cohorts(cohort(pupils=pd.concat(people), grades=pd.concat(grades)))
    assert told(found, "cohort_change_stayers")["value"] == 0
    change = told(found, "cohort_change")
    assert (change["value"], change["n"]) == (pytest.approx((10 + 10 + 17.5) / 3 - 10), 2)


def test_language_choice_is_one_subject():
    """A language that is the language choice at both points is the same subject, under whatever code it is written."""
    people = [pupils("pupil_id grade_year\n1 6", school_year=THEN), pupils("pupil_id\n1", school_year=NOW)]
    grades = [sheet("pupil M1 MA\n1 E E", THEN, "term"), sheet("pupil M2 MA\n1 A E", NOW, "final")]
    both = pd.concat([rows.assign(is_language_choice=rows["subject"].ne("MA")) for rows in grades])
    found = cohorts(cohort(pupils=pd.concat(people), grades=both))
    assert told(found, "cohort_change")["value"] == 15 - 10


def official(rows: str) -> pd.DataFrame:
    given = text_table(rows)
    usual = {"level": "school", "breakdown": "all", "category": "all", "status": "observed", "source": "api:gr"}
    usual |= {"metric": "test_points_mean", "subject": "MA"}
    filled = given.assign(**{name: value for name, value in usual.items() if name not in given}, raw="")
    return filled.reindex(columns=list(RESULT_DTYPES)).astype(RESULT_DTYPES)


PUBLISHED = """
unit     school_year grade_year subject value n    status   source
1        2021/22     6          MA      12.1  50   observed api:gr
1        2024/25     9          MA      11.4  40   observed siris:195
1        2021/22     6          EN      14.0  .    observed api:gr
1        2024/25     9          EN      14.5  40   observed api:gr
1        2022/23     6          MA      13.0  50   observed api:gr
2        2021/22     6          MA      12.0  50   observed api:gr
3        2024/25     9          MA      12.0  50   observed api:gr
4        2021/22     6          MA      .     .    too_few  api:gr
4        2024/25     9          MA      12.0  50   observed api:gr
5        2021/22     6          MA      10.0  50   observed register
5        2024/25     9          MA      12.0  50   observed register
"""


def test_pseudo_cohort_of_published_means():
    """12.1 in year 6 and 11.4 in year 9 three years later: −0.7, per subject, of official figures with both points."""
    given = official(PUBLISHED)
    found = with_derived(given)
    rows = found[found["metric"].eq("pseudo_cohort_change")].set_index("subject")
    assert rows["value"].to_dict() == {"MA": pytest.approx(-0.7), "EN": pytest.approx(0.5)}
    assert rows.loc["MA", ["unit", "school_year", "n", "source"]].tolist() == ["1", "2024/25", 40, "derived:siris:195"]
    assert rows["lower"].isna().all()
    assert pd.isna(rows.loc["EN", "n"])
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == RESULT_DTYPES
    assert len(found) == len(given) + 2


def test_published_figures_without_pairs_stay_as_they_are():
    """Without anything to pair nothing is added; an empty table stays empty."""
    given = official(PUBLISHED).iloc[5:7]
    assert len(with_derived(given)) == 2
    assert with_derived(given.iloc[:0]).empty
