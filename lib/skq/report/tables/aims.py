"""The table of goals and commitments beside what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skq.report import sv
from skq.report.context import SchoolReport
from skq.report.download import Row, csv_number, save_rows
from skq.report.emit import Column, Passage, Table, escaped
from skq.report.judged import Goal
from skq.report.keys import label
from skq.report.numbers import Point
from skq.report.tables import cells
from skq.report.texts import word
from skq.report.wording import form, interval_text, symbol
from skq.terms import Level

ORIGINS = ("commitment", "target")
STATUSES = ("reached", "partly", "not_reached", "cannot_be_judged")
IN_CSV = ("mål", "mål för värdet", "start", "trend", "läsår i trenden", "utfall")
"""What the file says of a goal besides the number that it is about."""


def goals(report: SchoolReport) -> Table | Passage:
    """Return each target and commitment with its goal, result, trend and, in words, whether it was reached."""
    found = _newest(report.goals)
    if not found:
        return Passage("")
    columns = (Column("Mål eller åtagande", "left"), Column("Mål"), Column("Resultat"), Column("Bygger på"),
               Column("Trend"), Column("Utfall", "left"))  # fmt: skip
    names = [escaped(goal.title) or label(point_of(goal)) for goal in found]
    lines = [_line(report, name, goal) for name, goal in zip(names, found, strict=True)]
    save_rows("goals", [_csv_row(report, goal) for goal in found], IN_CSV)
    terms = dict(zip(names, (goal.metric for goal in found), strict=True))
    return Table("goals", f"Mål och åtaganden. {_summary(found)}", columns, tuple(lines), _notes(report, found),
                 word("words", "download"), terms=terms)  # fmt: skip


def _newest(found: Sequence[Goal]) -> list[Goal]:
    """Return each goal once, with its newest result: the school's own commitments before the organizer's targets."""
    newest: dict[tuple[object, ...], Goal] = {}
    for goal in found:
        key = (goal.origin, goal.title, goal.metric, goal.grade_year, goal.subject)
        if key not in newest or newest[key].school_year < goal.school_year:
            newest[key] = goal
    return sorted(newest.values(), key=lambda goal: (ORIGINS.index(goal.origin), sv.order(goal.title)))


def point_of(goal: Goal) -> Point:
    """Return the number that *goal* is about, with nothing but its name."""
    return Point(
        metric=goal.metric, level=Level.SCHOOL, unit="", school_year=goal.school_year, grade_year=goal.grade_year,
        subject=goal.subject, n=goal.n, value=goal.value, lower=goal.lower, upper=goal.upper,
    )  # fmt: skip


def _line(report: SchoolReport, name: str, goal: Goal) -> tuple[str, ...]:
    return (name, _aim(goal), _result(report, goal), "" if goal.n is None else sv.number(goal.n, 0), _trend(goal),
            word("goal_status", goal.status))  # fmt: skip


def _aim(goal: Goal) -> str:
    start = f" (från {_number(goal, goal.start_value)})" if goal.start_value is not None else ""
    return f"{_number(goal, goal.target)}{start}"


def _result(report: SchoolReport, goal: Goal) -> str:
    """Return the value with its interval; where it is not shown, the sign that it has in every other table."""
    if goal.value is None:
        return symbol(_recorded(report, goal) or point_of(goal))
    limits = interval_text(point_of(goal))
    return f"{_number(goal, goal.value)} ({limits})" if limits else _number(goal, goal.value)


def _trend(goal: Goal) -> str:
    shape = form(goal.metric)
    return "" if goal.trend is None else sv.signed(goal.trend * shape.scale, max(1, shape.decimals))


def _number(goal: Goal, value: float | None) -> str:
    shape = form(goal.metric)
    return "" if value is None else sv.number(value * shape.scale, shape.decimals)


def _summary(found: Sequence[Goal]) -> str:
    """Say how many were reached, partly and not, in words."""
    counts = {status: sum(goal.status == status for goal in found) for status in STATUSES}
    told = [f"{word('goal_status', status)} {sv.number(count, 0)}" for status, count in counts.items() if count]
    return f"{sv.capitalized(', '.join(told))}."


def _notes(report: SchoolReport, found: Sequence[Goal]) -> tuple[str, ...]:
    told = (
        (any(goal.lower is not None for goal in found), "Resultat: 95 %-intervall inom parentes."),
        (any(goal.trend is not None for goal in found), "Trend: förändring per läsår, minst tre läsår."),
        (any(goal.status == "partly" for goal in found), word("words", "goal_partly")),
    )
    without = [_recorded(report, goal) or point_of(goal) for goal in found if goal.value is None]
    return (*(note for there, note in told if there), *cells.symbol_notes(report, without))


def _recorded(report: SchoolReport, goal: Goal) -> Point | None:
    """Return the number that *goal* is about as it stands in every other table; None where no source has it."""
    own = report.series(goal.metric, grade_year=goal.grade_year, subject=goal.subject)
    there = goal.school_year in own.years and own.at(goal.school_year).recorded
    return own.at(goal.school_year) if there else None


def _csv_row(report: SchoolReport, goal: Goal) -> Row:
    """Return the number that *goal* is about as it stands in every other file, and what is said of it here."""
    shape, bare = form(goal.metric), point_of(goal)
    point = _recorded(report, goal) or replace(bare, unit=report.school_unit_code, recorded=True)
    told = [csv_number(number, shape.scale, shape.decimals) for number in (goal.target, goal.start_value)]
    trend = csv_number(goal.trend, shape.scale, max(1, shape.decimals))
    points = "" if goal.trend_points is None else str(goal.trend_points)
    more = (goal.title or label(bare), *told, trend, points, word("goal_status", goal.status))
    return Row(point, report.name, more)
