"""A list of digests -> the places in finished texts where one of the texts that it is of stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skq.watch.words import LEAST_DIGITS_OF_VALUE, VALUES, Words, composed, decimal, digest_by

PLAIN_DIGITS, LEAST_PLAIN = 8, 3
"""An id of at most so many digits alone can be a sum of kronor: so many different ones in a file count."""

_SEPARATED = re.compile(r"[^\W_]+|\x00")
_DECIMAL = re.compile(r"\d+(?: \d{3})*[.,]\d+(?![\d.,]*\d)")


@dataclass(frozen=True, order=True)
class Hit:
    """A personal text found: of which kind, in which of the texts, in which line of it (from 0)."""

    text: int
    line: int
    kind: str


class Finder:
    """Looks for the texts of one watch list in many files; remembers what it knows of every word it has seen."""

    def __init__(self, watch: Mapping[str, Any], key: bytes) -> None:
        self._digest = digest_by(key)
        self._kinds: dict[int, dict[str, str]] = {}
        for kind, by_length in watch["kinds"].items():
            for length, digests in by_length.items():
                self._kinds.setdefault(int(length), {}).update(dict.fromkeys(digests, kind))
        self._singles = self._kinds.pop(1, {})
        self._values = self._kinds.pop(VALUES, {})
        self._starts = frozenset(watch["starts"])
        self._known: dict[str, tuple[str | None, bool]] = {}

    def hits(self, texts: Sequence[str]) -> list[Hit]:
        """Return where watched texts stand in *texts* (as a reader would see them), the first place of each in each.

        *texts* are those of one file: plain ids count when several of them stand in it together. A sign U+0000 parts
        what does not belong together.
        """
        found = [
            (sequence, Hit(number, text.count("\n", 0, start), kind))
            for number, text in enumerate(map(composed, texts))
            for sequence, kind, start in self._places(text)
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
                value = decimal(written)
                if value and (kind := self._values.get(self._digest(("", value)))) is not None:
                    yield ("", value), kind, number.start()


def _first_of_each(places: Iterable[tuple[Words, str, int]]) -> Iterator[tuple[Words, str, int]]:
    seen: set[Words] = set()
    for place in places:
        if place[0] not in seen:
            seen.add(place[0])
            yield place


def _is_plain(sequence: Words) -> bool:
    whole = "".join(sequence)
    return sequence[0] != "" and whole.isdigit() and len(whole) <= PLAIN_DIGITS
