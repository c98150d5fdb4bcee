"""Pupils per grade year, staff over five years, and the survey's areas."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from skq.report import alts, leads, lists, measures, style
from skq.report.context import SchoolReport
from skq.report.emit import Passage, Picture, saved_picture
from skq.report.figures.canvas import canvas, draw_line
from skq.report.figures.panels import (
    beside_marks,
    draw_dot,
    draw_reference,
    draw_trend,
    name_colours,
    row_axis,
    write_value,
)
from skq.report.figures.results import SCHOOL, SCHOOL_ALONE
from skq.report.measures import AreaRow, Bar, Trend
from skq.report.tables.cells import save
from skq.report.texts import word
from skq.report.wording import bare_text

FEWEST_SLOTS = 6
"""Room for at least so many bars, so that two do not become two walls."""


def pupils_and_staff(report: SchoolReport) -> Picture | Passage:
    """Return the number of pupils beside teachers' certificates and pupils per teacher."""
    bars, trends = measures.pupil_bars(report), measures.trends(report, lists.STAFF)
    trends = [trend for trend in trends if measures.over_years([trend])]
    if not any(bar.point.shown for bar in bars) and not trends:
        return Passage(leads.no_resources(report))
    with plt.rc_context(style.rc()):
        figure = draw_pupils_and_staff(bars, trends)
    save(report, "pupils-and-staff", [*(bar.point for bar in bars), *(p for trend in trends for p in trend.points)])
    return saved_picture(
        figure, "pupils-and-staff", caption=alts.resources_caption(bars, trends), alt=alts.resources(bars, trends),
        lead=leads.resources(report), download=word("words", "download_figure"),
    )  # fmt: skip


def draw_pupils_and_staff(bars: Sequence[Bar], trends: Sequence[Trend]) -> Figure:
    """Draw the bars to the left, the trends to the right."""
    parts = (1 if bars else 0) + len(trends)
    figure, axes = canvas(1, max(parts, 2), height=5.2, ratios=_ratios(bool(bars), max(parts, 2)))
    if bars:
        _draw_bars(axes[0], bars)
    for axis, trend in zip(axes[1 if bars else 0 :], trends, strict=False):
        draw_trend(axis, trend)
    for axis in axes[parts:]:
        axis.set_axis_off()
    if trends:
        name_colours(figure, (SCHOOL_ALONE, *beside_marks(trends)))
    return figure


def _ratios(with_bars: bool, parts: int) -> tuple[float, ...]:
    return (1.5, *(1.0 for _ in range(parts - 1))) if with_bars else tuple(1.0 for _ in range(parts))


def _draw_bars(axes: Axes, bars: Sequence[Bar]) -> None:
    values = [bar.point.value or 0.0 for bar in bars]
    axes.bar(range(len(bars)), values, color=style.SCHOOL, width=0.72)
    for place, bar in enumerate(bars):
        text = bare_text(bar.point).replace("cirka", "ca")
        axes.text(place, bar.point.value or 0.0, text, ha="center", va="bottom", size=style.SMALL_SIZE, color=style.INK,
                  gid="count")  # fmt: skip
    axes.set_xticks(range(len(bars)), [bar.name for bar in bars])
    axes.set_xlim(-0.6, max(len(bars), FEWEST_SLOTS) - 0.4)
    axes.set_yticks([])
    axes.set_ylim(0, max([*values, 1.0]) * 1.12)
    axes.set_title(bars_title(bars))


def bars_title(bars: Sequence[Bar]) -> str:
    """Return the title of the bars: per grade year or per school year."""
    if bars[0].point.grade_year is None:
        return "Elever per läsår"
    return f"Elever per årskurs, {bars[0].point.school_year}"


def survey(report: SchoolReport) -> Picture | Passage:
    """Return the survey's areas for grade years 5 and 8, newest year with interval, earlier years as small dots."""
    groups = measures.areas(report)
    if not groups:
        return Passage(leads.no_survey(report))
    with plt.rc_context(style.rc()):
        figure = draw_survey(groups)
    rows = [row for of_year in groups.values() for row in of_year]
    save(report, "survey", [point for row in rows for point in (*row.series.points, row.municipality)])
    points = [row.series.current for row in rows]
    caption = f"Elevenkäten, index 0–10 per område, {alts.years_of(points)}. {alts.source_of_points(points)}"
    return saved_picture(figure, "survey", caption=caption, alt=alts.survey(groups), lead=leads.survey(report),
                         download=word("words", "download_figure"))  # fmt: skip


def draw_survey(groups: dict[int, list[AreaRow]]) -> Figure:
    """Draw one panel per grade year on one scale."""
    most = max(len(rows) for rows in groups.values())
    figure, axes = canvas(1, len(groups), height=2.0 + 0.55 * most, sharey=False)
    for axis, (grade_year, rows) in zip(axes, groups.items(), strict=True):
        for place, row in enumerate(rows):
            _draw_area(axis, place, row)
        row_axis(axis, [row.name for row in rows], rows=most)
        axis.set_title(f"Årskurs {grade_year}")
        axis.set_xlim(_lowest(groups), 10.1)
    older = ("small", "Skolan tidigare år, ljusare ju äldre", style.SCHOOL)
    name_colours(figure, (SCHOOL, older, ("stroke", "Kommunen", style.COMPARISON)))
    return figure


def _lowest(groups: dict[int, list[AreaRow]]) -> float:
    values = [p.lower or p.value or 0.0 for rows in groups.values() for row in rows for p in row.series.shown]
    return max(0.0, min(4.0, float(int(min(values)))) - 0.1)


def _draw_area(axes: Axes, place: int, row: AreaRow) -> None:
    draw_reference(axes, place, row.municipality)
    older = row.series.shown[:-1] if row.series.current.shown else row.series.shown
    for age, point in enumerate(reversed(older), start=1):
        draw_line(axes, [point.value or 0.0], [place], marker="o", markersize=3.5, color=style.SCHOOL, linestyle="none",
                  alpha=max(0.15, 0.6 - 0.12 * age), markeredgewidth=0, gid="older")  # fmt: skip
    draw_dot(axes, place, row.series.current, colour=style.SCHOOL)
    write_value(axes, place, row.series.current)
