"""Columns with personal data that no number needs: known by header or content, dropped, told, and remembered unseen.

Dropped means that no row of a table ever holds them; their texts are kept in memory for one purpose, to be looked for
in what is released.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from skq.schema import TableSpec
from skq.schema.personal import Surplus
from skq.sources.findings import EMAIL, Remark, personal_number, spaced
from skq.sources.grid import blank, texts_of
from skq.sources.headers import HeaderRow

PHONE = re.compile(r"(?:\+\d{2}[\s-]?(?:\(0\)[\s-]?)?\d{1,3}|0\d{1,3})[\s-]\d[\d\s-]{4,10}\d")
PARTICLES = frozenset({"af", "al", "bin", "da", "de", "del", "den", "der", "di", "el", "la", "och", "van", "von"})
LONGEST_NAME = 5
GIVEN, FAMILY = re.compile("förnamn|tilltalsnamn|first|given"), re.compile("efternamn|last|family|surname")

MOST, NEARLY_ALL = 0.5, 0.8
LEAST_NAMES = 3

WATCHED = {
    Surplus.PERSONAL_NUMBER: "personal_number",
    Surplus.NAME: "name",
    Surplus.EMAIL: "email",
    Surplus.PHONE: "phone",
}
"""Under which kind the texts of a dropped column are looked for; places, days and words would be found by chance."""

WHAT = {
    Surplus.PERSONAL_NUMBER: "personal identity numbers",
    Surplus.NAME: "names of persons",
    Surplus.EMAIL: "e-mail addresses",
    Surplus.PHONE: "telephone numbers",
    Surplus.ADDRESS: "addresses or places where persons live",
    Surplus.BIRTH: "days of birth or ages",
    Surplus.PROTECTED: "marks of protected identity or secrecy",
    Surplus.ORIGIN: "origin, language or belief",
    Surplus.HEALTH: "health or special needs",
    Surplus.NOTE: "free text on single persons",
}

WHY = {
    Surplus.PERSONAL_NUMBER: "persons are counted by an identifier of your own; no number needs to know who they are",
    Surplus.NAME: "no number and no page names a pupil, a guardian or a teacher",
    Surplus.EMAIL: "no number needs it, and nobody is written to",
    Surplus.PHONE: "no number needs it, and nobody is called",
    Surplus.ADDRESS: "schools are followed, not homes; the area of a unit stands in school_units (skolenheter)",
    Surplus.BIRTH: "results go by grade year, never by age",
    Surplus.PROTECTED: "everyone is protected alike, and the mark itself is a secret (OSL chapter 21)",
    Surplus.ORIGIN: "of origin only foreign_background and newly_arrived are counted, as yes or no; the rest can be a"
    " special category of personal data (GDPR article 9)",
    Surplus.HEALTH: "no metric is about health or support of single pupils; it is a special category of personal data"
    " (GDPR article 9) and secret (OSL chapter 23)",
    Surplus.NOTE: "no metric reads free text on persons",
}

NEXT = "leave the column out of the export, then delete the copies of this file"


@dataclass(frozen=True)
class Dropped:
    """What the surplus columns of one file held: their places, what is told of them, and their texts by kind."""

    places: frozenset[int]
    remarks: tuple[Remark, ...]
    texts: dict[str, frozenset[str]]


NOTHING_DROPPED = Dropped(frozenset(), (), {})


def dropped(body: pd.DataFrame, header: HeaderRow, spec: TableSpec, *, file: str) -> Dropped:
    """Return what is surplus among the columns of *body* (by place) that are no columns of the table."""
    by_content = {place: kind_of_content(body[place], spec) for place in header.unknown if place in body}
    kinds = {**header.personal, **{place: kind for place, kind in by_content.items() if kind}}
    kinds = {place: kind for place, kind in sorted(kinds.items()) if place in body}
    filled = {place: _filled(body[place]) for place in kinds}
    remarks = tuple(
        _remark(kind, header.cells[place], filled[place], file=file, row=header.place + 1)
        for place, kind in kinds.items()
        if filled[place]
    )
    texts = {name: _texts(body, [place for place in kinds if kinds[place] is kind]) for kind, name in WATCHED.items()}
    names = {place: header.cells[place] for place, kind in kinds.items() if kind is Surplus.NAME}
    texts["name"] = frozenset(_given_first(text) for text in texts["name"]) | _whole_names(body, names)
    return Dropped(frozenset(kinds), remarks, {name: found for name, found in texts.items() if found})


def kind_of_content(column: pd.Series, spec: TableSpec) -> Surplus | None:
    """Return what the texts of a column (of categories) are, most of them: numbers, addresses or names of persons.

    Names only where rows are about persons, and no longer where a few names come again and again: those are places.
    """
    texts = [text for category in texts_of(column) if (text := category.strip())]
    for kind, holds in ((Surplus.PERSONAL_NUMBER, _is_number), (Surplus.EMAIL, _is_email), (Surplus.PHONE, _is_phone)):
        if texts and sum(map(holds, texts)) > MOST * len(texts):
            return kind
    varied = len(texts) >= max(LEAST_NAMES, MOST * _filled(column))
    if spec.of_persons and varied and sum(map(looks_like_name, texts)) >= NEARLY_ALL * len(texts):
        return Surplus.NAME
    return None


def looks_like_name(text: str) -> bool:
    """Return whether *text* has the form of a person's full name: two to five words with capitals, no digits.

    >>> [looks_like_name(text) for text in ("Anna-Karin von Berg", "BERG, Anna", "Biträdande rektor", "9A", "Anna")]
    [True, True, False, False, False]
    """
    words = re.split(r"[,\s]+", text.strip())
    if not 2 <= len(words) <= LONGEST_NAME:
        return False
    capitals = [word for word in words if word.casefold() not in PARTICLES]
    return len(capitals) >= 2 and all(
        word[:1].isupper() and re.sub(r"[-'’.]", "", word).isalpha() and len(word) > 1 for word in capitals
    )


def _is_number(text: str) -> bool:
    return personal_number(text) is not None


def _is_email(text: str) -> bool:
    return EMAIL.fullmatch(text) is not None


def _is_phone(text: str) -> bool:
    return PHONE.fullmatch(text) is not None


def _remark(kind: Surplus, header: str, filled: int, *, file: str, row: int) -> Remark:
    rows = f"{spaced(filled)} row{'' if filled == 1 else 's'} filled"
    found = f"a column with {WHAT[kind]} ({rows}); it is dropped on reading"
    return Remark(file, row, header.strip(), f"surplus-{kind}", found, WHY[kind], NEXT)


def _filled(column: pd.Series) -> int:
    return int((~blank(column)).sum())


def _texts(body: pd.DataFrame, places: Iterable[int]) -> frozenset[str]:
    return frozenset(text for place in places for word in texts_of(body[place]) if (text := word.strip()))


def _given_first(name: str) -> str:
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() else name


def _whole_names(body: pd.DataFrame, headers: dict[int, str]) -> frozenset[str]:
    """Return given and family name of each row together, where they stand in columns of their own."""
    given = [place for place, header in headers.items() if GIVEN.search(header.casefold())]
    family = [place for place, header in headers.items() if FAMILY.search(header.casefold())]
    whole: set[str] = set()
    for first, last in zip(given, family, strict=False):
        pairs = body[[first, last]].astype("str").drop_duplicates().dropna()
        whole |= {f"{a.strip()} {b.strip()}" for a, b in pairs.itertuples(index=False) if a.strip() and b.strip()}
    return frozenset(whole)
