"""Rows compared by numbers: alike where all of a row is alike, and nowhere else."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from skq.validate import marks
from skq.validate.marks import complete, numbered, same_as_in

COLUMNS = ["pupil_id", "school_year", "grade_year"]


def rows(seed: int, count: int) -> pd.DataFrame:
    """Return rows of few values, so that many are alike and many have blanks."""
    chance = random.Random(seed)
    return pd.DataFrame(
        {
            "pupil_id": pd.Series([chance.choice(["p-a", "p-b", "p-c", None]) for _ in range(count)], dtype="str"),
            "school_year": pd.Series([chance.choice(["2023/24", "2024/25", None]) for _ in range(count)], dtype="str"),
            "grade_year": pd.Series([chance.choice([7, 8, 9, None]) for _ in range(count)], dtype="Int64"),
        }
    )


def as_tuples(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return each row as a tuple in which blanks are equal."""
    return [tuple("" if pd.isna(cell) else str(cell) for cell in row) for row in frame.itertuples(index=False)]


@pytest.mark.parametrize("largest", [marks.LARGEST, 20], ids=["usual", "many-different"])
def test_rows_have_the_same_number_exactly_where_they_are_the_same(largest, monkeypatch):
    """In one frame and across two; also where the numbers would grow too large and are counted anew."""
    monkeypatch.setattr(marks, "LARGEST", largest)
    left, right = rows(1, 60), rows(2, 40)
    numbers = np.concatenate(numbered([left, right], COLUMNS)).tolist()
    tuples = as_tuples(left) + as_tuples(right)
    assert len(set(zip(numbers, tuples, strict=True))) == len(set(numbers)) == len(set(tuples))


@pytest.mark.parametrize(("left", "right"), [(30, 5), (30, 0), (0, 5), (0, 0)])
def test_a_row_is_found_where_it_stands(left, right):
    """As looking each row up by hand, also where one of the tables is empty; the index is the left one's."""
    asked, known = rows(3, left).set_axis(range(100, 100 + left)), rows(4, right)
    expected = [row in as_tuples(known) for row in as_tuples(asked)]
    found = same_as_in(asked, known, COLUMNS)
    assert found.tolist() == expected
    assert found.index.equals(asked.index)


def test_complete_rows_have_no_blank():
    """A row is whole when each of the columns asked for is; the others do not matter."""
    frame = rows(5, 40)
    assert complete(frame, COLUMNS).tolist() == ["" not in row for row in as_tuples(frame)]
    assert complete(frame, []).all()


def test_rows_that_are_alike_stand_together():
    """Sorted numbers bring a second row beside the first: so a table without double keys is known at a glance."""
    numbers = numbered([rows(6, 50)], COLUMNS)[0]
    beside = any(one == other for one, other in pairwise(sorted(numbers)))
    assert beside == (len(set(as_tuples(rows(6, 50)))) < 50)
