"""Every number in a page or PDF must stand in a download beside it: what is nowhere else was never attacked.

Tables are held to their own metrics: a number in the row or column of a metric must be one of that metric's published
numbers, what one rests on, a limit, a count worked out from a share, or a difference of two. Running text is held to
what the page's files, tables and notes tell. A PDF may only say what its page says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from skq.release.page_tables import Cell, PageTable, read_page
from skq.release.pdfs import page_texts
from skq.release.published import Download
from skq.release.refusal import Refusal
from skq.release.told import ASIDE, NUMBER, Told, told_by

LIMITS = re.compile(r"\([+−]?\d+(?:,\d+)?[\s\u00a0]+till[\s\u00a0]+[+−]?\d+(?:,\d+)?\)")
"""A signed interval, whose limits may be told more exactly near zero."""
LABEL = re.compile(r'<g id="(?:count|newest|number)">\s*<!--(.*?)-->', re.DOTALL)
"""What a figure writes beside a mark of it; its glyphs are outlines, the text stands in a comment."""
HIDDEN = re.compile(r"^(?:\.\.|~100)")
COUNTS = ("Elever", "Antal", "Bygger på", "Svar")
UNITS = re.compile(r"^[\u00a0 ](?:%|elever\b|elev\b|poäng\b|procentenheter\b|svar\b)")
SQUEEZED = re.compile(r"[\s\u00ad\u200b\u2060\-\u2010\u2011]+")


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
