"""Comparisons: which there are, what they say, and when they say nothing."""

import pandas as pd
import pytest
from scipy import stats
from skq.columns import written_out
from skq.compare import comparisons, with_intervals
from skq.metrics.intervals import mean_interval, share_difference
from skq.sides import KINDS
from skq.terms import COMPARISON_DTYPES

from tests.results_by_hand import official_share, results, share, units_of

CITY = {"level": "municipality", "unit": "9999"}


def row_of(found: pd.DataFrame, kind: str, **key: object) -> pd.Series:
    """Return the one comparison of *kind* with the given key."""
    chosen = found[found["kind"].eq(kind)]
    for column, value in key.items():
        chosen = chosen[chosen[column].eq(value)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_form_of_the_table():
    """Columns and dtypes are those of the contract, also when nothing can be compared."""
    found = written_out(comparisons(results([share(40, 30)])))
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == COMPARISON_DTYPES


def test_change_of_a_share():
    """The change from 20 of 40 to 32 of 40 is +30 points, and certain; Newcombe's interval."""
    found = row_of(comparisons(results([share(40, 20, school_year="2023/24"), share(40, 32)])), "change")
    expected = share_difference(pd.DataFrame([share(40, 32)]), pd.DataFrame([share(40, 20)])).iloc[0]
    assert found["value"] == pytest.approx(0.3)
    assert (found["lower"], found["upper"]) == (pytest.approx(expected["lower"]), pytest.approx(expected["upper"]))
    assert (found["certain"], found["reference"], found["status"]) == (True, "2023/24", "observed")
    assert (found["n"], found["n_reference"]) == (40, 40)


def test_fall_of_a_share():
    """A fall from 32 of 40 to 20 of 40 is as certain as the rise."""
    found = row_of(comparisons(results([share(40, 32, school_year="2023/24"), share(40, 20)])), "change")
    assert found["value"] == pytest.approx(-0.3)
    assert found["certain"]


def test_small_change_is_not_certain():
    """From 20 of 40 to 22 of 40 may be chance."""
    found = comparisons(results([share(40, 20, school_year="2023/24"), share(40, 22)]))
    assert not row_of(found, "change")["certain"]


def test_no_change_over_a_gap():
    """A year in between without a number gives no change."""
    assert comparisons(results([share(40, 20, school_year="2022/23"), share(40, 22)])).empty


def test_no_change_into_a_break_of_the_series():
    """In 2021/22 the survey got other questions: no change is given into that year."""
    rows = [
        {"metric": "survey_index", "grade_year": 8, "subject": "safety", "school_year": year, "value": 7.0, "n": 50}
        for year in ("2020/21", "2021/22", "2022/23")
    ]
    assert list(comparisons(results(rows))["school_year"]) == ["2022/23"]


def test_gap_between_girls_and_boys():
    """Girls minus boys, told under category all with boys as the reference."""
    sexes = [share(40, 36, breakdown="sex", category="girls"), share(40, 20, breakdown="sex", category="boys")]
    found = row_of(comparisons(results(sexes)), "gap_sex")
    assert (found["value"], found["category"], found["reference"]) == (pytest.approx(0.4), "all", "boys")
    assert found["certain"]


SAFETY = {"metric": "survey_index", "grade_year": 8, "subject": "safety"}


def index(values: list[float], **key: object) -> dict[str, object]:
    """Return a row with the mean index of answers and its interval."""
    numbers = pd.Series(values)
    mean, n = pd.Series([numbers.mean()]), pd.Series([float(len(numbers))])
    limits = mean_interval(mean, pd.Series([numbers.std()]), n).iloc[0]
    return {**SAFETY, **key, "value": mean[0], "n": n[0], "lower": limits["lower"], "upper": limits["upper"]}


GIRLS, BOYS = [8.0, 7.5, 9.0, 6.0, 8.5, 10.0], [5.0, 6.0, 3.5, 7.0, 4.0]


def test_gap_of_an_index():
    """The gap of an index has Welch's interval, as scipy gives it on the answers themselves."""
    rows = [index(GIRLS, breakdown="sex", category="girls"), index(BOYS, breakdown="sex", category="boys")]
    found = row_of(comparisons(results(rows)), "gap_sex")
    expected = stats.ttest_ind(GIRLS, BOYS, equal_var=False).confidence_interval(0.95)
    assert (found["lower"], found["upper"]) == pytest.approx(tuple(expected))
    assert found["certain"]


def test_change_of_an_index():
    """So has its change from one year to the next."""
    found = row_of(comparisons(results([index(GIRLS, school_year="2023/24"), index(BOYS)])), "change")
    expected = stats.ttest_ind(BOYS, GIRLS, equal_var=False).confidence_interval(0.95)
    assert (found["lower"], found["upper"]) == pytest.approx(tuple(expected))
    assert found["value"] == pytest.approx(5.1 - 49 / 6)


def test_gap_without_spread_has_no_interval():
    """Where all girls answered alike nothing is known of chance: the gap stands alone."""
    rows = [index([8.0, 8.0, 8.0], breakdown="sex", category="girls"), index(BOYS, breakdown="sex", category="boys")]
    found = row_of(comparisons(results(rows)), "gap_sex")
    assert found["value"] == pytest.approx(2.9)
    assert found[["lower", "upper", "certain"]].isna().all()


def test_three_years_beside_the_municipality():
    """Three pooled years are set beside the municipality's, 90 of 120 against the rest's 60 of 180, and never beside
    the three years before, which share two of them."""
    pooled = {"breakdown": "period", "category": "three_years"}
    rows = [
        share(120, 90, **pooled),
        share(120, 60, **pooled, school_year="2023/24"),
        share(300, 150, **CITY, **pooled),
    ]
    found = comparisons(results(rows))
    assert found["kind"].tolist() == ["vs_municipality"]
    expected = share_difference(pd.DataFrame([share(120, 90)]), pd.DataFrame([share(180, 60)])).iloc[0] * 0.6
    told = found.iloc[0]
    assert (told["value"], told["lower"], told["upper"]) == pytest.approx(tuple(expected))
    assert told["breakdown"] == "period"


def test_one_sex_alone_gives_no_gap():
    """Where boys have no number at all there is no gap."""
    assert comparisons(results([share(40, 36, breakdown="sex", category="girls")])).empty


def test_school_beside_its_municipality():
    """The difference is that of the printed numbers; its interval excludes zero as the school differs from the rest."""
    found = row_of(comparisons(results([share(40, 38), share(200, 140, **CITY)])), "vs_municipality")
    assert found["value"] == pytest.approx(0.95 - 0.7)
    assert (found["reference"], bool(found["certain"])) == ("9999", True)
    assert found["lower"] < found["value"] < found["upper"]


def test_municipality_of_a_unit_is_looked_up():
    """With two municipalities in the table the list of units tells which one a school lies in."""
    rows = [share(40, 38), share(200, 140, **CITY), share(300, 100, level="municipality", unit="8888")]
    assert comparisons(results(rows)).empty
    found = row_of(comparisons(results(rows), units=units_of({"A": "North"})), "vs_municipality")
    assert found["reference"] == "9999"


def test_unit_that_is_its_municipality():
    """The only school of a municipality: difference zero, no interval, certain missing."""
    found = row_of(comparisons(results([share(40, 30), share(40, 30, **CITY)])), "vs_municipality")
    assert found["value"] == 0
    assert pd.isna(found["certain"])


def test_merit_beside_the_value_expected():
    """Actual minus SALSA's expected value; the interval is the merit rating's own."""
    merit = {"metric": "merit_rating_17", "n": 50, "numerator": 11500, "value": 230.0, "lower": 220.0, "upper": 240.0}
    expected = {"metric": "salsa_expected", "value": 215.0, "n": 50, "source": "siris:95"}
    found = row_of(comparisons(results([merit, expected])), "vs_expected")
    assert (found["metric"], found["reference"]) == ("merit_rating_17", "salsa")
    assert (found["value"], found["lower"], found["upper"], found["certain"]) == (15, 5, 25, True)


def test_official_share_gets_an_interval_from_n():
    """A published share with n has Wilson's interval of the nearest count: 81.3 % of 128 is 104 pupils."""
    filled = with_intervals(results([official_share(128, 0.813)])).iloc[0]
    expected = results([share(128, 104)]).iloc[0]
    assert (filled["lower"], filled["upper"]) == (expected["lower"], expected["upper"])
    assert filled["value"] == 0.813


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(official_share(None, 0.8), id="without n"),
        pytest.param(official_share(0, 0.8), id="n of zero"),
        pytest.param(official_share(50, 231.4, metric="merit_rating_17"), id="a mean"),
        pytest.param(official_share(50, 0.8, metric="certified_teacher_share"), id="staff"),
        pytest.param(official_share(50, None, "too_few"), id="hidden"),
    ],
)
def test_no_interval_where_none_can_be_had(row):
    """Without n, for means, for staff and for hidden numbers there is no interval."""
    assert with_intervals(results([row]))["lower"].isna().all()


