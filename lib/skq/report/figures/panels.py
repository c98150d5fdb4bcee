"""What the figures are built of: a panel with a trend, a row with a dot and interval, the line that names colours."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from math import isnan
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, HPacker, TextArea
from matplotlib.ticker import MaxNLocator

from skq.report import style, sv
from skq.report.figures.canvas import draw_line
from skq.report.measures import Trend
from skq.report.numbers import Point, Series
from skq.report.wording import bare_text, form, symbol
from skq.terms import CellStatus

MARGIN = 0.10
NATION_LINE: dict[str, Any] = {"linestyle": (0, (1, 2)), "linewidth": 1.3, "markeredgewidth": 1.3}
MUNICIPALITY_LINE: dict[str, Any] = {"linestyle": "-", "linewidth": 1.5, "markeredgewidth": 1.8}
LABEL_HEIGHT = 0.105
LABEL_ROOM = 1.0
TITLE_WIDTH = {False: 30, True: 24}
"""Letters on a line of a panel's title, by whether there are more than three panels in a row."""
MINIMUM_SPAN = {"share": 24.0, "points": 60.0, "index": 2.0, "ratio": 4.0, "pp": 20.0, "sek": 20_000.0}
NATURAL_LIMITS = {"share": (0.0, 100.0), "index": (0.0, 10.0), "ratio": (0.0, float("inf"))}


def draw_trend(axes: Axes, trend: Trend, *, limits: tuple[float, float] | None = None) -> None:
    """Draw one measure: nation dotted, municipality grey, SALSA red strokes, the school in colour with intervals."""
    scale = form(trend.school.current.metric).scale
    places = range(len(trend.school.points))
    for series, look in ((trend.nation, NATION_LINE), (trend.municipality, MUNICIPALITY_LINE)):
        alone = "_" if len(series.shown) == 1 else ""  # a line of one year would not be seen
        draw_line(axes, places, _scaled(series, scale), color=style.COMPARISON, marker=alone, markersize=9, **look)
    draw_line(
        axes, places, _scaled(trend.school, scale), color=style.SCHOOL, marker="o", markersize=4.5, linewidth=2.0,
        zorder=3, gid="school",
    )  # fmt: skip
    for place, value in enumerate(_scaled(trend.expected, scale) if trend.expected else ()):
        draw_line(
            axes, [place - 0.3, place + 0.3], [value] * 2, color=style.HIGHLIGHT, linewidth=2, zorder=2, gid="expected"
        )
    for place, point in enumerate(trend.school.points):
        if point.limits is not None:
            draw_line(
                axes, [place, place], [limit * scale for limit in point.limits],
                color=style.SCHOOL, alpha=0.35, linewidth=3.2, solid_capstyle="butt", zorder=2, gid="interval",
            )  # fmt: skip
    axes.set_title(textwrap.fill(trend.title, TITLE_WIDTH[len(axes.figure.axes) > 3]))
    _value_axis(axes, trend.school.current.kind, limits or value_limits([trend]))
    _year_axis(axes, trend.school.years)
    _mark_hidden(axes, trend.school)
    _name_last(axes, trend, scale)


def _scaled(series: Series, scale: float) -> list[float]:
    return [value * scale for value in series.values]


def value_limits(found: Sequence[Trend]) -> tuple[float, float]:
    """Return limits of a value axis that hold all numbers and intervals of *found*, never narrower than sensible."""
    kind = found[0].school.current.kind
    seen = [value for trend in found for value in _seen(trend)] or [0.0]
    low, high = min(seen), max(seen)
    missing = max(0.0, MINIMUM_SPAN.get(kind, 0.0) - (high - low))
    natural = _natural(kind)
    pad = (high - low + missing) * MARGIN
    return max(natural[0], low - missing / 2) - pad, min(natural[1], high + missing / 2) + pad


