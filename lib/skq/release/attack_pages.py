"""Every number in a page or PDF must stand in a download beside it: what is nowhere else was never attacked.

Tables, cards, figures and their alternative texts are held to the rows that their heads and words name (`named`),
running text to what the page's files tell, and a PDF may only say what its page says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from skq.release.attack_figures import attack_figure
from skq.release.attack_pdfs import attack_pdf
from skq.release.attack_tables import attack_table
from skq.release.attack_texts import Source, attack_text
from skq.release.named import Book, book
from skq.release.page_tables import Page, read_page
from skq.release.published import Download
from skq.release.refusal import Refusal
from skq.release.told import Told, told_by

KEY_NUMBERS = "key-numbers.csv"
"""The download of the cards, and of what figures and sentences tell and no table."""
COUNTED = re.compile(r"(?:^|;)\s*(?:\.\.|~100)\s*;(?:.*;)?\s*\d", re.DOTALL)
"""A card whose number is hidden, and a part of it that begins with how many that rests on."""


def attack_pages(site: Path, found: Sequence[Download]) -> list[Refusal]:
    """Return what the pages and PDFs of *site* tell that the downloads beside them do not."""
    beside: dict[str, list[Download]] = {}
    for one in found:
        beside.setdefault(one.where.rpartition("/")[0], []).append(one)
    refusals: list[Refusal] = []
    for path in sorted(site.rglob("*.html")):
        where = path.relative_to(site).as_posix()
        if files := beside.get(where.rpartition("/")[0]):
            page, shelf = read_page(path.read_text(encoding="utf-8")), Shelf.of(files)
            for table in page.tables:
                refusals += attack_table(table, shelf.told, shelf.books.get(table.download), where)
            refusals += _of_texts(page, shelf, where)
            pdf = path.with_suffix(".pdf")
            if pdf.is_file():
                refusals += attack_pdf(pdf.read_bytes(), pdf.relative_to(site).as_posix(), page)
            for figure in sorted(path.parent.glob("*.svg")):
                text = figure.read_text(encoding="utf-8")
                refusals += attack_figure(
                    text, shelf.source(figure.stem, ours=False), figure.relative_to(site).as_posix()
                )
    return refusals


@dataclass(frozen=True, eq=False)
class Shelf:
    """The downloads beside one page: what all tell together, the rows of each by file name, and of all."""

    told: Told
    books: Mapping[str, Book | None]
    figures: Mapping[str, Book | None]
    every: Book | None

    @classmethod
    def of(cls, files: Sequence[Download]) -> Shelf:
        """Return the shelf of the downloads *files*."""
        named = {one.where.rpartition("/")[2]: one for one in files}
        beside = [named[KEY_NUMBERS]] if KEY_NUMBERS in named else []
        books = {name: book([one]) for name, one in named.items()}
        figures = {name: book([one, *beside]) for name, one in named.items()}
        return cls(told_by(files), books, figures, book(files))

    def source(self, stem: str, *, ours: bool = True) -> Source:
        """Return what a figure *stem* may tell of: its own download and that of the cards, else all."""
        return Source(self.figures.get(f"{stem}.csv") or self.every, self.told, ours=ours)


def _of_texts(page: Page, shelf: Shelf, where: str) -> list[Refusal]:
    """Return what cards, alternative texts and running texts tell that no row which they name does."""
    refusals: list[Refusal] = []
    numbers = Source(shelf.books.get(KEY_NUMBERS) or shelf.every, shelf.told, newest=True)
    for line, text in page.cards:
        if COUNTED.search(text):
            what = "how many the hidden number of a card rests on"
            refusals.append(Refusal("n-beside-hidden", f"{where}:{line}", what))
        else:
            refusals += attack_text(text, numbers, f"{where}:{line}", "card")
    for line, file, alt in page.figures:
        refusals += attack_text(
            alt, shelf.source(file.rpartition(".")[0]), f"{where}:{line}", "alternative text of a figure"
        )
    running = Source(shelf.every, shelf.told, newest=True, running=True)
    for line, text in (*_paragraphs(page.running), *page.spoken):
        refusals += attack_text(text, running, f"{where}:{line}", "text")
    return refusals


def _paragraphs(pieces: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield each paragraph with the line on which it begins."""
    line, text = 0, ""
    for at, piece in [*pieces, (0, "\n")]:
        if piece != "\n":
            line = line if text else at
            text += piece
        elif text:
            yield line, text
            text = ""
