"""Disclosure control: T-27 of the domain specification (§17), typed by hand, with every threshold at n-1, n, n+1."""

import pytest
from skq.protect import Shape, publish_share
from skq.protect.rule import Reason
from skq.terms import CellStatus, round_half_up

SYMBOLS = {CellStatus.TOO_FEW: "..", CellStatus.MISSING: ".", CellStatus.NEARLY_ALL: "~100"}


def published(n: int, k: int, *, minimum: int = 10, shape: Shape = Shape.SHARE_NEARLY_ALL) -> str:
    """Return what stands in the table, as the agency writes it."""
    verdict = publish_share(n, k, minimum=minimum, shape=shape)
    return SYMBOLS.get(verdict.status) or f"{round_half_up(100 * k / n):g}"


T_27 = """
   n   k  published
   9   8  ..
  10   9  ..
  10  10  100
  11  10  ~100
  12  11  ~100
  25  23  ~100
  40  36  ~100
  40  35  87.5
  20   6  ..
  20   9  ..
  20  10  50
  15   0  .
   9   0  ..
  10   0  .
  15  15  100
 100  95  95
 100  96  ~100
 128 104  81.3
"""
EXAMPLES = [line.split() for line in T_27.strip().splitlines()[1:]]


@pytest.mark.parametrize(("n", "k", "expected"), [(int(n), int(k), text) for n, k, text in EXAMPLES])
def test_share_at_a_school(n, k, expected):
    """Eligibility, tests and grade year 6: n, then nobody, then too few having, then one to four lacking."""
    assert published(n, k) == expected


YEAR_9 = """
   n   k  published
  12  11  91.7
  10  10  100
  10   9  ..
   9   9  ..
  15   0  .
  40  36  90
"""


@pytest.mark.parametrize(
    ("n", "k", "expected"), [(int(n), int(k), text) for n, k, text in map(str.split, YEAR_9.strip().splitlines()[1:])]
)
def test_all_subjects_in_grade_year_9_is_exact(n, k, expected):
    """Grade year 9's share passed in all subjects is published even where one to four pupils lack it."""
    assert published(n, k, shape=Shape.SHARE) == expected


@pytest.mark.parametrize(
    ("n", "k", "expected"), [(4, 4, ".."), (5, 5, "100"), (6, 5, "~100"), (12, 4, ".."), (12, 5, "41.7"), (5, 0, ".")]
)
def test_above_school_level_five_replaces_ten(n, k, expected):
    """Municipality and organizer: the same order with 5 for 10."""
    assert published(n, k, minimum=5) == expected


@pytest.mark.parametrize(
    ("n", "k", "expected"),
    [(4, 2, ".."), (30, 0, ".."), (30, 4, ".."), (30, 5, "16.7"), (30, 25, "83.3"), (30, 26, "~100"), (30, 30, "~100")],
)
def test_share_of_background(n, k, expected):
    """Girls, foreign background and the like: nobody is '..', and everybody is '~100' just as all but one to four."""
    assert published(n, k, minimum=5, shape=Shape.GROUP_SHARE) == expected


@pytest.mark.parametrize(("n", "k", "expected"), [(14, 7, ".."), (15, 1, "6.7"), (15, 0, "."), (16, 16, "100")])
def test_grades_beside_tests_need_fifteen(n, k, expected):
    """The three shares of grades beside tests: 15 pupils, and nobody is '.'; small numerators are published."""
    assert published(n, k, minimum=15, shape=Shape.PARTS) == expected


@pytest.mark.parametrize(("n", "expected"), [(2.9, CellStatus.TOO_FEW), (3.0, CellStatus.OBSERVED)])
def test_staff_needs_three_fte(n, expected):
    """Amounts of staff below 3.0 full-time equivalents are hidden, for that reason."""
    verdict = publish_share(n, 0, minimum=3, shape=Shape.AMOUNT, reason=Reason.FEW_FTE)
    assert verdict.status is expected
    assert verdict.reason == (Reason.FEW_FTE if expected is CellStatus.TOO_FEW else Reason.NONE)
