"""Text as it stands in a file -> text as a reader, or a machine that searches, would see it.

Pure. What hides a word or a number from a search without hiding it from a reader is undone: entities, escapes, tags
within a word, signs without width, full-width digits, other kinds of dashes and blanks. Lines stay lines, so that
a place can be told.
"""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote_to_bytes

_BLANKS = (0x9, 0xB, 0xC, 0xD, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_DASHES = (*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D)
_WITHOUT_WIDTH = (0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A),
                  *range(0xFE00, 0xFE10), 0xFEFF)  # fmt: skip
_SIGNS = dict.fromkeys(_BLANKS, " ") | dict.fromkeys(_DASHES, "-") | dict.fromkeys(_WITHOUT_WIDTH, "")

_ODD = re.compile("[" + "".join(map(re.escape, map(chr, sorted(_SIGNS)))) + "]")

_LINE_ENTITY = re.compile(r"&#(?:[xX]0*[aAdD]|0*1[03]);")
_ESCAPE = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4})\}?|x([0-9a-fA-F]{2})|(/))")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_TAG = re.compile(r"<(?:!--|/?([A-Za-z][A-Za-z0-9:-]*)(?=[\s/>]))((?:\"[^\"]*\"|'[^']*'|[^\"'>])*+)>")
_COMMENT_MARK = re.compile(r"<!--|-->")

_INLINE = frozenset(re.findall(r"\w+",
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike"
    " strong sub sup time tspan tt u var wbr"))  # fmt: skip
"""Tags that do not part a word."""

_NUMBERS = r"[-+0-9.,eE\s]*+"
_MOVED = rf"(?:\s*+(?:translate|scale|rotate|matrix|skew[XY])\({_NUMBERS}\))*+\s*+"
_SIZES = "points|viewBox|[xyr][12]?|[cdfr][xy]|width|height|offset|stroke-width|stroke-dasharray"
_DRAWN = re.compile(
    rf"\s(?:d=\"[MmLlHhVvCcSsQqTtAaZz0-9.,eE+\s-]*+\"|transform=\"{_MOVED}\"|(?:{_SIZES})=\"{_NUMBERS}(?:pt|px)?\")"
)


def plain(text: str) -> str:
    """Return *text* with escapes and entities undone, blanks and dashes of one kind each, and nothing invisible.

    The number of lines stays the same.

    >>> plain("8112&#50;8\\u2011\\u00ad98\\uff17\\uff14"), plain("%C3%85sa\\\\u00e5")
    ('811228-9874', 'Åsaå')
    """
    if "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    if "%" in text:
        text = _PERCENT.sub(_unquoted, text)
    for _ in range(2):  # markup within JSON or an attribute is escaped twice
        if "&" in text:
            text = html.unescape(_LINE_ENTITY.sub(" ", text))
    text = _ODD.sub(_as_usual, text)
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        return text
    return _ODD.sub(_as_usual, unicodedata.normalize("NFKC", text))


def without_tags(text: str) -> str:
    """Return markup without its tags: those within a line of text leave nothing behind, others a blank.

    >>> without_tags("<p>8112<b>28</b>-9874</p><td title='x > y'>7</td>")
    ' 811228-9874  7 '
    """
    return _TAG.sub(_in_place_of_tag, _COMMENT_MARK.sub(" ", text))


def without_drawing(text: str) -> str:
    """Return SVG or HTML without the attributes that hold nothing but co-ordinates, line breaks kept.

    >>> without_drawing('<path d="M 0 1.5\\nL 3 4" id="811228"/>')
    '<path\\n id="811228"/>'
    """
    return _DRAWN.sub(lambda found: "\n" * found[0].count("\n"), text)


def _as_usual(found: re.Match[str]) -> str:
    return _SIGNS[ord(found[0])]


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code is None:
        return "/"
    sign = chr(int(code, 16))
    return " " if sign in "\n\r" else sign


def _unquoted(found: re.Match[str]) -> str:
    text = unquote_to_bytes(found[0]).decode("utf-8", errors="replace")
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text


def _in_place_of_tag(found: re.Match[str]) -> str:
    lines = "\n" * found[0].count("\n")
    return lines or ("" if (found[1] or "").lower() in _INLINE else " ")
