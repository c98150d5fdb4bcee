"""Bounds drawn tighter where something has become known are those that looking at every equation anew would find."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from skq.suppression.propagate import spread, tightened
from skq.suppression.system import System

TWO_TOTALS = csr_array(np.array([[1.0, 1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0, -1.0]]))
"""First and second make up the third, third and fourth the fifth."""
WHOLE = np.ones(5, dtype=bool)


def test_what_is_known_of_one_reaches_as_far_as_equations_do():
    """Of ten, known to be first, second and fourth: four and five leave one for the last of them."""
    everyone = tightened(System(TWO_TOTALS, np.array([0.0, 0, 0, 0, 10]), np.full(5, 10.0)), WHOLE)
    assert (everyone.lower.tolist(), everyone.upper.tolist()) == ([0, 0, 0, 0, 10], [10, 10, 10, 10, 10])
    lower, upper = everyone.lower.copy(), everyone.upper.copy()
    lower[0] = upper[0] = 4
    once = spread(everyone, lower, upper, np.array([0]), WHOLE)
    assert (once.lower.tolist(), once.upper.tolist()) == ([4, 0, 4, 0, 10], [4, 6, 10, 6, 10])
    lower, upper = once.lower.copy(), once.upper.copy()
    lower[1] = upper[1] = 5
    twice = spread(once, lower, upper, np.array([1]), WHOLE)
    assert twice.lower.tolist() == twice.upper.tolist() == [4, 5, 9, 1, 10]


def test_nothing_new_moves_nothing():
    everyone = tightened(System(TWO_TOTALS, np.zeros(5), np.array([3.0, 4, 9, 2, 20])), WHOLE)
    again = spread(everyone, everyone.lower, everyone.upper, np.array([], dtype=np.int64), WHOLE)
    assert (again.upper.tolist(), everyone.upper.tolist()) == ([3, 4, 7, 2, 9], [3, 4, 7, 2, 9])
