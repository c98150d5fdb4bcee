"""What cards, figures, alternative texts and sentences say, held to the rows that the words around each number name.

"Meritvärde: skolan 2021/22 183,6, 2022/23 200,0; kommunen 232,6" names measure, unit and school year of each number. A
difference is held to the measure that its sentence names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from skq.release.named import SYMBOLS, Book, Booleans, Mention, plain
from skq.release.refusal import Refusal
from skq.release.told import ASIDE, NUMBER, Told, digits_of, finer_at, is_limit_of_difference
from skq.release.worked_out import COUNT, OTHER, RESTS_ON

SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])")
SEGMENT = re.compile(r";\s")
CLAUSE = re.compile(r"[,;:]\s|\s(?:till|från)\s")
BEHIND = re.compile(r"\s\(([^()\d]+)\)")
"""What stands in brackets right behind a number and tells whose it is."""
BY_GRADE = re.compile(r"(?<=[,:]\s)([Ff]|\d)\s(?=\d|\.\.)")
"""A grade year right before the number of its pupils: `F 28, 1 34`."""
EITHER_SIDE = ("year", "category")
"""Kinds whose name may follow the number."""
OF_SEVERAL = re.compile(
    r"[+−]\d|procentenhet|förändring|ökade|minskade|ökning|minskning|skillnad|högre|lägre|\blåg\b|mot läsåret före"
    r"|skolors medelvärde"
)
"""Words of differences and means, which no row of a download has."""
NO_COUNT = re.compile(
    r"(?:skalan|index)\s\d+[–-]\d+|(?:minst|färre än|nära)\s\d+\s?%?|utom 1–4\b"
    r"|\b\d+\s(?:av\s\d+\s)?skolor\b|\b[A-F]\sger\s\d+\spoäng",
    re.IGNORECASE,
)
"""Scales, limits in the names of metrics, what the rule itself says, how many schools, what a grade gives."""
EVERYDAY = frozenset({"elever", "kvar", "lämnat", "nya", "slutade", "började", "förändring", "samma elever"})
"""Names of metrics that a running text uses as words."""
NO_NAME = re.compile(r"(?:\bsäker|\d) $")
"""What stands before such a word that names nothing."""
TOGETHER = re.compile(r"\btillsammans $")
"""What stands before a sum of persons at several units."""
SYMBOL = re.compile(r"(?<![\w.~])(?:\.\.|~100)(?![\w.])")
OF_PERSONS = re.compile(r"[\u00a0 ](?:elever|elev|svar)\b")
UNITS = re.compile(r"[\u00a0 ](?:%|elever\b|elev\b|poäng\b|procentenheter\b|svar\b)")
"""What follows a number of a running text that counts something."""

Named = Mapping[str, Sequence[Mention]]


@dataclass(frozen=True, eq=False)
class Source:
    """What a text may tell of: the rows of its *own* downloads, and all that is *told* beside the page."""

    own: Book | None
    told: Told
    newest: bool = False
    """Where the text names no school year the newest is meant."""
    ours: bool = True
    """Where it names no unit that of the page is meant."""
    running: bool = False
    """A running text names less: there any row may tell a number, unless all that is named is hidden."""


@dataclass(frozen=True, eq=False)
class _Sentence:
    """One sentence at its place in a text in small letters, and what it names."""

    words: str
    start: int
    end: int
    named: Named

    def part(self, pattern: re.Pattern[str], place: int) -> tuple[int, int]:
        """Return from where to where the part between two of *pattern* goes that *place* lies in."""
        spans = _spans(pattern, self.words, self.start, self.end)
        return next((first, last) for first, last in spans if place <= last)


def attack_text(text: str, source: Source, where: str, what: str) -> list[Refusal]:
    """Return a refusal where *text* (a *what*, as a refusal calls it) says a number that the rows it names do not tell.

    Where it has a symbol for a hidden number, one of these rows must be hidden in that way.
    """
    words, own = plain(text), source.own
    counted = BY_GRADE.sub(_blank, NO_COUNT.sub(_blank, ASIDE.sub(_blank, text)))
    every = {} if own is None else {kind: list(own.mentions(kind, words)) for kind in own.called}
    if own is not None:
        every["metric"] = [one for one in every["metric"] if not _is_everyday(words, one, source)]
    for start, end in _spans(SENTENCE, text, 0, len(text)):
        named = {kind: _within(found, start, end) for kind, found in every.items()}
        sentence = _Sentence(words, start, end, named)
        for found in NUMBER.finditer(counted, start, end):
            if source.running and not UNITS.match(text, found.end()):
                continue
            if not _is_told(sentence, found, source):
                return [
                    Refusal(
                        "number-without-source", where, f"a number of the {what} is none of those that its words name"
                    )
                ]
        for symbol in SYMBOL.finditer(text, start, end):
            rows = None if own is None or source.running else _meant(own, sentence, symbol, source)
            if own is not None and rows is not None and not (rows & own.hidden_as(SYMBOLS[symbol[0]])).any():
                return [
                    Refusal(
                        "contradiction",
                        where,
                        f"what the {what} hides is told, or hidden in another way, in the download",
                    )
                ]
    return []


def _is_everyday(words: str, one: Mention, source: Source) -> bool:
    """Whether the name of a metric is a mere word: "40 elever", "ingen säker förändring" are of the one before it."""
    if words[one.start : one.end] not in EVERYDAY:
        return False
    return source.running or NO_NAME.search(words, max(one.start - 6, 0), one.start) is not None


def _is_told(sentence: _Sentence, found: re.Match[str], source: Source) -> bool:
    own = source.own
    sign, digits, decimals = digits_of(found)
    finer, least = finer_at(sentence.words, found.start()), _least(sentence.words, found, source)
    rows = None if own is None else _meant(own, sentence, found, source)
    if own is not None and source.running and least == COUNT:
        return _is_count_told(own, sentence, found, rows)
    if (rows is None or OF_SEVERAL.search(sentence.words, sentence.start, sentence.end)) and is_limit_of_difference(
        sentence.words, found.start()
    ):
        return True
    if own is None or rows is None:
        return source.told.explains(digits, sign, decimals, _metrics(own, sentence, source), finer=finer, least=least)
    if own.told.explains(digits, sign, decimals, set(), finer=finer, least=least, among=rows):
        return True
    if OF_SEVERAL.search(sentence.words, sentence.start, sentence.end):
        metrics = _metrics(own, sentence, source)
        return source.told.explains(digits, sign, decimals, metrics, finer=finer, several=not source.running)
    hidden = bool(sentence.named["metric"]) and not (rows & own.shown).any()
    return (
        source.running and not hidden and source.told.explains(digits, sign, decimals, set(), finer=finer, least=least)
    )


def _is_count_told(own: Book, sentence: _Sentence, found: re.Match[str], rows: Booleans | None) -> bool:
    """Whether a running text may tell of so many persons: of its *rows*, or as a file tells them of any.

    Worked out from a share only where it names a measure; where it names none, only of the rows that are meant then.
    """
    _, digits, _ = digits_of(found)
    if TOGETHER.search(sentence.words, sentence.start, found.start()):
        return own.told.may_be_of_several(digits)
    if not sentence.named["metric"]:
        return own.told.explains(digits, "", 0, set(), persons=True, among=rows)
    if rows is not None and own.told.explains(digits, "", 0, set(), least=COUNT, among=rows):
        return True
    hidden = rows is not None and not (rows & own.shown).any()
    return not hidden and own.told.explains(digits, "", 0, set(), persons=True)


def _least(words: str, found: re.Match[str], source: Source) -> int:
    """Return of which kind a number has to be: pupils are counted, in brackets of a figure a label rests on them.

    "+1 elev", "12,4 elever per lärare" count nobody.
    """
    if OF_PERSONS.match(words, found.end()):
        return OTHER if found[1] or found[3] else COUNT
    bracketed = words[found.start() - 1 : found.start()] == "(" and words[found.end() : found.end() + 1] == ")"
    return RESTS_ON if bracketed and not source.ours and not found[3] else OTHER


def _metrics(own: Book | None, sentence: _Sentence, source: Source) -> set[str]:
    """Return the metrics that a sentence names; one of a running text names too little to hold a number to them."""
    if own is None or source.running:
        return set()
    return {name for one in sentence.named["metric"] for name in own.metric[one.rows].tolist()}


def _meant(own: Book, sentence: _Sentence, found: re.Match[str], source: Source) -> Booleans | None:
    """Return the rows that the words around a number name, None where no row is all that.

    The last name before it counts; of units only within the segment; a school year or a group may follow too.
    """
    place = found.start()
    clause, segment, whole = sentence.part(CLAUSE, place), sentence.part(SEGMENT, place), (sentence.start, sentence.end)
    behind = BEHIND.match(sentence.words, found.end())
    meant: dict[str, Booleans] = {}
    for kind, mentions in sentence.named.items():
        within = _within(mentions, *{"year": clause, "unit": segment}.get(kind, whole))
        there = [one for one in within if one.end <= place or kind in EITHER_SIDE]
        if behind:
            there = _within(mentions, behind.start(), behind.end()) or there
        if there:
            meant[kind] = there[-1].rows
    if grade := BY_GRADE.search(sentence.words, max(clause[0] - 2, 0), place):
        meant["grade"] = own.of_grade(grade[1].replace("f", "0"))
    rows = own.meant(meant, newest=source.newest, ours=source.ours)
    return rows if rows.any() else None


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _within(mentions: Sequence[Mention], start: int, end: int) -> list[Mention]:
    return [one for one in mentions if start <= one.start and one.end <= end]


def _spans(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in pattern.finditer(text, start, end):
        yield start, found.start()
        start = found.end()
    yield start, end
