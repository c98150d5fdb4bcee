"""Value added: how a school's pupils did beside pupils with the same earlier results; raw and shrunken, not ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from skq.report import style, sv
from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.annual.figures import (
    MOST_IN_A_COLUMN,
    NAME_LENGTH,
    NAME_LENGTH_IN_TWO,
    NAME_SIZE,
    ROOM_FOR_AXIS,
    ROW_HEIGHT,
    TWO_LINES_SIZE,
    on_two_lines,
)
from skq.report.emit import Passage, Picture, escaped, saved_picture
from skq.report.figures.canvas import canvas
from skq.report.figures.panels import draw_dot, name_colours
from skq.report.numbers import Point
from skq.report.texts import source, texts
from skq.report.wording import form
from skq.terms import Level

GRADES, TESTS = "value_added_grades", "value_added_tests"
SHRUNKEN = {GRADES: "value_added_grades_shrunken", TESTS: "value_added_tests_shrunken"}
FEWEST = 3
"""Value added is relative to the schools together; with fewer there is nothing to stand beside."""


@dataclass(frozen=True)
class Added:
    """One school's value added: the raw mean, and the one that borrows from all schools where it is known."""

    unit: Unit
    raw: Point
    shrunken: Point | None

    @property
    def judged(self) -> Point:
        """The number by which the school is judged: the shrunken one where it has an interval."""
        return self.shrunken if self.shrunken is not None and self.shrunken.has_interval else self.raw

    @property
    def side(self) -> int:
        """1 where the interval lies above zero, -1 below, 0 where it holds zero or is not known."""
        lower, upper = self.judged.lower, self.judged.upper
        return 0 if lower is None or upper is None else int(lower > 0) - int(upper < 0)


def added(analysis: AnnualAnalysis, metric: str = GRADES, grade_year: int = 9) -> list[Added]:
    """Return the schools' value added by name, of the newest year that has any; none with fewer than `FEWEST`."""
    known = [one for one in analysis.points(metric, Level.SCHOOL, grade_year=grade_year, breakdown="all") if one.shown]
    year = max((point.school_year for point in known), default="")
    found = []
    for point in known:
        unit = analysis.named(point.unit)
        if unit is not None and point.school_year == year:
            series = analysis.series(SHRUNKEN[metric], unit, grade_year=grade_year, subject=point.subject)
            shrunken = series.at(year)
            found.append(Added(unit, point, shrunken if shrunken.shown else None))
    ordered = sorted(found, key=lambda one: (sv.order(one.unit.name), one.unit.code))
    return ordered if len(ordered) >= FEWEST else []


def of_schools(analysis: AnnualAnalysis, metric: str = GRADES, grade_year: int = 9) -> Picture | Passage:
    """Draw the schools' value added with intervals, by name; an empty passage where it is not known."""
    found = added(analysis, metric, grade_year)
    if not found:
        return Passage("")
    with plt.rc_context(style.rc()):
        figure = draw(found)
    caption = texts()["annual"]["value_added_caption"].format(
        year=found[0].raw.school_year, source=source(found[0].raw.source)
    )
    return saved_picture(figure, "value-added", caption=caption, alt=in_words(found), lead=escaped(said(found)))


def draw(found: Sequence[Added]) -> Figure:
    """Draw a row per school by name: a ring for the raw value, a dot with its interval for the shrunken one."""
    columns = 1 if len(found) <= MOST_IN_A_COLUMN else 2
    in_each = -(-len(found) // columns)
    figure, axes = canvas(1, columns, height=ROOM_FOR_AXIS + ROW_HEIGHT * max(in_each, 3))
    limits = _limits(found)
    for place, axis in enumerate(axes):
        part = found[place * in_each : (place + 1) * in_each]
        _draw_rows(axis, part, rows=in_each, longest=NAME_LENGTH if columns == 1 else NAME_LENGTH_IN_TWO)
        axis.set_xlim(*limits)
    marks = (
        ("dot", "Sammanvägt värde med 95 %-intervall", style.SCHOOL, any(one.shrunken for one in found)),
        ("ring", "Skolans eget medelvärde", style.SCHOOL, True),
    )
    name_colours(figure, [(mark, text, colour) for mark, text, colour, drawn in marks if drawn])
    return figure


def _draw_rows(axis: Axes, part: Sequence[Added], *, rows: int, longest: int) -> None:
    for row, one in enumerate(part):
        if one.shrunken is not None:
            draw_dot(axis, row, one.shrunken, colour=style.SCHOOL, size=4.5)
        scale = form(one.raw.metric).scale
        axis.plot([(one.raw.value or 0.0) * scale], [row], "o", color=style.SCHOOL, markersize=4.5,
                  markerfacecolor=style.BACKGROUND, zorder=4 if one.shrunken is None else 2, gid="raw")  # fmt: skip
    axis.axvline(0, color=style.COMPARISON, linewidth=1.5, zorder=1, gid="zero")
    axis.set_ylim(rows - 0.4, -0.6)
    axis.set_yticks(range(len(part)), [on_two_lines(one.unit.name, longest) for one in part])
    for label in axis.get_yticklabels():
        label.set(color=style.INK, size=TWO_LINES_SIZE if "\n" in label.get_text() else NAME_SIZE, linespacing=0.9)
    axis.grid(visible=True, axis="x")
    axis.grid(visible=False, axis="y")
    axis.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axis.xaxis.set_major_formatter(lambda value, _: sv.signed(value, 0 if float(value).is_integer() else 1))


def _limits(found: Sequence[Added]) -> tuple[float, float]:
    scale = form(found[0].raw.metric).scale
    points = [point for one in found for point in (one.raw, one.shrunken) if point is not None]
    seen = [0.0]
    seen += [limit * scale for point in points for limit in (point.value, point.lower, point.upper)
             if limit is not None and (limit == point.value or point.metric in SHRUNKEN.values())]  # fmt: skip
    margin = max(max(seen) - min(seen), 0.5) * 0.05
    return min(seen) - margin, max(seen) + margin


def said(found: Sequence[Added]) -> str:
    """Say what value added is, and at which schools it certainly differs from pupils with the same earlier results."""
    words = texts()["annual"]
    told = [
        f"Säkert {word}: {sv.enumeration([one.unit.name for one in which])}."
        for side, word in ((1, "högre"), (-1, "lägre"))
        if (which := [one for one in found if one.side == side])
    ]
    rest = sum(not one.side for one in found)
    if not told:
        told = [f"Ingen av {_schools(rest)} skiljer sig säkert från det."]
    elif rest:
        told.append(f"{sv.capitalized(_schools(rest))} kan inte skiljas från det.")
    return " ".join([words["value_added_lead"], *told, words["value_added_limits"]])


def in_words(found: Sequence[Added]) -> str:
    """Say what the figure shows; its alt text."""
    apart = [one for one in found if one.side]
    named = sv.enumeration([f"{one.unit.name} ({'över' if one.side > 0 else 'under'})" for one in apart])
    text = f"Förädlingsvärde för {_schools(len(found))}, i bokstavsordning, med noll som det väntade."
    return f"{text} Säkert skild från noll: {named}." if apart else f"{text} Alla intervall rymmer noll."


def _schools(count: int) -> str:
    return f"{sv.counting_word(count)} {'skola' if count == 1 else 'skolor'}"
