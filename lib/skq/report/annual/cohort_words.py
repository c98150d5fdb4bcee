"""Sentences about the same pupils over time: how those who stayed developed, and what moving pupils did to the mean."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual.cohorts import Step
from skq.report.numbers import Point
from skq.report.wording import value_text

WHY = (
    "Här jämförs samma elever vid två tillfällen, inte en årskurs med nästa års. Förändringen delas upp i tre delar "
    "som summerar exakt: hur de elever som var kvar utvecklades, att elever slutade och att elever började."
)
NOTHING = (
    "Underlaget räcker inte för att följa samma elever över tid: det kräver betyg för enskilda elever från minst två "
    "läsår."
)


def progress(step: Step) -> str:
    """Say how a cohort's mean changed between two grade years and what the change is made of."""
    stayers, leavers, joiners = step.parts
    return (
        f"Den kull som började årskurs{sv.NBSP}1 hösten {step.began} fick {points(step.change, of=True)} "
        f"{direction(step.change)} betygspoäng per elev i årskurs{sv.NBSP}{step.to_grade} än i årskurs{sv.NBSP}"
        f"{step.from_grade}{_limits(step.change)}. Bland de elever som var kvar var förändringen "
        f"{points(stayers)}; att elever slutade gav {points(leavers)} och att elever började "
        f"{points(joiners)}.{same(step)}"
    )


def brief(step: Step) -> str:
    """Say in one sentence how the pupils who stayed developed."""
    stayers = step.parts[0]
    return (
        f"De elever som gick kvar från årskurs{sv.NBSP}{step.from_grade} till {step.to_grade} fick i medeltal "
        f"{points(stayers, of=True)} {direction(stayers)} betygspoäng ({step.from_year} till "
        f"{step.change.school_year}); hela kullen {points(step.change)}."
    )


def points(point: Point, *, of: bool = False) -> str:
    """Return a change in grade points with its sign, or its size alone."""
    value = point.value or 0.0
    return sv.number(abs(value), 2) if of else sv.signed(value, 2)


def direction(point: Point) -> str:
    """Return the word for a change: `högre` or `lägre`."""
    return "lägre" if (point.value or 0.0) < 0 else "högre"


def _limits(point: Point) -> str:
    if point.lower is None or point.upper is None:
        return ""
    return f" (95 %-intervall {sv.signed(point.lower, 2)} till {sv.signed(point.upper, 2)})"


def same(step: Step) -> str:
    """Say how many of the pupils were the same; empty where it is not shown."""
    if not step.matched.shown:
        return ""
    text = f" {value_text(step.matched)} av eleverna i årskurs{sv.NBSP}{step.to_grade} var desamma"
    return f"{text}." if step.well_matched else f"{text}, färre än sju av tio: tolka förändringen försiktigt."


def opening(found: Sequence[Step]) -> str:
    """Say what the section does, or that the data do not reach."""
    return WHY if found else NOTHING
