"""What the rule hides besides single numbers: the other sex, the next lowest share, surveys few answered, salaries."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import MappingProxyType

import pandas as pd
import pytest
from skq.protect.practice import FamilyRule
from skq.protect.primary import judged_by
from skq.protect.rule import BY_YEAR, OFFICIAL, RULES, DisclosureRule, Reason, Shape
from skq.terms import CellStatus, SchoolYear

from tests.official_hiding import beside, symbol
from tests.results_by_hand import official_share, results, share

SYMBOLS = {"too_few": "..", "protects_other": "..", "nearly_all": "~100", "missing": ".", "observed": "number"}


def judged(rows, rule=OFFICIAL):
    """Return hand-made rows as *rule* alone judges them."""
    table = results(rows)
    return judged_by(rule, table, table["source"].eq("register"))


def sexes(girls, boys, **key):
    """Return the rows of two sexes, eligible to vocational programmes in a municipality."""
    usual = {"metric": "eligible_vocational_share", "level": "municipality", "unit": "9999", "breakdown": "sex"}
    return [share(*girls, **usual | {"category": "girls"} | key), share(*boys, **usual | {"category": "boys"} | key)]


KINDS = {"..": (30, 3), "~100": (30, 28), "100": (30, 30), ".": (30, 0), "number": (30, 20)}


def test_other_sex():
    """Every pair of verdicts is published as the exports' footnotes say, by the second telling of them in the tests."""
    pairs = list(product(KINDS, KINDS))
    rows = [row for pair in pairs for row in sexes(*(KINDS[kind] for kind in pair), unit=" ".join(pair))]
    told = judged(rows)
    everybody = told["numerator"].eq(told["n"]) & told["status"].eq("observed")
    symbols = told["status"].map(SYMBOLS).mask(everybody, "100").tolist()
    expected = [symbol for one, other in pairs for symbol in (beside(one, other), beside(other, one))]
    assert symbols == expected


def test_other_sex_has_a_reason_of_its_own():
    """The number beside a hidden one is hidden for the other's sake, and says so."""
    rows = judged(sexes((30, 28), (30, 20)))
    assert rows["reason"].tolist() == ["few_without_property", "other_sex"]
    assert rows["status"].tolist() == ["nearly_all", "protects_other"]


@pytest.mark.parametrize(
    "key",
    [
        {"unit": "8888"},
        {"school_year": "2023/24"},
        {"metric": "eligible_arts_share"},
        {"metric": "subject_passed_share"},
    ],
)
def test_sexes_of_other_units_years_metrics_are_no_pair(key):
    """Only the two sexes of one number are a pair; families that the rule does not name are none."""
    girls, boys = sexes((30, 28), (30, 20))
    assert judged([girls, boys | key])["status"].tolist() == ["nearly_all", "observed"]


def test_means_of_the_other_sex_stay_until_lines_hide_them():
    """A mean is judged by its own n; what adds up is left to complementary suppression."""
    mean = {"metric": "test_points_mean", "subject": "MA"}
    rows = [row | mean | {"n": n} for row, n in zip(sexes((30, 20), (30, 20)), (4, 30), strict=True)]
    assert judged(rows)["status"].tolist() == ["too_few", "observed"]


def test_official_rows_are_left_as_they_are():
    """What the agency tells beside a hidden sex stands."""
    girls, boys = sexes((30, 28), (30, 20))
    key = {name: boys[name] for name in ("metric", "level", "unit", "breakdown", "category")}
    rows = judged([girls, official_share(30, 2 / 3, **key)])
    assert rows["status"].tolist() == ["nearly_all", "observed"]


THREE = ("all_subjects_passed_share", "failed_one_subject_share", "failed_several_subjects_share")

