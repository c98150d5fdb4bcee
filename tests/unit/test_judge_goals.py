"""Goals: targets and commitments beside shown numbers, and nothing said of hidden ones."""

from typing import Any

import pandas as pd
import pytest
from skq.judge import judged
from skq.schema import TABLES
from skq.sources.typed import empty

from tests.judge_by_hand import CITY, as_protected, shares, units
from tests.results_by_hand import official_share, share

PASSED = "all_subjects_passed_share"
YEARS = ("2021/22", "2022/23", "2023/24", "2024/25")


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """Return rows of an own table with the dtypes that it has after reading; what is not told is blank."""
    spec = TABLES[name]
    frame = pd.DataFrame(list(rows)).reindex(columns=[column.name for column in spec.columns])
    return frame.astype(spec.dtypes) if len(frame) else empty(spec)


def target(value: float, **rest: Any) -> dict[str, Any]:
    """Return a target of the share passed in all subjects of grade year 9."""
    return {"metric": PASSED, "school_year": "2024/25", "target": value, "grade_year": 9, **rest}


def commitment(start: float, expected: float, **rest: Any) -> dict[str, Any]:
    """Return a commitment of school A on the same share."""
    usual = {"school_unit_code": "A", "school_year": "2024/25", "metric": PASSED, "commitment": "Fler når målen"}
    return {**usual, "start_value": start, "expected_value": expected, **rest}


def goals_of(rows: list[dict[str, Any]], targets: list[dict[str, Any]] = (), commitments: list[dict[str, Any]] = ()):
    """Return the goals frame."""
    tables = {"targets": table("targets", *targets), "commitments": table("commitments", *commitments)}
    return judged(as_protected(rows), units=units(["A"]), goals=tables).goals


TWO = {"A": (100, 90), "B": (100, 40)}


def test_target_of_every_school():
    """A target without unit is for every school that has the number: A at 90 % reaches 75 %, B at 40 % does not."""
    found = goals_of(shares(TWO), [target(0.75, tolerance=0.03, title="Alla når målen")])
    assert found[["unit", "status", "origin", "title"]].to_numpy().tolist() == [
        ["A", "reached", "target", "Alla når målen"],
        ["B", "not_reached", "target", "Alla når målen"],
    ]
    first = found.iloc[0]
    assert (first["value"], first["n"], first["target"], first["tolerance"]) == (0.9, 100, 0.75, 0.03)
    assert first["lower"] < 0.9 < first["upper"]


def test_target_of_one_school():
    """A target with a unit is that school's alone, also where it has no such number at all."""
    found = goals_of(shares(TWO), [target(0.75, school_unit_code="B"), target(0.75, school_unit_code="Z")])
    assert found[["unit", "status"]].to_numpy().tolist() == [["B", "not_reached"], ["Z", "cannot_be_judged"]]


def test_target_of_the_municipality():
    """A target of the level municipality is set beside the municipality's number: 65 % is not 75 %, but near enough."""
    found = goals_of(shares(TWO), [target(0.75, level="municipality", tolerance=0.1)])
    assert found[["level", "unit", "status"]].to_numpy().tolist() == [["municipality", "9999", "partly"]]


@pytest.mark.parametrize(("aimed", "status"), [(0.90, "reached"), (0.92, "partly"), (0.97, "not_reached")])
def test_chance_makes_partly(aimed, status):
    """90 of 100 has the interval 0.826-0.945: 0.90 is reached, 0.92 may be missed by chance, 0.97 is not."""
    assert goals_of(shares({"A": (100, 90)}), [target(aimed)])["status"].tolist() == [status]


@pytest.mark.parametrize("count", [(9, 5), (30, 29)], ids=["too-few", "nearly-all"])
def test_hidden_number_cannot_be_judged(count):
    """A school whose number is hidden has its target, no value, no interval, no n-based trend, and no verdict."""
    rows = [official_share(None, None, "too_few" if count[0] < 10 else "nearly_all", unit="A", school_year=year)
            for year in YEARS]  # fmt: skip
    found = goals_of(rows, [target(0.75)]).iloc[0]
    assert (found["status"], found["trend_points"]) == ("cannot_be_judged", 0)
    assert found[["value", "lower", "upper", "n", "trend"]].isna().all()


def test_school_without_the_grade_year_has_no_goal():
    """A target in grade year 9 is not for a school that has numbers of grade year 6 alone."""
    rows = [*shares(TWO), share(50, 40, unit="C", grade_year=6)]
    assert goals_of(rows, [target(0.75)])["unit"].tolist() == ["A", "B"]


def test_year_that_has_not_come():
    """A target of a year without numbers stands there and cannot be judged yet."""
    found = goals_of(shares(TWO), [target(0.75, school_year="2025/26")])
    assert found["status"].tolist() == ["cannot_be_judged"] * 2


