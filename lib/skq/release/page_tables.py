"""The tables, cards, figures and running text of a finished page, as a reader has them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

METHOD = re.compile(r"metod\.html#([a-z0-9_]+)$")
CARD = "key-number"
"""The class of a card: one key number with what belongs to it."""
SPOKEN = ("title", "content", "placeholder")
"""Attributes with texts, besides those that begin with `aria-` and the alternative texts of pictures."""
BREAKS = frozenset({"p", "li", "td", "th", "tr", "br", "div", "dd", "dt", "figcaption", "caption", "h1", "h2", "h3"})


@dataclass
class Cell:
    """One cell: its text, whether it is a header, and the metrics that it names by a link to the method page."""

    line: int
    header: bool
    text: str = ""
    metrics: set[str] = field(default_factory=set)


@dataclass
class PageTable:
    """One table: its caption without number, the rows as they stand, its first line in the file, and its download."""

    caption: str
    line: int
    download: str = ""
    rows: list[list[Cell]] = field(default_factory=list)


class Figure(NamedTuple):
    """One figure of a page: where it stands, the file that is shown, and what is said of it instead."""

    line: int
    file: str
    alt: str


class Page(NamedTuple):
    """What a page says: its tables, its other texts with their lines, its figures, its cards of key numbers.

    `running` are its texts without those of figures and cards, `spoken` what no reader sees at once: titles, what is
    read aloud, comments.
    """

    tables: list[PageTable]
    texts: list[tuple[int, str]]
    running: list[tuple[int, str]]
    figures: list[Figure]
    cards: list[tuple[int, str]]
    spoken: list[tuple[int, str]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.figures: list[Figure] = []
        self.cards: list[tuple[int, str]] = []
        self.running: list[tuple[int, str]] = []
        self.spoken: list[tuple[int, str]] = []
        self._depth_of_card = 0
        self.tables: list[PageTable] = []
        self.texts: list[tuple[int, str]] = []
        self._within: list[PageTable] = []
        self._cell: Cell | None = None
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
        self.spoken += [(line, text) for name, text in told.items() if name in SPOKEN or name.startswith("aria-")]
        if tag in ("script", "style"):
            self._mute += 1
        elif tag == "table":
            caption = re.sub(r"^Tabell\s\d+\.\s", "", told.get("aria-label", ""))
            self._within.append(PageTable(caption, line))
            self.tables.append(self._within[-1])
        elif tag == "tr" and self._within:
            self._within[-1].rows.append([])
        elif tag in ("td", "th") and self._within and self._within[-1].rows:
            self._cell = Cell(line, tag == "th")
            self._within[-1].rows[-1].append(self._cell)
        elif tag == "a" and self._cell is not None and (found := METHOD.search(told.get("href", ""))):
            self._cell.metrics.add(found[1])
        elif tag == "a" and told.get("href", "").endswith(".csv"):
            self._of_download(told["href"])
        if tag == "div":
            self._in_div(line, told.get("class", ""))
        if told.get("alt"):
            self.texts.append((line, told["alt"]))
            self.figures.append(Figure(line, told.get("src", ""), told["alt"]))

    def _in_div(self, line: int, kind: str) -> None:
        if self._depth_of_card:
            self._depth_of_card += 1
        elif CARD in kind.split():
            self._depth_of_card = 1
            self.cards.append((line, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._mute -= 1
        elif tag in ("td", "th"):
            self._cell = None
        elif tag == "table" and self._within:
            self._within.pop()
        elif tag == "div" and self._depth_of_card:
            self._depth_of_card -= 1
        if self._depth_of_card and tag in ("dt", "dd", "span"):
            self._to_card("; ")
        if tag in BREAKS:
            self.texts.append((self.getpos()[0], "\n"))
            self.running.append((self.getpos()[0], "\n"))

    def _of_download(self, name: str) -> None:
        """Remember that the last table, if no other file has been linked since, can be downloaded as *name*."""
        if self.tables and not self.tables[-1].download:
            self.tables[-1].download = name

    def handle_data(self, data: str) -> None:
        if self._mute:
            return
        if self._cell is not None:
            self._cell.text += data
        else:
            self.texts.append((self.getpos()[0], data))
            if self._depth_of_card:
                self._to_card(data)
            else:
                self.running.append((self.getpos()[0], data))

    def handle_comment(self, data: str) -> None:
        self.spoken.append((self.getpos()[0], data))

    def _to_card(self, text: str) -> None:
        line, before = self.cards[-1]
        self.cards[-1] = (line, before + text)


def read_page(html: str) -> Page:
    """Return what a page says; alternative texts of pictures stand among its texts too."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page(reader.tables, reader.texts, reader.running, reader.figures, reader.cards, reader.spoken)