THREE_SHARES = [
    # as published 2024/25, limit 5: Aneby boys 42: 66,7 .. ..; Ale private 25: ~100 .. .; Orsa style 25: 15 6 4
    ((28, 8, 6), 5, ["number", "number", "number"]),
    ((28, 10, 4), 5, ["number", "..", ".."]),
    ((24, 1, 0), 5, ["~100", "..", "."]),
    ((25, 0, 0), 5, ["number", ".", "."]),
    ((6, 3, 12), 5, ["..", "..", "number"]),
    ((4, 9, 12), 5, ["..", "..", "number"]),
    ((1, 1, 5), 5, ["..", "..", "number"]),  # Vilhelmina, private, 2023/24: 7: .. .. 71,4
    # as published 2022/23, limit 10: Salem private 27: .. . ..
    ((21, 0, 6), 10, ["..", ".", ".."]),
    ((10, 10, 7), 10, None),
]


@pytest.mark.parametrize(("counts", "limit", "expected"), THREE_SHARES)
def test_next_lowest_share(counts, limit, expected):
    """Where one of the three shares alone is hidden, the one that the next fewest pupils have is hidden too."""
    year = "2024/25" if limit == 5 else "2022/23"
    key = {"level": "municipality", "unit": "9999", "grade_year": 6, "school_year": year}
    n = sum(counts)
    rows = judged([share(n, k, metric=metric, **key) for metric, k in zip(THREE, counts, strict=True)], BY_YEAR)
    told = [SYMBOLS[status] for status in rows["status"]]
    if expected is None:  # two are equally low: one of them, and the share of those who passed goes first
        assert told == ["..", "number", ".."]
    else:
        assert told == expected
    assert set(rows["reason"][rows["status"].eq("protects_other")]) <= {"other_share"}


def test_two_shares_are_no_three():
    """Where only one share is known with its sum, nothing more is hidden by this rule."""
    key = {"level": "municipality", "unit": "9999", "grade_year": 6}
    rows = judged([share(42, 28, metric=THREE[0], **key), share(42, 4, metric=THREE[2], **key)])
    assert rows["status"].tolist() == ["observed", "too_few"]


@pytest.mark.parametrize(
    ("k", "by_default", "by_year"),
    [(30, "too_few", "observed"), (26, "too_few", "observed"), (25, "observed", "observed"), (0, "missing", "missing")],
)
@pytest.mark.parametrize("metric", ["failed_several_subjects_share", "absence_over_15_share"])
def test_all_failing_is_hidden(metric, k, by_default, by_year):
    """That all, or all but four, fail or are absent is hidden by default (domain §17, own reports, 3); the agency
    tells it (Eksjö, private organizers, 2024/25: 100,0 of 6)."""
    row = [share(30, k, metric=metric, grade_year=6)]
    assert judged(row)["status"].tolist() == [by_default]
    assert judged(row, BY_YEAR)["status"].tolist() == [by_year]
    if by_default == "too_few":
        assert judged(row)["reason"].tolist() == [Reason.FEW_WITHOUT]


@pytest.mark.parametrize(("answered", "expected"), [(0.49, "too_few"), (0.5, "observed"), (0.9, "observed")])
def test_least_response(answered, expected):
    """Where the rule asks for a part of those asked, what fewer answered is hidden, for that reason, in all areas."""
    rule = replace(OFFICIAL, least_response=0.5)
    index = [
        {"metric": "survey_index", "grade_year": 8, "subject": area, "n": 40, "value": 7.0}
        for area in ("safety", "support")
    ]
    response = {"metric": "survey_response_share", "grade_year": 8, "n": 40, "value": answered}
    rows = judged([*index, response], rule)
    assert rows["status"].tolist() == [expected, expected, "observed"]
    assert rows["reason"].tolist() == [*(["low_response" if expected == "too_few" else ""] * 2), ""]


