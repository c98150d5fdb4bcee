"""T-27 at every limit: each family, level and school year of domain §17 at n-1, n and n+1, typed by hand from there."""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd
import pytest
from skq.protect.primary import judged_by
from skq.protect.rule import BY_YEAR, RULES, DisclosureRule
from skq.terms import CellStatus

from tests.results_by_hand import results

SYMBOLS = {
    CellStatus.TOO_FEW: "..",
    CellStatus.PROTECTS_OTHER: "..",
    CellStatus.MISSING: ".",
    CellStatus.NEARLY_ALL: "~100",
}
SCHOOL, ABOVE, NATION = "school", "municipality", "nation"


def symbols_of(rule: DisclosureRule, rows: list[dict[str, Any]]) -> list[str]:
    """Return how every row is published by itself: a symbol, or `shown`."""
    table = results(rows)
    told = judged_by(rule, table, pd.Series(True, index=table.index))["status"]
    return [SYMBOLS.get(CellStatus(status), "shown") for status in told]


def said(rule: DisclosureRule, *numbers: tuple[float, float], **key: Any) -> list[str]:
    """Return how k of n are published, each of a unit of its own."""
    return symbols_of(
        rule, [{**key, "unit": str(unit), "n": n, "numerator": k, "value": 1.0} for unit, (n, k) in enumerate(numbers)]
    )


LIMITS = """
metric                        grade  year     school  above  nation
merit_rating_17               9      2021/22  10      10     10
merit_rating_17               9      2022/23  10      10     10
merit_rating_17               9      2023/24  10      5      5
merit_rating_17               9      2025/26  10      5      5
all_subjects_passed_share     9      2022/23  10      10     10
all_subjects_passed_share     9      2023/24  10      5      5
all_subjects_passed_share     6      2022/23  10      10     10
all_subjects_passed_share     6      2023/24  10      5      5
eligible_vocational_share     9      2022/23  10      10     10
eligible_vocational_share     9      2023/24  10      5      5
eligible_science_share        9      2024/25  10      5      5
subject_passed_share          9      2022/23  10      10     10
subject_passed_share          9      2024/25  10      5      5
test_passed_share             9      2022/23  10      10     10
test_passed_share             9      2024/25  10      5      5
test_points_mean              6      2024/25  10      5      5
grade_above_test_share        9      2019/20  15      15     15
grade_above_test_share        9      2024/25  15      15     15
salsa_residual                9      2019/20  15      15     15
salsa_residual                9      2024/25  15      15     15
girls_share                   -      2021/22  5       5      3
foreign_background_share      -      2024/25  5       5      3
parents_post_secondary_share  -      2025/26  5       5      3
certified_teacher_share       -      2024/25  3       3      3
teacher_fte                   -      2025/26  3       3      3
survey_index                  8      2024/25  5       5      5
"""
"""Domain §17, its first table: from 2023/24 ten pupils at a school and five above, before that ten everywhere; five of
sex and background, three in the nation; fifteen with tests and grades and in SALSA; three posts; five answers."""

HEADER, *LINES = [line.split() for line in LIMITS.strip().splitlines()]
ROWS = [dict(zip(HEADER, line, strict=True)) for line in LINES]
COLUMN = {SCHOOL: "school", ABOVE: "above", "organizer": "above", NATION: "nation"}
AT = [
    pytest.param(place, level, int(row[column]), id="-".join([row["metric"], row["grade"], row["year"], level]))
    for place, row in enumerate(ROWS)
    for level, column in COLUMN.items()
]


@functools.cache
def at_every_limit(rule: str, year: str = "") -> dict[tuple[int, str], list[str]]:
    """Return what is told by row and level at n-1, n and n+1, all having the property; in the *year*, or the row's."""
    rows = [
        {
            "metric": row["metric"], "grade_year": None if row["grade"] == "-" else int(row["grade"]), "level": level,
            "school_year": year or row["year"], "unit": f"{place} {more}", "n": n, "numerator": n, "value": 1.0,
        }
        for place, row in enumerate(ROWS)
        for level, column in COLUMN.items()
        for more, n in enumerate(int(row[column]) + step for step in (-1, 0, 1))
    ]  # fmt: skip
    symbols = iter(symbols_of(RULES[rule], rows))
    return {(place, level): [next(symbols) for _ in range(3)] for place in range(len(ROWS)) for level in COLUMN}


