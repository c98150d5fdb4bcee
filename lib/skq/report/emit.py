"""What a cell of a report's notebook gives back: a picture, a table or a passage, as Markdown and nothing else.

A picture is an SVG file and a table a CSV file beside the executed notebook; the Markdown refers to them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from skq.report import style
from skq.report.explained import explained
from skq.report.svg import svg_bytes
from skq.report.texts import word

MINIMUM_DASHES = 3


class _Markdown:
    """Something that shows itself as Markdown, with a plain twin."""

    def markdown(self) -> str:
        """Return what goes into the page."""
        raise NotImplementedError

    def plain(self) -> str:
        """Return what a terminal shows."""
        return self.markdown()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/markdown": self.markdown(), "text/plain": self.plain()}


@dataclass(frozen=True)
class Passage(_Markdown):
    """Paragraphs, lists and notes."""

    text: str

    def markdown(self) -> str:
        """Return the paragraphs as they are."""
        return self.text


@dataclass(frozen=True)
class Picture(_Markdown):
    """A figure saved as `<key>.svg`, with caption and with the text that stands for it."""

    key: str
    caption: str
    alt: str
    lead: str = ""
    download: str = ""

    def markdown(self) -> str:
        """Return the lead, and the image line that Quarto numbers and to which both formats give its alt text.

        Where the figure's numbers stand in no table of the page, a link to them as CSV follows.
        """
        image = f'![{escaped(self.caption)}]({self.key}.svg){{#fig-{self.key} fig-alt="{attribute(self.alt)}"}}'
        link = f"\n\n{_only_on_page(f'[{self.download}]({self.key}.csv)')}" if self.download else ""
        return f"{lead_block(self.lead)}{image}{link}"

    def plain(self) -> str:
        """Return caption and alt text."""
        return f"{self.caption}\n{self.alt}"


@dataclass(frozen=True)
class Column:
    """One column of a table: its header and where its text stands."""

    header: str
    align: str = "right"


@dataclass(frozen=True)
class Table(_Markdown):
    """A pipe table with caption, notes and the address of the same numbers as CSV.

    `terms` gives the metric of headers and of texts in the first column; on the page they explain themselves. `lead` is
    the paragraph before the table, which the PDF has too where the table is only on the page.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    download: str = ""
    only_on_page: bool = False
    terms: Mapping[str, str] = field(default_factory=dict)
    lead: str = ""

    def markdown(self) -> str:
        """Return the table, its caption, notes and the link to its CSV twin.

        A table that repeats what a figure already says in numbers can be kept out of the PDF.
        """
        parts = [self._pipe_table(), f": {self._caption()}"]
        if self.notes:
            parts.append(f"::: {{.source}}\n{' '.join(self.notes)}\n:::")
        if self.download:
            link = f"[{self.download}]({self.key}.csv)"
            parts.append(link if self.only_on_page else _only_on_page(link))
        whole = "\n\n".join(parts)
        return lead_block(self.lead) + (_only_on_page(whole) if self.only_on_page else whole)

    def _caption(self) -> str:
        """Return the caption with what numbers the table: one that a PDF has not got stands outside of the numbers.

        So a number means the same table on the page and in the PDF.
        """
        if self.only_on_page:
            return f"[{word('words', 'only_on_page')}]{{.float-number}} {self.caption} {{#page-{self.key}}}"
        return f"{self.caption} {{#tbl-{self.key}}}"

    def _pipe_table(self) -> str:
        columns = [Column(self._term(column.header), column.align) for column in self.columns]
        return pipe_table(columns, [(self._term(first), *rest) for first, *rest in self.rows])

    def _term(self, text: str) -> str:
        return explained(text, self.terms[text]) if text in self.terms else text

    def plain(self) -> str:
        """Return caption and rows, tabs between cells."""
        header = "\t".join(column.header for column in self.columns)
        return "\n".join([self.lead, self.caption, header, *("\t".join(row) for row in self.rows)]).lstrip("\n")


def lead_block(text: str) -> str:
    """Return *text* as the paragraph that opens a section, nothing where there is no text."""
    return f"::: {{.lead}}\n{text}\n:::\n\n" if text else ""


def _only_on_page(text: str) -> str:
    return f':::: {{.content-visible when-format="html"}}\n{text}\n::::'


def saved_picture(
    figure: Figure, key: str, *, caption: str, alt: str, lead: str = "", download: str = "", folder: Path | None = None
) -> Picture:
    """Save *figure* as `<key>.svg` in *folder* (default: where the kernel runs), close it, return its picture.

    *download* is the text of the link to `<key>.csv`, where the figure has one.

    The bytes depend on the figure alone: element ids are salted with the key and no date is written.
    """
    settings: Any = {**style.RC, "svg.hashsalt": key}
    with plt.rc_context(settings):
        drawn = svg_bytes(figure)
    ((folder or Path()) / f"{key}.svg").write_bytes(drawn)
    plt.close(figure)
    return Picture(key, caption, alt, lead, download)


def save_csv(key: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, folder: Path | None = None) -> None:
    """Write `<key>.csv` as a Swedish spreadsheet opens it: semicolons, decimal comma, UTF-8 with its mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    ((folder or Path()) / f"{key}.csv").write_bytes(text.getvalue().encode("utf-8-sig"))


def pipe_table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    """Return a pipe table whose dashes are as long as the longest text, by which pandoc divides the width."""
    widths = [max([MINIMUM_DASHES, *(len(text) for text in texts)]) for texts in _by_column(columns, rows)]
    rules = [_rule(column.align, width) for column, width in zip(columns, widths, strict=True)]
    head = _line([column.header for column in columns])
    return "\n".join([head, _line(rules), *(_line([cell(text) for text in row]) for row in rows)])


def _by_column(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[column.header, *(row[place] for row in rows)] for place, column in enumerate(columns)]


def _rule(align: str, width: int) -> str:
    return f"{'-' * width}:" if align == "right" else f":{'-' * width}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def cell(text: str) -> str:
    """Return *text* so that it stays in its cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def attribute(text: str) -> str:
    """Return *text* so that it can stand in a quoted attribute."""
    return text.replace("\\", "").replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}").replace("\n", " ")


def escaped(text: str) -> str:
    """Return *text* from outside (a name, an agency's note) so that Markdown reads it as text.

    >>> escaped("Skolan *Norra* [F-6]")
    'Skolan \\\\*Norra\\\\* \\\\[F-6\\\\]'
    """
    return re.sub(r"([\\`*_\[\]{}<>$#@^~|])", r"\\\1", text.replace("\n", " "))
