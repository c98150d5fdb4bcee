"""The tables and the running text of a finished page, as a reader has them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

METHOD = re.compile(r"metod\.html#([a-z0-9_]+)$")
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
    """One table: its caption without number, the rows as they stand, and its first line in the file."""

    caption: str
    line: int
    rows: list[list[Cell]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[PageTable] = []
        self.texts: list[tuple[int, str]] = []
        self._within: list[PageTable] = []
        self._cell: Cell | None = None
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
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
        if told.get("alt"):
            self.texts.append((line, told["alt"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._mute -= 1
        elif tag in ("td", "th"):
            self._cell = None
        elif tag == "table" and self._within:
            self._within.pop()
        if tag in BREAKS:
            self.texts.append((self.getpos()[0], "\n"))

    def handle_data(self, data: str) -> None:
        if self._mute:
            return
        if self._cell is not None:
            self._cell.text += data
        else:
            self.texts.append((self.getpos()[0], data))


def read_page(html: str) -> tuple[list[PageTable], list[tuple[int, str]]]:
    """Return the tables of a page, and its other texts with alternative texts of pictures, each with its line."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.tables, reader.texts
