"""The five key numbers of a school: which ones, and each with interval, change, what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from skq.report import sentences, sv
from skq.report.context import SchoolReport
from skq.report.numbers import Point
from skq.report.texts import subject, texts, word
from skq.report.wording import interval_text, is_total, resting_on, value_text
from skq.terms import CellStatus, Level

HOW_MANY = 5

ORDER: tuple[tuple[str, int | None, str], ...] = (
    ("merit_rating_17", 9, ""),
    ("all_subjects_passed_share", 9, ""),
    ("eligible_vocational_share", 9, ""),
    ("all_subjects_passed_share", 6, ""),
    ("survey_index", 8, "safety"),
    ("survey_index", 5, "safety"),
    ("certified_teacher_share", None, ""),
    ("pupil_count", None, ""),
    ("pupils_per_teacher", None, ""),
    ("attendance_share", None, ""),
    ("parents_post_secondary_share", None, ""),
    ("test_all_parts_share", 3, "MA"),
)
"""Measures by importance; the first five that the school has are its key numbers."""


@dataclass(frozen=True)
class KeyNumber:
    """One key number as text, with the point it was written from."""

    label: str
    value: str
    interval: str
    change: str
    n: str
    note: str
    point: Point


def key_numbers(report: SchoolReport) -> tuple[KeyNumber, ...]:
    """Return at most five key numbers, shown ones before hidden ones, in the order of importance."""
    places = [(place, report.point(metric, grade_year=grade_year, subject=code))
              for place, (metric, grade_year, code) in enumerate(ORDER)]  # fmt: skip
    usable = [(place, point) for place, point in places if point.shown or point.hidden]
    best = sorted(usable, key=lambda found: (_withheld(found[1]), found[0]))[:HOW_MANY]
    first = usable[:1]  # the measure that counts most is told even where it must be hidden
    chosen = best if first == [] or first[0] in best else [*first, *best[: HOW_MANY - 1]]
    return tuple(_key_number(report, point) for _, point in sorted(chosen, key=lambda found: found[0]))


def _withheld(point: Point) -> bool:
    return point.status in (CellStatus.TOO_FEW, CellStatus.PROTECTS_OTHER)


def withheld(report: SchoolReport) -> tuple[Point, ...]:
    """Return the measures that could be key numbers and are hidden, in the order of importance."""
    points = (report.point(metric, grade_year=grade_year, subject=code) for metric, grade_year, code in ORDER)
    return tuple(point for point in points if _withheld(point))


def label(point: Point) -> str:
    """Return what a number is called beside it: "Minst E i alla ämnen, åk 9"."""
    entry = texts()["metric"][point.metric]
    name = str(entry.get("label", entry["short"])).format(subject=subject(point.subject))
    grade = f", åk{sv.NBSP}{point.grade_year}" if point.grade_year is not None and "åk" not in name else ""
    return f"{name}{grade}"


def _key_number(report: SchoolReport, point: Point) -> KeyNumber:
    if _withheld(point) and (three := report.pooled(point)).shown:
        return _over_three_years(point, three)
    previous = report.previous(point)
    older = "" if point.school_year == report.school_year else sv.school_year(point.school_year)
    hidden = "" if point.shown else word("status_short", str(point.status))
    beside = municipality_text(report, point)
    municipality = f"{word('level', Level.MUNICIPALITY)} {beside}" if beside else ""
    return KeyNumber(
        label=label(point),
        value=value_text(point),
        interval=interval_text(point),
        change=sentences.change_note(point, previous, report.difference("change", point)),
        n=resting_on(point) if point.shown and not is_total(point.metric) else "",
        note="; ".join(part for part in (older, hidden, municipality) if part),
        point=point,
    )


def _over_three_years(point: Point, three: Point) -> KeyNumber:
    """Return three years together in the place of the one that rests on too few."""
    note = f"{word('words', 'three_years')} till {three.school_year}"
    return KeyNumber(label(point), value_text(three), interval_text(three), "", resting_on(three), note, point)


def municipality_text(report: SchoolReport, point: Point) -> str:
    """Return the municipality's number beside a key number, empty where it says nothing (counts) or is not there."""
    beside = report.beside(point, Level.MUNICIPALITY)
    return value_text(beside) if beside.recorded and point.kind != "count" else ""
