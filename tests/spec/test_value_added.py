"""Value added: beside pupils with the same start (T-16) and by a multilevel model (T-17), §9."""

import pandas as pd
import pytest
from skq.metrics.multilevel import unit_effects
from skq.metrics.value_added import unit_value_added

from tests.spec.text_tables import text_table

REFERENCE = {"low": 180, "mid": 220, "high": 265}
PUPILS = """
    prior outcome
    low   195
    low   170
    mid   230
    mid   215
    mid   240
    high  270
    high  255
    high  280
"""


def test_conditional_value_added():
    """T-16: value added 15, −10, 10, −5, 20, 5, −10, 15; the school +5.0; with σ 50 an interval of ± 34.65."""
    rows = text_table(PUPILS)
    added = rows["outcome"].astype(float) - rows["prior"].map(REFERENCE)
    school = unit_value_added(added, pd.Series("A", index=rows.index), sd=50.0).loc["A"]
    assert added.tolist() == [15, -10, 10, -5, 20, 5, -10, 15]
    assert (school["n"], school["value"]) == (8, 5.0)
    assert school["upper"] - 5 == pytest.approx(34.65, abs=0.005)
    assert 5 - school["lower"] == pytest.approx(34.65, abs=0.005)


def test_shrunken_value_added():
    """T-17: 8 pupils, σ²u 100, σ²e 2500: λ 0.2424, so a raw 5 shrinks to 1.212."""
    school = unit_effects(pd.Series([5.0]), pd.Series([8]), between=100, within=2500).iloc[0]
    assert (round(school["shrinkage"], 4), school["raw"], round(school["value"], 3)) == (0.2424, 5.0, 1.212)
