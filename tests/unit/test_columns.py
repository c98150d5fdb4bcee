"""Columns of few different texts: whatever is done with categories comes out as it does with the texts themselves."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skq.columns import as_categories, as_texts, either, joined, named, replaced, taken, typed, written_out
from skq.keys import numbered, ranks

TEXTS = st.lists(st.sampled_from(["", "a", "b", "Å", "9", None]), max_size=8)


def column(texts, *, coded):
    made = pd.Series(texts, dtype="str")
    return as_categories(made) if coded else made


def told(found):
    return [None if pd.isna(text) else str(text) for text in as_texts(found).tolist()]


@given(TEXTS)
def test_texts_come_back(texts):
    """Texts as categories are the same texts, missing ones too; the categories are those that occur, in order."""
    coded = column(texts, coded=True)
    assert told(coded) == texts
    assert list(coded.cat.categories) == sorted({text for text in texts if text is not None})


@given(TEXTS, TEXTS)
def test_joined_is_one_after_the_other(first, second):
    """Whether categories or texts, one column stands after the other, in sorted categories."""
    found = joined([column(first, coded=True), column(second, coded=False)])
    assert told(found) == first + second
    assert list(found.cat.categories) == sorted(found.cat.categories)


def test_column_is_taken_of_all_parts():
    """What parts hold of a column comes as one, of the dtype asked for, missing where a part lacks it; they lose it."""
    parts = [
        pd.DataFrame({"n": [1, 2], "unit": ["B", "A"]}, index=[5, 7]),
        pd.DataFrame({"left": [0]}),
        pd.DataFrame({"n": pd.array([None], dtype="Int64"), "unit": pd.Categorical(["C"])}),
    ]
    n, unit = taken(parts, "n", "Float64"), taken(parts, "unit", "str")
    pd.testing.assert_series_equal(n, pd.Series([1, 2, None, None], dtype="Float64"), check_names=False)
    assert told(unit) == ["B", "A", None, "C"]
    assert list(unit.cat.categories) == ["A", "B", "C"]
    assert [list(part.columns) for part in parts] == [[], ["left"], []]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.booleans(), st.sampled_from(["b", "c"])), max_size=6))
@pytest.mark.parametrize("coded", [(True, True), (True, False), (False, True), (False, False)])
def test_either_chooses_row_by_row(coded, rows):
    """Where it is asked for the first column's text stands, elsewhere the second's, at the second's index."""
    first, second = (
        column([row[place] for row in rows], coded=one) for place, one in zip((0, 2), coded, strict=True)
    )
    second.index = second.index + 10
    where = pd.Series([row[1] for row in rows], dtype=bool, index=second.index)
    found = either(first, where, second)
    assert told(found) == [one if there else other for one, there, other in rows]
    assert found.index.equals(second.index)


@pytest.mark.parametrize("coded", [True, False])
def test_a_text_that_was_not_there_can_be_put_in(coded):
    """Categories do not keep a new text out, and what was missing can be told."""
    found = replaced(column(["a", None, "c"], coded=coded), pd.Series([False, True, True]), "b")
    assert told(found) == ["a", "b", "b"]


def test_texts_at_places():
    """The texts at these places, none at -1."""
    assert told(named(pd.array([1, -1, 0], dtype="int64").to_numpy(), pd.Index(["a", "b"]))) == ["b", None, "a"]


def test_frames_are_coded_and_written_out():
    """Texts alone become categories, in the order of the dtypes, and come back; numbers get their dtype."""
    rows = pd.DataFrame({"n": [1, 2], "unit": ["B", "A"], "more": ["x", "y"]}, index=[5, 7])
    coded = typed(rows, {"unit": "str", "n": "Float64"})
    assert [str(dtype) for dtype in coded.dtypes] == ["category", "Float64"]
    expected = pd.DataFrame({"unit": pd.array(["B", "A"], "str"), "n": pd.array([1.0, 2.0], "Float64")}, index=[5, 7])
    pd.testing.assert_frame_equal(written_out(coded), expected)


@given(TEXTS)
def test_keys_of_categories_are_those_of_texts(texts):
    """Rows have the same rank and number, whether their texts are categories, unsorted ones too, or not."""
    plain, coded = column(texts, coded=False), column(texts, coded=True)
    backwards = coded.cat.reorder_categories(coded.cat.categories[::-1])
    for other in (coded, backwards, coded.cat.add_categories(["not there"])):
        (rank, values), (expected, known) = ranks(other), ranks(plain)
        assert rank.tolist() == expected.tolist()
        assert list(values) == list(known)
        assert numbered(other.to_frame("x"), ["x"]).tolist() == numbered(plain.to_frame("x"), ["x"]).tolist()
