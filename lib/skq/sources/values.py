"""The text of one cell to the value it stands for, or the fault it has.

Pure. Called once for each different text of a column, never once a row.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import replace

from skq.schema import ColumnSpec, Kind, folded
from skq.sources.findings import NO_IDENTIFIER, Fault, holds_personal_number, personal_number

Value = str | int | float | bool | datetime.datetime | None

BLANKS = "\u00a0\u202f\u2009 "
MINUS = str.maketrans({"−": "-", "–": "-"})
GROUPED = re.compile(rf"-?\d{{1,3}}(?:[{BLANKS}]\d{{3}})+(?:[.,]\d+)?")
WHOLE = re.compile(r"-?\d+(?:[.,]0+)?")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
MARKED_THOUSANDS = re.compile(r"-?\d{1,3}(?:[.,']\d{3})+(?:[.,]\d+)?")
SCIENTIFIC = re.compile(r"-?\d+(?:[.,]\d+)?[eE][+-]?\d+")
SPREADSHEET_ERROR = re.compile(r"#[A-ZÅÄÖ/0-9]+[!?]?")
MOJIBAKE = re.compile("Ã[\u0080-\u00bf…„–—†‡‰Š‹ŒŽ‘’“”•˜™š›œžŸƒˆ]|â€|Â[\u00a0-\u00bf]|ï»¿|\ufffd")
INVISIBLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u2060\ufeff]")
LARGEST_WHOLE = 2**53

TRUE_WORDS = ("ja", "j", "sant", "true", "yes", "1")
FALSE_WORDS = ("nej", "n", "falskt", "false", "no", "0")

NOT_A_NUMBER = Fault(
    "not-a-number", "a number such as 12,5", "write a number, or leave the cell blank where that is allowed"
)
NOT_WHOLE = Fault("not-whole", "a whole number", "write a whole number")
THOUSANDS = Fault(
    "thousands-mark",
    "digits with at most one decimal mark, such as 1299,50",
    "export without thousands separators (Format cells: Number, no 'use 1000 separator')",
)
SCIENTIFIC_NOTATION = Fault(
    "scientific-notation",
    "all digits of the number or code",
    "the spreadsheet has shortened the value: format the column as Text and export again from the register",
)
PERCENT = Fault("percent-sign", "a number without a percent sign, shares as 0-1", "write 85 % as 0,85")
ERROR_VALUE = Fault("spreadsheet-error", "a value", "mend the formula in the spreadsheet and save again")
TOO_LARGE = Fault("number-too-large", "a number of at most 15 digits", "check the column; this looks like a code")
NOT_YES_NO = Fault("not-yes-no", "ja or nej", "write ja or nej (true/false and 1/0 are also understood)")
DATE_FORM = Fault("date-form", "a date as 2024-08-19", "format the column as ÅÅÅÅ-MM-DD and export again")
DATE_NUMBER = Fault(
    "date-as-number", "a date as 2024-08-19", "the spreadsheet shows its inner day number: format the column as a date"
)
NO_SUCH_DATE = Fault("no-such-date", "a day of the calendar between 1990 and 2100", "correct the date")
DAMAGED = Fault(
    "damaged-letters",
    "text in which å, ä and ö are whole",
    "Windows-1252 and UTF-8 were mixed up: go back to the original and export it as 'CSV UTF-8'",
    "letters damaged by a wrong encoding ('Ã¥' for 'å')",
)
INVISIBLE_SIGN = Fault(
    "invisible-sign",
    "visible signs only",
    "remove invisible signs; copy the values as plain text",
    "an invisible sign in the value",
)
PERSON_IN_CODE = Fault(
    "personal-number",
    "a pseudonym",
    "never hand in personal identity numbers: replace them by pseudonyms and keep the key apart",
)
BLANK_IN_PERSON = Fault(
    "blank-in-code",
    "an identifier without blanks",
    "remove the blanks (also non-breaking ones)",
    NO_IDENTIFIER,
)
PERSON_IN_TEXT = Fault(
    "personal-number-in-text",
    "text without personal identity numbers",
    "remove the number from the text",
    "a personal identity number inside the text (not shown)",
)


def read_value(text: str, column: ColumnSpec) -> Value | Fault:
    """Return what *text* stands for in *column*, None when it is blank, or the fault that it has.

    Text that is not among the allowed values of a choice is returned as it is; the schema refuses it.
    """
    stripped = text.strip()
    if not stripped:
        return None
    if fault := common_fault(stripped) or _person(stripped, column):
        return fault
    return READERS[column.kind](stripped, column)


def common_fault(text: str) -> Fault | None:
    """Return the fault that *text* has whatever the column is, if any."""
    if MOJIBAKE.search(text):
        return DAMAGED
    if INVISIBLE.search(text):
        return INVISIBLE_SIGN
    if SPREADSHEET_ERROR.fullmatch(text):
        return ERROR_VALUE
    return None


def _person(text: str, column: ColumnSpec) -> Fault | None:
    """Return the fault of an identifier or a free text that holds a personal identity number."""
    if column.is_person and (kind := personal_number(text)):
        return replace(PERSON_IN_CODE, found=kind)
    return PERSON_IN_TEXT if column.kind is Kind.TEXT and holds_personal_number(text) else None


def spelled(text: str, column: ColumnSpec) -> str | None:
    """Return the allowed value that *text* spells; single letters count as they are written.

    >>> from skq.schema import TABLES
    >>> spelled("Flicka", TABLES["pupils"]["sex"]), spelled("a", TABLES["grades"]["grade"])
    ('girls', None)
    """
    for value, spellings in column.spellings.items():
        for spelling in (value, *spellings):
            if text == spelling or (len(text) > 1 and folded(text) == folded(spelling)):
                return value
    return None


def _as_text(text: str, column: ColumnSpec) -> Value:
    return text


def _as_choice(text: str, column: ColumnSpec) -> Value:
    return spelled(text, column) or text


def _number_fault(text: str) -> Fault:
    for pattern, fault in ((SCIENTIFIC, SCIENTIFIC_NOTATION), (MARKED_THOUSANDS, THOUSANDS)):
        if pattern.fullmatch(text):
            return fault
    return PERCENT if text.endswith("%") else NOT_A_NUMBER


def _plain(text: str) -> str:
    """Return *text* with an ordinary minus and without blanks between thousands."""
    plain = text.translate(MINUS)
    return re.sub(f"[{BLANKS}]", "", plain) if GROUPED.fullmatch(plain) else plain


def _as_whole(text: str, column: ColumnSpec) -> Value | Fault:
    plain = _plain(spelled(text, column) or text)
    if WHOLE.fullmatch(plain):
        number = int(re.split("[.,]", plain)[0])
        if MARKED_THOUSANDS.fullmatch(plain):
            return THOUSANDS
        return number if abs(number) < LARGEST_WHOLE else TOO_LARGE
    fault = _number_fault(plain)
    if fault is not NOT_A_NUMBER:
        return fault
    return NOT_WHOLE if NUMBER.fullmatch(plain) else replace(fault, expected=f"a whole number: {column.about}")


def _as_decimal(text: str, column: ColumnSpec) -> Value | Fault:
    plain = _plain(text)
    if NUMBER.fullmatch(plain):
        number = float(plain.replace(",", "."))
        return number if abs(number) < LARGEST_WHOLE else TOO_LARGE
    return _number_fault(plain)


def _as_yes_no(text: str, column: ColumnSpec) -> Value | Fault:
    word = folded(text)
    if word in TRUE_WORDS:
        return True
    return False if word in FALSE_WORDS else NOT_YES_NO


def _as_date(text: str, column: ColumnSpec) -> Value | Fault:
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):
        return DATE_NUMBER
    match = re.fullmatch(r"(\d{4})(-?)(\d{2})\2(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", text)
    if match is None:
        return DATE_FORM
    try:
        day = datetime.datetime(int(match[1]), int(match[3]), int(match[4]))  # noqa: DTZ001  # a day has no time zone
    except ValueError:
        return NO_SUCH_DATE
    return day if 1990 <= day.year <= 2100 else NO_SUCH_DATE


READERS: dict[Kind, Callable[[str, ColumnSpec], Value | Fault]] = {
    Kind.CODE: _as_text,
    Kind.TEXT: _as_text,
    Kind.CHOICE: _as_choice,
    Kind.INTEGER: _as_whole,
    Kind.DECIMAL: _as_decimal,
    Kind.BOOLEAN: _as_yes_no,
    Kind.DATE: _as_date,
    Kind.SCHOOL_YEAR: _as_text,
}
