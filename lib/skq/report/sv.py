"""How Swedish is written: numbers, intervals, school years, lists, order and addresses.

Pure text. Rounding happens here and nowhere else, half away from zero as the agencies do (Python gives 82 for 82,5).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from skq.catalog.forms import NBSP as NBSP  # also known as sv.NBSP and sv.rounded
from skq.catalog.forms import rounded as rounded

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
HIDDEN = ".."

_SWEDISH_SIGNS = {ord(","): NBSP, ord("."): ",", ord("-"): MINUS}
_ORDER = {letter: place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyzåäö", start=1)}
_SMALL_NUMBERS = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")


def number(value: float, decimals: int = 1) -> str:
    """Return *value* the Swedish way: decimal comma, hard space for thousands, a true minus.

    >>> number(1234.5).replace(NBSP, " "), number(-3.25)
    ('1 234,5', '−3,3')
    """
    return f"{rounded(value, decimals):,}".translate(_SWEDISH_SIGNS)


def percent(share: float, decimals: int = 1) -> str:
    """Return a share of 0–1 as percent.

    >>> percent(0.8125).replace(NBSP, " ")
    '81,3 %'
    """
    return f"{number(share * 100, decimals)}{NBSP}%"


def signed(value: float, decimals: int = 1) -> str:
    """Return *value* with its sign, as a change is written.

    >>> signed(4.25), signed(-4.25), signed(0.0)
    ('+4,3', '−4,3', '0,0')
    """
    text = number(value, decimals)
    return f"+{text}" if rounded(value, decimals) > 0 else text


def interval(lower: float, upper: float, decimals: int = 0) -> str:
    """Return two limits as a range; where one is negative the word "till" stands between them.

    >>> interval(74.2, 87.4), interval(-3.0, 5.4)
    ('74–87', '−3 till +5')
    """
    if lower < 0:
        return f"{signed(lower, decimals)} till {signed(upper, decimals)}"
    return f"{number(lower, decimals)}{EN_DASH}{number(upper, decimals)}"


def school_year(text: str) -> str:
    """Return a school year for running text; it is written as in the tables.

    >>> school_year("2024/25")
    'läsåret 2024/25'
    """
    return f"läsåret {text}"


def short_year(text: str) -> str:
    """Return a school year for an axis.

    >>> short_year("2024/25")
    '24/25'
    """
    return text[2:]


def enumeration(words: Sequence[str], *, conjunction: str = "och") -> str:
    """Return *words* as a Swedish list; one that holds a list of its own is told apart from its neighbours.

    >>> enumeration(["a", "b", "c"]), enumeration(["a", "b och c"])
    ('a, b och c', 'a samt b och c')
    >>> enumeration(["a", "b, c och d", "e"])
    'a; b, c och d samt e'
    """
    if len(words) < 2:
        return "".join(words)
    if conjunction == "och" and any(" och " in word for word in words):
        conjunction = "samt"
    comma = ";" if any(", " in word for word in words) else ","
    return f"{f'{comma} '.join(words[:-1])} {conjunction} {words[-1]}"


def plural(count: float, one: str, many: str) -> str:
    """Return *count* with the noun in its form.

    >>> plural(1, "elev", "elever").replace(NBSP, " "), plural(25, "elev", "elever").replace(NBSP, " ")
    ('1 elev', '25 elever')
    """
    return f"{number(count, 0)}{NBSP}{one if rounded(count) == 1 else many}"


def counting_word(count: int) -> str:
    """Return a small number as a word, a larger one in figures.

    >>> counting_word(3), counting_word(25)
    ('tre', '25')
    """
    return _SMALL_NUMBERS[count] if 0 <= count < len(_SMALL_NUMBERS) else number(count, 0)


def capitalized(text: str) -> str:
    """Return *text* with its first letter large and the rest as it was.

    >>> capitalized("åk 9 NO")
    'Åk 9 NO'
    """
    return text[:1].upper() + text[1:]


def uncapitalized(text: str) -> str:
    """Return *text* with its first letter small and the rest as it was.

    >>> uncapitalized("Minst E i alla ämnen")
    'minst E i alla ämnen'
    """
    return text[:1].lower() + text[1:]


def order(text: str) -> tuple[tuple[int, ...], str]:
    """Return the sorting key of *text*: å, ä, ö last, in that order, whatever the locale.

    >>> sorted(["Öst", "Ässkolan", "Åsskolan", "Zon"], key=order)
    ['Zon', 'Åsskolan', 'Ässkolan', 'Öst']
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    return tuple(_place(letter) for letter in folded), text


def _place(letter: str) -> int:
    if letter in _ORDER:
        return 1000 + _ORDER[letter]
    base = unicodedata.normalize("NFKD", letter)[0]
    return 1000 + _ORDER[base] if base in _ORDER else min(ord(letter), 999)


def grade_years(first: int | None, last: int | None) -> str:
    """Return the grade years of a school from *first* to *last*: `F–9`, `7–9`; empty where they are not known."""
    if first is None or last is None:
        return ""
    names = ["F" if grade_year == 0 else str(grade_year) for grade_year in (first, last)]
    return names[0] if first == last else f"{names[0]}{EN_DASH}{names[1]}"


def slug(text: str) -> str:
    """Return *text* as part of an address: lower case ASCII and hyphens.

    >>> slug("Åsskolan F–6 (Norra)")
    'asskolan-f-6-norra'
    """
    ascii_only = unicodedata.normalize("NFKD", text.replace(EN_DASH, "-")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")
