"""The same pupils over time as tables: each cohort from year 3 to year 9, and what its change is made of."""

from __future__ import annotations

from skq.report import sv
from skq.report.annual import cohort_words, cohorts, pseudo
from skq.report.annual.cohorts import RESULTS, Cohort, Step
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.downloads import save_points
from skq.report.annual.layout import made_table, symbol_note
from skq.report.emit import Passage, Table, escaped, lead_block
from skq.report.numbers import Point
from skq.report.texts import texts
from skq.report.wording import bare_text, form
from skq.terms import Level

MOST_STEPS = 6
CHANGE_HEADER = (
    "cohort", "cohort_from_to", "cohort_year", "stayers", "leavers", "joiners", "cohort_change", "of_stayers",
    "of_leavers", "of_joiners",
)  # fmt: skip


def opening(analysis: AnnualAnalysis) -> Passage:
    """Return what following the same pupils shows; pseudo-cohorts, named as such, where only those can be had."""
    found = cohorts.steps(analysis)
    newest = cohorts.newest(analysis) or cohorts.newest(analysis, years=1)
    if newest is None and (instead := pseudo.said(analysis)):
        return Passage(lead_block(escaped(instead)).rstrip())
    told = [cohort_words.opening(found), cohort_words.progress(newest) if newest else ""]
    return Passage("\n\n".join(escaped(text) for text in told if text))


def decomposition(analysis: AnnualAnalysis) -> Table | Passage:
    """Return each cohort's change and its three parts, three years first; empty where no change is shown."""
    found = cohorts.steps(analysis)[:MOST_STEPS]
    if not found:
        return Passage("")
    (whole,) = analysis.at(Level.MUNICIPALITY)
    points = [point for step in found for point in (step.change, *step.parts, *step.counts, step.matched)]
    save_points("cohort-change", [(whole, point) for point in points])
    words = texts()["annual"]
    header = [words[key] for key in CHANGE_HEADER]
    rows = [_step_row(step) for step in found]
    return made_table("cohort-change", words["cohort_change_caption"], header, rows, left=(0, 1, 2),
                      notes=[words["cohort_change_note"], symbol_note(rows, points)])  # fmt: skip


def _step_row(step: Step) -> list[str]:
    stayers, *moved = step.parts
    return [
        str(step.began), f"{step.from_grade} till {step.to_grade}".replace(" ", sv.NBSP), step.change.school_year,
        *map(bare_text, step.counts), _change(step.change), _change(stayers), *map(_size, moved),
    ]  # fmt: skip


def _change(point: Point) -> str:
    """Write a change in grade points with its sign, and its interval where it has one."""
    if point.lower is None or point.upper is None:
        return _size(point)
    limits = f"{sv.signed(point.lower, 1)} till {sv.signed(point.upper, 1)}".replace(" ", sv.NBSP)
    return f"{_size(point)} ({limits})"


def _size(point: Point) -> str:
    return sv.signed(point.value or 0.0, 2) if point.shown else bare_text(point)


def over_grades(analysis: AnnualAnalysis) -> Table | Passage:
    """Return a row per cohort with what it has shown from year 3 to year 9; empty with fewer than two cohorts."""
    found = cohorts.cohorts(analysis)
    if len(found) < 2:
        return Passage("")
    (whole,) = analysis.at(Level.MUNICIPALITY)
    words, heads = texts()["annual"], texts()["annual_cohort"]
    used = [place for place in range(len(RESULTS)) if any(_shown(row, place) for row in found)]
    matched = cohorts.matched(analysis)
    together = [point for row in found for point in (*row.points, matched.get(row.began)) if point is not None]
    save_points("cohorts", [(whole, point) for point in together])
    header = [words["cohort"], *(str(heads["_".join(map(str, RESULTS[place])).rstrip("_")]) for place in used),
              words["newest_n"]]  # fmt: skip
    rows = [[str(row.began), *(_cell(row.points[place]) for place in used), _n(row)] for row in found]
    if any(row.began in matched for row in found):
        header.append(words["same_pupils"])
        rows = [[*line, _cell(matched.get(row.began))] for line, row in zip(rows, found, strict=True)]
    points = [point for row in found for point in row.points if point is not None]
    return made_table("cohorts", words["cohorts_caption"], header, rows,
                      notes=[words["cohorts_note"], symbol_note(rows, points)])  # fmt: skip


def _shown(row: Cohort, place: int) -> bool:
    point = row.points[place]
    return point is not None and point.shown


def _cell(point: Point | None) -> str:
    if point is None:
        return ""
    if not point.shown:
        return bare_text(point)
    return sv.number((point.value or 0.0) * form(point.metric).scale, 1)


def _n(row: Cohort) -> str:
    known = [point.n for point in row.shown if point.n is not None]
    return sv.number(known[-1], 0) if known else sv.EN_DASH
