"""The texts that nearly every report's figures write, drawn once for nobody: what a font says of them is known then.

To shape a text takes a quarter of a millisecond, and a report draws two hundred, most of them the same as its
neighbour's. A text that is missing here, or not drawn after all, changes nothing but the time.
"""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
from matplotlib.figure import Figure

from skq.report import lists, style
from skq.report.svg import svg_bytes
from skq.report.texts import metric_word, texts

LEGENDS = (
    "Skolan, streck: 95 %-intervall", "Skolan", "Kommunen", "Riket", "Väntat enligt SALSA", "Kommunens prov", "Betyg",
    "Nationellt prov, streck: 95 %-intervall", "Skolan tidigare år, ljusare ju äldre", "Fylld punkt: säker skillnad",
    "F",
)  # fmt: skip
TITLES = ("Betygspoäng", "Flickor − pojkar", *(f"Årskurs {grade_year}" for grade_year in range(1, 10)))
YEARS = range(2012, 2040)
WHOLE = (*range(31), *range(40, 401, 10))
TENTHS = range(40, 180)
"""Whole numbers on axes, and tenths of grade points and of the survey's index beside dots."""


def draw_usual() -> None:
    """Draw the usual texts in the sizes and weights that figures give them."""
    with matplotlib.rc_context({**style.rc(), "svg.hashsalt": "", "figure.constrained_layout.use": False}):
        figure = Figure()
        for text, size, weight in _texts():
            figure.text(0, 0, text, size=size, weight=weight)
        svg_bytes(figure)


def _texts() -> Iterator[tuple[str, float, str]]:
    small, large = style.SMALL_SIZE, style.TEXT_SIZE
    for text in (*LEGENDS, *(f"{year % 100}/{year % 100 + 1}" for year in YEARS), *map(str, WHOLE)):
        yield text, small, "normal"
    for value in TENTHS:
        yield f"{value // 10},{value % 10}", small, "semibold"  # by no Decimal: its context would remember the rounding
    for text in texts()["area"].values():
        yield str(text), large, "normal"
    trends = {metric_word(measure[0], "short") for measure in (*lists.RESULTS, *lists.STAFF)}
    for text in (*TITLES, *sorted(trends)):
        yield text, large, "semibold"
