"""Finished pages and PDFs, read as a reader's program does: tables, links, text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

SCHOOL_YEAR = re.compile(r"\d{4}/\d{2}")


@dataclass(frozen=True)
class PageTable:
    """One table of a page: its header and its rows, as text."""

    header: list[str]
    rows: list[list[str]]

    @property
    def years(self) -> dict[int, str]:
        """The columns that are a school year."""
        return {place: text for place, text in enumerate(self.header) if SCHOOL_YEAR.fullmatch(text)}

    def column(self, name: str) -> int | None:
        """Where the column called *name* is."""
        return self.header.index(name) if name in self.header else None


def tables(page: Path) -> list[PageTable]:
    """Return the tables of an HTML page."""
    text = page.read_text(encoding="utf-8")
    found = []
    for table in re.findall(r"<table.*?</table>", text, flags=re.DOTALL):
        rows = [_cells(row) for row in re.findall(r"<tr.*?</tr>", table, flags=re.DOTALL)]
        found.append(PageTable(rows[0], rows[1:]))
    return found


def pdf_text(path: Path) -> str:
    """Return the text of a PDF, with one space wherever there is any white space."""
    return _text_of(path.read_bytes())


@lru_cache(maxsize=16)
def _text_of(content: bytes) -> str:
    return plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))


def plain(text: str) -> str:
    """Return *text* with one ordinary space for all white space, without soft hyphens."""
    return " ".join(text.replace("\xad", "").replace("\xa0", " ").split())


def addresses(page: Path) -> list[str]:
    """Return every address that a page links to or loads."""
    return re.findall(r'(?:href|src)="([^"]*)"', page.read_text(encoding="utf-8"))


def _cells(row: str) -> list[str]:
    cells = re.findall(r"<t[hd]\b.*?</t[hd]>", row, flags=re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", "", cell)).split()) for cell in cells]
