"""How a personal text is compared: as its words or the number it is, and the digest of these with the key."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable

VALUES = 0
"""Stands for the number of words where a decimal number is meant."""

DIGEST_BYTES = 12
"""96 bits: with a million texts here and a million there, two are alike by chance once in 10¹⁷ releases."""

LEAST_DIGITS_OF_VALUE = 6
"""A decimal number of fewer digits stands everywhere by chance and is not watched for."""

_WORD = re.compile(r"[^\W_]+")

Words = tuple[str, ...]
Digest = Callable[[Words], str]


def words(text: str) -> Words:
    """Return the words of *text* as they are compared.

    >>> words("Anna-Karin  BERG_2"), words("A\\u030asa") == words("Åsa")
    (('anna', 'karin', 'berg', '2'), True)
    """
    if text.isascii() and text.isalnum():  # one word, as most identifiers are
        return (text.lower(),)
    return tuple(_WORD.findall(composed(text)))


def composed(text: str) -> str:
    """Return *text* in the letters in which it is compared."""
    return unicodedata.normalize("NFC", text).casefold()


def decimal(text: str) -> str | None:
    """Return a number with a decimal part in one spelling, whatever mark and blanks it is written with.

    >>> decimal("1 234,5670"), decimal("1234.567"), decimal("1234")
    ('1234.567', '1234.567', None)
    """
    whole, mark, part = text.replace(" ", "").replace(",", ".").partition(".")
    if not mark or not whole.isdigit() or not part.isdigit() or not part.strip("0"):
        return None
    return f"{whole.lstrip('0') or '0'}.{part.rstrip('0')}"


def digest_by(key: bytes) -> Digest:
    """Return what makes the digest of words: HMAC-SHA-256, the key's own part of which is worked out once."""
    start = hmac.new(key, digestmod="sha256")

    def digest(parts: Words) -> str:
        made = start.copy()
        made.update("\x1f".join(parts).encode())
        return made.digest()[:DIGEST_BYTES].hex()

    return digest