def test_response_of_other_grade_years_does_not_count():
    """The response of grade year 5 says nothing of grade year 8; without a response share nothing is hidden by it."""
    rule = replace(OFFICIAL, least_response=0.5)
    rows = judged(
        [
            {"metric": "survey_index", "grade_year": 8, "subject": "safety", "n": 40, "value": 7.0},
            {"metric": "survey_response_share", "grade_year": 5, "n": 40, "value": 0.2},
        ],
        rule,
    )
    assert rows["status"].tolist() == ["observed", "observed"]


def test_no_response_rate_is_asked_for_officially():
    """Five answers are enough officially, however few of those asked they are."""
    rows = judged(
        [
            {"metric": "survey_index", "grade_year": 8, "subject": "safety", "n": 5, "value": 7.0},
            {"metric": "survey_response_share", "grade_year": 8, "n": 5, "value": 0.02},
        ]
    )
    assert rows["status"].tolist() == ["observed", "observed"]


@pytest.mark.parametrize(("posts", "expected"), [(2.9, "too_few"), (3.0, "observed"), (None, "observed")])
def test_cost_of_few_teachers(posts, expected):
    """What teaching costs is hidden where fewer than three posts are paid by it: it would be a salary."""
    rows = [{"metric": "teaching_cost_per_pupil", "grade_year": None, "n": 40, "numerator": 2e6, "value": 5e4}]
    if posts is not None:
        rows.append({"metric": "teacher_fte", "grade_year": None, "n": posts, "numerator": posts, "value": posts})
        rows.append({"metric": "teacher_fte", "grade_year": None, "unit": "B", "n": 1, "numerator": 1, "value": 1})
    told = judged(rows)
    assert told["status"].iloc[0] == expected
    assert told["reason"].iloc[0] == ("few_fte" if expected == "too_few" else "")
    assert judged(rows, replace(OFFICIAL, least_posts=0.0))["status"].iloc[0] == "observed"


def test_rule_of_its_school_year():
    """The first earlier rule whose last school year is not yet over holds; after all of them the newest."""
    first, second = (
        FamilyRule(limit, limit, Shape.AMOUNT, until=SchoolYear(year)) for limit, year in ((30, 2010), (20, 2015))
    )
    rule = DisclosureRule(id="dated", earlier=MappingProxyType({"merit": (first, second)}))
    years = {"2009/10": 30, "2010/11": 30, "2011/12": 20, "2015/16": 20, "2016/17": 10}
    assert {year: rule.family("merit", 9, year).school for year in years} == years
    assert rule.family("merit", 9).school == 10
    assert rule.family("survey", 8, "2009/10").school == 5


def test_rules_to_choose_from():
    """An organizer chooses a rule by its id."""
    assert {name: rule.id for name, rule in RULES.items()} == {
        name: name for name in ("official-2024", "official-by-year")
    }


def test_dated_rule_tells_its_thresholds_and_until_when():
    """The thresholds of earlier years are told with the last school year in which they hold, as plain values."""
    told = BY_YEAR.as_dict()
    assert told["earlier"]["merit"] == [{"school": 10, "above": 10, "shape": "amount", "until": "2022/23"}]
    assert told["families"]["pupil_shares"] == {"school": 5, "above": 5, "nation": 3}
    assert OFFICIAL.as_dict()["earlier"] == {}


def test_symbols_of_the_second_telling():
    """The tests' own reader of the exports knows a number, all, and the agency's symbols."""
    assert [symbol(text) for text in ("81,3", "100,0", "..", ".", "~100")] == ["number", "100", "..", ".", "~100"]


def test_frames_keep_their_rows():
    """Judging adds a limit and a reason to every row and changes neither number nor order."""
    rows = results(sexes((30, 28), (30, 20)))
    told = judged_by(OFFICIAL, rows, pd.Series(True, index=rows.index))
    pd.testing.assert_frame_equal(told[["n", "numerator", "value"]], rows[["n", "numerator", "value"]])
    assert told["minimum"].tolist() == [5, 5]
    assert set(told["status"]) <= {str(status) for status in CellStatus}