def _seen(trend: Trend) -> list[float]:
    scale = form(trend.school.current.metric).scale
    expected = (trend.expected,) if trend.expected else ()
    drawn = (trend.school, trend.municipality, trend.nation, *expected)
    values = [value for series in drawn for value in series.values]
    limits = [limit for point in trend.school.points for limit in point.limits or ()]
    return [value * scale for value in (*values, *limits) if not isnan(value)]


def _natural(kind: str) -> tuple[float, float]:
    return NATURAL_LIMITS.get(kind, (float("-inf"), float("inf")))


def _value_axis(axes: Axes, kind: str, limits: tuple[float, float]) -> None:
    axes.set_ylim(*limits)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=kind not in ("ratio", "index")))
    axes.yaxis.set_major_formatter(lambda value, _: _axis_number(value, _natural(kind)))


def _axis_number(value: float, natural: tuple[float, float]) -> str:
    if not natural[0] <= value <= natural[1]:
        return ""
    return sv.number(value, 0 if float(value).is_integer() else 1)


def _year_axis(axes: Axes, years: Sequence[str]) -> None:
    axes.set_xlim(-0.45, len(years) - 0.55 + LABEL_ROOM)
    axes.set_xticks(range(len(years)))
    axes.set_xticklabels([sv.short_year(year) if place % 2 == 0 else "" for place, year in enumerate(years)])


def _mark_hidden(axes: Axes, series: Series) -> None:
    """Shade the year whose number is not shown and write its symbol: on top for nearly all, else at the bottom."""
    for place, point in enumerate(series.points):
        if point.hidden:
            near_all = point.status is CellStatus.NEARLY_ALL
            axes.axvspan(place - 0.4, place + 0.4, color=style.SURFACE, zorder=0, linewidth=0)
            axes.text(
                place, 0.97 if near_all else 0.03, symbol(point), transform=axes.get_xaxis_transform(), ha="center",
                va="top" if near_all else "bottom", color=style.SCHOOL, weight="semibold", gid="hidden",
                rotation=90 if near_all else 0,
            )  # fmt: skip


def _name_last(axes: Axes, trend: Trend, scale: float) -> None:
    """Write the newest numbers of school and municipality to the right of their lines, apart from each other."""
    last = len(trend.school.points) - 1
    labels = [
        (point.value * scale, bare_text(point), colour, weight)
        for series, colour, weight in (
            (trend.school, style.SCHOOL, "semibold"), (trend.municipality, style.MUTED, "normal")
        )
        if (point := series.points[last]).value is not None
    ]  # fmt: skip
    places = _apart([value for value, *_ in labels], axes.get_ylim())
    for place, (_, text, colour, weight) in zip(places, labels, strict=True):
        axes.annotate(
            text, (last, place), xytext=(8, 0), textcoords="offset points", ha="left", va="center", color=colour,
            weight=weight, size=style.SMALL_SIZE, gid="newest", annotation_clip=False,
        )  # fmt: skip


def _apart(values: Sequence[float], limits: tuple[float, float]) -> list[float]:
    """Return where two labels stand so that they do not cover each other, in their order of size."""
    least = (limits[1] - limits[0]) * LABEL_HEIGHT
    if len(values) < 2 or abs(values[0] - values[1]) >= least:
        return list(values)
    middle, up = sum(values) / 2, values[0] >= values[1]
    return [middle + least / 2, middle - least / 2] if up else [middle - least / 2, middle + least / 2]


def beside_marks(found: Sequence[Trend]) -> tuple[tuple[str, str, str], ...]:
    """Return the explanations of municipality, nation and SALSA, of those that are drawn."""
    marks = (
        ("line", "Kommunen", style.COMPARISON, any(trend.municipality.shown for trend in found)),
        ("dotted", "Riket", style.COMPARISON, any(trend.nation.shown for trend in found)),
        ("line", "Väntat enligt SALSA", style.HIGHLIGHT, any(trend.expected for trend in found)),
    )
    return tuple((mark, text, colour) for mark, text, colour, drawn in marks if drawn)


