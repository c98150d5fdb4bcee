"""Keys as numbers: the same order, the same matches as words would have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from skq.keys import NOWHERE, Keys, matched, numbered, places, portions

ROWS = pd.DataFrame(
    {
        "unit": ["Ö", "A", "A", "B", "A"],
        "grade_year": pd.array([9, None, 6, 9, 6], dtype="Int64"),
        "subject": ["MA", "", "MA", "EN", "MA"],
    }
)


@pytest.mark.parametrize("columns", [["unit", "grade_year"], ["grade_year", "subject", "unit"]])
def test_numbers_are_in_the_order_of_the_words(columns):
    """Rows sorted by their numbers are sorted by their columns, missing values last; the same key, the same number."""
    number = numbered(ROWS, columns)
    by_words = ROWS.sort_values(columns, kind="stable", na_position="last").index
    assert np.argsort(number, kind="stable").tolist() == by_words.tolist()
    assert (pd.Series(number).duplicated() == ROWS.duplicated(columns)).all()


@pytest.mark.parametrize("together", [1, 2, 4])
def test_rows_ranked_a_few_at_a_time_have_the_same_order(monkeypatch, together):
    """However few rows are ranked together, also where a value first occurs in the last of them."""
    monkeypatch.setattr("skq.keys.AT_A_TIME", together)
    columns = ["subject", "grade_year", "unit"]
    by_words = ROWS.sort_values(columns, kind="stable", na_position="last").index
    assert np.argsort(numbered(ROWS, columns), kind="stable").tolist() == by_words.tolist()
    assert len(numbered(ROWS.iloc[:0], columns)) == 0


def test_other_rows_are_found_by_their_keys():
    """A key is found where it occurs, with a missing value too; one that does not occur is nowhere."""
    keys = Keys(ROWS.iloc[:4], ["unit", "grade_year"])
    asked = pd.DataFrame({"unit": ["A", "B", "C", "A"], "grade_year": pd.array([None, 6, 9, 6], dtype="Int64")})
    assert places(keys.own, keys.of(asked)).tolist() == [1, NOWHERE, NOWHERE, 2]


def test_keys_that_occur():
    """Whether a key occurs is told of every other row, with a missing value too, and of none where there is no row."""
    asked = pd.DataFrame({"unit": ["A", "B", "C", "A"], "grade_year": pd.array([None, 6, 9, 6], dtype="Int64")})
    assert Keys(ROWS.iloc[:4], ["unit", "grade_year"]).hold(asked).tolist() == [True, False, False, True]
    assert Keys(ROWS, ["unit", "grade_year"]).hold(asked).tolist() == [True, False, False, True]
    assert not Keys(ROWS.iloc[:0], ["unit", "grade_year"]).hold(asked).any()


def test_changed_keys_are_those_of_the_changed_rows():
    """The number of a key with another value is that of the row with this value; an unknown value leads nowhere."""
    keys = Keys(ROWS, ["unit", "grade_year", "subject"])
    moved = keys.changed(np.array([0, 3]), {"unit": keys.code("unit", "A"), "subject": keys.code("subject", "MA")})
    changed = ROWS.iloc[[0, 3]].assign(unit="A", subject="MA")
    assert moved.tolist() == keys.of(changed).tolist()
    assert keys.changed(np.array([0]), {"unit": keys.code("unit", "C")}).tolist() == [NOWHERE]


@pytest.mark.parametrize(
    ("groups", "most", "expected"),
    [
        pytest.param([0, 0, 1, 2], 2, [[0, 1], [2, 3]], id="as many as may be"),
        pytest.param([0, 0, 1, 2], 3, [[0, 1, 2], [3]], id="no more than may be"),
        pytest.param([0, 0, 1, 2], 4, [[0, 1, 2, 3]], id="all"),
        pytest.param([0, 1, 1, 1, 2], 2, [[0], [1, 2, 3], [4]], id="a large one alone"),
        pytest.param([2, 0, 2, 0], 2, [[1, 3], [0, 2]], id="whole, wherever their rows are"),
        pytest.param([1, 1, 1, 3], 2, [[0, 1, 2], [3]], id="numbers that no row has"),
        pytest.param([], 2, [[]], id="no rows"),
    ],
)
def test_portions_are_of_whole_groups(groups, most, expected):
    """Groups come in order, as many together as have so many rows; no portion is empty unless there is no row."""
    found = portions(np.array(groups, dtype="int8"), most)
    assert [places.tolist() for places in found] == expected


def test_every_pair_is_matched():
    """Of numbers that occur several times each pair is found, as a merge finds them."""
    left, right = np.array([3, 1, 3, 2]), np.array([1, 3, 3, 5])
    frames = [pd.DataFrame({"key": side, name: range(4)}) for name, side in (("left", left), ("right", right))]
    merged = frames[0].merge(frames[1], on="key")
    assert [side.tolist() for side in matched(left, right)] == [merged["left"].tolist(), merged["right"].tolist()]


def test_nothing_is_nowhere():
    """Without rows there is no key to find."""
    assert places(np.zeros(0, dtype=np.int64), np.array([4, NOWHERE])).tolist() == [NOWHERE, NOWHERE]


def test_too_many_keys_are_refused():
    """Keys that one number cannot tell apart are an error, not a mix-up."""
    many = pd.DataFrame({f"column_{number}": range(100) for number in range(10)})
    assert numbered(many, list(many.columns)).argsort().tolist() == list(range(100))
    with pytest.raises(OverflowError):
        Keys(many, list(many.columns))


def test_many_values_are_told_apart():
    """Ranks lie in as few bytes as they need; the numbers made of them are those of wide ones."""
    sizes = {"few": 3, "byte": 127, "more": 128, "many": 40_000}
    rows = pd.DataFrame({name: np.arange(40_000) % size for name, size in sizes.items()})
    wide = sum(rows[name].astype("int64") * step for name, step in zip(sizes, _steps(sizes), strict=True))
    assert numbered(rows, list(sizes)).tolist() == wide.tolist()
    keys = Keys(rows, list(sizes))
    assert keys.own.tolist() == wide.tolist()
    last = rows.tail(1).assign(byte=126, more=127)
    moved = keys.changed(np.array([39_999]), {"byte": keys.code("byte", 126), "more": keys.code("more", 127)})
    assert moved.tolist() == keys.of(last).tolist()


def _steps(sizes: dict[str, int]) -> list[int]:
    """Return what one step of each column weighs: all later columns, each with a place for missing values."""
    return [int(np.prod([size + 1 for size in list(sizes.values())[place + 1 :]])) for place in range(len(sizes))]
