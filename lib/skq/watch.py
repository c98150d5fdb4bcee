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
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skq.errors import SourceError

VERSION = 1
NAME, NUMBER, PERSONAL_NUMBER = "name", "value", "personal_number"
"""The kinds that are written in several ways: names in both orders, decimal numbers, and numbers of persons."""

LENGTHS = (10, 12)
"""How many signs a personal identity number has, without and with its century."""

VALUES = 0
"""Stands for the number of words where a decimal number is meant."""

DIGEST_BYTES = 12
"""96 bits: with a million texts here and a million there, two are alike by chance once in 10¹⁷ releases."""

LONGEST_NAME = 5
LEAST_DIGITS_OF_VALUE = 6
LEAST_SIGNS, LEAST_LETTERS, LEAST_DIGITS = 4, 8, 7
"""An id of fewer signs, letters alone or digits alone stands everywhere by chance and is not watched for."""

PLAIN_DIGITS, LEAST_PLAIN = 8, 3
"""An id of at most so many digits alone can be a sum of kronor: so many different ones in a file count."""

_WORD = re.compile(r"[^\W_]+")
_SEPARATED = re.compile(r"[^\W_]+|\x00")
_DECIMAL = re.compile(r"\d+(?: \d{3})*[.,]\d+(?![\d.,]*\d)")
_CHECK = "skq watch list"

Words = tuple[str, ...]
Digest = Callable[[Words], str]


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
    digest = _digests(key)
    kinds: dict[str, dict[str, list[str]]] = {}
    unwatched: dict[str, int] = {}
    starts: set[str] = set()
    for kind, texts in sorted(personal.items()):
        forms: set[Words] = set()
        unwatched[kind] = 0
        for text in texts:
            made = list(_forms(kind, text))
            forms.update(made)
            unwatched[kind] += not made
        forms -= let_through
        kinds[kind] = _by_length(forms, digest)
        starts |= {form[0] for form in forms if len(form) > 1 and form[0]}
    left = {kind: number for kind, number in unwatched.items() if number}
    return {
        "version": VERSION,
        "check": digest((_CHECK,)),
        "kinds": kinds,
        "starts": sorted(digest((word,)) for word in starts),
        "not_watched": left,
    }


