"""Personal texts seen on reading -> keyed digests -> what of them is found in a finished release.

A build knows every pupil's id and name for a moment; the gate, later and in another process, must find any of them in
the finished files. In between lies only `watch.json`: HMAC-SHA-256 of each text with the key of the pseudonyms, which
lies elsewhere. Nobody can read a name out of it, nor test a guess without the key.

A text is compared as its words: letters and digits, small, composed (NFC) — so that `Anna-Karin Berg`,
`BERG, Anna Karin` and the same name with combining marks are one.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skq.errors import SourceError
from skq.store import json_text

VERSION = 1
NAME, NUMBER = "name", "value"
"""The kinds that are not single tokens: names are sequences of words, values are decimal numbers."""

DIGEST_BYTES = 12
"""96 bits: with a million texts here and a million there, two are alike by chance once in 10¹⁷ releases."""

LONGEST_NAME = 5
LEAST_DIGITS_OF_VALUE = 6
LEAST_SIGNS, LEAST_DIGITS, PLAIN_DIGITS, LEAST_PLAIN = 4, 7, 8, 3
"""An id of fewer signs, or of digits alone and fewer of them, stands everywhere by chance and is not watched for. Of
at most `PLAIN_DIGITS` digits alone, it can be a sum of kronor: so many such ids in a file count."""

_WORD = re.compile(r"[^\W_]+")
_SEPARATED = re.compile(r"[^\W_]+|\x00")
_DECIMAL = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+[.,]\d+(?![\d.,]*\d)|(?<![\d.,])\d+[.,]\d+(?![\d.,]*\d)")
_CHECK = "skq watch list"

Words = tuple[str, ...]


@dataclass(frozen=True, order=True)
class Hit:
    """A personal text found: of which kind, in which of the texts, in which line of it (from 0)."""

    text: int
    line: int
    kind: str


def watch_list(
    personal: Mapping[str, Collection[str]], key: bytes, *, published: Collection[str] = ()
) -> dict[str, Any]:
    """Return what `found` needs to know all texts of *personal* (kind to raw texts) again, and nothing more.

    Texts too plain to be told from others are left out and counted under `not_watched`. *published* are texts that a
    release tells on purpose (names and codes of its units): what stands whole in one of them is let through.
    """
    let_through = {part for text in published for part in _sequences(words(text))}
    kinds: dict[str, dict[str, list[str]]] = {}
    unwatched: dict[str, int] = {}
    for kind, texts in sorted(personal.items()):
        forms: set[Words] = set()
        for text in texts:
            made = set(_forms(kind, text))
            forms |= made - let_through
            unwatched[kind] = unwatched.get(kind, 0) + (not made)
        kinds[kind] = _by_length(forms, key)
    left = {kind: number for kind, number in unwatched.items() if number}
    return {"version": VERSION, "check": _digest((_CHECK,), key), "kinds": kinds, "not_watched": left}


def write_watch(content: Mapping[str, Any], path: Path) -> None:
    """Write a watch list to *path*, whole or not at all; only the user may read it, from its first moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(json_text(content))
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_watch(path: Path) -> dict[str, Any]:
    """Return the watch list of the file *path*; SourceError where it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(_unreadable(path, type(error).__name__)) from error
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise SourceError(_unreadable(path, "something else"))
    return content


def is_of_key(watch: Mapping[str, Any], key: bytes) -> bool:
    """Whether *watch* was made with *key*: with another one nothing would ever be found."""
    return hmac.compare_digest(str(watch.get("check", "")), _digest((_CHECK,), key))


def words(text: str) -> Words:
    """Return the words of *text* as they are compared.

    >>> words("Anna-Karin  BERG_2"), words("A\\u030asa") == words("Åsa")
    (('anna', 'karin', 'berg', '2'), True)
    """
    return tuple(_WORD.findall(_composed(text)))


def found(texts: Sequence[str], watch: Mapping[str, Any], key: bytes) -> list[Hit]:
    """Return where a text of *watch* stands in *texts* (as a reader would see them), the first place of each in each.

    *texts* are those of one file: plain ids count when several of them stand in it together.
    A sign U+0000 parts what does not belong together.
    """
    return Finder(watch, key).hits(texts)


class Finder:
    """Looks for the texts of one watch list in many files; remembers the digest of every sequence it has seen."""

    def __init__(self, watch: Mapping[str, Any], key: bytes) -> None:
        self._key = key
        self._kind_of: dict[int, dict[str, str]] = {}
        self._values: frozenset[str] = frozenset()
        for kind, by_length in watch["kinds"].items():
            for length, digests in by_length.items():
                self._kind_of.setdefault(int(length), {}).update(dict.fromkeys(digests, kind))
        self._known: dict[Words, str | None] = {}

    def hits(self, texts: Sequence[str]) -> list[Hit]:
        """Return the lines in which watched texts stand first in each of *texts*, those of one file; sorted."""
        hits: list[Hit] = []
        plain: dict[Words, list[Hit]] = {}
        for number, text in enumerate(texts):
            composed = _composed(text)
            for length in sorted(self._kind_of):
                wanted = self._wanted(composed, length)
                for sequence, start in _places(composed, wanted, length):
                    hit = Hit(number, composed.count("\n", 0, start), str(self._known[sequence]))
                    if _is_plain(sequence):
                        plain.setdefault(sequence, []).append(hit)
                    else:
                        hits.append(hit)
        if len(plain) >= LEAST_PLAIN:
            hits += [hit for several in plain.values() for hit in several]
        return sorted(set(hits))

    def _wanted(self, text: str, length: int) -> set[Words]:
        """Return the sequences of *length* words in *text* that are watched; length 0 stands for decimal numbers."""
        kinds, known, wanted = self._kind_of[length], self._known, set()
        for sequence in set(_sequences_of(text, length)):
            if sequence not in known:
                known[sequence] = kinds.get(_digest(sequence, self._key))
            if known[sequence] is not None:
                wanted.add(sequence)
        return wanted


def _forms(kind: str, text: str) -> Iterator[Words]:
    """Yield every sequence of words by which *text* is to be known again; none for texts that tell nothing."""
    if kind == NUMBER:
        value = _decimal(text.replace(" ", ""))
        if value is not None and len(value.replace(".", "").strip("0")) >= LEAST_DIGITS_OF_VALUE:
            yield ("", value)
        return
    parts = words(text)
    if kind == NAME:
        if len(parts) >= 2 and sum(map(len, parts)) > LEAST_SIGNS:
            family, comma, given = text.partition(",")
            yield from _names(words(given) + words(family) if comma else parts)
        return
    whole = "".join(parts)
    if parts and len(whole) >= (LEAST_DIGITS if whole.isdigit() else LEAST_SIGNS) and len(parts) <= LONGEST_NAME * 2:
        yield parts


def _names(parts: Words) -> Iterator[Words]:
    """Yield a name as it is, the family name first, and with each of several given names alone."""
    *given, family = parts
    yield parts[:LONGEST_NAME]
    yield (family, *given[: LONGEST_NAME - 1])
    yield (family, given[0])
    for one in given:
        yield (one, family)


def _by_length(forms: Iterable[Words], key: bytes) -> dict[str, list[str]]:
    lengths: dict[str, list[str]] = {}
    for form in forms:
        lengths.setdefault("0" if form[0] == "" else str(len(form)), []).append(_digest(form, key))
    return {length: sorted(digests) for length, digests in sorted(lengths.items())}


def _sequences(parts: Words) -> Iterator[Words]:
    for length in range(1, len(parts) + 1):
        yield from zip(*(parts[start:] for start in range(length)), strict=False)


def _sequences_of(text: str, length: int) -> Iterator[Words]:
    if length == 0:
        yield from (("", value) for part in _DECIMAL.findall(text) if (value := _decimal(part)))
        return
    parts = _SEPARATED.findall(text)
    yield from zip(*(parts[start:] for start in range(length)), strict=False)


def _places(text: str, wanted: set[Words], length: int) -> Iterator[tuple[Words, int]]:
    """Yield each of the *wanted* sequences with the first place of it in *text*."""
    left = set(wanted)
    if not left:
        return
    tokens = list((_SEPARATED if length else _DECIMAL).finditer(text))
    texts = [token[0] for token in tokens]
    for place, token in enumerate(tokens):
        sequence = tuple(texts[place : place + length]) if length else ("", _decimal(token[0]) or "")
        if sequence in left:
            left.discard(sequence)
            yield sequence, token.start()


def _is_plain(sequence: Words) -> bool:
    whole = "".join(sequence)
    return sequence[0] != "" and whole.isdigit() and len(whole) <= PLAIN_DIGITS


def _decimal(text: str) -> str | None:
    """Return a number with a decimal part in one spelling, whatever mark and blanks it is written with.

    >>> _decimal("1 234,5670"), _decimal("1234.567"), _decimal("1234")
    ('1234.567', '1234.567', None)
    """
    whole, mark, part = text.replace(" ", "").replace(",", ".").partition(".")
    if not mark or not whole.isdigit() or not part.isdigit() or not part.strip("0"):
        return None
    return f"{whole.lstrip('0') or '0'}.{part.rstrip('0')}"


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _digest(parts: Words, key: bytes) -> str:
    return hmac.digest(key, "\x1f".join(parts).encode(), "sha256")[:DIGEST_BYTES].hex()


def _unreadable(path: Path, found: str) -> str:
    return (
        f"{path.name}: the list of personal texts to look for cannot be read\n"
        f"  expected: the file that 'skq build' wrote\n  found:    {found}\n  next:     run 'skq build' again"
    )
