"""Equity over the years: what lies between schools, how far pupils are apart, what their background means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import pyplot as plt

from skq.report import style, sv
from skq.report.annual import equity_words
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.downloads import save_points
from skq.report.annual.layout import made_table, symbol_note, with_interval
from skq.report.emit import Passage, Picture, Table, saved_picture
from skq.report.figures.canvas import canvas
from skq.report.figures.panels import draw_trend, name_colours
from skq.report.measures import Trend
from skq.report.numbers import Point, Series
from skq.report.texts import metric_word, source, texts
from skq.report.wording import bare_text, form
from skq.terms import Level

IN_TABLE = (
    "merit_icc", "merit_sd", "merit_p90_p10", "merit_lowest_quarter_mean", "merit_gap_education",
    "merit_background_slope", "merit_background_r2", "segregation_education", "segregation_foreign",
    "compensation_slope",
)  # fmt: skip
IN_FIGURE = (
    "merit_icc", "merit_p90_p10", "merit_background_slope", "segregation_education", "merit_lowest_quarter_mean",
    "segregation_foreign",
)  # fmt: skip
MOST_PANELS = 4
BY_CHANCE = "{}_by_chance"
"""The metric that tells what chance alone would give, beside an index of segregation."""
PANEL_HEIGHT = 3.3
MOST_YEARS = 5


@dataclass(frozen=True)
class Followed:
    """One measure of equity of the municipality over the years, and what chance alone would give beside it."""

    metric: str
    series: Series
    by_chance: Series | None = None

    @property
    def current(self) -> Point:
        """The newest number."""
        return self.series.current


def followed(analysis: AnnualAnalysis, metric: str) -> Followed | None:
    """Return *metric* of the municipality over the years; None where no year has a number that is shown."""
    known = [point for point in analysis.points(metric, breakdown="all", category="all") if point.shown]
    if not known:
        return None
    which: dict[str, Any] = {"grade_year": known[-1].grade_year, "subject": known[-1].subject}
    chance = analysis.series(BY_CHANCE.format(metric), **which)
    return Followed(metric, analysis.series(metric, **which), chance if chance.shown else None)


def all_followed(analysis: AnnualAnalysis, metrics: Sequence[str]) -> list[Followed]:
    """Return those of *metrics* that are known, in their order."""
    return [one for metric in metrics if (one := followed(analysis, metric)) is not None]


def development(analysis: AnnualAnalysis) -> Picture | Passage:
    """Draw the leading measures of equity over the years, a small panel each; nothing with fewer than two years."""
    found = [one for one in all_followed(analysis, IN_FIGURE) if len(one.series.shown) > 1][:MOST_PANELS]
    if len(found) < 2:
        return Passage("")
    rows = -(-len(found) // 2)
    nobody = analysis.numbers.series(found[0].metric, level="", units=(), school_years=analysis.school_years)
    trends = [Trend(heading(one.metric), one.series, nobody, one.by_chance or nobody) for one in found]
    with plt.rc_context(style.rc()):
        figure, axes = canvas(rows, 2, height=PANEL_HEIGHT * rows)
        for axis, trend in zip(axes, trends, strict=False):
            draw_trend(axis, trend)
        for axis in axes[len(trends) :]:
            axis.set_axis_off()
        name_colours(figure, _marks(found))
    origin = sv.enumeration(sorted({source(point.source) for one in found for point in one.series.shown}))
    caption = f"{texts()['annual']['equity_development']} Källa: {origin}."
    alt = " ".join(equity_words.course(heading(one.metric), one.series, one.by_chance) for one in found)
    return saved_picture(figure, "equity", caption=caption, alt=alt)


def _marks(found: Sequence[Followed]) -> list[tuple[str, str, str]]:
    known = any(point.has_interval for one in found for point in one.series.shown)
    marks = [("line", f"Kommunen{' med 95 %-intervall' if known else ''}", style.SCHOOL)]
    if any(one.by_chance for one in found):
        marks.append(("dotted", texts()["annual"]["by_chance"], style.COMPARISON))
    return marks


def heading(metric: str) -> str:
    """Name a measure of equity in a row or above a panel, with its unit."""
    own = texts()["annual_equity"].get(metric)
    if own:
        return str(own)
    sign = " (%)" if form(metric).suffix.endswith("%") else ""
    return f"{metric_word(metric, 'short')}{sign}"


def over_years(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the measures of equity over the years with intervals and what they rest on; empty where none is known."""
    found = all_followed(analysis, IN_TABLE)
    if not found:
        return Passage("")
    (whole,) = analysis.at(Level.MUNICIPALITY)
    series = [known for one in found for known in (one.series, one.by_chance) if known is not None]
    save_points("equity", [(whole, point) for known in series for point in known.points])
    words = texts()["annual"]
    years = sorted({point.school_year for one in found for point in one.series.shown})[-MOST_YEARS:]
    header = [words["measure"], *(sv.short_year(year) for year in years), words["newest_n"]]
    rows = [
        [heading(one.metric), *(_at(one, year, newest=year == years[-1]) for year in years), _n(one)] for one in found
    ]
    note = symbol_note(rows, [point for one in found for point in one.series.points])
    return made_table("equity", words["equity_caption"], header, rows, notes=[words["equity_note"], note])


def _at(one: Followed, year: str, *, newest: bool) -> str:
    """Write the number of a year; the newest with its interval, or with what chance alone would give."""
    if year not in one.series.years:
        return sv.EN_DASH
    point = one.series.at(year)
    chance = None if one.by_chance is None else one.by_chance.at(year)
    if newest and chance is not None and chance.shown:
        return f"{bare_text(point)} ({bare_text(chance)})"
    return with_interval(point) if newest else bare_text(point)


def _n(one: Followed) -> str:
    newest = one.series.shown[-1]
    return sv.EN_DASH if newest.n is None else sv.number(newest.n, 0)
