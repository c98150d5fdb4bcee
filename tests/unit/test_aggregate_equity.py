"""Equity rows from pupil rows: every number worked by hand on a municipality of three schools."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from skq.aggregate import aggregate
from skq.aggregate.equity import equity_rows
from skq.metrics.equity import spread, spreads
from skq.metrics.lines import line, lines
from skq.metrics.segregation import dissimilarity, information_index, segregation

from tests.spec.text_tables import YEAR, counted_grades, one, pupils, schools, typed

TOWN = {"level": "municipality", "unit": "9999"}
GRADES = {
    "A": ["10A", "11A", "12A"],  # 200 220 240
    "B": ["9A", "8A+2C", "10A", "11A+1E"],  # 180 190 200 230
    "C": ["12A+1E", "13A", "13A+1E"],  # 250 260 270
}
MERITS = {"A": [200, 220, 240], "B": [180, 190, 200, 230], "C": [250, 260, 270]}
EDUCATION = {"A": [1, 2, 3], "B": [1, 2, None, 3], "C": [3, 3, 2]}


@pytest.fixture(scope="module")
def results():
    who = [(f"{code}{place}", code, EDUCATION[code][place]) for code in GRADES for place in range(len(GRADES[code]))]
    rows = "\n".join(f"{name} {code} {'.' if parent is None else parent}" for name, code, parent in who)
    what = "\n".join(f"{code}{place} {given}" for code, own in GRADES.items() for place, given in enumerate(own))
    return aggregate(
        {
            "school_units": schools(*GRADES),
            "pupils": pupils(f"pupil_id school_unit_code parent1_education\n{rows}"),
            "grades": counted_grades(f"pupil grades\n{what}"),
        }
    )


def known() -> pd.DataFrame:
    """Return merit, education and school of the nine pupils whose parents' education is known."""
    rows = [(m, e, code) for code in MERITS for m, e in zip(MERITS[code], EDUCATION[code], strict=True)]
    return pd.DataFrame(rows, columns=["merit", "education", "school"]).dropna()


def test_spread_of_the_schools_of_the_domain(results):
    """T-18: SSB 6240 on ten pupils makes the schools' spread the root of 624; SST 8640 the pupils' the root of 960."""
    assert one(results, "merit_school_sd", **TOWN)["value"] == pytest.approx(624**0.5)
    assert one(results, "merit_sd", **TOWN)["value"] == pytest.approx(960**0.5)
    assert one(results, "merit_school_sd", **TOWN)["n"] == 10


def test_interval_of_the_correlation_is_told(results):
    """The intraclass correlation 0.7105 has limits around it, the lower never below zero."""
    row = one(results, "merit_icc", **TOWN)
    assert 0 <= row["lower"] < row["value"] < row["upper"] <= 1


def test_distances_between_quantiles(results):
    """180 190 200 200 220 230 240 250 260 270: P90 261, P10 189, P75 247.5, P25 200 by type 7."""
    assert one(results, "merit_p90_p10", **TOWN)["value"] == pytest.approx(261 - 189)
    assert one(results, "merit_p75_p25", **TOWN)["value"] == pytest.approx(247.5 - 200)


def test_lowest_quarter_counts_a_fraction(results):
    """A quarter of ten is two and a half pupils: (180 + 190 + 200 / 2) / 2.5 = 188."""
    assert one(results, "merit_lowest_quarter_mean", **TOWN)["value"] == pytest.approx(188)


def test_gap_and_slope_by_education(results):
    """Four of post-secondary parents (240 230 250 260: mean 245) and five others (200 220 180 190 270: mean 212).

    The gap is 33, by scipy's Welch; the line of merit on education is statsmodels', its interval by schools.
    """
    gap, rows = one(results, "merit_gap_education", **TOWN), known()
    high, others = rows.loc[rows["education"] == 3, "merit"], rows.loc[rows["education"] < 3, "merit"]
    limits = stats.ttest_ind(high, others, equal_var=False).confidence_interval()
    assert (gap["n"], gap["value"]) == (9, pytest.approx(245 - 212))
    assert (gap["lower"], gap["upper"]) == (pytest.approx(limits.low), pytest.approx(limits.high))
    fit = sm.OLS(rows["merit"], sm.add_constant(rows["education"])).fit(
        cov_type="cluster", cov_kwds={"groups": rows["school"].astype("category").cat.codes}, use_t=True
    )
    slope, explained = one(results, "merit_background_slope", **TOWN), one(results, "merit_background_r2", **TOWN)
    assert (slope["n"], slope["value"]) == (9, pytest.approx(fit.params["education"]))
    assert [slope["lower"], slope["upper"]] == pytest.approx(fit.conf_int().loc["education"].tolist())
    assert explained["value"] == pytest.approx(fit.rsquared)


