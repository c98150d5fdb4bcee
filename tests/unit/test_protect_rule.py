"""The verdict on one number: against a table of bands written down a second time, and what growing must never do."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skq.protect.rule import Reason, Shape, publish_share
from skq.terms import CellStatus

SHOWN, NOBODY, FEW, NEARLY = CellStatus.OBSERVED, CellStatus.MISSING, CellStatus.TOO_FEW, CellStatus.NEARLY_ALL

# What stands at nobody, at few having it, at the rest, at one to four lacking, and at all having it.
BANDS = {
    Shape.AMOUNT: (SHOWN, SHOWN, SHOWN, SHOWN, SHOWN),
    Shape.SHARE: (NOBODY, FEW, SHOWN, SHOWN, SHOWN),
    Shape.SHARE_NEARLY_ALL: (NOBODY, FEW, SHOWN, NEARLY, SHOWN),
    Shape.SHARE_FAILING: (NOBODY, FEW, SHOWN, FEW, FEW),
    Shape.GROUP_SHARE: (FEW, FEW, SHOWN, NEARLY, NEARLY),
    Shape.PARTS: (NOBODY, SHOWN, SHOWN, SHOWN, SHOWN),
}


def bands(n: int, minimum: int, shape: Shape) -> list[CellStatus]:
    """Return what stands at k = 0 … n by painting the bands of one size, the later over the earlier."""
    if n < minimum:
        return [FEW] * (n + 1)
    nobody, few, rest, lacking, everybody = BANDS[shape]
    painted = [rest] * (n + 1)
    painted[n - 4 : n] = [lacking] * len(painted[n - 4 : n])
    painted[n] = everybody
    painted[: min(minimum, n + 1)] = [few] * min(minimum, n + 1)
    painted[0] = nobody
    return painted


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("minimum", [3, 5, 10, 15])
def test_every_number_up_to_sixty(shape, minimum):
    """All (n, k) with n up to 60 fall into the bands of the second table."""
    for n in range(1, 61):
        told = [publish_share(n, k, minimum=minimum, shape=shape).status for k in range(n + 1)]
        assert told == bands(n, minimum, shape), n


@pytest.mark.parametrize("shape", Shape)
def test_what_is_hidden_has_a_reason(shape):
    """A number is shown in full if and only if no reason is given."""
    for n, lacking in product(range(1, 40), range(40)):
        verdict = publish_share(n, max(n - lacking, 0), minimum=10, shape=shape)
        assert (verdict.status is SHOWN) == (verdict.reason is Reason.NONE)


RANK = {FEW: 0, NEARLY: 1, NOBODY: 2, SHOWN: 2}
"""How much is told: nothing, that at most four lack it, the number."""

sizes = st.integers(1, 80).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(sizes, st.integers(2, 6), st.sampled_from(list(Shape)), st.sampled_from([3, 5, 10, 15]))
def test_more_pupils_with_the_same_share_hide_nothing(size, times, shape, minimum):
    """So many times the pupils, with so many times the number having it, are never told less of."""
    n, k = size
    small, large = (publish_share(n * by, k * by, minimum=minimum, shape=shape).status for by in (1, times))
    assert RANK[large] >= RANK[small]


@given(sizes, st.sampled_from([Shape.AMOUNT, Shape.SHARE, Shape.SHARE_NEARLY_ALL, Shape.PARTS]), st.integers(1, 20))
def test_more_who_reached_it_hide_nothing(size, shape, more):
    """Further pupils who have what is wanted, beside as many who have not, never hide what was told, but for nobody."""
    n, k = size
    before, after = (publish_share(n + add, k + add, minimum=10, shape=shape).status for add in (0, more))
    assert before is NOBODY or RANK[after] >= RANK[before]


@given(sizes, st.sampled_from(list(Shape)), st.integers(1, 10))
def test_a_lower_limit_hides_nothing(size, shape, minimum):
    """Whatever one limit tells, a lower one tells too."""
    n, k = size
    low, high = (publish_share(n, k, minimum=limit, shape=shape).status for limit in (minimum, minimum + 3))
    assert RANK[low] >= RANK[high]


@pytest.mark.parametrize(("n", "k"), [(9, 0), (9, 9), (10, 0), (10, 9), (10, 10)])
def test_size_is_asked_before_nobody_and_everybody(n, k):
    """Below the limit neither nobody nor everybody is told (T-27: the order of the questions)."""
    verdict = publish_share(n, k, minimum=10, shape=Shape.SHARE_NEARLY_ALL)
    assert (verdict.reason is Reason.FEW_PUPILS) == (n == 9)
