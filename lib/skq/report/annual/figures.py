"""The annual analysis's figures: all schools with their uncertainty, and the development over the years."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from skq.report import style, sv
from skq.report.annual import change_words, funnel_figure, sentences
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.measures import MAIN, SchoolPoint, Spread, spread, title, unit_of
from skq.report.emit import Passage, Picture, saved_picture
from skq.report.figures.canvas import canvas
from skq.report.figures.panels import beside_marks, draw_dot, draw_trend, name_colours
from skq.report.measures import Trend
from skq.report.texts import metric_word, source, texts
from skq.report.wording import form, full_text, value_text

MOST_IN_A_COLUMN = 46
ROW_HEIGHT = 0.46
"""Centimetres per school: two lines of the smallest type fit."""
ROOM_FOR_AXIS = 1.5
PANEL_HEIGHT = 3.3
NAME_LENGTH = 42
NAME_LENGTH_IN_TWO = 27
NAME_SIZE = 7.5
TWO_LINES_SIZE = 6.4


def all_schools(analysis: AnnualAnalysis, metric: str, *, key: str, grade_year: int = 9) -> Picture | Passage:
    """Draw every school's number with its interval on one page, municipality and nation as lines; name the hidden.

    A passage that says so stands in for the figure where no school has the number.
    """
    found = spread(analysis, metric, grade_year)
    if not found.shown:
        return Passage(sentences.no_numbers(metric, grade_year, len(found.hidden) + len(found.nearly_all)))
    with plt.rc_context(style.rc()):
        figure = draw_spread(found)
    return saved_picture(figure, key, caption=_caption(found), alt=sentences.spread_in_words(found))


def beside_chance(analysis: AnnualAnalysis, metric: str, *, key: str, grade_year: int = 9) -> Picture | Passage:
    """Draw the schools between the limits that chance gives schools of their size; as `all_schools` without limits."""
    drawn = funnel_figure.schools(analysis, metric, key=key, grade_year=grade_year)
    return drawn or all_schools(analysis, metric, key=key, grade_year=grade_year)


def draw_spread(found: Spread) -> Figure:
    """Draw the schools from the highest to the lowest, in two columns where they are many; one scale for both."""
    shown = found.shown
    columns = 1 if len(shown) <= MOST_IN_A_COLUMN else 2
    in_each = -(-len(shown) // columns)
    figure, axes = canvas(1, columns, height=ROOM_FOR_AXIS + ROW_HEIGHT * max(in_each, 3))
    longest = NAME_LENGTH if columns == 1 else NAME_LENGTH_IN_TWO
    for place, axis in enumerate(axes):
        _draw_schools(axis, shown[place * in_each : (place + 1) * in_each], found, rows=in_each, longest=longest)
        axis.set_xlim(*_limits(found))
    name_colours(figure, _marks(found))
    return figure


def _draw_schools(axis: Axes, schools: Sequence[SchoolPoint], found: Spread, *, rows: int, longest: int) -> None:
    for row, school in enumerate(schools):
        draw_dot(axis, row, school.point, colour=style.SCHOOL, filled=school.point.has_interval, size=4.5)
    axis.set_ylim(rows - 0.4, -0.6)
    axis.set_yticks(range(len(schools)), [on_two_lines(school.unit.name, longest) for school in schools])
    for label in axis.get_yticklabels():
        label.set(color=style.INK, size=TWO_LINES_SIZE if "\n" in label.get_text() else NAME_SIZE, linespacing=0.9)
    axis.grid(visible=True, axis="x")
    axis.grid(visible=False, axis="y")
    axis.xaxis.set_major_locator(MaxNLocator(5 if longest == NAME_LENGTH_IN_TWO else 8, steps=[1, 2, 5, 10]))
    axis.xaxis.set_major_formatter(lambda value, _: sv.number(value, 0))
    axis.tick_params(axis="x", labeltop=rows > MOST_IN_A_COLUMN // 2)
    scale = form(found.metric).scale
    if found.municipality.value is not None:
        axis.axvline(found.municipality.value * scale, color=style.COMPARISON, linewidth=1.5, zorder=1, gid="whole")
    if found.nation.value is not None:
        axis.axvline(found.nation.value * scale, color=style.COMPARISON, linewidth=1.3, linestyle=(0, (1, 2)),
                     zorder=1, gid="nation")  # fmt: skip


def _limits(found: Spread) -> tuple[float, float]:
    """Return the limits of the value axis: what is drawn, a little more, and no share beyond 0–100."""
    scale = form(found.metric).scale
    points = [school.point for school in found.shown] + [found.municipality, found.nation]
    seen = [limit * scale for point in points for limit in (point.value, *(point.limits or ())) if limit is not None]
    margin = max(max(seen) - min(seen), 10.0) * 0.04
    low, high = min(seen) - margin, max(seen) + margin
    return (max(low, -1.5), min(high, 101.5)) if scale == 100 else (low, high)


def _marks(found: Spread) -> tuple[tuple[str, str, str], ...]:
    points = [school.point for school in found.shown]
    schools = (
        ("dot", "Skola med 95 %-intervall", any(point.has_interval for point in points)),
        ("ring", "Skola utan beräknat intervall", not all(point.has_interval for point in points)),
    )
    beside = (
        ("line", f"Kommunen {value_text(found.municipality)}", found.municipality.shown),
        ("dotted", f"Riket {value_text(found.nation)}", found.nation.shown),
    )
    return (
        *((mark, text, style.SCHOOL) for mark, text, drawn in schools if drawn),
        *((mark, text, style.COMPARISON) for mark, text, drawn in beside if drawn),
    )


def on_two_lines(name: str, longest: int) -> str:
    """Return *name* on one line of at most *longest* characters, else on two, cut with an ellipsis if need be.

    >>> on_two_lines("Sankta Birgitta och Världsarvets skola", 20).split(chr(10))
    ['Sankta Birgitta och', 'Världsarvets skola']
    """
    lines = textwrap.wrap(name, longest + 5, max_lines=2, placeholder="…") if len(name) > longest else [name]
    return "\n".join(lines)


def _caption(found: Spread) -> str:
    words = texts()["annual"]
    points = [school.point for school in found.shown]
    with_interval = sum(point.has_interval for point in points)
    parts = [
        f"{metric_word(found.metric, 'name')}, årskurs {found.grade_year}, {unit_of(found.metric)}, per skola "
        f"{sv.school_year(points[0].school_year)}.",
        words["with_interval"] if with_interval else "",
        words["without_interval"] if with_interval < len(points) else "",
        f"Källa: {source(points[0].source)}.",
    ]
    return " ".join(part for part in parts if part)


def development(analysis: AnnualAnalysis) -> Picture | Passage:
    """Draw the municipality's main results over the years, with intervals and beside the nation, as small panels."""
    found = trends(analysis)
    if not found:
        return Passage(change_words.no_development())
    rows = -(-len(found) // 2)
    with plt.rc_context(style.rc()):
        figure, axes = canvas(rows, 2, height=PANEL_HEIGHT * rows)
        for axis, trend in zip(axes, found, strict=False):
            draw_trend(axis, trend)
            axis.set_title(trend.title)
        for axis in axes[len(found) :]:
            axis.set_axis_off()
        name_colours(figure, (_own_mark(found), *beside_marks(found)))
    origin = sv.enumeration(sorted({source(point.source) for trend in found for point in trend.school.shown}))
    nation = " och rikets (prickat)" if any(trend.nation.shown for trend in found) else ""
    caption = f"{texts()['annual']['development'].format(nation=nation)} Källa: {origin}."
    return saved_picture(figure, "development", caption=caption, alt=_course(found))


def trends(analysis: AnnualAnalysis) -> list[Trend]:
    """Return the main measures of the municipality over the years beside the nation, those with any number."""
    found = []
    for metric, grade_year in MAIN:
        own = analysis.series(metric, grade_year=grade_year)
        nobody = analysis.numbers.series(metric, level="", units=(), school_years=own.years)
        nation = analysis.nation(metric, grade_year=grade_year)
        if own.shown:
            found.append(Trend(title(metric, grade_year), own, nobody, nation))
    return found


def _own_mark(found: Sequence[Trend]) -> tuple[str, str, str]:
    known = any(point.has_interval for trend in found for point in trend.school.shown)
    return ("line", f"Kommunen{' med 95 %-intervall' if known else ''}", style.SCHOOL)


def _course(found: Sequence[Trend]) -> str:
    """Say first what certainly changed and what did not, then the numbers."""
    changed = change_words.development([trend.school for trend in found])
    return " ".join([*changed, *(_told(trend) for trend in found)])


def _told(trend: Trend) -> str:
    years = ", ".join(
        f"{point.school_year} {full_text(point) if point.shown else 'ingen uppgift'}" for point in trend.school.points
    )
    nation = [point for point in trend.nation.shown if point.school_year == trend.school.current.school_year]
    return f"{trend.title}: {years}{f'; riket {value_text(nation[0])}' if nation else ''}."