def name_colours(figure: Figure, parts: Sequence[tuple[str, str, str]]) -> None:
    """Explain *parts* (mark, text, colour) in one line at the top of the figure; a mark is a key of `MARKS`."""
    boxes: list[Artist] = [
        HPacker(children=[_mark(mark, colour), _words(text, colour)], align="center", pad=0, sep=4)
        for mark, text, colour in parts
    ]
    packed = HPacker(children=boxes, align="center", pad=0, sep=14)
    line = AnchoredOffsetbox(
        loc="upper left", child=packed, frameon=False, pad=0, borderpad=0,
        bbox_to_anchor=(0.008, 0.995), bbox_transform=figure.transFigure,
    )  # fmt: skip
    figure.add_artist(line)
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(0.0, 0.0, 1.0, 1.0 - 0.24 / figure.get_size_inches()[1]))


MARKS: dict[str, dict[str, Any]] = {
    "dot": {"marker": "o", "markersize": 5.5},
    "small": {"marker": "o", "markersize": 3.5, "alpha": 0.4},
    "ring": {"marker": "o", "markersize": 5.5, "markerfacecolor": style.BACKGROUND},
    "line": {"linewidth": 1.6},
    "dotted": {"linewidth": 1.4, "linestyle": (0, (1, 2))},
    "stroke": {"marker": "|", "markersize": 8, "markeredgewidth": 1.8},
}
"""How each mark of the explaining line is drawn."""


def _mark(mark: str, colour: str) -> DrawingArea:
    area = DrawingArea(14 if "line" in mark or mark == "dotted" else 8, 8)
    places = [0, 14] if "marker" not in MARKS[mark] else [4]
    settings = {"linestyle": "none"} if "marker" in MARKS[mark] else {}
    area.add_artist(Line2D(places, [4] * len(places), color=colour, **{**settings, **MARKS[mark]}))
    return area


def _words(text: str, colour: str) -> TextArea:
    return TextArea(text, textprops={"color": colour, "size": style.SMALL_SIZE})


def draw_dot(axes: Axes, row: float, point: Point, *, colour: str, filled: bool = True, size: float = 5.5) -> None:
    """Draw one number as a dot on a horizontal scale, with its interval as a bar."""
    if point.value is None:
        return
    scale = form(point.metric).scale
    if point.limits is not None:
        draw_line(axes, [limit * scale for limit in point.limits], [row, row], color=colour, alpha=0.35, linewidth=3.2,
                  solid_capstyle="butt", zorder=2, gid="interval")  # fmt: skip
    draw_line(axes, [point.value * scale], [row], marker="o", markersize=size, color=colour, zorder=3, linestyle="none",
              markerfacecolor=colour if filled else style.BACKGROUND, gid="value")  # fmt: skip


def draw_reference(axes: Axes, row: float, point: Point) -> None:
    """Draw the municipality's number as an upright stroke."""
    if point.value is not None:
        value = point.value * form(point.metric).scale
        draw_line(axes, [value, value], [row - 0.3, row + 0.3], color=style.COMPARISON, linewidth=1.8, zorder=1,
                  gid="reference")  # fmt: skip


def write_value(axes: Axes, row: float, point: Point) -> None:
    """Write the number at the right end of its row."""
    axes.text(1.02, row, bare_text(point), transform=axes.get_yaxis_transform(), va="center", color=style.SCHOOL,
              weight="semibold", size=style.SMALL_SIZE, gid="number")  # fmt: skip


def row_axis(axes: Axes, names: Sequence[str], *, rows: int | None = None) -> None:
    """Give each row its name, the first on top, with a thin line to follow; *rows* makes room for more of them."""
    axes.set_ylim((rows or len(names)) - 0.4, -0.6)
    axes.set_yticks(range(len(names)))
    axes.set_yticklabels(names, color=style.INK, size=style.TEXT_SIZE)
    axes.grid(visible=True, axis="both")
    axes.xaxis.set_major_formatter(lambda value, _: sv.number(value, 0 if float(value).is_integer() else 1))
