"""How Swedish is written; every expected text is typed by hand."""

import pytest
from skq.report import sv


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        pytest.param(82.5, 0, "83", id="half-up"),
        pytest.param(81.25, 1, "81,3", id="half-up-one-decimal"),
        pytest.param(0.285 * 100, 1, "28,5", id="binary-noise"),
        pytest.param(1.005, 2, "1,01", id="as-printed-not-as-stored"),
        pytest.param(1234.5, 1, "1\u00a0234,5", id="thousands"),
        pytest.param(1_299_000.0, 0, "1\u00a0299\u00a0000", id="millions"),
        pytest.param(-3.25, 1, "\u22123,3", id="true-minus-away-from-zero"),
        pytest.param(-0.04, 1, "0,0", id="no-minus-zero"),
    ],
)
def test_number(value, decimals, expected):
    """Numbers have a decimal comma, a hard space for thousands, a true minus, and are rounded half away from zero."""
    assert sv.number(value, decimals) == expected


def test_percent_has_a_hard_space():
    """A share is written as percent with one decimal and a space that does not break."""
    assert sv.percent(104 / 128) == "81,3\u00a0%"


@pytest.mark.parametrize(("value", "expected"), [(4.25, "+4,3"), (-4.25, "\u22124,3"), (0.04, "0,0")])
def test_signed(value, expected):
    """A change carries its sign, unless it rounds to nothing."""
    assert sv.signed(value) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(74.2, 87.4, "74\u201387"), (-3.0, 5.4, "\u22123 till +5"), (-9, -2, "\u22129 till \u22122")],
)
def test_interval(low, high, expected):
    """An interval is a range with an en dash, and says "till" where a minus would stand beside the dash."""
    assert sv.interval(low, high) == expected


@pytest.mark.parametrize(
    ("words", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")]
)
def test_enumeration(words, expected):
    """A list has commas, and "och" before its last word."""
    assert sv.enumeration(words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["trygghet", "resultat och mål"], "trygghet samt resultat och mål"),
        (["resultat och mål", "lokaler"], "resultat och mål samt lokaler"),
        (["bild", "moderna språk, språkval", "fysik"], "bild; moderna språk, språkval och fysik"),
        (["elevhälsa", "miljö, personal och resurser", "mål"], "elevhälsa; miljö, personal och resurser samt mål"),
        (["bild (12,5)", "slöjd (13,0)"], "bild (12,5) och slöjd (13,0)"),
    ],
)
def test_items_that_are_lists_are_told_apart(words, expected):
    """Nobody has to guess which "och" or comma ends an item; the comma of a decimal number ends none."""
    assert sv.enumeration(words) == expected


def test_another_conjunction_stays():
    """ "eller" is never replaced."""
    assert sv.enumeration(["a", "b och c"], conjunction="eller") == "a eller b och c"


@pytest.mark.parametrize(("count", "expected"), [(1, "1\u00a0elev"), (0, "0\u00a0elever"), (25, "25\u00a0elever")])
def test_plural(count, expected):
    """Only one is singular."""
    assert sv.plural(count, "elev", "elever") == expected


def test_small_numbers_are_words():
    """Numbers to twelve are written out, larger ones not."""
    assert [sv.counting_word(count) for count in (1, 12, 13)] == ["en", "tolv", "13"]


def test_order_is_swedish():
    """å, ä, ö come last in that order; É sorts as E; case does not matter."""
    names = ["Öst", "Ässkolan", "Åsskolan", "zon", "Édith", "Erik", "Alm"]
    assert sorted(names, key=sv.order) == ["Alm", "Édith", "Erik", "zon", "Åsskolan", "Ässkolan", "Öst"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Åsskolan", "asskolan"),
        ("Skolan F\u20136 (Norra)", "skolan-f-6-norra"),
        ("  S:t Örjans \u201dnya\u201d ", "s-t-orjans-nya"),
    ],
)
def test_slug(name, expected):
    """An address has lower case ASCII letters, digits and single hyphens."""
    assert sv.slug(name) == expected


def test_capitalized_leaves_the_rest():
    """Only the first letter changes."""
    assert sv.capitalized("åk 9 NO") == "Åk 9 NO"
