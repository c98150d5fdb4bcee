"""Knowledge results over five years: merit rating, all subjects, eligibility, and what SALSA expects of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from skq.report import alts, leads, lists, measures, style, sv
from skq.report.context import SchoolReport
from skq.report.emit import Passage, Picture, saved_picture
from skq.report.figures.canvas import canvas
from skq.report.figures.panels import beside_marks, draw_trend, name_colours, value_limits
from skq.report.measures import Trend
from skq.report.numbers import Series

SCHOOL = ("dot", "Skolan, streck: 95 %-intervall", style.SCHOOL)
SCHOOL_ALONE = ("dot", "Skolan", style.SCHOOL)
WITH_UNIT = re.compile(r" \((poäng|procent)\)| per läsår")


def results_trend(report: SchoolReport) -> Picture | Passage:
    """Return merit rating, all subjects and eligibility over five years; a sentence where the school has none."""
    found = measures.trends(report, lists.RESULTS)
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


def school_mark(series: Sequence[Series]) -> tuple[str, str, str]:
    """Return the explanation of the school's mark, which speaks of intervals only where one is drawn."""
    return SCHOOL if any(point.has_interval for part in series for point in part.shown) else SCHOOL_ALONE