def test_segregation_with_what_chance_makes(results):
    """Pupils of parents without upper secondary: 1 of 3, 1 of 3 and none of 3. D = 0.4286, H and chance by hand.

    D: a/A 0.5 0.5 0, b/B 2/7 2/7 3/7, half of the distances 3/14 + 3/14 + 3/7. By chance: none of a school's three with
    chance C(7,3)/C(9,3) = 35/84, one 42/84, two 7/84; the mean distance from 2/3 is 5/9 a school. H: E(2/9) 0.529706,
    two schools of three with E(1/3) 0.636514.
    """
    row = one(results, "segregation_education", grade_year=None, **TOWN)
    assert (row["n"], row["value"]) == (9, pytest.approx(3 / 7))
    distance = (35 * (2 / 3) + 42 * (1 / 3) + 7 * (4 / 3)) / 84
    chance = one(results, "segregation_education_by_chance", grade_year=None, **TOWN)["value"]
    assert chance == pytest.approx(3 * distance * (1 / 2 + 1 / 7) / 2)
    entropy = one(results, "segregation_entropy", grade_year=None, **TOWN)["value"]
    assert entropy == pytest.approx(1 - 6 * 0.636514 / (9 * 0.529706), abs=1e-5)


def test_compensation_of_three_schools():
    """Needs 0, 50 and 100 per cent at 80, 110 and 100 thousand kronor, sizes 1, 2 and 1: slope 200 kronor a point.

    Weighted means: need 50, cost 100; Sxx 2·2500, Sxy (−50)(−20) + 50·0 = 1000 (thousand), Syy 400 + 2·100 = 600.
    """
    who = "1 A 3\n2 B 3\n3 B 1\n4 C 2"
    pupil = [pupils(f"pupil_id school_unit_code parent1_education\n{who}", school_year=y) for y in ("2023/24", YEAR)]
    money = pd.DataFrame(
        {
            "school_unit_code": list("ABC"),
            "fiscal_year": [2024] * 3,
            "cost_type": ["undervisning"] * 3,
            "amount_tkr": [80.0, 220.0, 100.0],
        }
    )
    found = aggregate(
        {
            "school_units": schools("A", "B", "C", school_years=("2023/24", YEAR)),
            "pupils": pd.concat(pupil, ignore_index=True),
            "economy": typed("economy", money),
        }
    )
    key = {"grade_year": None, "school_year": YEAR, **TOWN}
    slope, correlation = (one(found, f"compensation_{what}", **key) for what in ("slope", "correlation"))
    assert (slope["n"], slope["value"]) == (4, pytest.approx(1000 / 5000 * 1000))
    assert correlation["value"] == pytest.approx(1000 / (5000 * 600) ** 0.5)


def test_one_school_tells_nothing_of_schools():
    """A single school: what lies between schools is missing, what lies between pupils is not; no costs, no row."""
    tables = {
        "school_units": schools("A"),
        "pupils": pupils("pupil_id parent1_education\n1 1\n2 3\n3 3"),
        "grades": counted_grades("pupil grades\n1 10A\n2 10E\n3 10E"),
    }
    found = aggregate(tables)
    between = [("merit_icc", 9), ("merit_between_share", 9), ("merit_school_sd", 9), ("segregation_education", None)]
    for metric, grade_year in between:
        row = one(found, metric, grade_year=grade_year, **TOWN)
        assert (row["status"], pd.isna(row["value"])) == ("missing", True)
    assert one(found, "merit_p90_p10", **TOWN)["status"] == "observed"
    assert one(found, "merit_lowest_quarter_mean", **TOWN)["status"] == "missing"
    assert not found["metric"].str.startswith("compensation").any()


