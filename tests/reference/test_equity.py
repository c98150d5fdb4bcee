"""The interval of an intraclass correlation against a published example.

Shrout & Fleiss (1979), Psychological Bulletin 86:420-428, table 2 (six targets, four judges), ICC(1,1) = .17; its 95 %
interval -0.133 to 0.723 as printed by R's packages irr (icc, one-way) and psych (ICC1) for these data.
"""

import pandas as pd
import pytest
from skq.metrics.equity import variation_of

RATINGS = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]


def test_interval_of_the_correlation():
    """Mean squares 11.24 and 6.26, correlation .17, limits -0.133 and 0.723; reported from 0."""
    rows = pd.DataFrame([(target, value) for target, own in enumerate(RATINGS) for value in own])
    found = variation_of(rows[1], rows[0])
    assert round(found.between / 5, 2) == 11.24
    assert round(found.within / 18, 2) == 6.26
    assert round(found.icc_raw, 2) == 0.17
    assert (found.lower_raw, found.upper_raw) == (pytest.approx(-0.133, abs=5e-4), pytest.approx(0.723, abs=5e-4))
    assert found.lower == 0