def test_trend_through_the_shown_years():
    """70, 74, 78, 82 % of 100 pupils in four years: 4 points a year, four points, up to the goal's own year alone."""
    rows = [share(100, 70 + 4 * place, unit="A", school_year=year) for place, year in enumerate(YEARS)]
    later = share(100, 10, unit="A", school_year="2025/26")
    found = goals_of([*rows, later], [target(0.75)]).iloc[0]
    assert (found["trend"], found["trend_points"]) == (pytest.approx(0.04), 4)


def test_two_points_are_no_trend():
    """Two years give points and no slope."""
    rows = [share(100, 70, unit="A", school_year="2023/24"), share(100, 74, unit="A")]
    found = goals_of(rows, [target(0.75)]).iloc[0]
    assert (pd.isna(found["trend"]), found["trend_points"]) == (True, 2)


def test_trend_starts_at_a_break():
    """The survey got other questions in 2021/22: years before it are not part of the trend."""
    years = ("2019/20", "2020/21", *YEARS)
    index = {"metric": "survey_index", "grade_year": 8, "subject": "safety", "n": 50}
    rows = [{**index, "value": 9.0 - place, "unit": "A", "school_year": year} for place, year in enumerate(years)]
    aim = {"metric": "survey_index", "school_year": "2024/25", "target": 7.0, "grade_year": 8, "subject": "safety"}
    assert goals_of(rows, [aim]).iloc[0]["trend_points"] == 4


def test_commitment_by_its_only_number():
    """A commitment that does not say of which grade year is followed by the school's only number of the metric."""
    found = goals_of(shares(TWO), commitments=[commitment(0.80, 0.88)]).iloc[0]
    assert (found["grade_year"], found["status"], found["start_value"]) == (9, "reached", 0.80)
    assert (found["origin"], found["title"], found["target"]) == ("commitment", "Fler når målen", 0.88)


def test_commitment_with_several_numbers():
    """Grade years 6 and 9 both have the metric: the commitment cannot be judged unless it says which."""
    rows = [*shares(TWO), share(50, 25, unit="A", grade_year=6)]
    assert goals_of(rows, commitments=[commitment(0.4, 0.5)])["status"].tolist() == ["cannot_be_judged"]
    assert goals_of(rows, commitments=[commitment(0.4, 0.5, grade_year=6)]).iloc[0]["value"] == 0.5


def test_commitment_to_less():
    """A start above what is expected means that less is wanted: 40 % where 50 % was expected is reached."""
    found = goals_of(shares(TWO), commitments=[commitment(0.6, 0.5, school_unit_code="B")])
    assert found["status"].tolist() == ["reached"]


def test_commitment_to_stay():
    """Where start and expected value are the same, the catalogue's direction counts: 90 % is at least 80 %."""
    assert goals_of(shares(TWO), commitments=[commitment(0.8, 0.8)])["status"].tolist() == ["reached"]


def test_commitment_on_a_metric_of_its_own():
    """A metric that the catalogue does not have stops nothing; it cannot be judged."""
    found = goals_of(shares(TWO), commitments=[commitment(3.0, 3.0, metric="library_visits")])
    assert found["status"].tolist() == ["cannot_be_judged"]


def test_commitment_without_metric_is_no_goal():
    """What is followed by no number is not set beside one, and leaves the others as they are."""
    nothing = commitment(0.8, 0.8, metric=None, start_value=None, expected_value=None)
    assert goals_of(shares(TWO), commitments=[nothing]).empty
    assert goals_of(shares(TWO), commitments=[nothing, commitment(0.8, 0.8)])["metric"].tolist() == [PASSED]


@pytest.mark.parametrize("hidden_year", ["2023/24", "2024/25"])
@pytest.mark.parametrize("told", [9, None], ids=["grade-year-told", "not-told"])
def test_start_value_of_a_hidden_number_is_left_out(hidden_year, told):
    """A start value typed in by hand would tell last year's hidden number: it is left out."""
    usual = {"unit": "A", "grade_year": 9}
    rows = [
        official_share(None, None, "too_few", **usual, school_year=year)
        if year == hidden_year
        else share(30, 20, **usual, school_year=year)
        for year in ("2023/24", "2024/25")
    ]
    found = goals_of([*rows, share(40, 30, **CITY)], commitments=[commitment(0.71, 0.76, grade_year=told)]).iloc[0]
    assert pd.isna(found["start_value"])
    assert found["target"] == 0.76


@pytest.mark.parametrize(("told", "kept"), [(None, False), (9, True), (6, False)], ids=["untold", "shown", "hidden"])
def test_start_value_that_may_be_another_numbers(told, kept):
    """Grade year 6 is hidden, 9 is not: a start value that may be either's is left out, one told to be 9's is kept."""
    rows = [share(50, 40, unit="A", grade_year=9), official_share(None, None, "too_few", unit="A", grade_year=6)]
    found = goals_of(rows, commitments=[commitment(0.71, 0.76, grade_year=told)]).iloc[0]
    assert pd.notna(found["start_value"]) == kept


def test_no_tables_no_goals():
    """Without own tables, or with empty ones, there are no goals."""
    assert judged(as_protected(shares(TWO)), units=units(["A"])).goals.empty
    assert goals_of(shares(TWO)).empty