def write_watch(content: Mapping[str, Any], path: Path) -> None:
    """Write a watch list to *path*, whole or not at all; only the user may read it, from its first moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=0, sort_keys=True)
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
    return hmac.compare_digest(str(watch.get("check", "")), _digests(key)((_CHECK,)))


def words(text: str) -> Words:
    """Return the words of *text* as they are compared.

    >>> words("Anna-Karin  BERG_2"), words("A\\u030asa") == words("Åsa")
    (('anna', 'karin', 'berg', '2'), True)
    """
    if text.isascii() and text.isalnum():  # one word, as most identifiers are
        return (text.lower(),)
    return tuple(_WORD.findall(_composed(text)))


def found(texts: Sequence[str], watch: Mapping[str, Any], key: bytes) -> list[Hit]:
    """Return where a text of *watch* stands in *texts* (as a reader would see them), the first place of each in each.

    *texts* are those of one file: plain ids count when several of them stand in it together.
    A sign U+0000 parts what does not belong together.
    """
    return Finder(watch, key).hits(texts)


class Finder:
    """Looks for the texts of one watch list in many files; remembers what it knows of every word it has seen."""

    def __init__(self, watch: Mapping[str, Any], key: bytes) -> None:
        self._digest = _digests(key)
        self._kinds: dict[int, dict[str, str]] = {}
        for kind, by_length in watch["kinds"].items():
            for length, digests in by_length.items():
                self._kinds.setdefault(int(length), {}).update(dict.fromkeys(digests, kind))
        self._singles = self._kinds.pop(1, {})
        self._values = self._kinds.pop(VALUES, {})
        self._starts = frozenset(watch["starts"])
        self._known: dict[str, tuple[str | None, bool]] = {}

    def hits(self, texts: Sequence[str]) -> list[Hit]:
        """Return the lines in which watched texts stand first in each of *texts*, those of one file; sorted."""
        found = [
            (sequence, Hit(number, composed.count("\n", 0, start), kind))
            for number, composed in enumerate(map(_composed, texts))
            for sequence, kind, start in self._places(composed)
        ]
        few = len({sequence for sequence, _ in found if _is_plain(sequence)}) < LEAST_PLAIN
        return sorted({hit for sequence, hit in found if not (few and _is_plain(sequence))})

    def _places(self, text: str) -> Iterator[tuple[Words, str, int]]:
        """Yield each watched sequence of *text* with its kind and its first place."""
        telling = {word for word in set(_SEPARATED.findall(text)) if any(self._knowledge(word))}
        if telling:
            yield from _first_of_each(self._sequences(text, telling))
        if self._values:
            yield from _first_of_each(self._decimals(text))

    def _knowledge(self, word: str) -> tuple[str | None, bool]:
        """Return the kind of a watched word, if it is one, and whether a watched sequence begins with it."""
        if word not in self._known:
            digest = self._digest((word,))
            self._known[word] = (self._singles.get(digest), digest in self._starts)
        return self._known[word]

    def _sequences(self, text: str, telling: set[str]) -> Iterator[tuple[Words, str, int]]:
        tokens = [(token[0], token.start()) for token in _SEPARATED.finditer(text)]
        for place, (word, start) in enumerate(tokens):
            if word not in telling:
                continue
            kind, begins = self._known[word]
            if kind is not None:
                yield (word,), kind, start
            for length, kinds in self._kinds.items() if begins else ():
                sequence = tuple(token for token, _ in tokens[place : place + length])
                if (one := kinds.get(self._digest(sequence))) is not None:
                    yield sequence, one, start

    def _decimals(self, text: str) -> Iterator[tuple[Words, str, int]]:
        for number in _DECIMAL.finditer(text):
            before = text[number.start() - 1] if number.start() else ""
            if len(number[0]) <= LEAST_DIGITS_OF_VALUE or before in (".", ","):
                continue
            for written in {number[0], number[0].rpartition(" ")[2]}:  # blanks between thousands, or between cells
                value = _decimal(written)
                if value and (kind := self._values.get(self._digest(("", value)))) is not None:
                    yield ("", value), kind, number.start()


def _first_of_each(places: Iterable[tuple[Words, str, int]]) -> Iterator[tuple[Words, str, int]]:
    seen: set[Words] = set()
    for place in places:
        if place[0] not in seen:
            seen.add(place[0])
            yield place


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
    if kind == PERSONAL_NUMBER and len(whole) in LENGTHS:
        for number in (whole, whole[-10:]):
            yield from ((number,), (number[:-4], number[-4:]))
    least = LEAST_DIGITS if whole.isdigit() else LEAST_LETTERS if whole.isalpha() else LEAST_SIGNS
    if len(whole) >= least and len(parts) <= LONGEST_NAME * 2:
        yield parts


def _names(parts: Words) -> Iterator[Words]:
    """Yield a name as it is, the family name first, with each of several given names alone, and as addresses have it.

    Addresses of pages and of e-mail have letters without their marks (`rabock` for `Råbock`).
    """
    *given, family = parts
    if (ascii_only := tuple(map(_without_marks, parts))) != parts:
        yield from _names(ascii_only)
    yield parts[:LONGEST_NAME]
    yield (family, *given[: LONGEST_NAME - 1])
    yield (family, given[0])
    for one in given:
        yield (one, family)


def _by_length(forms: Iterable[Words], digest: Digest) -> dict[str, list[str]]:
    lengths: dict[str, list[str]] = {}
    for form in forms:
        lengths.setdefault(str(VALUES if form[0] == "" else len(form)), []).append(digest(form))
    return {length: sorted(digests) for length, digests in sorted(lengths.items())}


def _sequences(parts: Words) -> Iterator[Words]:
    for length in range(1, len(parts) + 1):
        yield from zip(*(parts[start:] for start in range(length)), strict=False)


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


def _without_marks(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


def _digests(key: bytes) -> Digest:
    """Return what makes the digest of words: HMAC-SHA-256, the key's own part of which is worked out once."""
    start = hmac.new(key, digestmod="sha256")

    def digest(parts: Words) -> str:
        made = start.copy()
        made.update("\x1f".join(parts).encode())
        return made.digest()[:DIGEST_BYTES].hex()

    return digest


def _unreadable(path: Path, found: str) -> str:
    return (
        f"{path.name}: the list of personal texts to look for cannot be read\n"
        f"  expected: the file that 'skq build' wrote\n  found:    {found}\n  next:     run 'skq build' again"
    )
