"""The annual analysis's figures: all schools with their uncertainty, and the development over the years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from skq.report import style, sv
from skq.report.annual import sentences
from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.emit import Passage, Picture, saved_picture
from skq.report.numbers import Point, Series
from skq.report.texts import metric_word, source, texts
from skq.report.wording import form, value_text
from skq.terms import Level

MOST_IN_A_COLUMN = 46
ROW_HEIGHT = 0.185
NAME_LENGTH = 30
NAME_LENGTH_IN_TWO = 24

Row = tuple[Unit, Point]


def all_schools(analysis: AnnualAnalysis, metric: str, *, key: str, grade_year: int | None = None) -> Picture | Passage:
    """Draw every school's number with its interval on one page, the municipality as a line; hidden ones are named.

    A passage that says so stands in for the figure where no school has the number.
    """
    rows = analysis.spread(metric, Level.SCHOOL, grade_year=grade_year)
    shown = sorted((row for row in rows if row[1].shown), key=_by_value)
    if not shown:
        return Passage(sentences.no_numbers(metric, len(rows)))
    whole = analysis.series(metric, grade_year=grade_year).at(shown[0][1].school_year)
    with plt.rc_context(style.rc()):
        figure = _columns(shown, whole)
        return saved_picture(
            figure, key, caption=_caption(metric, shown[0][1]), alt=sentences.spread_in_words(shown, rows, whole)
        )


def _by_value(row: Row) -> tuple[float, Any]:
    return (row[1].value or 0.0, sv.order(row[0].name))


def _columns(shown: Sequence[Row], whole: Point) -> Any:
    columns = 1 if len(shown) <= MOST_IN_A_COLUMN else 2
    per_column = -(-len(shown) // columns)
    height = 0.75 + ROW_HEIGHT * max(per_column, 4)
    figure, axes = plt.subplots(1, columns, figsize=(style.COLUMN_WIDTH, height), sharex=True, squeeze=False)
    longest = NAME_LENGTH if columns == 1 else NAME_LENGTH_IN_TWO
    for place, ax in enumerate(axes[0]):
        end = len(shown) - place * per_column
        _dots(ax, shown[max(end - per_column, 0) : end], whole, longest=longest)
        ax.set_ylim(-0.8, per_column - 0.2)
    return figure


def _dots(ax: Axes, rows: Sequence[Row], whole: Point, *, longest: int) -> None:
    scale = form(whole.metric).scale
    offset = 0
    for place, (_, point) in enumerate(rows, start=offset):
        if point.has_interval:
            ax.plot(
                [(point.lower or 0) * scale, (point.upper or 0) * scale], [place, place],
                color=style.SCHOOL, alpha=0.35, linewidth=2.4,
            )  # fmt: skip
    ax.plot([(point.value or 0) * scale for _, point in rows], range(len(rows)), "o", color=style.SCHOOL, markersize=4)
    ax.set_yticks(range(len(rows)), [shortened(unit.name, longest) for unit, _ in rows], color=style.INK, fontsize=7.5)
    ax.grid(True, axis="x")
    ax.grid(False, axis="y")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: sv.number(value, 0)))
    if whole.value is not None:
        ax.axvline(whole.value * scale, color=style.HIGHLIGHT, linewidth=1.1)
        ax.annotate(
            f"Kommunen {value_text(whole)}", (whole.value * scale, 1.0), xycoords=("data", "axes fraction"),
            xytext=(0, 3), textcoords="offset points", ha="center", color=style.HIGHLIGHT, fontsize=style.SMALL_SIZE,
        )  # fmt: skip


def shortened(name: str, longest: int) -> str:
    """Return *name* cut at a word's end to at most *longest* characters, with an ellipsis.

    >>> shortened("Sankta Birgitta och Världsarvets skola", 20)
    'Sankta Birgitta och…'
    """
    if len(name) <= longest:
        return name
    cut = name[: longest - 1]
    return f"{(cut.rsplit(' ', maxsplit=1)[0] if ' ' in cut else cut).rstrip(' ,–-')}…"


def _caption(metric: str, point: Point) -> str:
    grade = "" if point.grade_year is None else f", årskurs {point.grade_year}"
    unit = metric_word(metric, "unit")
    return (
        f"{metric_word(metric, 'name')}{grade}, {unit}, per skola {sv.school_year(point.school_year)}. "
        f"{texts()['annual']['how_to_read']} Källa: {source(point.source)}."
    )


DEVELOPMENT: tuple[tuple[str, int], ...] = (
    ("merit_rating_17", 9),
    ("all_subjects_passed_share", 9),
    ("eligible_vocational_share", 9),
    ("all_subjects_passed_share", 6),
)


def development(analysis: AnnualAnalysis) -> Picture | Passage:
    """Draw the municipality's main results over the years, with intervals and beside the nation, as small panels."""
    panels = [
        (metric, grade, analysis.series(metric, grade_year=grade), analysis.nation(metric, grade_year=grade))
        for metric, grade in DEVELOPMENT
    ]
    drawn = [panel for panel in panels if panel[2].shown]
    if not drawn:
        return Passage(sentences.no_development())
    rows = -(-len(drawn) // 2)
    with plt.rc_context(style.rc()):
        figure, axes = plt.subplots(rows, 2, figsize=(style.COLUMN_WIDTH, 2.0 * rows), squeeze=False)
        for ax, (metric, grade, own, nation) in zip(axes.flat, drawn, strict=False):
            _trend(ax, own, nation)
            ax.set_title(sentences.panel_title(metric, grade))
        for ax in list(axes.flat)[len(drawn) :]:
            ax.set_axis_off()
        origin = source(drawn[0][2].current.source)
        caption = f"{texts()['annual']['development']} Källa: {origin}."
        alt = " ".join(sentences.series_in_words(own, nation) for _, _, own, nation in drawn)
        return saved_picture(figure, "development", caption=caption, alt=alt)


def _trend(ax: Axes, own: Series, nation: Series) -> None:
    scale = form(own.points[0].metric).scale
    places = range(len(own.years))
    if nation.shown:
        ax.plot(places, [value * scale for value in nation.values], color=style.COMPARISON, linewidth=1.3)
        _end_label(ax, nation, scale, "riket", style.COMPARISON)
    for place, point in enumerate(own.points):
        if point.has_interval:
            ax.plot(
                [place, place], [(point.lower or 0) * scale, (point.upper or 0) * scale],
                color=style.SCHOOL, alpha=0.35, linewidth=4,
            )  # fmt: skip
    ax.plot(places, [value * scale for value in own.values], "o-", color=style.SCHOOL, markersize=4)
    _end_label(ax, own, scale, "kommunen", style.SCHOOL)
    ax.set_xticks(list(places), [sv.short_year(year) for year in own.years])
    ax.set_xlim(-0.3, len(own.years) - 1 + 1.15)
    ax.margins(y=0.25)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: sv.number(value, 0)))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _end_label(ax: Axes, series: Series, scale: float, text: str, color: str) -> None:
    last = series.shown[-1]
    place = series.years.index(last.school_year)
    ax.annotate(
        f"{text}\n{sv.number((last.value or 0) * scale, 1)}", (place, (last.value or 0) * scale),
        xytext=(6, 0), textcoords="offset points", va="center", color=color, fontsize=7.5, linespacing=0.95,
    )  # fmt: skip
