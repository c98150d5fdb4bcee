"""The empty figures that all others are drawn on, and some of them made before there is a report to draw.

Half of what a small figure costs is its axes and their ticks, which know nothing of any number. The parent of warm
kernels makes those that a report needs once; every kernel has them then, as it has the libraries.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from skq.report import style

CENTIMETRE = 1 / 2.54

Shape = tuple[int, int, tuple[float, ...], bool]

USUAL: dict[Shape, int] = {
    (1, 1, (), False): 4,
    (1, 2, (), False): 3,
    (1, 2, (), True): 1,
    (1, 2, (3, 2), False): 1,
    (1, 3, (), False): 1,
    (1, 3, (1.5, 1.0, 1.0), False): 1,
    (1, 4, (), False): 1,
    (2, 2, (), False): 2,
}
"""Rows, columns, ratios of width and whether the scale is shared of the reports' figures; how many a report may ask."""

TICKS = 6
"""So many of an axis are made beforehand; more are made when they are needed."""

_ready: dict[Shape, list[Figure]] = {}


def canvas(
    rows: int, columns: int, *, height: float, ratios: Sequence[float] | None = None, sharey: bool = False
) -> tuple[Figure, list[Axes]]:
    """Return a figure as wide as the text and *height* centimetres high, with its axes row by row.

    To be called under the settings of `style.rc`.
    """
    shape = (rows, columns, tuple(ratios or ()), sharey)
    figure = _ready[shape].pop() if _ready.get(shape) else _empty(shape)
    figure.set_size_inches(style.COLUMN_WIDTH, height * CENTIMETRE)
    return figure, list(figure.axes)


def draw_line(axes: Axes, x: Sequence[float], y: Sequence[float], **look: Any) -> None:
    """Draw a line or a dot as `Axes.plot` does, of numbers and with a *look* that tells the colour.

    That leaves nothing to look for: no colour that is next, no units, no format; it takes half the time.
    """
    axes.add_line(Line2D(x, y, in_layout=False, **look))  # it ends with its axes, so the layout need not ask it
    axes.autoscale(enable=None)  # type: ignore[arg-type]  # None: where limits are still free, as it documents


def prepare() -> None:
    """Make the figures that reports usually need; `canvas` hands them out before it makes others."""
    with matplotlib.rc_context(style.rc()):
        for shape, count in USUAL.items():
            _ready[shape] = [_with_ticks(_empty(shape)) for _ in range(count)]


def _empty(shape: Shape) -> Figure:
    rows, columns, ratios, sharey = shape
    figure = Figure()
    figure.subplots(
        rows, columns, squeeze=False, sharey=sharey, gridspec_kw={"width_ratios": ratios} if ratios else None
    )
    return figure


def _with_ticks(figure: Figure) -> Figure:
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_major_ticks(TICKS)
    return figure
