"""What SALSA's models expect of own schools, and the three-year means of published residuals."""

from collections.abc import Mapping

import pandas as pd
import pytest
from skq.aggregate import aggregate, with_derived
from skq.aggregate.over_time import beside_expected
from skq.aggregate.places import places
from skq.build.combine import beside_each_other
from skq.terms import RESULT_DTYPES

from tests.spec.text_tables import one, schools, text_table, typed

YEARS = ("2022/23", "2023/24", "2024/25")
PERIOD = {"breakdown": "period", "category": "three_years"}


def people(school_year: str, *, n: int = 16, unit: str = "A", first: int = 0) -> pd.DataFrame:
    """Sixteen pupils: a quarter boys, parents of 3 and 2 (mean 2.5), one newly arrived, all known."""
    places = range(first, first + n)
    rows = pd.DataFrame(
        {
            "pupil_id": [f"{school_year}-{unit}-{place}" for place in places],
            "school_unit_code": unit,
            "school_year": school_year,
            "grade_year": 9,
            "sex": ["girls" if place % 4 else "boys" for place in places],
            "parent1_education": 3,
            "parent2_education": 2,
            "newly_arrived": [place == first for place in places],
        }
    )
    return typed("pupils", rows)


def grades(pupils: pd.DataFrame, *, passed: int) -> pd.DataFrame:
    """Sixteen subjects for each pupil: C for the first *passed*, for the others D and one F."""
    rows = [
        (pupil, f"X{subject}", "C" if place < passed else "F" if subject == 0 else "D")
        for place, pupil in enumerate(pupils["pupil_id"])
        for subject in range(16)
    ]
    frame = pd.DataFrame(rows, columns=["pupil_id", "subject", "grade"])
    return typed("grades", frame.assign(school_year=pupils["school_year"].iloc[0], kind="final", term="VT"))


REGISTER = schools("A", "B", school_years=YEARS)


