"""What may have been meant by a misspelt name: texts like it, by twice the common signs over all signs."""

from __future__ import annotations

import string
from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skq.likeness import like

WORDS = st.text(string.ascii_lowercase[:4] + "_", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "other", "likeness"),
    [
        pytest.param("abcd", "abcd", 1.0, id="the-same"),
        pytest.param("abcd", "ABCD", 1.0, id="capitals"),
        pytest.param("abcde", "abcd", 8 / 9, id="one-sign-more"),
        pytest.param("abcd", "abxd", 6 / 8, id="another-sign"),
        pytest.param("abcd", "abxy", None, id="half-is-too-little"),
        pytest.param("abcd", "", None, id="no-name"),
    ],
)
def test_likeness_of_two_texts(text, other, likeness):
    """Signs that stand in both in the same order, twice, over the signs of both; from 0.6 on."""
    assert like(text, [other]) == ({} if likeness is None else {other: pytest.approx(likeness)})


def test_least_is_still_like():
    """A likeness of just *least* counts, anything below does not."""
    assert [*like("abcd", ["abxd"], least=0.75)] == ["abxd"]
    assert like("abcd", ["abxd"], least=0.76) == {}


def test_likest_comes_first():
    """The order in which texts are given tells nothing, nor whether one is given twice."""
    assert [*like("abcd", ["abxd", "abcd", "abcde", "abcd"])] == ["abcd", "abcde", "abxd"]


@given(WORDS, st.lists(WORDS, max_size=8, unique=True))
def test_standard_library_agrees(text, among):
    """Of small letters those that Python's own `get_close_matches` finds are found, in the same order."""
    assert [*like(text, among)] == get_close_matches(text, among, n=9)
