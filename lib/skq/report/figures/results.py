"""Knowledge results over five years: merit rating, all subjects, eligibility, and what SALSA expects."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from skq.report import alts, leads, measures, style, sv
from skq.report.context import SchoolReport
from skq.report.emit import Passage, Picture, saved_picture
from skq.report.figures.panels import beside_marks, canvas, draw_trend, name_colours, value_limits
from skq.report.measures import Trend
from skq.report.numbers import Series

SCHOOL = ("dot", "Skolan, streck: 95 %-intervall", style.SCHOOL)
SCHOOL_ALONE = ("dot", "Skolan", style.SCHOOL)
FEWEST_YEARS = 2
WITH_UNIT = re.compile(r" \((poäng|procent)\)| per läsår")


def results_trend(report: SchoolReport) -> Picture | Passage:
    """Return merit rating, all subjects and eligibility over five years; a sentence where the school has none."""
    found = measures.trends(report, measures.RESULTS)
    if not found:
        return Passage(leads.results(report))
    shown = [trend for trend in found if trend.school.shown] or found
    what = f"{sv.enumeration([_measure(trend) for trend in shown])} per läsår"
    return _picture("results-trend", shown, what=what, lead=leads.results(report))


def _measure(trend: Trend) -> str:
    point = trend.school.current
    if point.kind == "points":
        return "meritvärde (poäng)"
    if point.metric == "eligible_vocational_share":
        return "andel behöriga till yrkesprogram (procent)"
    return f"andel elever i årskurs {point.grade_year} med minst E i alla ämnen (procent)"


def expected_merit(report: SchoolReport) -> Picture | Passage:
    """Return actual and expected merit rating per year; a sentence where there is one year or none."""
    expected, actual = measures.salsa(report)
    if len(measures.salsa_pairs(expected, actual)) < FEWEST_YEARS:
        return Passage(leads.expected(report))
    with plt.rc_context(style.rc()):
        figure = draw_expected(expected, actual)
    source = alts.source_of((expected, actual))
    caption = f"Meritvärde och modellberäknat meritvärde enligt SALSA (poäng). {source}"
    return saved_picture(figure, "expected-merit", caption=caption, alt=alts.expected(expected, actual),
                         lead=leads.expected(report))  # fmt: skip


def _picture(key: str, trends: list[Trend], *, what: str, lead: str) -> Picture | Passage:
    if not any(trend.school.shown for trend in trends):
        return Passage(leads.all_hidden(trends, WITH_UNIT.sub("", what)))
    if not measures.over_years(trends):
        return Passage(lead)
    caption = f"{sv.capitalized(what)}. {alts.source_line(trends)}"
    with plt.rc_context(style.rc()):
        figure = draw_trends(trends)
    return saved_picture(figure, key, caption=caption, alt=alts.trends(trends), lead=lead)


def draw_trends(trends: list[Trend]) -> Figure:
    """Draw one panel per trend in a row, those of one unit with one scale so that they can be compared."""
    kinds = {trend.school.current.kind for trend in trends}
    limits = {kind: value_limits([trend for trend in trends if trend.school.current.kind == kind]) for kind in kinds}
    figure, axes = canvas(1, max(len(trends), 2), height=4.7, sharey=len(kinds) == 1)
    for axis, trend in zip(axes, trends, strict=False):
        draw_trend(axis, trend, limits=limits[trend.school.current.kind])
    for axis in axes[len(trends) :]:
        axis.set_axis_off()
    name_colours(figure, (school_mark([trend.school for trend in trends]), *beside_marks(trends)))
    return figure


def _expected_limits(expected: Series, actual: Series) -> tuple[float, float]:
    return value_limits([Trend("", actual, expected, expected)])


def school_mark(series: Sequence[Series]) -> tuple[str, str, str]:
    """Return the explanation of the school's mark, which speaks of intervals only where one is drawn."""
    return SCHOOL if any(point.has_interval for part in series for point in part.shown) else SCHOOL_ALONE


def draw_expected(expected: Series, actual: Series) -> Figure:
    """Draw both per year: a stroke for what is expected, a dot with its interval for what was."""
    figure, axes = canvas(1, 1, height=5.0)
    axis = axes[0]
    for place, (model, real) in enumerate(zip(expected.points, actual.points, strict=True)):
        if model.value is not None:
            axis.plot(
                [place - 0.22, place + 0.22], [model.value] * 2, color=style.HIGHLIGHT, linewidth=2.6, gid="expected"
            )
        if model.value is not None and real.value is not None:
            axis.plot([place, place], [model.value, real.value], color=style.LINE, linewidth=1.2, zorder=1)
        if real.lower is not None and real.upper is not None:
            axis.plot([place] * 2, [real.lower, real.upper], color=style.SCHOOL, alpha=0.35, linewidth=3.2,
                      solid_capstyle="butt", gid="interval")  # fmt: skip
        if real.value is not None:
            axis.plot(
                [place], [real.value], marker="o", markersize=5.5, color=style.SCHOOL, linestyle="none", gid="actual"
            )
            axis.annotate(sv.number(real.value), (place + 0.26, real.value), xytext=(0, 0), textcoords="offset points",
                          va="center", color=style.SCHOOL, weight="semibold")  # fmt: skip
    axis.set_xlim(-0.5, len(expected.points) - 0.3)
    axis.set_xticks(range(len(expected.points)), [point.school_year for point in expected.points])
    axis.set_ylim(*_expected_limits(expected, actual))
    axis.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    name_colours(figure, (school_mark([actual]), ("line", "Modellberäknat enligt SALSA", style.HIGHLIGHT)))
    return figure
