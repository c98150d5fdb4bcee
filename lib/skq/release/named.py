"""Which rows of a download a place of a page speaks of, by what stands around it: heads, names of rows, sentences.

A cell below "2022/23" in the row "Minst E i alla ämnen, åk 9" can only tell of the rows of that school year, measure
and grade year. What is named nowhere around it limits nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from skq.release.published import Download
from skq.release.told import KEYS, Told, told_by
from skq.report.texts import texts

Booleans = npt.NDArray[np.bool_]

YEAR = re.compile(r"\b(?:20)?(\d\d)/(\d\d)\b")
GRADE = re.compile(r"\b(?:åk|årskurs(?:erna)?)\s*(\d)\b|\balla årskurser\b")
ALL_GRADES = "alla"
BLANKS = re.compile(r"[\s\u00ad\u200b\u2060]")
SYMBOLS = {"..": ("too_few", "protects_other"), "~100": ("nearly_all",)}
"""What stands on a page for what a download hides."""
IN_GRADE = " i årskurs {grade_year}"
SHORTER = {
    "three_years": ("tre läsår",),
    "autumn_all_subjects_passed_share": ("minst e i alla ämnen",),
    "cohort_leavers_count": ("slutade",),
    "cohort_joiners_count": ("började",),
    "cohort_change_stayers": ("samma elever", "därav kvar"),
    "cohort_change_leavers": ("lämnat", "därav slutade"),
    "cohort_change_joiners": ("nya", "därav började"),
    "salsa_expected": ("väntat enligt salsa",),
    "salsa_passed_expected": ("väntat enligt salsa",),
    "survey_guardians_response_share": ("svarsfrekvens",),
    "survey_staff_response_share": ("svarsfrekvens",),
    "segregation_foreign": ("segregation, utländsk bakgrund",),
    "segregation_foreign_by_chance": ("segregation, utländsk bakgrund",),
    "segregation_education_by_chance": ("segregation, utbildning",),
    "allocation_base": ("grund (mnkr)",),
    "allocation_structure": ("struktur (mnkr)",),
    "allocation_total": ("totalt (mnkr)",),
}
"""What else groups and metrics are called in heads and rows that leave out what the table tells anyway."""


@dataclass(frozen=True)
class Around:
    """One text that names a place: a head, a row's name, a caption; and the *metrics* that it links to.

    *broad*: it tells of more than one place, so that the metrics in its words are not those of each.
    """

    text: str
    metrics: frozenset[str] = frozenset()
    broad: bool = False


@dataclass(frozen=True)
class Mention:
    """One name that stands in a text: from where to where, and the rows that it may mean."""

    start: int
    end: int
    rows: Booleans


@dataclass(frozen=True, eq=False)
class Book:
    """The rows of downloads, and what each can be called on a page.

    `called`: for each of metric, unit, year, grade, subject and category, a word -> the rows that it may mean. `usual`:
    the rows that are meant where nothing of a kind is named.
    """

    told: Told
    status: npt.NDArray[np.str_]
    shown: Booleans
    metric: npt.NDArray[np.str_]
    called: Mapping[str, Mapping[str, Booleans]]
    usual: Mapping[str, Booleans]

    def rows(self, around: Sequence[Around], *, newest: bool = False) -> Booleans:
        """Return the rows that a place may speak of, none where what is named stands in no row.

        *around*: what names it, the closest first; the first that names a unit (a school year, …) decides. *newest*:
        where no school year is named, the newest is meant.
        """
        named = {kind: meant for kind in self.called if (meant := self._first(kind, around)) is not None}
        return self.meant(named, newest=newest)

    def meant(self, named: Mapping[str, Booleans], *, newest: bool = False, ours: bool = True) -> Booleans:
        """Return the rows that are meant where the kinds *named* are named by so many rows each.

        *ours*: where no unit is named, that of the page is meant.
        """
        found = np.ones(len(self.status), dtype=np.bool_)
        for rows in named.values():
            found &= rows
        for kind, rows in self.usual.items():
            asked = {"year": newest, "unit": ours}.get(kind, True)
            if kind not in named and asked and (found & rows).any():
                found &= rows
        return found

    def mentions(self, kind: str, text: str) -> Iterator[Mention]:
        """Yield each name of a *kind* in a *text* (as from `plain`), in order; those of no row tell nothing."""
        words = self.called[kind]
        for found in _pattern(kind, tuple(words)).finditer(text):
            rows = words.get(WORDS[kind](found) if kind in WORDS else found[0])
            if rows is not None:
                yield Mention(found.start(), found.end(), rows)

    def of_grade(self, grade: str) -> Booleans:
        """Return the rows of a grade year."""
        return self.called["grade"].get(grade, np.zeros(len(self.status), dtype=np.bool_))

    def hidden_as(self, statuses: Sequence[str]) -> Booleans:
        """Return the rows that are hidden with one of *statuses*."""
        return np.isin(self.status, statuses)

    def _first(self, kind: str, around: Sequence[Around]) -> Booleans | None:
        """Return the rows that the first text means which names one of a *kind*."""
        for one in around:
            if kind == "metric" and one.metrics:
                return np.isin(self.metric, sorted(one.metrics))
            if kind == "metric" and one.broad:
                continue
            if found := [mention.rows for mention in self.mentions(kind, plain(one.text))]:
                named: Booleans = np.logical_or.reduce(found)
                return named
        return None


def book(found: Sequence[Download]) -> Book | None:
    """Return the rows of the downloads *found* with what they are called, None where none names its rows.

    Where no unit is named, the school is meant whose folder the files lie in; where no group is, all pupils; where no
    school year is, the newest.
    """
    keyed = [one for one in found if one.has_key and one.rows]
    if not keyed:
        return None
    told = told_by(keyed)
    cells = {tuple(row[name] for name in KEYS): row for one in keyed for _, row in one.cells()}
    rows = [cells[key] for key in told.rows]
    value = np.asarray([numbers[0] for numbers in told.rows.values()])
    called = {kind: _index([name(row) for row in rows]) for kind, name in NAMES.items()}
    metric, status = (np.asarray([row[name] for row in rows], dtype=np.str_) for name in ("id", "status"))
    code = keyed[0].where.rpartition("/")[0].rpartition("-")[2]
    newest = max(row["läsår"] for row in rows)
    ours = {"unit": ("kod", code), "category": ("kategori", "all"), "year": ("läsår", newest)}
    usual = {kind: np.asarray([row[name] == word for row in rows]) for kind, (name, word) in ours.items()}
    return Book(told, status, ~np.isnan(value), metric, called, usual)


def plain(text: str) -> str:
    """Return *text* in small letters, every kind of blank an ordinary one; each sign stays at its place."""
    return BLANKS.sub(" ", text).lower()


def _index(words: Sequence[Sequence[str]]) -> dict[str, Booleans]:
    places: dict[str, list[int]] = {}
    for row, of_row in enumerate(words):
        for word in of_row:
            if word:
                places.setdefault(word, []).append(row)
    found = {word: np.zeros(len(words), dtype=np.bool_) for word in sorted(places, key=lambda one: (-len(one), one))}
    for word, rows in places.items():
        found[word][rows] = True
    return found


@lru_cache(maxsize=2048)
def _pattern(kind: str, words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of *words*, of which the longest stand first, so that no word is taken for a part of it."""
    if kind in PATTERNS:
        return PATTERNS[kind]
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words)) or '(?!)'})(?!\w)")


def _metric_names(row: Mapping[str, str]) -> list[str]:
    words = texts()["metric"].get(row["id"], {})
    named = (
        words.get(kind, "").removesuffix(IN_GRADE).replace("{subject}", row["ämne"])
        for kind in ("name", "short", "label", "noun")
    )
    return [*(plain(word) for word in named), *SHORTER.get(row["id"], ())]


NAMES: Mapping[str, Callable[[Mapping[str, str]], list[str]]] = {
    "metric": _metric_names,
    "unit": lambda row: [plain(row["enhet"]), plain(row["nivå"]), plain(row["nivå"]) + "s"],
    "year": lambda row: [row["läsår"]],
    "grade": lambda row: [row["årskurs"] or ALL_GRADES],
    "subject": lambda row: [plain(row["ämne"])],
    "category": lambda row: [plain(row["grupp"]), *SHORTER.get(row["kategori"], ())],
}
PATTERNS = {"year": YEAR, "grade": GRADE}
WORDS: Mapping[str, Callable[[re.Match[str]], str]] = {
    "year": lambda found: f"20{found[1]}/{found[2]}",
    "grade": lambda found: found[1] or ALL_GRADES,
}