def test_nothing_to_tell():
    """Without a single pupil there are no rows, and no error."""
    columns = ["metric", "organizer", "municipality", "school_year", "school", "part", "whole"]
    nothing = pd.DataFrame(columns=columns, dtype="str")
    assert equity_rows(nothing, nothing).empty


@pytest.fixture
def many() -> pd.DataFrame:
    """Pupils of four units: an ordinary one, one with equal values, one with a single pupil, one perfect line."""
    rng = np.random.default_rng(11)
    rows = [("ordinary", f"s{i % 5}", float(rng.integers(1, 4)), float(rng.normal(200, 50))) for i in range(60)]
    rows += [("equal", f"s{i % 2}", float(i % 3), 0.1 + 0.2) for i in range(7)]
    rows += [("same x", f"s{i % 2}", 2.0, 100.0 + i) for i in range(6)]
    rows += [("alone", "s0", 2.0, 210.0), ("perfect", "s0", 1.0, 10.0), ("perfect", "s1", 2.0, 20.0)]
    rows += [("perfect", "s1", 3.0, 30.0), ("one school", "s0", 1.0, 5.0), ("one school", "s0", 2.0, 9.0)]
    rows += [("one school", "s0", 2.0, 12.0), ("ordinary", None, 1.0, 1.0), ("ordinary", "s1", float("nan"), 2.0)]
    return pd.DataFrame(rows, columns=["unit", "school", "x", "y"])


def same(found: object, expected: float | None) -> bool:
    return pd.isna(found) if expected is None or pd.isna(expected) else found == pytest.approx(expected, abs=1e-9)


def test_lines_of_many_units_are_those_of_each(many):
    """Slope, limits, explained share and status of every unit are what `line` says of it alone."""
    found = lines(many["x"], many["y"], many["unit"], many["school"])
    for unit, own in many.dropna().groupby("unit"):
        expected, row = line(own["x"], own["y"], cluster=own["school"]), found.loc[unit]
        assert (row["n"], row["units"], row["status"]) == (expected.n, expected.units, str(expected.status))
        for column in ("slope", "lower", "upper", "r_squared"):
            assert same(row[column], getattr(expected, column)), (unit, column)


def test_spreads_of_many_units_are_those_of_each(many):
    """Standard deviations and distances of every unit are what `spread` says of it alone."""
    known_rows = many.dropna(subset=["school"])
    found = spreads(known_rows["y"], known_rows["unit"], known_rows["school"])
    for unit, own in known_rows.groupby("unit"):
        expected, row = spread(own["y"], own["school"]), found.loc[unit]
        assert (row["n"], row["status"]) == (expected.n, str(expected.status))
        for column in ("sd", "p90_p10", "p75_p25", "sd_of_means"):
            assert same(row[column], getattr(expected, column)), (unit, column)


def test_segregation_of_many_units_is_that_of_each():
    """D, D by chance and H of every unit are what the functions of one unit say, whose chance is summed out."""
    rng = np.random.default_rng(5)
    rows = [("mixed", int(rng.integers(0, 9)), int(rng.integers(0, 60))) for _ in range(12)]
    rows += [("one", 3, 5), ("apart", 4, 0), ("apart", 0, 6), ("even", 2, 4), ("even", 3, 6), ("empty", 0, 0)]
    rows += [("none of it", 0, 5), ("none of it", 0, 7), ("mixed", None, 3)]
    table = pd.DataFrame(rows, columns=["unit", "a", "b"])
    found = segregation(table["a"], table["b"], table["unit"])
    assert set(found.index) == {"mixed", "one", "apart", "even", "none of it"}
    for unit, own in table[table["unit"].isin(found.index)].groupby("unit"):
        index, theil, row = dissimilarity(own["a"], own["b"]), information_index(own["a"], own["b"]), found.loc[unit]
        assert (row["n"], row["units"], row["status"]) == (index.n, index.units, str(index.status))
        for value, expected in zip(
            row[["dissimilarity", "by_chance", "information"]], (index.value, index.by_chance, theil.value), strict=True
        ):
            assert same(value, expected), unit
