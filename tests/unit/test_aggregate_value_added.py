"""Value added from pupil rows: beside pupils with the same start, in another way written out."""

from collections.abc import Mapping
from statistics import fmean, stdev

import numpy as np
import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.aggregate.attainment import Roll, marks
from skq.aggregate.members import spring_members
from skq.aggregate.places import places
from skq.aggregate.value_added import value_added_rows
from skq.metrics.multilevel import multilevel
from skq.metrics.random_intercept import Estimation

from tests.spec.text_tables import schools, typed

THEN, NOW = "2021/22", "2024/25"
POINTS = {"F": 0.0, "E": 10.0, "D": 12.5, "C": 15.0, "B": 17.5, "A": 20.0}
STARTS = "EDCB"
CODES = "PQRSTU"


def cohort(sizes: Mapping[str, int], *, grade_years: tuple[int, int] = (6, 9)) -> pd.DataFrame:
    """Pupils of each school, cycling through the four starts; outcomes rise with the start and differ by school."""
    rng = np.random.default_rng(1916)
    rows = []
    for place, (school, size) in enumerate(sizes.items()):
        for number in range(size):
            start = STARTS[number % 4]
            step = STARTS.index(start) + place % 3 - 1 + int(rng.integers(-1, 2))
            rows.append((f"{school}{number}", school, start, "FEDCBA"[min(max(step + 1, 0), 5)]))
    frame = pd.DataFrame(rows, columns=["pupil_id", "school", "start", "end"])
    return frame.assign(grade_then=grade_years[0], grade_now=grade_years[1])


def enrolled(people: pd.DataFrame, school_year: str, grade_year: str) -> pd.DataFrame:
    rows = people.rename(columns={"school": "school_unit_code"}).assign(
        school_year=school_year, grade_year=people[grade_year], sex="girls"
    )
    return typed("pupils", rows[["pupil_id", "school_unit_code", "school_year", "grade_year", "sex"]])


def national(people: pd.DataFrame, column: str, school_year: str, grade_year: int) -> pd.DataFrame:
    rows = [
        (pupil, subject, mark)
        for pupil, mark in zip(people["pupil_id"], people[column], strict=True)
        for subject in ("MA", "EN", "SV")
    ]
    frame = pd.DataFrame(rows, columns=["pupil_id", "subject", "result"])
    return typed("national_tests", frame.assign(school_year=school_year, grade_year=grade_year, part="total"))


def grades_of(people: pd.DataFrame, column: str, school_year: str, kind: str) -> pd.DataFrame:
    frame = people[["pupil_id"]].assign(subject="BI", grade=people[column])
    return typed("grades", frame.assign(school_year=school_year, kind=kind, term="VT"))


