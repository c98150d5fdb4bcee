"""The protected table: who can make one, what it shows, and how it comes back from disk."""

import dataclasses

import pandas as pd
import pytest
from skq.columns import written_out
from skq.compare import comparisons
from skq.errors import ProtectionError
from skq.protect import ProtectedTable, protect
from skq.protect.table import COLUMN_DTYPES, sealed

from tests.results_by_hand import results, share

EMPTY = pd.DataFrame()


@pytest.fixture
def table():
    rows = results([share(40, 30), share(40, 20, school_year="2023/24"), share(8, 4, unit="B", grade_year=6)])
    rows.loc[2, "grade_year"] = pd.NA
    rows.loc[2, "metric"] = "pupil_count"
    return protect(rows, comparisons(rows)).results


def test_nobody_else_can_make_one():
    """A protected table made outside the room is refused, with what to do."""
    with pytest.raises(ProtectionError, match="hand the results through protect"):
        ProtectedTable(EMPTY, "results")


def test_no_numerators(table):
    """A protected table has a reason and no numerators."""
    assert list(table.frame.columns) == list(COLUMN_DTYPES["results"])
    assert "numerator" not in table.frame
    assert "reason" in table.frame


def test_frame_is_a_copy(table):
    """Changing the frame changes nothing inside."""
    changed = table.frame
    changed["value"] = 0.0
    assert table.frame["value"].ne(0).all()


def test_table_is_frozen(table):
    """Nothing of a protected table can be replaced."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.kind = "comparisons"


@pytest.mark.parametrize(
    ("criteria", "rows"),
    [
        ({}, 3),
        ({"unit": "A"}, 2),
        ({"school_year": ["2023/24", "2022/23"]}, 1),
        ({"grade_year": None}, 1),
        ({"grade_year": [9, None]}, 3),
        ({"grade_year": 6}, 0),
    ],
)
def test_select(table, criteria, rows):
    """Rows are chosen by a value, by several, or by missing; what is chosen is protected too."""
    chosen = table.select(**criteria)
    assert isinstance(chosen, ProtectedTable)
    assert len(chosen) == rows


def test_select_refuses_unknown_columns(table):
    """A column that is not there is named, with those that are."""
    with pytest.raises(ProtectionError, match=r"no column numerator; it has metric, level"):
        table.select(numerator=3)


def test_back_from_the_store(table):
    """What was saved is what is read, column order and dtypes of the file aside."""
    saved = table.to_frame()[sorted(COLUMN_DTYPES["results"])].astype("object")
    pd.testing.assert_frame_equal(ProtectedTable.from_protected_store(saved).frame, written_out(table.frame))


def test_store_with_other_columns_is_refused(table):
    """A stored table with numerators, or without a column, is not a protected one."""
    with pytest.raises(ProtectionError, match="other columns"):
        ProtectedTable.from_protected_store(table.to_frame().assign(numerator=1.0))
    with pytest.raises(ProtectionError, match="other columns"):
        ProtectedTable.from_protected_store(table.to_frame().drop(columns="reason"))


@pytest.mark.parametrize("column", ["value", "lower", "upper"])
def test_hidden_number_is_refused(table, column):
    """A number beside a hiding status is refused, on the way out of the room and back from disk."""
    leaking = written_out(table.to_frame())
    leaking.loc[0, ["value", "lower", "upper"]] = pd.NA
    leaking.loc[0, "status"] = "too_few"
    leaking.loc[0, column] = 0.75
    for gate in (ProtectedTable.from_protected_store, lambda frame: sealed(frame, "results")):
        with pytest.raises(ProtectionError, match=r"1 hidden number\(s\) still stand"):
            gate(leaking)