def tables(pupils: pd.DataFrame, marks: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    return {"school_units": REGISTER, "pupils": pupils, "grades": marks}


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    years = [people(year) for year in YEARS]
    marks = [grades(own, passed=passed) for own, passed in zip(years, (8, 12, 14), strict=True)]
    return aggregate(tables(pd.concat(years), pd.concat(marks)))


def row(results: pd.DataFrame, metric: str, **key: object) -> Mapping[str, object]:
    return one(results, metric, **{"grade_year": 9, "school_year": "2024/25", **key})


def test_expected_by_the_model_of_the_year(results):
    """52.1 + 78.1·2.5 − 16.0·0.25 − 33.1/16 in 2024/25; the year before by the model of 2019/20."""
    newest, before = row(results, "salsa_expected"), row(results, "salsa_expected", school_year="2023/24")
    assert newest["value"] == pytest.approx(52.1 + 78.1 * 2.5 - 16.0 / 4 - 33.1 / 16)
    assert before["value"] == pytest.approx(82.6 + 72.7 * 2.5 - 30.5 / 4 - 85.8 / 16)
    assert (newest["source"], before["source"]) == ("register:salsa-2024/25", "register:salsa-2019/20")
    assert (newest["n"], pd.isna(newest["lower"])) == (16, True)


def test_residual_is_the_merit_rating_less_the_expected(results):
    """Value and limits are those of the merit rating, each less the expected value: 14·240 and 2·187.5 points."""
    merit, expected, residual = (row(results, name) for name in ("merit_rating_17", "salsa_expected", "salsa_residual"))
    assert merit["value"] == pytest.approx((14 * 240 + 2 * 187.5) / 16)
    for limit in ("value", "lower", "upper"):
        assert residual[limit] == pytest.approx(merit[limit] - expected["value"])
    assert residual["source"] == "register:salsa-2024/25"


def test_share_passed_has_a_model_of_its_own(results):
    """14 of 16 passed; expected are −0.278 + 0.414·2.5 + 0.058·0.25 − 0.552/16, as a share."""
    expected = -0.278 + 0.414 * 2.5 + 0.058 * 0.25 - 0.552 / 16
    assert row(results, "salsa_passed_expected")["value"] == pytest.approx(expected)
    share, residual = row(results, "all_subjects_passed_share"), row(results, "salsa_passed_residual")
    assert residual["value"] == pytest.approx(14 / 16 - expected)
    assert residual["lower"] == pytest.approx(share["lower"] - expected)


def test_three_years_together(results):
    """The pooled merit rating less the expected values, each weighted by its pupils; both models are named."""
    pooled, residual = row(results, "merit_rating_17", **PERIOD), row(results, "salsa_residual", **PERIOD)
    expected = sum(row(results, "salsa_expected", school_year=year)["value"] for year in YEARS) / 3
    for limit in ("value", "lower", "upper"):
        assert residual[limit] == pytest.approx(pooled[limit] - expected)
    assert (residual["n"], residual["source"]) == (48, "register:salsa-2019/20+2024/25")
    alone = [row(results, "salsa_residual", school_year=year) for year in YEARS]
    assert residual["value"] == pytest.approx(sum(year["value"] for year in alone) / 3)
    assert residual["upper"] - residual["lower"] < min(year["upper"] - year["lower"] for year in alone)


def test_three_years_need_three():
    """Two years, or three with a gap, have no mean."""
    years = [people(year) for year in YEARS[1:]]
    found = aggregate(tables(pd.concat(years), pd.concat([grades(own, passed=9) for own in years])))
    assert not (found["metric"].eq("salsa_residual") & found["breakdown"].eq("period")).any()


def test_unequal_years_weigh_by_their_pupils():
    """With 16, 32 and 48 pupils the expected values weigh 1, 2 and 3, as the pooled merit rating does."""
    years = [people(year, n=16 * times) for times, year in enumerate(YEARS, start=1)]
    found = aggregate(tables(pd.concat(years), pd.concat([grades(own, passed=9) for own in years])))
    expected = sum(
        times * row(found, "salsa_expected", school_year=year)["value"] for times, year in enumerate(YEARS, 1)
    )
    residual = row(found, "salsa_residual", **PERIOD)
    assert residual["value"] == pytest.approx(row(found, "merit_rating_17", **PERIOD)["value"] - expected / 6)


def salsa_rows(pupils: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of expected results alone, beside results as they would stand.

    Faster than everything that the tables carry.
    """
    merit = {"metric": "merit_rating_17", "level": "school", "unit": "A", "school_year": "2024/25", "grade_year": 9}
    share = {**merit, "metric": "all_subjects_passed_share", "value": 0.5}
    usual = {"breakdown": "all", "n": 16, "value": 220.0, "lower": 200.0, "upper": 240.0}
    actual = [pd.DataFrame([{**usual, **one}]) for one in (merit, share)]
    found = beside_expected(pupils, actual, places(REGISTER))
    return pd.concat([pd.DataFrame(columns=["metric"]), *found])


@pytest.mark.parametrize(("n", "rows"), [(14, 0), (15, 4)])
def test_fifteen_pupils(n, rows):
    """14 pupils in the last grade year are too few for the model, 15 are enough."""
    assert len(salsa_rows(people("2024/25", n=n))) == rows


@pytest.mark.parametrize(("unknown", "rows"), [(4, 4), (5, 0)])
@pytest.mark.parametrize("column", ["education", "newly_arrived"])
def test_three_quarters_of_known_background(column, unknown, rows):
    """Of 16 pupils the background of 12 has to be known, of the parents and of the arrival alike."""
    pupils = people("2024/25")
    blank = ["parent1_education", "parent2_education"] if column == "education" else [column]
    pupils.loc[: unknown - 1, blank] = pd.NA
    assert len(salsa_rows(pupils)) == rows


def test_one_known_parent_counts():
    """A pupil with one known parent has that parent's education; the mean is over pupils."""
    pupils = people("2024/25")
    pupils.loc[:7, "parent1_education"] = pd.NA
    found = one(salsa_rows(pupils), "salsa_expected", grade_year=9)
    assert found["value"] == pytest.approx(52.1 + 78.1 * (8 * 2 + 8 * 2.5) / 16 - 4 - 33.1 / 16)


def test_registers_without_background():
    """A register without education or arrival gives no expected values; nor do years before the first model."""
    for columns in (["parent1_education", "parent2_education"], ["newly_arrived"]):
        assert salsa_rows(people("2024/25").drop(columns=columns)).empty
    pupils = people("2012/13")
    register = {"school_units": schools("A", school_years=("2012/13",))}
    found = aggregate({**register, "pupils": pupils, "grades": grades(pupils, passed=9)})
    assert not found["metric"].str.startswith("salsa").any()


def test_only_schools_with_final_grades():
    """A school that gave no final grades has nothing that could be compared with an expected value."""
    pupils = pd.concat([people("2024/25"), people("2024/25", unit="B")])
    found = aggregate(tables(pupils, grades(pupils[pupils["school_unit_code"].eq("A")], passed=9)))
    assert set(found.loc[found["metric"].str.startswith("salsa"), "unit"]) == {"A"}


PUBLISHED = """
unit metric         school_year value source
1    salsa_residual 2022/23     3     kolada:U15416
1    salsa_residual 2023/24     7     kolada:U15416
1    salsa_residual 2024/25     8     kolada:U15416
2    salsa_residual 2022/23     3     kolada:U15416
2    salsa_residual 2024/25     8     kolada:U15416
3    salsa_residual 2015/16     3     kolada:U15416
3    salsa_residual 2016/17     3     kolada:U15416
3    salsa_residual 2017/18     4     kolada:U15416
3    salsa_residual 2018/19     5     kolada:U15416
4    salsa_residual 2022/23     3     register:x
4    salsa_residual 2023/24     7     register:x
4    salsa_residual 2024/25     8     register:x
"""


def test_mean_of_three_published_residuals():
    """3, 7 and 8 have the mean 6, ± 4.3027·√7/√3 from how much the years differ; never over a break or a gap."""
    usual = {"level": "school", "grade_year": "9", "subject": "", "breakdown": "all", "category": "all"}
    given = text_table(PUBLISHED).assign(**usual, status="observed", raw="")
    given = given.reindex(columns=list(RESULT_DTYPES)).astype(RESULT_DTYPES)
    found = with_derived(given)
    rows = found[found["breakdown"].eq("period")].set_index(["unit", "school_year"])
    assert sorted(rows.index) == [("1", "2024/25"), ("3", "2018/19")]
    newest = rows.loc[("1", "2024/25")]
    half = 4.302653 * (7 / 3) ** 0.5
    assert newest[["value", "lower", "upper"]].tolist() == pytest.approx([6, 6 - half, 6 + half])
    assert (newest["source"], newest["category"], pd.isna(newest["n"])) == (
        "derived:kolada:U15416",
        "three_years",
        True,
    )


BESIDE = """
metric          school_year value source                 status
salsa_expected  2023/24     220   register:salsa-2019/20 observed
salsa_expected  2024/25     221   register:salsa-2024/25 observed
merit_rating_17 2023/24     231   register               observed
"""
AGENCYS = """
metric          school_year value source        status
salsa_expected  2023/24     226   kolada:U15415 observed
salsa_expected  2024/25     .     kolada:U15415 missing
merit_rating_17 2023/24     230   api:gr        observed
"""


def test_published_expectation_is_preferred():
    """What the agency expects of a school wins over an earlier year's model; its gaps and the result itself do not."""
    usual = {"level": "school", "unit": "A", "grade_year": "9", "subject": "", "breakdown": "all", "category": "all"}
    own, agencys = (
        text_table(text).assign(**usual, raw="").reindex(columns=list(RESULT_DTYPES)).astype(RESULT_DTYPES)
        for text in (BESIDE, AGENCYS)
    )
    found = beside_each_other(own, agencys).set_index(["metric", "school_year"])["value"]
    assert found.to_dict() == {
        ("merit_rating_17", "2023/24"): 231,
        ("salsa_expected", "2023/24"): 226,
        ("salsa_expected", "2024/25"): 221,
    }
