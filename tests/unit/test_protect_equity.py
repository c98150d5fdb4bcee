"""Measures of equity in the protected room: hidden where they tell a hidden school or group, or mended."""

import pandas as pd
import pytest
from skq.compare import comparisons
from skq.metrics.equity import between_schools, variation
from skq.protect import protect

from tests.results_by_hand import OUTSIDERS, results, share, units_of

CITY = {"level": "municipality", "unit": "9999"}
BETWEEN = ("merit_icc", "merit_between_share", "merit_school_sd")
WITHIN = ("merit_sd", "merit_p90_p10", "merit_p75_p25", "merit_lowest_quarter_mean")
EDUCATION = ("merit_gap_education", "merit_background_slope", "merit_background_r2")
MEANS = {"A": 190.0, "B": 210.0, "C": 230.0, "D": 250.0, "E": 220.0}
SD = 60.0


def merit(n: float, mean: float, **key: object) -> dict:
    return {"metric": "merit_rating_17", "n": n, "numerator": n * mean, "value": mean, **key}


def town(sizes: dict[str, int], metrics: tuple[str, ...] = (*BETWEEN, *WITHIN, *EDUCATION)) -> list[dict]:
    """Return the merit ratings of schools and of their municipality, and its measures of equity."""
    n, total = sum(sizes.values()), sum(size * MEANS[code] for code, size in sizes.items())
    rows = [merit(size, MEANS[code], unit=code) for code, size in sizes.items()]
    rows.append(merit(n, total / n, **CITY))
    return rows + [{"metric": name, "n": n, "value": SD if name == "merit_sd" else 0.3, **CITY} for name in metrics]


def left(rows: list[dict], codes: str, **options: object) -> pd.DataFrame:
    """Return the municipality's protected rows by metric, all pupils."""
    table = results(rows)
    units = units_of(dict.fromkeys(codes, ""))
    frame = protect(table, comparisons(table).iloc[:0], OUTSIDERS, units=units, **options).results.frame
    own = frame[frame["level"].eq("municipality") & frame["breakdown"].eq("all")]
    return own.set_index("metric")


def shown(frame: pd.DataFrame) -> set[str]:
    return set(frame.index[frame["status"].eq("observed")])


@pytest.mark.parametrize(
    ("sizes", "stand"),
    [
        pytest.param({"A": 20, "B": 30, "C": 40}, True, id="no school hidden"),
        pytest.param({"A": 6, "B": 30, "C": 40, "D": 50}, False, id="a small one and another for its sake"),
        pytest.param({"A": 6, "B": 7, "C": 8, "D": 50}, True, id="three hidden, two equations"),
    ],
)
def test_between_schools_beside_hidden_ones(sizes, stand):
    """The spread between schools and the sum are two equations: one or two hidden means would follow."""
    found = shown(left(town(sizes), "".join(sizes)))
    assert (set(BETWEEN) <= found, bool(set(BETWEEN) & found)) == (stand, stand)
    assert set(WITHIN) <= found
    assert set(EDUCATION) <= found


def test_hidden_schools_count_as_one():
    """A (6 pupils) and B (30), hidden together, are 36 pupils with the mean that the others leave of the whole."""
    sizes = {"A": 6, "B": 30, "C": 40, "D": 50}
    found = left(town(sizes), "ABCD", between=between_schools)
    n = pd.Series([36.0, 40.0, 50.0])
    total = pd.Series([6 * 190.0 + 30 * 210.0, 40 * 230.0, 50 * 250.0])
    squares = SD**2 * 125 + total.sum() ** 2 / 126
    expected = variation(n, total, pd.Series([0.0, 0.0, squares]))
    assert set(BETWEEN) <= shown(found)
    assert found.loc["merit_icc", "value"] == pytest.approx(expected.icc)
    assert found.loc["merit_icc", "lower"] == pytest.approx(expected.lower)
    assert found.loc["merit_icc", "upper"] == pytest.approx(expected.upper)
    assert found.loc["merit_between_share", "value"] == pytest.approx(expected.between_share)
    assert found.loc["merit_school_sd", "value"] == pytest.approx((expected.between / 126) ** 0.5)
    assert found.loc["merit_icc", "n"] == 126


