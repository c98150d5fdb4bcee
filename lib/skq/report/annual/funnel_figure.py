"""The funnel as a figure: schools by size and value between the limits that chance gives; only those outside named."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from skq.report import style, sv
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.funnel import Funnel, funnel
from skq.report.annual.funnel_words import caption, in_words, written
from skq.report.annual.naming import name_dots
from skq.report.emit import Picture, saved_picture
from skq.report.figures.canvas import canvas
from skq.report.figures.panels import name_colours
from skq.report.texts import texts
from skq.report.wording import form

HEIGHT = 6.0
STEPS = 200


def schools(analysis: AnnualAnalysis, metric: str, *, key: str, grade_year: int = 9) -> Picture | None:
    """Draw the funnel of *metric* at all schools, those outside named; None where there are no limits to draw."""
    found = funnel(analysis, metric, grade_year)
    if found is None:
        return None
    with plt.rc_context(style.rc()):
        figure = draw(found)
    return saved_picture(figure, key, caption=caption(found), alt=in_words(found))


def draw(found: Funnel) -> Figure:
    """Draw the schools by size and value, the limits as curves; only those outside are named and in colour."""
    figure, (axis,) = canvas(1, 1, height=HEIGHT)
    scale = form(found.metric).scale
    sizes = np.linspace(*_span(found), STEPS)
    for ends, look in (("outer", {"linestyle": (0, (4, 3))}), ("limits", {"linestyle": "-"})):
        low, high = (_curve(found, sizes, ends, side) * scale for side in (0, 1))
        axis.plot(sizes, low, color=style.COMPARISON, linewidth=1.0, gid=ends, **look)
        axis.plot(sizes, high, color=style.COMPARISON, linewidth=1.0, gid=ends, **look)
        if ends == "limits":
            axis.fill_between(sizes, low, high, color=style.SURFACE, zorder=0, linewidth=0)
    axis.axhline(found.target * scale, color=style.COMPARISON, linewidth=1.5, zorder=1, gid="target")
    for school in found.schools:
        colour = style.SCHOOL if school.outside else style.COMPARISON
        axis.plot([school.n], [school.value * scale], "o", color=colour, markersize=5, zorder=3,
                  gid="outside" if school.outside else "inside")  # fmt: skip
    _axes(axis, found)
    name_dots(axis, [(school.n, school.value * scale, school.unit.name) for school in found.outside])
    name_colours(figure, _marks(found))
    return figure


def _span(found: Funnel) -> tuple[float, float]:
    sizes = [school.n for school in found.schools]
    return min(sizes), max(max(sizes), min(sizes) + 1.0)


def _curve(found: Funnel, sizes: npt.NDArray[np.float64], ends: str, side: int) -> npt.NDArray[np.float64]:
    """Return one limit at every size: what the schools have is joined as chance runs, with one over the root of n."""
    by_size = sorted({school.n: getattr(school, ends)[side] for school in found.schools}.items())
    known = np.array([size for size, _ in by_size])
    wide = np.array([(limit - found.target) * math.sqrt(size) for size, limit in by_size])
    return np.asarray(found.target + np.interp(sizes, known, wide) / np.sqrt(sizes), dtype=np.float64)


def _axes(axis: Axes, found: Funnel) -> None:
    shape = form(found.metric)
    axis.set_xlabel(texts()["annual"]["funnel_size"])
    low, high = _span(found)
    axis.set_xlim(low - (high - low) * 0.05, high + (high - low) * 0.05)
    axis.xaxis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]))
    axis.xaxis.set_major_formatter(lambda value, _: sv.number(value, 0))
    axis.yaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    axis.yaxis.set_major_formatter(lambda value, _: sv.number(value, 0) if shape.scale != 100 or value <= 100 else "")


def _marks(found: Funnel) -> tuple[tuple[str, str, str], ...]:
    marks = [
        ("dot", "Skola", style.COMPARISON, len(found.outside) < len(found.schools)),
        ("dot", "Skola utanför gränserna", style.SCHOOL, bool(found.outside)),
        ("line", f"Alla skolors medelvärde {written(found, found.target)}", style.COMPARISON, True),
    ]
    return tuple((mark, text, colour) for mark, text, colour, drawn in marks if drawn)