def tables(people: pd.DataFrame, **more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    units = schools(*people["school"].unique(), school_years=(THEN, NOW))
    pupils = pd.concat([enrolled(people, THEN, "grade_then"), enrolled(people, NOW, "grade_now")])
    return {"school_units": units, "pupils": pupils, **more}


def both_tests(people: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([national(people, "start", THEN, 6), national(people, "end", NOW, 9)])


def value_added(given: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of value added alone, which is faster than everything that the tables carry."""
    roll, grades = Roll.of(spring_members(given["pupils"])), given.get("grades")
    graded = None if grades is None else marks(roll, grades)
    return value_added_rows(roll, graded, given.get("national_tests"), places(given["school_units"]))


def told(found: pd.DataFrame, metric: str, level: str = "school") -> pd.DataFrame:
    return found[found["metric"].eq(metric) & found["level"].eq(level)].set_index("unit")


SIX = dict(zip(CODES, (24, 20, 28, 20, 32, 9), strict=True))


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return cohort(SIX)


@pytest.fixture(scope="module")
def results(people: pd.DataFrame) -> pd.DataFrame:
    return aggregate(tables(people, national_tests=both_tests(people)))


def by_hand(people: pd.DataFrame, *, leave_out: bool = True) -> dict[str, list[float]]:
    """Each pupil's outcome less the mean of the other schools' pupils (or all) with the same start, by school."""
    rows = [(row.school, row.start, POINTS[row.end]) for row in people.itertuples()]
    added: dict[str, list[float]] = {}
    for school, start, end in rows:
        others = [value for other, same, value in rows if same == start and (other != school or not leave_out)]
        added.setdefault(school, []).append(end - fmean(others))
    return added


def test_value_added_by_a_second_way(people, results):
    """Against the other schools' pupils with the same start; ± 1.96 reference SD / √n; nine pupils are no reference."""
    kept = people[people["school"].ne("U")]
    expected = {school: fmean(values) for school, values in by_hand(kept).items()}
    spread = stdev(value for values in by_hand(kept, leave_out=False).values() for value in values)
    rows = told(results, "value_added_tests")
    assert rows["value"].to_dict() == pytest.approx(expected)
    assert rows["n"].to_dict() == kept["school"].value_counts().to_dict()
    half = {school: 1.959964 * spread / SIX[school] ** 0.5 for school in expected}
    assert (rows["upper"] - rows["value"]).to_dict() == pytest.approx(half, rel=1e-6)
    assert set(rows["grade_year"]) == {9}


def test_shrunken_is_that_of_the_model(people, results):
    """Beside the raw value stands the school's effect given the start itself, smaller than the raw residual."""
    kept = people[people["school"].ne("U")]
    prior = kept["start"].map(POINTS).to_frame("prior")
    model = multilevel(kept["end"].map(POINTS), kept["school"], predictors=prior, estimation=Estimation.REML)
    rows = told(results, "value_added_tests_shrunken")
    assert rows["value"].to_dict() == pytest.approx(model.effects["value"].to_dict())
    assert rows["lower"].to_dict() == pytest.approx(model.effects["lower"].to_dict())
    assert (rows["value"].abs() < model.effects["raw"].abs()).all()


def test_sums_to_zero_over_many_schools():
    """With thirty schools the whole is the reference, and what is told adds up to zero."""
    found = value_of(cohort({f"S{place:02d}": 10 + place % 3 for place in range(30)}))
    rows = told(found, "value_added_tests")
    assert len(rows) == 30
    assert (rows["n"] * rows["value"]).sum() == pytest.approx(0, abs=1e-9)
    assert rows["value"].abs().max() > 0.5


def value_of(people: pd.DataFrame) -> pd.DataFrame:
    return value_added(tables(people, national_tests=both_tests(people)))


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param(dict(zip(CODES, (24, 25, 25, 25), strict=False)), id="four schools and 99 pupils"),
        pytest.param(dict(zip(CODES, (30, 30, 30, 30), strict=False)), id="four schools"),
        pytest.param(dict(zip(CODES, (23, 19, 19, 19, 19), strict=False)), id="99 pupils"),
        pytest.param(dict(zip(CODES, (95, 9, 9, 9, 9), strict=False)), id="small schools"),
    ],
)
def test_too_few_to_compare_with(sizes):
    """Below five schools or a hundred pupils, small schools not counted, there is no value added."""
    assert not value_of(cohort(sizes))["metric"].str.startswith("value_added").any()


def test_exactly_enough():
    """Five schools of twenty pupils are enough."""
    assert len(told(value_of(cohort(dict.fromkeys(CODES[:5], 20))), "value_added_tests")) == 5


def test_levels_above_the_school(people, results):
    """An area with less than half of the pupils is compared with the others; a larger one is not, nor is the whole."""
    assert told(results, "value_added_tests", "area").empty
    assert told(results, "value_added_tests", "organizer").empty
    units = tables(people)["school_units"]
    units["area"] = units["school_unit_code"].isin(["P", "Q"]).map({True: "North", False: "South"})
    found = value_added({**tables(people, national_tests=both_tests(people)), "school_units": units})
    kept = people[people["school"].ne("U")]
    area = kept.assign(school=kept["school"].where(~kept["school"].isin(["P", "Q"]), "9999:North"))
    area = area.assign(school=area["school"].where(area["school"].eq("9999:North"), "others"))
    rows = told(found, "value_added_tests", "area")
    assert rows["value"].to_dict() == pytest.approx({"9999:North": fmean(by_hand(area)["9999:North"])})
    assert rows["n"].to_dict() == {"9999:North": 44}


def test_grades_given_grades(people):
    """Grades are compared given the grades of year 6, tests given its tests, where both are there."""
    marks = pd.concat([grades_of(people, "start", THEN, "term"), grades_of(people, "end", NOW, "final")])
    other = people.assign(start=people["start"].iloc[::-1].to_numpy())
    found = value_added(tables(people, grades=marks, national_tests=both_tests(other)))
    kept = {name: rows[rows["school"].ne("U")] for name, rows in (("grades", people), ("tests", other))}
    for name, rows in kept.items():
        expected = {school: fmean(values) for school, values in by_hand(rows).items()}
        assert told(found, f"value_added_{name}")["value"].to_dict() == pytest.approx(expected)


def test_other_prior_where_there_is_none_of_the_kind(people):
    """After a spring without tests the grades of year 6 stand in for them, and tests for grades."""
    expected = {school: fmean(values) for school, values in by_hand(people[people["school"].ne("U")]).items()}
    no_tests = value_added(
        tables(people, grades=grades_of(people, "start", THEN, "term"), national_tests=national(people, "end", NOW, 9))
    )
    assert told(no_tests, "value_added_tests")["value"].to_dict() == pytest.approx(expected)
    no_grades = value_added(
        tables(people, grades=grades_of(people, "end", NOW, "final"), national_tests=national(people, "start", THEN, 6))
    )
    assert told(no_grades, "value_added_grades")["value"].to_dict() == pytest.approx(expected)


def parts_of(people: pd.DataFrame) -> pd.DataFrame:
    """Four parts in year 3, so many of them reached as the start is high: E one, D two, C three, B four."""
    rows = [
        (pupil, subject, part, "reached" if place <= STARTS.index(start) else "not_reached")
        for pupil, start in zip(people["pupil_id"], people["start"], strict=True)
        for place, (subject, part) in enumerate([("MA", "a"), ("MA", "b"), ("SV", "c"), ("SV", "d")])
    ]
    frame = pd.DataFrame(rows, columns=["pupil_id", "subject", "part", "result"])
    return typed("national_tests", frame.assign(school_year=THEN, grade_year=3))


def test_year_six_given_parts_reached_in_year_three(people):
    """The share of parts reached in year 3 is the start for year 6; who took one part of four has none."""
    sixth = people.assign(grade_then=3, grade_now=6)
    parts = parts_of(sixth)
    missed = parts["pupil_id"].eq("P0") & parts["part"].ne("a")
    parts.loc[missed, "result"] = None
    found = value_added(tables(sixth, national_tests=pd.concat([parts, national(sixth, "end", NOW, 6)])))
    kept = people[people["school"].ne("U") & people["pupil_id"].ne("P0")]
    expected = {school: fmean(values) for school, values in by_hand(kept).items()}
    rows = told(found, "value_added_tests")
    assert rows["value"].to_dict() == pytest.approx(expected)
    assert (set(rows["grade_year"]), rows.loc["P", "n"]) == ({6}, 23)


def test_movers_bring_their_start(people):
    """Who comes from another school of these data is compared by its start there; who comes from elsewhere is not."""
    given = tables(people, national_tests=both_tests(people))
    then = given["pupils"]["school_year"].eq(THEN)
    given["pupils"].loc[then & given["pupils"]["pupil_id"].eq("Q1"), "school_unit_code"] = "P"
    given["pupils"] = given["pupils"][~(then & given["pupils"]["pupil_id"].eq("R2"))]
    rows = told(value_added(given), "value_added_tests")
    assert (rows.loc["Q", "n"], rows.loc["R", "n"]) == (20, 27)


@pytest.mark.parametrize(("known", "told_of"), [(14, "PQRSTU"), (13, "PQSTU")])
def test_half_of_the_pupils_have_to_be_known(known, told_of):
    """Of a school's 28 pupils 14 need a known start; with 13 it is neither told of nor compared with."""
    people = cohort({**SIX, "U": 20})
    tests = both_tests(people)
    tests = tests[~(tests["grade_year"].eq(6) & tests["pupil_id"].isin([f"R{place}" for place in range(known, 28)]))]
    rows = told(value_added(tables(people, national_tests=tests)), "value_added_tests")
    kept = people[people["school"].isin(list(told_of))]
    kept = kept[kept["school"].ne("R") | kept["pupil_id"].str[1:].astype(int).lt(known)]
    expected = {school: fmean(values) for school, values in by_hand(kept).items()}
    assert rows["value"].to_dict() == pytest.approx(expected)


def test_two_tests_of_three_are_enough(people):
    """A pupil with two of the three tests has a mean of them, one with a single test has none."""
    tests = both_tests(people)
    ninth = tests["grade_year"].eq(9)
    tests.loc[ninth & tests["pupil_id"].eq("P0") & tests["subject"].eq("MA"), "result"] = None
    tests.loc[ninth & tests["pupil_id"].eq("Q0") & tests["subject"].ne("MA"), "result"] = None
    rows = told(value_added(tables(people, national_tests=tests)), "value_added_tests")
    assert (rows.loc["P", "n"], rows.loc["Q", "n"]) == (24, 19)


def test_schools_no_more_different_than_chance():
    """Schools with the same outcomes: a value of 0 for each, and no interval, since nothing is left to shrink."""
    same = cohort(dict.fromkeys(CODES[:5], 20))
    same["end"] = [("D", "C", "B", "A")[number % 4 if number % 8 < 4 else 3 - number % 4] for number in range(20)] * 5
    rows = told(value_of(same), "value_added_tests_shrunken")
    assert rows["value"].tolist() == [0] * 5
    assert rows["lower"].isna().all()


def test_outcomes_all_alike():
    """Where every pupil got the same there is nothing to tell apart: 0 without interval, and no model to shrink by."""
    found = value_of(cohort(dict.fromkeys(CODES[:5], 20)).assign(end="C"))
    rows = told(found, "value_added_tests")
    assert rows["value"].tolist() == [0] * 5
    assert rows["lower"].isna().all()
    assert told(found, "value_added_tests_shrunken").empty
