"""Every number in a page or PDF must stand in a download beside it: what is nowhere else was never attacked.

Tables are held to their own metrics: a number in the row or column of a metric must be one of that metric's published
numbers, what one rests on, a limit, a count worked out from a share, or a difference of two. Running text is held to
what the page's files, tables and notes tell. A PDF may only say what its page says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from skq.release.page_tables import Cell, PageTable, read_page
from skq.release.pdfs import page_texts
from skq.release.published import Download
from skq.release.refusal import Refusal
from skq.report.download import HEADER
from skq.report.texts import texts
from skq.report.wording import form

Floats = npt.NDArray[np.float64]

NUMBER = re.compile(r"(?<![\w,/.])([+−-]?)(\d{1,3}(?:[\u00a0\u202f ]\d{3})+|\d+)(?:,(\d+))?(?![\w/,])")
ASIDE = re.compile(
    r"\d{4}/\d{2}|\d{2}/\d{2}|~100|(?:95|99,8)\s*%-|(?:åk|[åÅ]rskurs(?:erna)?|Tabell|Figur|läsår)\s*\d+(?:[–-]\d+)?|\d+\s*till\s*\d+"
)
"""School years, grade years and the like: numbers that count nothing."""
LIMITS = re.compile(r"\([+−]?\d+(?:,\d+)?[\s\u00a0]+till[\s\u00a0]+[+−]?\d+(?:,\d+)?\)")
"""A signed interval, whose limits may be told more exactly near zero."""
LABEL = re.compile(r'<g id="(?:count|newest|number)">\s*<!--(.*?)-->', re.DOTALL)
"""What a figure writes beside a mark of it; its glyphs are outlines, the text stands in a comment."""
HIDDEN = re.compile(r"^(?:\.\.|~100)")
COUNTS = ("Elever", "Antal", "Bygger på", "Svar")
UNITS = re.compile(r"^[\u00a0 ](?:%|elever\b|elev\b|poäng\b|procentenheter\b|svar\b)")
SQUEEZED = re.compile(r"[\s\u00ad\u200b\u2060\-\u2010\u2011]+")


@dataclass(frozen=True, eq=False)
class Told:
    """What the downloads beside a page tell, as they would be printed: numbers, counts and differences, by metric."""

    metric: npt.NDArray[np.str_]
    number: Floats
    decimals: npt.NDArray[np.int64]
    slack: Floats
    is_n: npt.NDArray[np.bool_]

    def explains(self, text: str, sign: str, decimals: int, metrics: set[str], *, n: bool | None = None,
                 finer: int = 0) -> bool:  # fmt: skip
        """Whether a printed number is one of *metrics* (of any, where none is named), as exactly as both are told.

        What is told to fewer decimals than are printed explains nothing, but for *finer* ones: a limit near zero is
        printed more exactly. Without a sign a difference may be meant.
        """
        shown = float(text.replace(",", ".")) * (-1.0 if sign in ("−", "-") else 1.0)
        coarser = 0.5 * (10.0**-decimals + 10.0**-self.decimals)
        within = np.where(self.decimals != decimals, coarser, 0.0) + self.slack + 1e-9
        near = np.abs(self.number - shown) <= within
        if not sign:
            near |= np.abs(np.abs(self.number) - shown) <= within
        near &= self.decimals >= decimals - finer
        if metrics:
            near &= np.char.startswith(self.metric[:, None], np.asarray(sorted(metrics))[None, :]).any(axis=1)
        if n is not None:
            near &= self.is_n == n
        return bool(near.any())


Entry = tuple[str, float, int, float, bool]
"""Metric, number, decimals, what it may be off beyond its rounding, and whether others rest on it."""
Key = tuple[str, ...]
Numbers = tuple[float, float, float, float]
KEYS = ("id", "nivå", "kod", "läsår", "årskurs", "ämneskod", "uppdelning", "kategori")
EXPECTED = {"merit_rating_17": "salsa_expected", "all_subjects_passed_share": "salsa_passed_expected"}
MILLION, PERCENT = 1e6, 100.0
MOST_COMPARED = 60
"""Of more units than so many no table shows how far each lies from each; from those above schools it always may."""
OF_SCHOOLS = tuple(str(texts()["level"][level]) for level in ("school", "group"))


def told_by(found: Sequence[Download]) -> Told:
    """Return what the downloads *found* (those beside one page) tell."""
    rows: dict[Key, Numbers] = {}
    entries: list[Entry] = []
    for one in found:
        if not one.has_key:
            entries += [("", number, places, 0.0, False) for number, places in _loose(one)]
            continue
        for _, cells in one.cells():
            key = tuple(cells[name] for name in KEYS)
            value, lower, upper, n = (_plain(cells[name]) for name in ("värde", "nedre", "övre", "antal"))
            rows[key] = (value, lower, upper, n)
            entries += [(key[0], number, places, 0.0, False) for name in one.header[len(HEADER) :]
                        for number, places in _found(cells[name])]  # fmt: skip
    entries += [entry for key, numbers in rows.items() for entry in _numbers(key[0], *numbers)]
    entries += _differences(rows)
    columns = list(zip(*entries, strict=True)) if entries else [()] * 5
    dtypes = (np.str_, np.float64, np.int64, np.float64, np.bool_)
    return Told(*(np.asarray(column, dtype=dtype) for column, dtype in zip(columns, dtypes, strict=True)))


def _plain(text: str) -> float:
    return float(text.replace(",", ".")) if text else np.nan


def _found(text: str) -> list[tuple[float, int]]:
    """Return the numbers in *text*, each with its decimals."""
    return [(_value(*found.groups()), len(found[3] or "")) for found in NUMBER.finditer(ASIDE.sub(" ", text))]


def _value(sign: str, whole: str, part: str | None) -> float:
    size = float(re.sub(r"\s", "", whole) + (f".{part}" if part else ""))
    return -size if sign in ("−", "-") else size


def _loose(one: Download) -> list[tuple[float, int]]:
    return [told for _, cells in one.cells() for text in cells.values() for told in _found(text)]


def _numbers(metric: str, value: float, lower: float, upper: float, n: float) -> Iterable[Entry]:
    shape = form(metric)
    limits = ((value, shape.decimals), (lower, shape.interval_decimals), (upper, shape.interval_decimals))
    yield from ((metric, number, decimals, 0.0, False) for number, decimals in limits if not np.isnan(number))
    if not np.isnan(n):
        yield metric, n, 0 if n % 1 == 0 else 1, 0.0, True
        if shape.scale == PERCENT and not np.isnan(value):
            yield metric, float(round(value / PERCENT * n)), 0, n * 0.5 * 10.0**-shape.decimals / PERCENT, False
    if not np.isnan(value) and abs(value) >= MILLION / 10:
        yield metric, value / MILLION, 6, 0.0, False


def _differences(rows: Mapping[Key, Numbers]) -> Iterable[Entry]:
    """Yield differences of two shown numbers of one metric: of years, of groups, of a unit and one above schools."""
    alike: dict[Key, list[float]] = {}
    apart: dict[Key, tuple[list[float], list[float]]] = {}
    for key, (value, *_) in rows.items():
        if np.isnan(value):
            continue
        metric, level, unit, year, *rest = key
        alike.setdefault((metric, "", year, *rest[:2]), []).append(value)
        alike.setdefault((metric, level, unit, *rest), []).append(value)
        alike.setdefault((metric, level, unit, year, "", *rest[:2]), []).append(value)
        every, above = apart.setdefault((metric, year, *rest), ([], []))
        every.append(value)
        if level not in OF_SCHOOLS:
            above.append(value)
    yield from _from_expected(rows)
    for (metric, *_), values in alike.items():
        if 1 < len(values) <= MOST_COMPARED:
            yield from _apart(metric, values, values)
    for (metric, *_), (every, above) in apart.items():
        yield from _apart(metric, every, above)


def _from_expected(rows: Mapping[Key, Numbers]) -> Iterable[Entry]:
    for key, (value, *_) in rows.items():
        if key[0] in EXPECTED and not np.isnan(value):
            found = (rows.get((EXPECTED[key[0]], *key[1:4], grade, *key[5:])) for grade in (key[4], ""))
            for expected in (one[0] for one in found if one is not None):
                yield key[0], value - expected, 1, 0.5 + 1.0 / 10, False  # what is expected is told to whole points


def _apart(metric: str, first: Sequence[float], second: Sequence[float]) -> Iterable[Entry]:
    """Yield how far each of *first* lies from each of *second*."""
    places = form(metric).decimals
    different = np.unique(np.round(np.asarray(first)[:, None] - np.asarray(second)[None, :], 4))
    yield from ((metric, float(number), places, 10.0**-places, False) for number in different)


def attack_pages(site: Path, found: Sequence[Download]) -> list[Refusal]:
    """Return what the pages and PDFs of *site* tell that the downloads beside them do not."""
    beside: dict[str, list[Download]] = {}
    for one in found:
        beside.setdefault(one.where.rpartition("/")[0], []).append(one)
    refusals: list[Refusal] = []
    for page in sorted(site.rglob("*.html")):
        where = page.relative_to(site).as_posix()
        if files := beside.get(where.rpartition("/")[0]):
            html = page.read_text(encoding="utf-8")
            tables, other = read_page(html)
            told = told_by(files)
            refusals += [refusal for table in tables for refusal in _of_table(table, told, where)]
            pdf = page.with_suffix(".pdf")
            if pdf.is_file():
                refusals += _of_pdf(pdf, pdf.relative_to(site).as_posix(), tables, other)
            refusals += _of_text(other, tables, told, where)
            for figure in sorted(page.parent.glob("*.svg")):
                refusals += _of_figure(figure, told, figure.relative_to(site).as_posix())
    return refusals


def _of_figure(figure: Path, told: Told, where: str) -> list[Refusal]:
    """Return a refusal for each number that is written beside a bar, a dot or a line and stands in no download."""
    refusals, text = [], figure.read_text(encoding="utf-8")
    for label in LABEL.finditer(text):
        plain = ASIDE.sub(" ", label[1].replace("&#160;", "\u00a0"))
        for found in NUMBER.finditer(plain):
            sign, whole, part = found.groups()
            digits = re.sub(r"\s", "", whole) + (f",{part}" if part else "")
            if not told.explains(digits, sign, len(part or ""), set()):
                line = text.count("\n", 0, label.start()) + 1
                what = "a number of the figure stands in no download beside the page"
                refusals.append(Refusal("number-without-source", f"{where}:{line}", what))
    return refusals


def _of_table(table: PageTable, told: Told, where: str) -> list[Refusal]:
    header = next((row for row in table.rows if all(cell.header for cell in row)), [])
    if not _is_of_numbers(table):
        return []
    refusals = []
    for row in table.rows:
        named = set().union(*(cell.metrics for cell in row if cell.header), set())
        for place, cell in enumerate(row):
            if cell.header:
                continue
            head = header[place] if place < len(header) else Cell(0, header=True)
            refusals += _of_cell(cell, head, _meant(named | head.metrics), told, where, row)
    return refusals


ALSO = {
    "forecast_eligible_vocational_share": "eligible_vocational_share",
    "test_passed_share": "test_all_parts_share",
    "salsa_expected": "salsa_passed_expected",
}
"""What else stands in the column of a metric: what came out below a forecast, all parts of a test in grade year 3."""


def _meant(metrics: set[str]) -> set[str]:
    return metrics | {ALSO[metric] for metric in metrics if metric in ALSO}


def _is_of_numbers(table: PageTable) -> bool:
    """Whether a table is one of results: those of sources, inputs and methods count files and rows."""
    heads = {cell.text.strip() for row in table.rows for cell in row if cell.header}
    return not heads & {"Fil", "Rader", "Tabell", "Källa", "Kontrollsumma"}


def _of_cell(cell: Cell, head: Cell, metrics: set[str], told: Told, where: str, row: list[Cell]) -> list[Refusal]:
    text = ASIDE.sub(lambda found: found[0] if found[0] == "~100" else " ", cell.text)
    place, plain = f"{where}:{cell.line}", text.strip()
    hidden = bool(HIDDEN.match(plain))
    counts = head.text.strip().startswith(COUNTS)
    beside_hidden = counts and any(HIDDEN.match(other.text.strip()) for other in row if other is not cell)
    for found in NUMBER.finditer(plain.replace("~100", " ")):
        sign, whole, part = found.groups()
        digits = re.sub(r"\s", "", whole) + (f",{part}" if part else "")
        if hidden:
            what = "a number stands in brackets beside one that is hidden"
            return [Refusal("n-beside-hidden", place, what)]
        finer = int(any(one.start() < found.start() < one.end() for one in LIMITS.finditer(plain)))
        if told.explains(digits, sign, len(part or ""), metrics, n=True if counts else None, finer=finer):
            continue
        if beside_hidden:
            what = "how many a hidden number rests on stands beside it, and no download tells it"
            return [Refusal("n-beside-hidden", place, what)]
        if counts and told.explains(digits, sign, len(part or ""), metrics):
            continue
        return [Refusal("number-without-source", place, "a number of the table stands in no download beside the page")]
    return []


def _of_text(other: list[tuple[int, str]], tables: list[PageTable], told: Told, where: str) -> list[Refusal]:
    """Return a refusal for each number with a unit in running text that no file of the page tells."""
    printed = {_squeezed(found[0]) for table in tables for row in table.rows for cell in row
               for found in NUMBER.finditer(cell.text)}  # fmt: skip
    refusals, line, text = [], 0, ""
    for at, piece in [*other, (0, "\n")]:
        if piece == "\n":
            if not _without_source(text, told, printed):
                text = ""
                continue
            what = "a number of the text stands in no download and no table of the page"
            refusals.append(Refusal("number-without-source", f"{where}:{line}", what))
            text = ""
        else:
            line = at if not text else line
            text += piece
    return refusals


def _without_source(text: str, told: Told, printed: set[str]) -> bool:
    plain = ASIDE.sub(" ", text)
    for found in NUMBER.finditer(plain):
        sign, whole, part = found.groups()
        if not UNITS.match(plain[found.end() :]) or not part:
            continue
        digits = re.sub(r"\s", "", whole) + f",{part}"
        if _squeezed(found[0]) not in printed and not told.explains(digits, sign, len(part), set()):
            return True
    return False


def _of_pdf(pdf: Path, where: str, tables: list[PageTable], other: list[tuple[int, str]]) -> list[Refusal]:
    """Return where a PDF says other than its page: a row of a table that differs, a number that the page has not."""
    pages = page_texts(pdf.read_bytes())
    text = _squeezed("".join(pages))
    refusals = []
    for table in tables:
        if not table.caption or _squeezed(table.caption) not in text:
            continue
        for row in table.rows:
            if not all(cell.header for cell in row) and _squeezed("".join(cell.text for cell in row)) not in text:
                what = f"a row of the table {table.caption.split('.')[0]!r} is not as on the page"
                refusals.append(Refusal("pdf-differs", where, what))
    cells = "\n".join(cell.text for table in tables for row in table.rows for cell in row)
    whole = "".join(piece for _, piece in other) + cells
    known = set(re.findall(r"\d+,\d+", whole))
    for number, page in enumerate(pages, start=1):
        if set(re.findall(r"\d+,\d+", page)) - known:
            refusals.append(Refusal("pdf-differs", f"{where} page {number}", "a number that the page does not have"))
    return refusals


def _squeezed(text: str) -> str:
    return SQUEEZED.sub("", text.replace("−", "§"))
