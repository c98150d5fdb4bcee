"""Why a mean changed: progress of stayers, effect of leavers, effect of joiners (T-15, §9.3)."""

import pytest
from skq.metrics.decomposition import decomposition

from tests.spec.text_tables import text_table

BEFORE = """
    pupil_id school_unit_code value
    a        A                200
    b        A                220
    c        A                180
    d        A                240
    e        A                150
    f        A                160
"""
AFTER = """
    pupil_id school_unit_code value
    a        A                210
    b        A                215
    c        A                200
    d        A                250
    g        A                230
    h        A                170
    i        A                190
"""


def test_decomposition_of_a_change():
    """T-15: 191.667 to 209.286, up 17.619 = progress 8.75 + leavers 18.333 + joiners −9.464."""
    before, after = (text_table(rows).astype({"value": float}) for rows in (BEFORE, AFTER))
    parts = decomposition(before, after).set_index("part")
    assert parts["value"].round(3).to_dict() == {
        "before": 191.667,
        "after": 209.286,
        "change": 17.619,
        "progress": 8.75,
        "leavers": 18.333,
        "joiners": -9.464,
        "measured_once": 0.0,
    }
    assert parts["n"].to_dict() == {
        "before": 6,
        "after": 7,
        "change": 7,
        "progress": 4,
        "leavers": 2,
        "joiners": 3,
        "measured_once": 0,
    }
    added = parts.loc[["progress", "leavers", "joiners", "measured_once"], "value"].sum()
    assert added == pytest.approx(parts.loc["change", "value"], abs=1e-12)