def test_what_cannot_be_mended_is_hidden():
    """Without the pupils' spread, or where the hidden ones are all the schools there are, the numbers stay hidden."""
    sizes = {"A": 6, "B": 30, "C": 40, "D": 50}
    without = tuple(name for name in (*BETWEEN, *WITHIN) if name != "merit_sd")
    assert not set(BETWEEN) & shown(left(town(sizes, without), "ABCD", between=between_schools))
    assert not {"merit_icc", "merit_between_share"} & shown(
        left(town({"A": 6, "B": 30}), "AB", between=between_schools)
    )


def test_shown_measures_are_not_touched():
    """Where no school is hidden the numbers of the aggregation stand as they came."""
    found = left(town({"A": 20, "B": 30, "C": 40}), "ABC", between=between_schools)
    assert found.loc[list(BETWEEN), "value"].tolist() == [0.3] * 3


def test_measures_of_a_hidden_unit_are_hidden():
    """An organizer hidden for another's sake shows no measure of its pupils either."""
    rows = [merit(4, 190.0, level="organizer", unit="Small"), merit(40, 210.0, level="organizer", unit="Town")]
    rows += [merit(44, 208.2, **CITY)]
    rows += [{"metric": name, "n": 40, "value": 0.3, "level": "organizer", "unit": "Town"} for name in WITHIN]
    units = pd.DataFrame(
        [
            {"level": "organizer", "unit": name, "municipality_code": "9999", "organizer": name, "area": ""}
            for name in ("Small", "Town")
        ],
        dtype="str",
    )
    table = results(rows)
    frame = protect(table, comparisons(table).iloc[:0], OUTSIDERS, units=units).results.frame
    assert set(frame.loc[frame["unit"].eq("Town"), "status"]) == {"protects_other"}


def test_hidden_group_hides_the_gap():
    """A group of four by education: gap, slope and explained share are equations in the groups' means."""
    rows = town({"A": 20, "B": 30, "C": 40})
    key = {"breakdown": "parental_education", **CITY}
    few = [merit(n, 200.0, category=name, **key) for name, n in (("compulsory", 4), ("upper_secondary", 40))]
    enough = [merit(n, 200.0, category=name, **key) for name, n in (("compulsory", 14), ("upper_secondary", 40))]
    assert not set(EDUCATION) & shown(left([*rows, *few], "ABC"))
    assert set(EDUCATION) <= shown(left([*rows, *enough], "ABC"))
    assert set(WITHIN) <= shown(left([*rows, *few], "ABC"))


@pytest.mark.parametrize(
    ("codes", "few", "gone"),
    [
        pytest.param("ABC", "", set(), id="three schools, all shown"),
        pytest.param("AB", "", {"segregation_education", "segregation_entropy"}, id="two schools"),
        pytest.param("ABCD", "A", {"segregation_foreign", "segregation_foreign_by_chance"}, id="one share hidden"),
        pytest.param("ABCDE", "ABC", set(), id="three shares hidden"),
    ],
)
def test_segregation_beside_hidden_shares(codes, few, gone):
    """An index is an equation in the schools' counts: with one or two hidden, or two schools in all, it tells them."""
    key = {"metric": "foreign_background_share", "grade_year": None}
    rows = [share(100, 2 if code in few else 30, unit=code, **key) for code in codes]
    rows.append(share(100 * len(codes), sum(row["numerator"] for row in rows), **key, **CITY))
    names = ("segregation_education", "segregation_entropy", "segregation_foreign", "segregation_foreign_by_chance")
    rows += [{"metric": name, "grade_year": None, "n": 100 * len(codes), "value": 0.2, **CITY} for name in names]
    stand = shown(left(rows, codes))
    if len(codes) == 2:
        gone = gone | {"segregation_foreign"}
    assert set(names) - stand == gone


def test_compensation_beside_a_hidden_background():
    """The line through the schools is an equation in their backgrounds, and in their costs."""
    key = {"metric": "parents_post_secondary_share", "grade_year": None}
    for share_of_a, stands in ((2, False), (50, True)):
        rows = [share(100, share_of_a if code == "A" else 50, unit=code, **key) for code in "ABCD"]
        rows.append(share(400, sum(row["numerator"] for row in rows), **key, **CITY))
        rows += [
            {"metric": "compensation_slope", "grade_year": None, "n": 400, "value": 90.0, **CITY},
            {"metric": "compensation_correlation", "grade_year": None, "n": 400, "value": 0.2, **CITY},
        ]
        found = shown(left(rows, "ABCD")) & {"compensation_slope", "compensation_correlation"}
        assert bool(found) == stands
