"""The words of a figure held to the downloads beside its page: labels, names of axes, titles, whatever is text in it.

Figures are drawn by matplotlib, which draws the signs of a text as outlines and writes the text before them as a
comment. Any other text (`<text>`, `<title>`, `<desc>`, attributes that are read aloud) is looked at as well. The
numbers of a scale are no numbers of anybody: even steps of a round size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from math import floor, log10

from skq.release.attack_texts import Source, attack_text
from skq.release.plain import without_drawing
from skq.release.refusal import Refusal

TICK = re.compile(r"[xy]tick_\d+$")
PANEL = re.compile(r"axes_\d+$")
LEGEND = re.compile(r"legend_\d+$")
AXIS = re.compile(r"matplotlib\.axis_\d+$")
SCALE = re.compile(r"^[+−-]?\d{1,3}(?:[\u00a0\u202f ]?\d{3})*(?:,\d+)?(?:[\u00a0 ]?%)?$")
SPOKEN = ("alt", "title", "xlink:title", "desc", "content", "name")
"""Attributes with texts, besides those that begin with `aria-` or `data-`."""
ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""The steps of a scale, but for powers of ten."""
LEAST = 2
"""A scale has at least so many numbers."""
ALMOST = 1e-6


@dataclass(frozen=True)
class Label:
    """One text of a figure: its line in the file, what it says, the groups that it stands in, the outermost first."""

    line: int
    text: str
    groups: tuple[str, ...]

    @property
    def axis(self) -> str:
        """The axis whose tick it names, "" for none."""
        return self._first(AXIS) if self._first(TICK) else ""

    @property
    def panel(self) -> str:
        """The panel that it stands in, "" for none."""
        return self._first(PANEL)

    @property
    def names_panel(self) -> bool:
        """Whether it tells what the panel shows: neither a number nor beside a tick nor in a legend."""
        return bool(self.panel) and not self._first(TICK) and not self._first(LEGEND) and not SCALE.match(self.text)

    def _first(self, pattern: re.Pattern[str]) -> str:
        return next((group for group in self.groups if pattern.match(group)), "")


def attack_figure(svg: str, source: Source, where: str) -> list[Refusal]:
    """Return a refusal for each text of a figure with a number that the downloads of its page do not tell."""
    labels = list(read_figure(svg))
    scales = {axis for axis in {one.axis for one in labels} if axis and _is_scale(_of_axis(labels, axis))}
    refusals = []
    for one in labels:
        if not (one.axis in scales and SCALE.match(one.text)):
            about = (
                []
                if one.names_panel
                else [name.text for name in labels if name.names_panel and name.panel == one.panel]
            )
            text = f"{' '.join(about)}: {one.text}" if about else one.text
            refusals += attack_text(text, source, f"{where}:{one.line}", "figure")
    return refusals


def read_figure(svg: str) -> Iterator[Label]:
    """Yield every text of a figure, in order."""
    reader = _Reader()
    reader.feed(without_drawing(svg))
    reader.close()
    for line, text, groups in reader.found:
        if words := unescape(text).strip():
            yield Label(line, words, groups)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str, tuple[str, ...]]] = []
        self._groups: list[str] = []
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "g":
            self._groups.append(told.get("id", ""))
        self._mute += tag in ("style", "script")
        for name, value in told.items():
            if name in SPOKEN or name.startswith(("aria-", "data-")):
                self._add(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "g" and self._groups:
            self._groups.pop()
        self._mute -= tag in ("style", "script")

    def handle_comment(self, data: str) -> None:
        self._add(data)

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self._add(data)

    def unknown_decl(self, data: str) -> None:
        self._add(data)

    def _add(self, text: str) -> None:
        self.found.append((self.getpos()[0], text, tuple(group for group in self._groups if group)))


def _of_axis(labels: list[Label], axis: str) -> list[float]:
    """Return the numbers at the ticks of an axis, in order, each once though it stands at both ends of its line.

    Those ticks that have words are left out.
    """
    return list(dict.fromkeys(_number(one.text) for one in labels if one.axis == axis and SCALE.match(one.text)))


def _number(text: str) -> float:
    digits = re.sub(r"[\s\u00a0\u202f%]", "", text).replace("−", "-").replace(",", ".")
    return float(digits)


def _is_scale(numbers: list[float]) -> bool:
    """Whether *numbers* go in even steps of a round size, each a whole number of steps from zero."""
    if len(numbers) < LEAST:
        return False
    step = numbers[1] - numbers[0]
    if step <= 0 or any(
        abs(after - before - step) > ALMOST for before, after in zip(numbers, numbers[1:], strict=False)
    ):
        return False
    size = step / 10.0 ** floor(log10(step) + ALMOST)
    return any(abs(size - one) < ALMOST for one in ROUND) and abs(numbers[0] / step - round(numbers[0] / step)) < ALMOST
