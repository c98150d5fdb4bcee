"""Expected results: SALSA's model value and the distance from it (T-14, §8)."""

import pandas as pd
import pytest
from skq.metrics.expected import Outcome, deviation, expected_value, model_of
from skq.metrics.salsa import national_models
from skq.terms import SchoolYear

from tests.spec.text_tables import text_table

SCHOOLS = """
    school education boys newly_arrived expected
    A      2.5       0.48 0.02          249.58
    B      1.9       0.55 0.15          194.33
"""


def test_expected_merit_rating():
    """T-14: with the coefficients of 2015/16, 249.58 for well-educated parents, 194.33 for less educated ones."""
    rows = text_table(SCHOOLS)
    model = model_of(Outcome.MERIT, SchoolYear(2015), national_models())
    assert expected_value(rows, model).round(2).tolist() == rows["expected"].astype(float).tolist()


def test_distance_from_the_expected():
    """A merit rating of 255.0 ± 20 at school A is 5.42 above the expected, from −14.58 to 25.42."""
    actual = pd.DataFrame({"value": [255.0], "lower": [235.0], "upper": [275.0]})
    found = deviation(actual, pd.Series([249.58])).iloc[0]
    assert found.tolist() == [pytest.approx(5.42), pytest.approx(-14.58), pytest.approx(25.42)]
