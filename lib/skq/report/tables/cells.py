"""What the cells of a table hold: numbers with what they rest on, notes on symbols, and the same numbers as CSV."""

from __future__ import annotations

from collections.abc import Iterable

from skq.report import hidden, sv
from skq.report.context import SchoolReport
from skq.report.download import Row, save_rows
from skq.report.numbers import Point
from skq.report.texts import word
from skq.report.wording import bare_text, interval_text, is_total, limits_of, symbol
from skq.terms import CellStatus, Level


def with_n(point: Point) -> str:
    """Return the number and, in brackets, how many it rests on."""
    return f"{bare_text(point)} ({count(point)})" if count(point) and not is_total(point.metric) else bare_text(point)


def with_interval(point: Point) -> str:
    """Return the number and, in brackets, its interval."""
    limits = interval_text(point)
    return f"{bare_text(point)} ({limits})" if limits else bare_text(point)


def signed_with_interval(point: Point) -> str:
    """Return a number that is a difference, and its interval with signs."""
    limits = limits_of(point)
    return f"{bare_text(point)} ({limits})" if limits else bare_text(point)


def beside(point: Point) -> str:
    """Return the number of another level, nothing where it says nothing beside a school's."""
    return "" if point.kind in ("count", "fte") or not point.recorded else bare_text(point)


def count(point: Point) -> str:
    """Return what a shown number rests on, nothing else."""
    return sv.number(point.n, 0) if point.n is not None and point.shown else ""


def most(points: Iterable[Point]) -> str:
    """Return the largest number that any of *points* rests on."""
    known = [point.n for point in points if point.n is not None and point.shown]
    return sv.number(max(known), 0) if known else ""


def grade_year_name(grade_year: int | None, *, name: str = "") -> str:
    """Return a row's name with its grade year: "Matematik, åk 9"."""
    if grade_year is None:
        return name
    grade = f"åk{sv.NBSP}{grade_year}"
    return f"{name}, {grade}" if name else sv.capitalized(grade)


def symbol_notes(report: SchoolReport, points: Iterable[Point]) -> tuple[str, ...]:
    """Explain each symbol that stands in the table."""
    seen = list(points)
    symbols = {symbol(point) for point in seen if not point.shown}
    statuses = {point.status for point in seen}
    why = hidden.reason(seen, few=f"bygger på för få (elevresultat: färre än {report.min_pupils})")
    told = (
        (sv.HIDDEN in symbols, f"Två punkter: visas inte, {why}."),
        (CellStatus.NEARLY_ALL in statuses, "~100: alla utom en till fyra elever."),
        ("." in symbols, "En punkt: uppgift saknas eller kan inte förekomma."),
        (sv.EN_DASH in symbols, "Streck: ingen uppgift i underlaget."),
        (CellStatus.ROUNDED in statuses, "Cirka: avrundat till närmaste tiotal av Skolverket."),
    )
    return tuple(note for there, note in told if there)


def save(report: SchoolReport, key: str, points: Iterable[Point]) -> None:
    """Write the recorded *points* as `<key>.csv`, one row a number, rounded as shown."""
    save_rows(key, [Row(point, name_of(report, point)) for point in points])


def name_of(report: SchoolReport, point: Point) -> str:
    """Return the name of the unit whose number *point* is."""
    names = {
        Level.SCHOOL: report.name, Level.AREA: report.area, Level.ORGANIZER: report.organizer,
        Level.MUNICIPALITY: report.municipality_name,
    }  # fmt: skip
    return names.get(Level(point.level), word("level", point.level))
