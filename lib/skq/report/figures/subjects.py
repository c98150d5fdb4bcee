"""Subjects: grade points with intervals, and the gap between girls and boys; national tests beside grades."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from skq.report import alts, leads, measures, national_words, style, sv
from skq.report.context import SchoolReport
from skq.report.emit import Passage, Picture, saved_picture
from skq.report.figures.canvas import canvas, draw_line
from skq.report.figures.panels import draw_dot, draw_reference, name_colours, row_axis, write_value
from skq.report.figures.results import SCHOOL
from skq.report.measures import SubjectRow, TestRow
from skq.report.numbers import Difference, Point

ROW = 0.44
"""Height of a row, in centimetres."""


def subjects(report: SchoolReport) -> Picture | Passage:
    """Return grade points per subject, highest first, with the gap between girls and boys."""
    rows, hidden = measures.shown_and_hidden(measures.subject_rows(report))
    if not rows:
        return Passage(leads.no_subjects(report))
    with plt.rc_context(style.rc()):
        figure = draw_subjects(rows)
    points = [row.point for row in rows]
    grade_year, year = points[0].grade_year, points[0].school_year
    caption = (
        f"Betygspoäng per ämne i årskurs {grade_year}, {sv.school_year(year)} (A = 20, E = 10), "
        f"antal elever inom parentes{_gap_caption(rows)}. {alts.source_of_points(points)}"
    )
    return saved_picture(
        figure, "subjects", caption=caption, alt=alts.subjects(rows), lead=leads.subjects(rows, hidden)
    )


def _gap_caption(rows: Sequence[SubjectRow]) -> str:
    return ", och skillnaden flickor − pojkar (poäng)" if _with_gap(rows) else ""


def _with_gap(rows: Sequence[SubjectRow]) -> bool:
    return any(row.gap is not None and row.gap.shown for row in rows)


def draw_subjects(rows: Sequence[SubjectRow]) -> Figure:
    """Draw dots with intervals, and beside them the gap between girls and boys where any is known."""
    with_gap = _with_gap(rows)
    figure, axes = canvas(1, 2 if with_gap else 1, height=1.6 + ROW * len(rows), ratios=(3, 2) if with_gap else None)
    for place, row in enumerate(rows):
        draw_reference(axes[0], place, row.municipality)
        draw_dot(axes[0], place, row.point, colour=style.SCHOOL)
        write_value(axes[0], place, row.point)
    row_axis(axes[0], [_with_n(row.name, row.point) for row in rows])
    axes[0].set_title("Betygspoäng")
    if with_gap:
        _draw_gaps(axes[1], rows)
    name_colours(figure, (SCHOOL, ("stroke", "Kommunen", style.COMPARISON)))
    return figure


def _draw_gaps(axes: Axes, rows: Sequence[SubjectRow]) -> None:
    axes.axvline(0, color=style.COMPARISON, linewidth=1)
    for place, row in enumerate(rows):
        if row.gap is not None and row.gap.value is not None:
            colour = _gap_colour(row.gap)
            if row.gap.lower is not None and row.gap.upper is not None:
                draw_line(axes, [row.gap.lower, row.gap.upper], [place] * 2, color=colour, alpha=0.35, linewidth=3.2,
                          solid_capstyle="butt")  # fmt: skip
            draw_line(axes, [row.gap.value], [place], marker="o", markersize=5.5, color=colour, linestyle="none",
                      gid="gap", markerfacecolor=colour if row.gap.certain else style.BACKGROUND)  # fmt: skip
    row_axis(axes, [""] * len(rows))
    axes.set_title("Flickor − pojkar")
    axes.set_xlabel("Fylld punkt: säker skillnad", loc="left")
    axes.xaxis.set_major_formatter(lambda value, _: sv.signed(value, 0))


def _gap_colour(gap: Difference) -> str:
    if not gap.certain:
        return style.COMPARISON
    return style.GIRLS if (gap.value or 0) > 0 else style.BOYS


def _with_n(name: str, point: Point) -> str:
    return f"{name} ({sv.number(point.n, 0)})" if point.n is not None and point.shown else name


def tests_and_grades(report: SchoolReport) -> Picture | Passage:
    """Return the national tests of grade years 6 and 9, beside the grades where they are known."""
    groups = measures.tests(report)
    if not groups:
        return Passage(national_words.no_tests(report))
    if not _worth_drawing(groups):
        return Passage(national_words.tests(report))
    with plt.rc_context(style.rc()):
        figure = draw_tests(groups)
    points = [row.test for rows in groups.values() for row in rows if row.test.shown]
    caption = (
        f"Genomsnittlig provbetygspoäng på nationella prov{' och betygspoäng' if _any_grade(groups) else ''} "
        f"(A = 20, E = 10), {alts.years_of(points)}. {alts.source_of_points(points)}"
    )
    return saved_picture(figure, "tests", caption=caption, alt=alts.tests(groups), lead=national_words.tests(report))


def _worth_drawing(groups: dict[int, list[TestRow]]) -> bool:
    """Return whether anything stands beside the tests; a few dots alone are better read in the table."""
    rows = [row for found in groups.values() for row in found]
    return any(row.grade.shown or row.municipality.shown or row.test.has_interval for row in rows)


def _any_grade(groups: dict[int, list[TestRow]]) -> bool:
    return any(row.grade.shown for rows in groups.values() for row in rows)


def draw_tests(groups: dict[int, list[TestRow]]) -> Figure:
    """Draw a line from test to grade for each subject, one panel per grade year, on one scale."""
    most = max(len(rows) for rows in groups.values())
    figure, axes = canvas(1, len(groups), height=2.0 + 0.75 * most)
    for axis, (grade_year, rows) in zip(axes, groups.items(), strict=True):
        for place, row in enumerate(rows):
            _draw_test(axis, place, row)
        row_axis(axis, [_with_n(row.name, row.test) for row in rows], rows=most)
        axis.set_title(f"Årskurs {grade_year}")
    _same_scale(axes)
    grade = (("dot", "Betyg", style.HIGHLIGHT),) if _any_grade(groups) else ()
    with_interval = any(row.test.has_interval for rows in groups.values() for row in rows)
    test = "Nationellt prov, streck: 95 %-intervall" if with_interval else "Nationellt prov"
    name_colours(figure, (("ring", test, style.SCHOOL), *grade, ("stroke", "Kommunens prov", style.COMPARISON)))
    return figure


def _draw_test(axes: Axes, place: int, row: TestRow) -> None:
    draw_reference(axes, place, row.municipality)
    if row.test.value is not None and row.grade.value is not None:
        draw_line(axes, [row.test.value, row.grade.value], [place] * 2, color=style.HIGHLIGHT, linewidth=1.2, zorder=2)
    draw_dot(axes, place, row.test, colour=style.SCHOOL, filled=False, size=6.5)
    if row.grade.value is not None:
        draw_line(axes, [row.grade.value], [place], marker="o", markersize=5, color=style.HIGHLIGHT, linestyle="none",
                  zorder=4, gid="grade")  # fmt: skip


def _same_scale(axes: Sequence[Axes]) -> None:
    low = min(axis.get_xlim()[0] for axis in axes)
    high = max(axis.get_xlim()[1] for axis in axes)
    for axis in axes:
        axis.set_xlim(max(0.0, min(low, 8.0)), min(20.5, max(high, 16.0)))
