"""One cell of text to a value or a fault, and what a message may show of it."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skq.schema import TABLES, ColumnSpec
from skq.sources.findings import Fault, personal_number, shown, spaced
from skq.sources.values import Value, read_value

AUGUST_19 = datetime.datetime(2024, 8, 19)  # noqa: DTZ001  # a day has no time zone
PUPILS, ECONOMY, SURVEY = TABLES["pupils"], TABLES["economy"], TABLES["survey"]


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("  ", PUPILS["sex"], None),
        (" Flicka ", PUPILS["sex"], "girls"),
        ("okänt", PUPILS["sex"], "okänt"),
        ("F", PUPILS["grade_year"], 0),
        ("9,0", PUPILS["grade_year"], 9),
        ("Gymnasial", PUPILS["parent1_education"], 2),
        ("JA", PUPILS["newly_arrived"], True),
        ("0", PUPILS["newly_arrived"], False),
        ("2024-08-19", PUPILS["enrolled_from"], AUGUST_19),
        ("20240819", PUPILS["enrolled_from"], AUGUST_19),
        ("2024-08-19T00:00:00", PUPILS["enrolled_from"], AUGUST_19),
        ("31250,5", ECONOMY["amount_tkr"], 31250.5),
        ("31250.5", ECONOMY["amount_tkr"], 31250.5),
        ("31\u00a0250,5", ECONOMY["amount_tkr"], 31250.5),
        ("−12", ECONOMY["amount_tkr"], -12.0),
        ("1 299", SURVEY["count"], 1299),
        ("9007199254740991", SURVEY["count"], 2**53 - 1),
    ],
)
def test_value_is_read(text: str, column: ColumnSpec, value: Value):
    """Text as Swedish registers write it becomes the value that it stands for."""
    assert read_value(text, column) == value
    assert type(read_value(text, column)) is type(value)


@pytest.mark.parametrize(
    ("text", "column", "code"),
    [
        ("9,5", PUPILS["grade_year"], "not-whole"),
        ("1,299", SURVEY["count"], "thousands-mark"),
        ("1.000", SURVEY["count"], "thousands-mark"),
        ("1'299", SURVEY["count"], "thousands-mark"),
        ("1 29", SURVEY["count"], "not-a-number"),
        ("9007199254740992", SURVEY["count"], "number-too-large"),
        ("1,5e3", ECONOMY["amount_tkr"], "scientific-notation"),
        ("1,299,500", ECONOMY["amount_tkr"], "thousands-mark"),
        ("12 %", ECONOMY["amount_tkr"], "percent-sign"),
        ("12 kr", ECONOMY["amount_tkr"], "not-a-number"),
        ("#DIV/0!", ECONOMY["amount_tkr"], "spreadsheet-error"),
        ("#SAKNAS!", ECONOMY["amount_tkr"], "spreadsheet-error"),
        ("vet ej", PUPILS["newly_arrived"], "not-yes-no"),
        ("19/8 2024", PUPILS["enrolled_from"], "date-form"),
        ("2024-08-19 13:00:00", PUPILS["enrolled_from"], "date-form"),
        ("2024-0819", PUPILS["enrolled_from"], "date-form"),
        ("45523", PUPILS["enrolled_from"], "date-as-number"),
        ("2023-02-29", PUPILS["enrolled_from"], "no-such-date"),
        ("0024-08-19", PUPILS["enrolled_from"], "no-such-date"),
        ("Ã…sa", PUPILS["class_group"], "damaged-letters"),
        ("9\u200bA", PUPILS["class_group"], "invisible-sign"),
        ("121212-1212", PUPILS["pupil_id"], "personal-number"),
        ("19121212+1212", PUPILS["pupil_id"], "personal-number"),
        ("201212121212", PUPILS["pupil_id"], "personal-number"),
        ("20121272-1212", PUPILS["pupil_id"], "personal-number"),
        ("se 121212-1212 ovan", PUPILS["class_group"], "personal-number-in-text"),
    ],
)
def test_fault_is_told(text: str, column: ColumnSpec, code: str):
    """Text that cannot be read, or could be read in two ways, is refused for what it is."""
    fault = read_value(text, column)
    assert isinstance(fault, Fault)
    assert fault.code == code


@pytest.mark.parametrize(
    "text", ["1212121213", "20121312-1212", "212000-0142", "E00017", "12345", "99010001", "20121212-12"]
)
def test_other_codes_are_no_personal_numbers(text: str):
    """A wrong check digit without dash, an impossible month, an organisation number and pseudonyms are let through."""
    assert personal_number(text) is None


@given(st.integers(-(10**14), 10**14).map(lambda hundredths: hundredths / 100))
def test_number_written_the_swedish_way_is_read_back(number: float):
    """Reading undoes writing with decimal comma, with and without blanks between thousands."""
    plain = f"{number:.2f}"
    column = ECONOMY["amount_tkr"]
    assert read_value(plain.replace(".", ","), column) == float(plain)
    assert read_value(f"{number:,.2f}".replace(",", "\u00a0").replace(".", ","), column) == float(plain)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str):
    """No text makes the reader of any kind of column fall over."""
    for column in (*PUPILS.columns, ECONOMY["amount_tkr"]):
        read_value(text, column)


def test_message_shows_short_visible_values():
    """A value is quoted, long ones are cut, and blanks that look like others are written out."""
    assert shown("x" * 60) == "'" + "x" * 39 + "…'"
    assert shown("0100\u00a00002") == r"'0100\xa00002'"


@pytest.mark.parametrize("text", ["121212-1212", "1212121212", "Eva 20121212-1212", "20121212-TF01"])
def test_message_never_shows_a_personal_number(text: str):
    """Wherever a personal number stands by mistake, its digits are not repeated."""
    assert "1212" not in shown(text)


def test_counts_have_blanks_between_thousands():
    """Counts in messages are written as a Swedish reader writes them."""
    assert [spaced(number) for number in (7, 4312, 1234567)] == ["7", "4 312", "1 234 567"]
