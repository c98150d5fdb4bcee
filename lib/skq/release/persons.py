"""Text -> the Swedish personal identity numbers in it, in every form in which they are written.

Pure. A number is a date of birth, a birth number of three digits and a check digit (lag 1969:70 om folkbokföring;
SKV 704: the sum of the digits, every other one doubled, is a multiple of ten). A coordination number has 60 added to
its day. Schools make stand-ins for pupils who have none, with a letter in the birth number (`20121212-TF01`,
`121212-T123`). Text is expected as `plain` returns it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator

_CANDIDATE = re.compile(r"\d[\d \n+./-]{5,}[\dA-ZÅÄÖ]\w*")
"""Where digits stand close enough together for any form below: the rest of a text need not be looked at."""

_BEFORE = r"(?<![\d])(?<!\d[.,])"
_NO_DATE = r"(?!-\d\d-\d|/\d\d(?!\d))"
_AFTER = rf"(?!\d)(?![.,]\d){_NO_DATE}"
_DATE = r"(?:18|19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
_MARKED = re.compile(rf"{_BEFORE}({_DATE})\s?([-+])\s?(\d{{4}})(?!\d){_NO_DATE}")
_STAND_IN = re.compile(rf"{_BEFORE}({_DATE})(?:[-+ ]([A-ZÅÄÖ]{{1,2}}\d{{2,3}})|([A-Z]{{2}}\d{{2}}))(?![\w])")
_UNMARKED = re.compile(rf"{_BEFORE}({_DATE})(?:\s(\d{{4}})(?!/\d)|(\d{{4}})){_AFTER}")
_SPACED = re.compile(rf"{_BEFORE}((?:\d ?){{5}}\d(?: ?\d ?\d)?) ?([-+]) ?((?:\d ?){{3}}\d){_AFTER}")
_DATED = re.compile(rf"{_BEFORE}((?:18|19|20)?\d{{2}})[-/. ](\d{{2}})[-/. ](\d{{2}}) ?[-+ ] ?(\d{{4}}){_AFTER}")

_CELLS = re.compile(rf"{_BEFORE}((?:19|20)\d\d)(-?)(\d\d)\2(\d\d)\"?[;,|]\"?(\d{{4}}){_AFTER}")
"""A day of birth and the last four digits in two cells of a table."""

_HEX_TOKEN = re.compile(r"[0-9a-fA-F]{12,}")
_PREFIXED = re.compile(r"[a-fA-F]{0,3}(?:\d{10}|\d{12})|(?:\d{10}|\d{12})[a-fA-F]{0,3}")
_YEAR = re.compile(r"(?:19|20)\d\d")

Span = tuple[int, int]


def personal_numbers(text: str, *, strict: bool = False) -> Iterator[Span]:
    """Yield where each personal identity number of *text* stands, as (start, end), each once.

    With its mark between date and birth number (`811228-9874`) the date decides, unless the last four digits look like
    a year or a day of the year; in every other form, and always when *strict* (programs of others, where digits stand
    close), the check digit must be right too.
    """
    near = (_numbers_near(text, each.start(), each.end() + 4, strict) for each in _CANDIDATE.finditer(text))
    yield from dict.fromkeys(span for spans in near for span in spans)


def _numbers_near(text: str, start: int, end: int, strict: bool) -> Iterator[Span]:
    for found in _MARKED.finditer(text, start, end):
        if _is_day(found[1]) and (_checked(found[1], found[3]) or not (strict or _is_time(found[3]))):
            yield found.span()
    for found in _UNMARKED.finditer(text, start, end):
        last = found[2] or found[3]
        if _is_day(found[1]) and _checked(found[1], last) and not _in_digest(text, *found.span()):
            yield found.span()
    if strict:
        return
    for found in _STAND_IN.finditer(text, start, end):
        if _is_day(found[1]):
            yield found.span()
    for found in _CELLS.finditer(text, start, end + 4):
        date, last = found[1] + found[3] + found[4], found[5]
        if not _YEAR.fullmatch(last) and _is_day(date) and _checked(date, last):
            yield found.span()
    for pattern in (_SPACED, _DATED):
        for found in pattern.finditer(text, start, end):
            digits = re.sub(r"\D", "", found[0])
            if _is_day(digits[:-4]) and _checked(digits[:-4], digits[-4:]):
                yield found.span()


def _is_day(digits: str) -> bool:
    """Whether YYMMDD or YYYYMMDD is a day that there was; coordination numbers have 60 added to the day."""
    year, month, day = digits[:-4], int(digits[-4:-2]), int(digits[-2:])
    years = [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)]
    day = day - 60 if day > 60 else day
    return 1 <= month <= 12 and any(1 <= day <= monthrange(each, month)[1] for each in years)


def _checked(date: str, last: str) -> bool:
    """Whether the check digit is right (Luhn over the ten digits from the year of the century)."""
    digits = date[-6:] + last
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _is_time(last: str) -> bool:
    """Whether four digits look like a year or a month and day: `20250101-0630` is a span of time."""
    return bool(_YEAR.fullmatch(last)) or (1 <= int(last[:2]) <= 12 and 1 <= int(last[2:]) <= 31)


def _in_digest(text: str, start: int, end: int) -> bool:
    """Whether the digits are part of a longer hexadecimal token: a checksum, not an id with a letter before it."""
    around = text[max(0, start - 64) : end + 64]
    offset = start - max(0, start - 64)
    for token in _HEX_TOKEN.finditer(around):
        if token.start() <= offset < token.end():
            return not token[0].isdigit() and not _PREFIXED.fullmatch(token[0])
    return False