@pytest.mark.parametrize(("place", "level", "least"), AT)
def test_size_at_every_limit(place, level, least):
    """One fewer than the limit is hidden, the limit itself and one more are not."""
    told = at_every_limit("official-by-year")[place, level]
    assert told[0] == "..", least
    assert ".." not in told[1:], least


@pytest.mark.parametrize(("place", "level", "least"), [one for one in AT if ROWS[one.values[0]]["year"] >= "2023/24"])
def test_default_rule_has_the_newest_limits(place, level, least):
    """The rule `official-2024` has the limits of 2023/24 and later, in an early school year too."""
    told = at_every_limit("official-2024", "2012/13")[place, level]
    assert told[0] == "..", least
    assert ".." not in told[1:], least


NUMERATORS = """
metric                     grade  year     level         least
eligible_vocational_share  9      2024/25  school        10
eligible_vocational_share  9      2024/25  municipality  5
eligible_vocational_share  9      2022/23  municipality  10
all_subjects_passed_share  9      2024/25  school        10
all_subjects_passed_share  6      2024/25  municipality  5
test_passed_share          9      2024/25  school        10
foreign_background_share   -      2025/26  school        5
foreign_background_share   -      2025/26  nation        3
"""
KEYS = [dict(zip(NUMERATORS.split()[:5], line.split(), strict=True)) for line in NUMERATORS.strip().splitlines()[1:]]


@pytest.mark.parametrize("row", KEYS, ids=lambda row: "-".join(row.values()))
def test_numerator_at_every_limit(row):
    """One fewer than the limit having the property is hidden, the limit and one more are shown (of 60)."""
    grade = None if row["grade"] == "-" else int(row["grade"])
    key = {"metric": row["metric"], "grade_year": grade, "school_year": row["year"], "level": row["level"]}
    least = int(row["least"])
    assert said(BY_YEAR, *((60, k) for k in (least - 1, least, least + 1)), **key) == ["..", "shown", "shown"]


LACKING = """
metric                     grade  year     0      1      4      5
eligible_vocational_share  9      2024/25  shown  ~100   ~100   shown
eligible_vocational_share  9      2016/17  shown  ~100   ~100   shown
all_subjects_passed_share  6      2024/25  shown  ~100   ~100   shown
all_subjects_passed_share  9      2024/25  shown  shown  shown  shown
test_passed_share          9      2024/25  shown  ~100   ~100   shown
foreign_background_share   -      2025/26  ~100   ~100   ~100   shown
foreign_background_share   -      2024/25  shown  shown  shown  shown
girls_share                -      2025/26  ~100   ~100   ~100   shown
"""
MISSING = [line.split() for line in LACKING.strip().splitlines()[1:]]


@pytest.mark.parametrize("row", MISSING, ids=lambda row: "-".join(row[:3]))
def test_lacking_at_every_limit(row):
    """One to four lacking are nearly all, five are told; of background from 2025/26 none lacking is nearly all too."""
    grade = None if row[1] == "-" else int(row[1])
    key = {"metric": row[0], "grade_year": grade, "school_year": row[2]}
    assert said(BY_YEAR, *((60, 60 - lacking) for lacking in (0, 1, 4, 5)), **key) == row[3:]


NOBODY = [
    ("eligible_vocational_share", 9, "2024/25", "."),
    ("failed_several_subjects_share", 6, "2024/25", "."),
    ("test_passed_share", 9, "2022/23", "."),
    ("foreign_background_share", None, "2024/25", "."),
    ("foreign_background_share", None, "2025/26", ".."),
    ("girls_share", None, "2025/26", ".."),
]


@pytest.mark.parametrize(("metric", "grade", "year", "expected"), NOBODY)
def test_nobody(metric, grade, year, expected):
    """Nobody is '.', but of sex and background from 2025/26 '..'."""
    assert said(BY_YEAR, (30, 0), metric=metric, grade_year=grade, school_year=year) == [expected]


def test_background_was_told_above_schools_before_2020():
    """Until 2019/20 no share of sex or background was hidden above schools (footnote of the exports of pupils)."""
    key = {"metric": "foreign_background_share", "grade_year": None, "level": ABOVE}
    told = [said(BY_YEAR, (40, 2), school_year=year, **key) for year in ("2019/20", "2020/21")]
    assert told == [["shown"], [".."]]


def test_staff_was_told_whole_before_2024():
    """The limit of three posts holds from 2024/25."""
    key = {"metric": "certified_teacher_share", "grade_year": None}
    told = [said(BY_YEAR, (2.9, 1.0), school_year=year, **key) for year in ("2023/24", "2024/25")]
    assert told == [["shown"], [".."]]
