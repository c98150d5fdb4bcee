"""Three school years pooled: which rows there are, what they say, and that no pupil is lost or counted twice."""

import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.aggregate.periods import POOLED
from skq.catalog import metric
from skq.compare import comparisons
from skq.metrics.intervals import share_interval

from tests.spec.text_tables import counted_grades, one, pupils, schools

PERIOD = {"breakdown": "period", "category": "three_years"}
GIVEN = {
    ("A", "2022/23"): ["10A"],
    ("A", "2023/24"): ["10E", "9C+1F"],
    ("A", "2024/25"): ["10E", "10D", "10D"],
    ("B", "2023/24"): ["10A"],
    ("B", "2024/25"): ["10A", "10C"],
}


def tables(given: dict[tuple[str, str], list[str]]) -> dict[str, pd.DataFrame]:
    """Return registers in which the pupils of each school and year have the given grades."""
    years = tuple(sorted({year for _, year in given}))
    who, what = [], []
    for (school, year), sheets in given.items():
        names = [f"{school}{year[:4]}{place}" for place in range(len(sheets))]
        who.append(pupils("pupil_id school_unit_code\n" + "\n".join(f"{n} {school}" for n in names), school_year=year))
        rows = "\n".join(f"{name} {sheet}" for name, sheet in zip(names, sheets, strict=True))
        what.append(counted_grades(f"pupil grades\n{rows}", school_year=year))
    codes = sorted({school for school, _ in given})
    return {
        "school_units": schools(*codes, school_years=years),
        "pupils": pd.concat(who, ignore_index=True),
        "grades": pd.concat(what, ignore_index=True),
    }


@pytest.fixture(scope="module")
def results():
    return aggregate(tables(GIVEN))


def test_three_years_are_one_sum(results):
    """Merits 200; 100, 135; 100, 125, 125 make 785/6 on six pupils, in the row of the last year."""
    row = one(results, "merit_rating_16", school_year="2024/25", **PERIOD)
    assert (row["n"], row["numerator"], row["value"]) == (6, 785, pytest.approx(785 / 6))


def test_interval_rests_on_all_pupils_of_the_three_years(results):
    """Five of six passed everything: Wilson's interval of 5 in 6, from the formula's own function."""
    row = one(results, "all_subjects_passed_share", school_year="2024/25", **PERIOD)
    limits = share_interval(pd.Series([5]), pd.Series([6])).iloc[0]
    assert (row["n"], row["numerator"], row["lower"], row["upper"]) == (6, 5, limits["lower"], limits["upper"])


def test_interval_of_a_mean_has_the_spread_of_all_its_pupils(results):
    """Student's interval of six merits, from pandas' standard deviation of the pupils themselves."""
    row = one(results, "merit_rating_16", school_year="2024/25", **PERIOD)
    merits = pd.Series([200, 100, 135, 100, 125, 125])
    half = 2.570582 * merits.std() / 6**0.5
    assert (row["lower"], row["upper"]) == (pytest.approx(merits.mean() - half), pytest.approx(merits.mean() + half))


def test_all_three_years_must_exist(results):
    """School B has two years, school A two before its third: neither gets a row for them."""
    period = results[results["breakdown"].eq("period")]
    schools_only = period[period["level"].eq("school")]
    assert set(zip(schools_only["unit"], schools_only["school_year"], strict=True)) == {("A", "2024/25")}


def test_a_year_that_is_missing_between_makes_no_period():
    """Springs of 2021, 2022, 2024 and 2025 are four, but never three in a row."""
    years = ("2020/21", "2021/22", "2023/24", "2024/25")
    found = aggregate(tables({("A", year): ["10A"] for year in years}))
    assert not found["breakdown"].eq("period").any()


def test_municipality_pools_all_its_schools(results):
    """The municipality's period holds the schools that have not all three years as well: 9 pupils."""
    row = one(results, "merit_rating_16", level="municipality", unit="9999", school_year="2024/25", **PERIOD)
    assert (row["n"], row["numerator"]) == (9, 785 + 200 + 200 + 150)


def test_other_levels_and_counts_have_no_period(results):
    """Only schools and municipalities, and no head counts: a pupil of three years is not three pupils."""
    period = results[results["breakdown"].eq("period")]
    assert set(period["level"]) == {"school", "municipality"}
    assert "pupil_count" not in set(period["metric"])
    assert all(metric(name).aggregation != "sum" for name in POOLED if name in set(period["metric"]))


@pytest.mark.parametrize(
    ("last", "there"),
    [("2014/15", True), ("2015/16", False), ("2016/17", False), ("2017/18", True)],
)
def test_no_period_over_a_break(last, there):
    """The share of passes breaks with 2015/16: periods that hold both sides of it are not made."""
    years = [f"{start}/{(start + 1) % 100:02d}" for start in range(int(last[:4]) - 2, int(last[:4]) + 1)]
    found = aggregate(tables({("A", year): ["10A"] for year in years}))
    rows = found[found["metric"].eq("all_subjects_passed_share") & found["breakdown"].eq("period")]
    rows = rows[rows["level"].eq("school")]
    assert list(rows["school_year"]) == ([last] if there else [])


def test_period_is_compared_with_its_municipality_only():
    """Two periods that follow each other share two years of pupils: no change, but the distance to the municipality."""
    given = {(code, f"{start}/{start - 1999}"): ["10A", "10E"] for code in "AB" for start in range(2020, 2025)}
    found = comparisons(aggregate(tables(given)))
    period = found[found["breakdown"].eq("period")]
    assert set(period["kind"]) == {"vs_municipality"}
    assert set(period["unit"]) == {"A", "B"}
    assert set(found.loc[found["breakdown"].eq("all"), "kind"]) == {"vs_municipality", "change"}
