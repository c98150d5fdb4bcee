"""Our rule by year hides what Skolverket hides: every cell of the real exports whose numbers can be worked out.

Källa: Skolverket (exports 2015/16 to 2025/26, open API). The expected counts were counted by
`tests/official_hiding.py`, which reads the files by itself and knows no more of our rule than the verdict on one pair
of numbers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from skq.protect.rule import BY_YEAR

from tests.official_hiding import FEW, NEARLY, NOBODY, Found, counts_of, differences_of, eligibility, staff, tables

COUNTS = {
    "school 9, passed all": (1593, 75, 28),
    "school 9, eligible": (1301, 382, 13),
    "school 9, merit": (1607, 89, 0),
    "school 9, pupils": (1649, 47, 0),
    "school 9, passed all, API": (89, 0, 4),
    "school 9, eligible, API": (74, 16, 3),
    "municipality 9 over time, passed": (7116, 21, 11),
    "municipality 9 over time, eligible": (6921, 218, 9),
    "municipality 9 over time, merit": (7095, 52, 0),
    "municipality 9 over time, pupils": (7148, 0, 0),
    "municipality 9 by sex, pupils": (2137, 0, 0),
    "municipality 9 by sex, eligible": (7920, 610, 18),
    "municipality 6, 2022-23, three shares": (1889, 370, 30),
    "municipality 6, 2022-23, subjects": (760, 2, 1),
    "municipality 6, 2023-24, three shares": (2192, 76, 15),
    "municipality 6, 2023-24, subjects": (759, 0, 2),
    "municipality 6, 2024-25, three shares": (2168, 94, 21),
    "municipality 6, 2024-25, subjects": (758, 2, 1),
    "municipality 6 by sex, three shares": (3630, 909, 3),
    "municipality 6 by sex, subjects": (1430, 79, 0),
    "municipality 6 by sex, pupils": (1430, 84, 0),
    "tests 9, 2022-23, mean": (7495, 798, 0),
    "tests 9, 2022-23, pupils": (7494, 799, 0),
    "tests 9, 2022-23, passed": (4864, 3415, 14),
    "tests 9, 2023-24, mean": (7503, 790, 0),
    "tests 9, 2023-24, pupils": (7501, 792, 0),
    "tests 9, 2023-24, passed": (5227, 3064, 2),
    "school, girls and background": (13062, 822, 0),
    "school, numbers of pupils": (29199, 0, 1006),
    "staff, 2020-21": (767, 0, 0),
    "staff, 2024-25": (769, 0, 0),
    "school, special teachers, API": (510, 0, 0),
    "tests beside grades": (318, 0, 0),
}
"""By table: cells whose text is the only one that our rule allows, is one of several, and is another."""

SAMI_SCHOOLS = {
    ("2584 Statlig", "2022-23"), ("2510 Statlig", "2023-24"), ("2584 Statlig", "2023-24"), ("2584 Statlig", "2024-25"),
}  # fmt: skip
"""The state's Sami schools hide everything below 10 pupils, at every level and in every year (footnote)."""

OTHER_GRADES = {f"0191 Enskild {year}" for year in ("2017/18", "2018/19", "2020/21", "2021/22")}
"""Private schools of which one gives no grades of the national scale: its pupils are counted, but no share
is of them."""

ONE_SEX_TOLD = {
    "1490 Enskild Svenska som andraspråk Pojkar 2022-23", "1081 Enskild Svenska som andraspråk Flickor 2022-23",
    "0114 Enskild Svenska som andraspråk Pojkar 2022-23", "2284 Enskild Svenska Pojkar 2023-24",
    "2518 Kommunal Svenska Pojkar 2023-24",
}  # fmt: skip
"""Results of one sex that the agency tells although the other is hidden, against its own footnote; ours hides them."""


@pytest.fixture(scope="module")
def found(shared_data: Path) -> list[Found]:
    """Every cell of the exports beside the rule by year."""
    return list(tables(shared_data))


def test_agreement_table_by_table(found):
    """144 375 cells agree, 13 606 may, and 1 181 differ, 1 006 of them numbers of pupils, never hidden."""
    counted = {name: (kinds["agreed"], kinds["open"], kinds["differs"]) for name, kinds in counts_of(found).items()}
    assert counted == COUNTS
    assert tuple(map(sum, zip(*counted.values(), strict=True))) == (144_375, 13_606, 1_181)


def test_agreement_on_what_is_hidden(found):
    """Of the cells that agree 6 328 are symbols: too few, nearly all, nobody; of the open ones 12 978."""
    agreed = Counter(one.text for one in found if one.kind == "agreed")
    still_open = Counter(one.text for one in found if one.kind == "open")
    assert [agreed[text] for text in (FEW, NEARLY, NOBODY)] == [4347, 1745, 236]
    assert [still_open[text] for text in (FEW, NEARLY, NOBODY)] == [7922, 4876, 180]


def test_every_difference_has_its_reason(found):
    """Nobody below the limit, numbers of pupils, Sami schools, a school with grades of its own, five single cells."""
    left = [one for one in found if one.kind == "differs" and one.table != "school, numbers of pupils"]
    nobody = [one for one in left if one.text == NOBODY]
    sami = [
        one for one in left if any(one.where.startswith(place) and year in one.where for place, year in SAMI_SCHOOLS)
    ]
    other_grades = {one.where for one in left if one.where in OTHER_GRADES}
    one_sex = {one.where for one in left if one.where in ONE_SEX_TOLD}
    assert all(one.ours == {FEW} for one in nobody)
    assert (len(nobody), len(sami), other_grades, one_sex) == (159, 7, OTHER_GRADES, ONE_SEX_TOLD)
    assert len(left) == len(nobody) + len(sami) + len(other_grades) + len(one_sex)


def test_ours_tells_nothing_that_the_agency_hides(found):
    """But for Sami schools, no cell that stands as '..' must be told in full by our rule."""
    told = [one for one in found if one.text == FEW and one.kind == "differs"]
    assert {one.where.split()[1] for one in told} == {"Statlig"}


def test_numbers_of_pupils_differ_alone_in_being_below_five(found):
    """The agency tells 1 006 numbers of pupils from one to four; ours hides them."""
    differing = [one for one in differences_of(found).items() if one[0][0] == "school, numbers of pupils"]
    assert differing == [(("school, numbers of pupils", "number", FEW), 1006)]


@pytest.mark.parametrize(("above", "differing"), [(5, 18), (6, 50), (4, 49)])
def test_a_limit_that_is_off_by_one_is_found(shared_data, above, differing):
    """The comparison tells 5 from 4 and from 6 at municipalities."""
    limits = replace(BY_YEAR.families["eligibility"], above=above)
    rule = replace(BY_YEAR, families=MappingProxyType({**BY_YEAR.families, "eligibility": limits}))
    assert sum(one.kind == "differs" for one in eligibility(shared_data, rule)) == differing


def test_three_posts_since_2024(shared_data):
    """Applied to 2020/21 the limit of three posts would have hidden eleven rows that were published."""
    rule = replace(BY_YEAR, earlier=MappingProxyType({}))
    assert Counter(one.table for one in staff(shared_data, rule) if one.kind == "differs") == {"staff, 2020-21": 11}