def test_own_intervals_are_left_alone():
    """An interval that is there is not computed again."""
    rows = results([{"n": 40, "numerator": 20, "value": 0.5, "lower": 0.1, "upper": 0.9}])
    assert with_intervals(rows).equals(rows)


def test_official_means_are_compared_without_interval():
    """Two published means have a difference, no interval, and `certain` is missing."""
    rows = [official_share(50, value, metric="merit_rating_17", school_year=year) for value, year in
            ((231.4, "2024/25"), (228.0, "2023/24"))]  # fmt: skip
    found = row_of(comparisons(results(rows)), "change")
    assert found["value"] == pytest.approx(3.4)
    assert pd.isna(found["lower"])
    assert pd.isna(found["certain"])


@pytest.mark.parametrize(
    ("now", "before", "status"),
    [
        ("too_few", "observed", "too_few"),
        ("observed", "nearly_all", "nearly_all"),
        ("too_few", "nearly_all", "too_few"),
        ("rounded", "observed", "rounded"),
        ("observed", "rounded", "rounded"),
    ],
)
def test_status_of_a_comparison(now, before, status):
    """The status is that of the side without a value, or rounded where a side is."""
    has = {"observed", "rounded"}
    rows = [
        official_share(50, 0.8 if kind in has else None, kind, school_year=year)
        for kind, year in ((now, "2024/25"), (before, "2023/24"))
    ]
    found = row_of(comparisons(results(rows)), "change")
    assert found["status"] == status
    assert pd.isna(found["value"]) == (status not in has)


