"""SALSA as a figure: how far the schools lie from what is expected of them, three years together where known."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from skq.report import style, sv
from skq.report.annual import salsa, salsa_words
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.naming import name_dots
from skq.report.annual.salsa import Pooled
from skq.report.emit import Passage, Picture, escaped, saved_picture
from skq.report.figures.canvas import canvas
from skq.report.figures.panels import name_colours
from skq.report.numbers import Point
from skq.report.texts import source, texts

HEIGHT = 4.8


def expected_merit(analysis: AnnualAnalysis) -> Picture | Passage:
    """Draw how far the schools' merit ratings lie from what SALSA expects; an empty passage where it is not known."""
    pooled = salsa.three_years(analysis)
    if pooled:
        return _three_years(pooled)
    pairs = salsa.pairs(analysis)
    if not pairs:
        return Passage("")
    text = salsa_words.expected(pairs, salsa.judged(analysis))
    with plt.rc_context(style.rc()):
        figure = _draw_one_year(pairs)
    caption = texts()["annual"]["expected_caption"].format(
        year=pairs[0][0].school_year, source=source(pairs[0][0].source)
    )
    return saved_picture(figure, "schools-expected", caption=caption, alt=salsa_words.in_words(pairs),
                         lead=escaped(text))  # fmt: skip


def _three_years(pooled: Sequence[Pooled]) -> Picture:
    with plt.rc_context(style.rc()):
        figure = draw_three_years(pooled)
    origin = pooled[0].residual.source
    computed = texts()["annual"]["pooled_here"] if origin.startswith("register") else ""
    caption = texts()["annual"]["pooled_caption"].format(year=pooled[0].residual.school_year, source=source(origin))
    caption = f"{caption} {computed}".rstrip()
    return saved_picture(figure, "schools-expected", caption=caption, alt=salsa_words.pooled_in_words(pooled),
                         lead=escaped(salsa_words.pooled(pooled)))  # fmt: skip


def draw_three_years(pooled: Sequence[Pooled]) -> Figure:
    """Draw each school's mean of three years with its interval; only those certainly apart are named and in colour."""
    figure, (axis,) = canvas(1, 1, height=HEIGHT)
    for one in pooled:
        model, low, value, high = (
            number or 0.0 for number in (one.expected.value, one.residual.lower, one.residual.value, one.residual.upper)
        )
        colour = style.SCHOOL if one.side else style.COMPARISON
        axis.plot([model, model], [low, high], color=colour, alpha=0.35, linewidth=3.2, solid_capstyle="butt",
                  zorder=2, gid="interval")  # fmt: skip
        axis.plot([model], [value], "o", color=colour, markersize=4.5, zorder=3, gid="apart" if one.side else "school")
    _axes(axis)
    name_dots(axis, [(one.expected.value or 0.0, one.residual.value or 0.0, one.unit.name)
                     for one in pooled if one.side])  # fmt: skip
    marks = (
        ("dot", "Skola vars intervall rymmer noll", style.COMPARISON, not all(one.side for one in pooled)),
        ("dot", "Skola med säker avvikelse", style.SCHOOL, any(one.side for one in pooled)),
    )
    name_colours(figure, [(mark, text, colour) for mark, text, colour, drawn in marks if drawn])
    return figure


def _draw_one_year(pairs: Sequence[tuple[Point, Point]]) -> Figure:
    figure, (axis,) = canvas(1, 1, height=HEIGHT)
    axis.plot(
        [model.value or 0.0 for model, _ in pairs], [residual.value or 0.0 for _, residual in pairs], "o",
        color=style.SCHOOL, markerfacecolor=style.BACKGROUND, markersize=4.5, gid="schools",
    )  # fmt: skip
    _axes(axis)
    return figure


def _axes(axis: Axes) -> None:
    axis.axhline(0, color=style.COMPARISON, linewidth=1.5, zorder=1, gid="zero")
    axis.set_xlabel("Modellberäknat meritvärde (poäng)")
    axis.set_ylabel("Avvikelse (poäng)")
    axis.xaxis.set_major_formatter(lambda value, _: sv.number(value, 0))
    axis.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    axis.yaxis.set_major_formatter(lambda value, _: sv.signed(value, 0))
