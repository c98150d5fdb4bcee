"""The tables of a page held to their own downloads, cell by cell: the same numbers, hidden in the same places.

Where head, row and caption tell which rows of its download a cell speaks of (`named`), its numbers must be of those
rows, and it must stand as a symbol where they are hidden, and only there. A difference of two is held to its metric.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from operator import itemgetter

import numpy as np

from skq.release.named import SYMBOLS, YEAR, Around, Book, Booleans
from skq.release.page_tables import Cell, PageTable
from skq.release.refusal import Refusal
from skq.release.told import ASIDE, NUMBER, Told, digits_of, finer_at, is_limit_of_difference
from skq.release.worked_out import COUNT, OTHER, RESTS_ON

HIDDEN = re.compile(r"^(\.\.|~100)")
NOT_OF_ROWS = re.compile(r"\s−\s|[Tt]rend\b|[Ss]killnad\b|^\s*Skolor\b")
"""Heads of columns with differences of two numbers, or counts of schools, which no row of a download has."""
TREND = re.compile(r"[+−]?\d+(?:,\d+)?[\s\u00a0]per[\s\u00a0]år")
OF_SCHOOLS = re.compile(r"\b\d+\s(?:av\s\d+\s)?skolors?\b")
"""How many schools a cell is about: "Minst E i alla ämnen: 16 skolor visas inte."."""
COUNTS = ("Elever", "Antal", "Bygger på", "Svar")
ALSO = {
    "forecast_eligible_vocational_share": "eligible_vocational_share",
    "test_passed_share": "test_all_parts_share",
    "salsa_expected": "salsa_passed_expected",
    "value_added_grades": "value_added_grades_shrunken",
    "value_added_tests": "value_added_tests_shrunken",
}
"""What else stands in the column of a metric: what came out below a forecast, all parts of a test in grade year 3."""
SUMMED_UP = ("assessment_rating",)
"""Metrics of which a table may tell how many units stand where: what units do, no person."""
HIDDEN_TOLD = "a number stands where the download of the table hides it"
HIDDEN_ONLY_HERE = "is hidden here in another way than in the download of the table, which tells what this hides"
NOT_OF_ROW = "a number stands in a place whose rows in the download do not tell it"
NOWHERE = "a number of the table stands in no download beside the page"


def attack_table(table: PageTable, told: Told, own: Book | None, where: str) -> list[Refusal]:
    """Return what a table tells that its *own* download does not, nor anything *told* beside the page."""
    header = next((row for row in table.rows if all(cell.header for cell in row)), [])
    if not _is_of_numbers(table):
        return []
    newest = any(YEAR.search(text) for text in [table.caption, *(head.text for head in header)])
    refusals = []
    for row in table.rows:
        named = set().union(*(cell.metrics for cell in row if cell.header), set())
        title = Around(_title(row), frozenset(_meant(named)))
        for place, cell in enumerate(row):
            if cell.header:
                continue
            head = header[place] if place < len(header) else Cell(0, header=True)
            above = Around(head.text, frozenset(_meant(head.metrics)))
            rows = _rows(own, [above, title, Around(table.caption, broad=True)], newest)
            fault = None if own is None or rows is None else _verdict(cell, _is_count(head), own, rows)
            if fault is not None:
                refusals.append(Refusal("contradiction", f"{where}:{cell.line}", fault))
                continue
            refusals += _of_cell(cell, head, _meant(named | head.metrics), told, where, row, own, rows)
    return refusals


def _title(row: Sequence[Cell]) -> str:
    """Return what names a row: its headers, and the words before its first number."""
    words = (not NUMBER.search(without_asides(cell.text)) and not HIDDEN.match(cell.text.strip()) for cell in row)
    before = takewhile(itemgetter(1), zip(row, words, strict=True))
    return " | ".join(dict.fromkeys([*(cell.text for cell in row if cell.header), *(cell.text for cell, _ in before)]))


def without_asides(text: str) -> str:
    """Return *text* without the numbers that count nobody: school years, grade years, schools."""
    return ASIDE.sub(lambda found: found[0] if found[0] == "~100" else " ", OF_SCHOOLS.sub(" ", text))


def _meant(metrics: set[str]) -> set[str]:
    return metrics | {ALSO[metric] for metric in metrics if metric in ALSO}


def _is_of_numbers(table: PageTable) -> bool:
    """Whether a table is one of results: those of sources, inputs and methods count files and rows."""
    heads = {cell.text.strip() for row in table.rows for cell in row if cell.header}
    return not heads & {"Fil", "Rader", "Tabell", "Källa", "Kontrollsumma"}


def _is_count(head: Cell) -> bool:
    return head.text.strip().startswith(COUNTS)


def _rows(own: Book | None, around: Sequence[Around], newest: bool) -> Booleans | None:
    """Return which rows of its download a cell speaks of, None where that cannot be told."""
    if own is None or any(NOT_OF_ROWS.search(one.text) for one in around if not one.broad):
        return None
    rows = own.rows(around, newest=newest)
    summed_up = rows.sum() > 1 and bool(np.isin(own.metric[rows], SUMMED_UP).all())
    return rows if rows.any() and not summed_up else None


def _verdict(cell: Cell, counts: bool, own: Book, rows: Booleans) -> str | None:
    """Return what is wrong where a cell hides what its *rows* tell, or tells what they hide.

    What a number rests on is hidden with it, whatever the number is hidden as.
    """
    plain = without_asides(cell.text).strip()
    if symbol := HIDDEN.match(plain):
        alike = rows & (~own.shown if counts else own.hidden_as(SYMBOLS[symbol[1]]))
        return None if alike.any() else HIDDEN_ONLY_HERE
    numbers = list(NUMBER.finditer(plain))
    if not numbers or (rows & own.shown).any() or all(_is_told(found, own, rows) for found in numbers):
        return None
    return HIDDEN_TOLD


def _is_told(found: re.Match[str], own: Book, rows: Booleans, finer: int = 0, least: int = OTHER) -> bool:
    sign, digits, decimals = digits_of(found)
    return own.told.explains(digits, sign, decimals, set(), finer=finer, among=rows, least=least)


def _of_cell(cell: Cell, head: Cell, metrics: set[str], told: Told, where: str, row: list[Cell],
             own: Book | None, rows: Booleans | None) -> list[Refusal]:  # fmt: skip
    place, plain = f"{where}:{cell.line}", without_asides(cell.text).strip()
    hidden = bool(HIDDEN.match(plain))
    counts = _is_count(head)
    trends = [one.span() for one in TREND.finditer(plain)]
    beside_hidden = counts and any(HIDDEN.match(other.text.strip()) for other in row if other is not cell)
    for found in NUMBER.finditer(plain.replace("~100", " ")):
        sign, digits, decimals = digits_of(found)
        if hidden:
            what = "a number stands in brackets beside one that is hidden"
            return [Refusal("n-beside-hidden", place, what)]
        finer = finer_at(plain, found.start())
        of_trend = any(start <= found.start() < end for start, end in trends)
        if own is not None and rows is not None and not of_trend:
            if _is_told(found, own, rows, finer, COUNT if counts else OTHER):
                continue
            return [Refusal("number-without-source", place, NOT_OF_ROW)]
        if is_limit_of_difference(plain, found.start()):
            continue
        if told.explains(digits, sign, decimals, metrics, least=RESTS_ON if counts else OTHER, finer=finer):
            continue
        if beside_hidden:
            what = "how many a hidden number rests on stands beside it, and no download tells it"
            return [Refusal("n-beside-hidden", place, what)]
        if counts and told.explains(digits, sign, decimals, metrics):
            continue
        return [Refusal("number-without-source", place, NOWHERE)]
    return []
