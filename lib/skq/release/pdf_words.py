"""The content stream of a PDF page -> its text, quickly.

Reads what Typst (both engines) writes: composite typefaces with two bytes for a sign and a table to Unicode
(ISO 32000-1, 9.4.3 and 9.10.3). pypdf's own extraction follows every drawing operator and takes a hundred times as
long; it is used for pages with any other kind of typeface.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

_TOKEN = re.compile(
    rb"/(?P<font>[^\s/\[\]<>(){}%]+)\s+-?[\d.]+\s+Tf\b"
    rb"|\((?P<text>(?:[^\\()]|\\.|\((?:[^\\()]|\\.)*\))*+)\)"
    rb"|<(?P<hex>[0-9A-Fa-f\s]*)>(?!>)"
    rb"|(?P<array>[\[\]])"
    rb"|(?P<shift>-?\d*\.?\d+)(?=[\s(<\]])"
    rb"|(?P<move>\b(?:BT|Td|TD|Tm)\b|T\*|[\"'](?=\s))",
    re.DOTALL,
)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_TEXT_BLOCK = re.compile(rb"\bBT\b.*?\bET\b", re.DOTALL)
_DICTIONARY = re.compile(rb"<<(?:[^<>()]|<[0-9A-Fa-f\s]*>|\((?:[^\\()]|\\.)*\))*>>")
_CODES = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f\s]+)>(?:\s*(<[0-9A-Fa-f\s]+>|\[[^\]]*\]))?")
_SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_STRING = re.compile(
    rb"\((?:[^\\()]|\\.|\((?:[^\\()]|\\.|\((?:[^\\()]|\\.)*\))*\))*+\)|(?<!<)<[0-9A-Fa-f\s]*>(?!>)", re.DOTALL
)
_REPLACED = re.compile(rb"/(?:ActualText|Alt|E)\s*(?:\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f\s]+>)", re.DOTALL)

BLANK = 180
"""A shift of at least so many thousandths of the type size is a blank between words."""

Signs = Mapping[int, str]


def unescaped(text: bytes) -> bytes:
    """Return the bytes of a literal string (ISO 32000-1, 7.3.4.2)."""
    return _ESCAPED.sub(lambda found: _sign(found[1]), text) if b"\\" in text else text


@cache
def _sign(escaped: bytes) -> bytes:
    """Return the sign that stands behind a backslash."""
    if escaped[:1].isdigit():
        return bytes([int(escaped, 8) & 255])
    return _LETTERS.get(escaped, escaped)


@lru_cache(maxsize=512)
def signs_of(table: bytes) -> Signs:
    """Return the texts of the codes of a typeface from its table to Unicode (`ToUnicode`)."""
    signs: dict[int, str] = {}
    for kind, body in _SECTION.findall(table):
        if kind == b"bfchar":
            for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f\s]*)>", body):
                signs[int(code, 16)] = _utf16(text)
            continue
        for first, last, texts in _CODES.findall(body):
            codes = range(int(first, 16), int(last, 16) + 1)
            if texts.startswith(b"["):
                listed = re.findall(rb"<([0-9A-Fa-f\s]*)>", texts)
                signs.update((code, _utf16(text)) for code, text in zip(codes, listed, strict=False))
            elif texts:
                start = _utf16(texts[1:-1])
                signs.update((code, start[:-1] + chr(ord(start[-1]) + code - codes[0])) for code in codes if start)
    return signs


def words_of(stream: bytes, fonts: Mapping[str, Signs]) -> str:
    """Return the text that the content stream shows, one text object on a line.

    *fonts*: for each name of a composite typeface the texts of its codes. Codes that it does not tell give U+FFFD.
    """
    lines: list[str] = []
    signs: Signs = {}
    for block in _TEXT_BLOCK.findall(stream):
        shown: list[str] = []
        within = False
        for token in _TOKEN.finditer(block if b"<<" not in block else _DICTIONARY.sub(b"", block)):
            kind = token.lastgroup
            if kind == "text":
                shown.append(_shown(unescaped(token["text"]), signs))
            elif kind == "hex":
                shown.append(_shown(bytes.fromhex(_even(token["hex"])), signs))
            elif kind == "font":
                signs = fonts.get(token["font"].decode("latin-1"), {})
            elif kind == "array":
                within = token["array"] == b"["
            elif kind == "move" and shown:
                shown.append("\n")
            elif within and kind == "shift" and float(token["shift"]) <= -BLANK:
                shown.append(" ")
        lines.append("".join(shown))
    return "\n".join(lines)


def replaced_texts(stream: bytes) -> list[str]:
    """Return the texts that a content stream gives instead of what it shows (`ActualText`, `Alt`, `E`)."""
    return [text for part in _REPLACED.findall(stream) for text in strings_of(part)]


def strings_of(part: bytes) -> list[str]:
    """Return the strings of an object that is no stream, as bytes of the file (ISO 32000-1, 7.3.4)."""
    found = _STRING.findall(part)
    return [string_text(unescaped(one[1:-1]) if one[:1] == b"(" else bytes.fromhex(_even(one[1:-1]))) for one in found]


def string_text(content: bytes) -> str:
    """Return a text string of a PDF (UTF-16 or UTF-8 with their mark, else one byte for a sign)."""
    if content.startswith((b"\xfe\xff", b"\xff\xfe")):
        return content.decode("utf-16", errors="replace")
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", errors="replace")
    return content.decode("latin-1")


def _shown(content: bytes, signs: Signs) -> str:
    codes = memoryview(content[: len(content) // 2 * 2])
    return "".join(signs.get(codes[at] << 8 | codes[at + 1], "\ufffd") for at in range(0, len(codes), 2))


def _utf16(text: bytes) -> str:
    return bytes.fromhex(_even(text)).decode("utf-16-be", errors="replace")


def _even(text: bytes) -> str:
    digits = re.sub(rb"\s", b"", text).decode("ascii")
    return digits + "0" * (len(digits) % 2)
