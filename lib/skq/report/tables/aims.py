"""The table of goals and commitments beside what came out."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.context import SchoolReport
from skq.report.emit import Column, Passage, Table, escaped, save_csv
from skq.report.judged import Goal
from skq.report.keys import label
from skq.report.numbers import Point
from skq.report.tables import cells
from skq.report.texts import word
from skq.report.wording import form
from skq.terms import Level

ORIGINS = ("commitment", "target")
STATUSES = ("reached", "partly", "not_reached", "cannot_be_judged")
CSV_HEADER = ("mål", "id", "läsår", "årskurs", "ämne eller område", "mål för värdet", "start", "resultat", "nedre",
              "övre", "antal", "trend", "läsår i trenden", "status")  # fmt: skip


def goals(report: SchoolReport) -> Table | Passage:
    """Return each target and commitment with its goal, result, trend and, in words, whether it was reached."""
    found = _newest(report.goals)
    if not found:
        return Passage("")
    columns = (Column("Mål eller åtagande", "left"), Column("Mål"), Column("Resultat"), Column("Bygger på"),
               Column("Trend"), Column("Utfall", "left"))  # fmt: skip
    names = [escaped(goal.title) or label(point_of(goal)) for goal in found]
    lines = [_line(name, goal) for name, goal in zip(names, found, strict=True)]
    save_csv("goals", CSV_HEADER, [_csv_row(goal) for goal in found])
    terms = dict(zip(names, (goal.metric for goal in found), strict=True))
    return Table("goals", f"Mål och åtaganden. {_summary(found)}", columns, tuple(lines), _notes(found),
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


def _line(name: str, goal: Goal) -> tuple[str, ...]:
    return (name, _aim(goal), _result(goal), "" if goal.n is None else sv.number(goal.n, 0), _trend(goal),
            word("goal_status", goal.status))  # fmt: skip


def _aim(goal: Goal) -> str:
    start = f" (från {_number(goal, goal.start_value)})" if goal.start_value is not None else ""
    return f"{_number(goal, goal.target)}{start}"


def _result(goal: Goal) -> str:
    if goal.value is None:
        return sv.HIDDEN
    if goal.lower is None or goal.upper is None:
        return _number(goal, goal.value)
    shape = form(goal.metric)
    limits = sv.interval(goal.lower * shape.scale, goal.upper * shape.scale, shape.interval_decimals)
    return f"{_number(goal, goal.value)} ({limits})"


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


def _notes(found: Sequence[Goal]) -> tuple[str, ...]:
    told = (
        (any(goal.lower is not None for goal in found), "Resultat: 95 %-intervall inom parentes."),
        (any(goal.trend is not None for goal in found), "Trend: förändring per läsår, minst tre läsår."),
        (any(goal.status == "partly" for goal in found), word("words", "goal_partly")),
        (any(goal.value is None for goal in found), "Två punkter: resultatet visas inte eller finns inte."),
    )
    return tuple(note for there, note in told if there)


def _csv_row(goal: Goal) -> tuple[str, ...]:
    shape = form(goal.metric)
    numbers = (goal.target, goal.start_value, goal.value, goal.lower, goal.upper)
    told = [cells.csv_number(number, shape.scale, shape.decimals) for number in numbers]
    grade_year = "" if goal.grade_year is None else str(goal.grade_year)
    rest = (cells.csv_number(goal.n, 1.0, 0), cells.csv_number(goal.trend, shape.scale, shape.decimals + 1))
    points = "" if goal.trend_points is None else str(goal.trend_points)
    return (goal.title or label(point_of(goal)), goal.metric, goal.school_year, grade_year, goal.subject, *told, *rest,
            points, goal.status)  # fmt: skip