def test_order_of_rows_does_not_matter():
    """The same rows in another order give the same comparisons."""
    rows = results([share(40, 20, school_year="2023/24"), share(40, 32), share(100, 70, **CITY)])
    assert comparisons(rows).equals(comparisons(rows.iloc[::-1]))


def test_kinds_are_those_of_the_contract():
    """The four kinds of comparison."""
    assert KINDS == ("change", "gap_sex", "vs_municipality", "vs_expected")


def test_one_result_twice_is_refused():
    """Two results of one key would be compared with either: that is a fault of whoever made them."""
    with pytest.raises(ValueError, match="two results have the same key"):
        comparisons(results([share(40, 20), share(40, 22)]))


def test_gaps_alone_are_sorted_too():
    """Gaps are in the order of their keys also where no number of all pupils stands beside them."""
    sexes = [share(40, 10, breakdown="sex", category=sex) for sex in ("girls", "boys")]
    years = [row | {"school_year": year} for year in ("2024/25", "2022/23") for row in sexes]
    found = comparisons(results(years))
    assert found["kind"].tolist() == ["gap_sex", "gap_sex"]
    assert found["school_year"].tolist() == ["2022/23", "2024/25"]
    assert set(found["category"]) == {"all"}


def test_comparisons_made_some_at_a_time_are_the_same(monkeypatch):
    """Where there are many they are computed in portions: the same table, to the last digit."""
    years = [f"{start}/{str(start + 1)[2:]}" for start in range(2015, 2025)]
    girls, boys = ({"breakdown": "sex", "category": one} for one in ("girls", "boys"))
    rows = [share(40, 9 + place, school_year=year) for place, year in enumerate(years)]
    rows += [share(90, 50, school_year=year, unit="9999", level="municipality") for year in years]
    rows += [share(20, 5 + place, school_year=year, **girls) for place, year in enumerate(years)]
    rows += [share(20, 15 - place, school_year=year, **boys) for place, year in enumerate(years)]
    whole = comparisons(results(rows))
    assert len(whole) > 30
    monkeypatch.setattr("skq.compare.differences.AT_A_TIME", 4)
    pd.testing.assert_frame_equal(comparisons(results(rows)), whole, check_exact=True)
