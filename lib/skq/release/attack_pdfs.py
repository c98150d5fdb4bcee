"""A PDF may only say what its page says: each row of a table, each line with a number or a symbol for a hidden one."""

from __future__ import annotations

import re

from skq.release.page_tables import Page
from skq.release.pdfs import page_texts
from skq.release.refusal import Refusal
from skq.release.told import ASIDE

SQUEEZED = re.compile(r"[\s\u00ad\u200b\u2060\-\u2010\u2011]+")
DECIMAL = re.compile(r"\d+,\d+")
TOLD = re.compile(r"\d|\.\.")
"""A number, or the symbol of a hidden one."""
OF_PAGES = re.compile(r"^\s*\d+\s\(\d+\)\s*$|Skolenhetskod\s\d{8}")
"""The numbers of pages, and the line that names the school."""


def attack_pdf(content: bytes, where: str, page: Page) -> list[Refusal]:
    """Return where a PDF says other than its page: a row of a table that differs, a line that the page has not."""
    pages = page_texts(content)
    refusals = [Refusal("pdf-differs", where, what) for what in _rows(page, _squeezed("".join(pages)))]
    cells = "\n".join(cell.text for table in page.tables for row in table.rows for cell in row)
    whole = "".join(piece for _, piece in page.texts) + cells
    said = _squeezed("\n".join([whole, *(table.caption for table in page.tables)]))
    known = set(DECIMAL.findall(whole))
    for number, text in enumerate(pages, start=1):
        place = f"{where} page {number}"
        if set(DECIMAL.findall(text)) - known:
            refusals.append(Refusal("pdf-differs", place, "a number that the page does not have"))
        elif any(_squeezed(line) not in said for line in text.splitlines() if TOLD.search(_counting(line))):
            refusals.append(Refusal("pdf-differs", place, "a line with a number that the page does not have"))
    return refusals


def _rows(page: Page, text: str) -> list[str]:
    """Return what is wrong with the rows of the page's tables that stand in the PDF's *text*."""
    wrong = []
    for table in page.tables:
        if not table.caption or _squeezed(table.caption) not in text:
            continue
        for row in table.rows:
            if not all(cell.header for cell in row) and _squeezed("".join(cell.text for cell in row)) not in text:
                wrong.append(f"a row of the table {table.caption.split('.')[0]!r} is not as on the page")
    return wrong


def _counting(line: str) -> str:
    """Return a line without numbers that count nothing."""
    return "" if OF_PAGES.search(line) else ASIDE.sub(lambda found: found[0] if found[0] == "~100" else " ", line)


def _squeezed(text: str) -> str:
    return SQUEEZED.sub("", text.replace("−", "§"))
