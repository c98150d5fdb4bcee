"""In brief: the three to five sentences under the key numbers.

First what certainly stands out, heaviest first; then, in one sentence each, what chance can explain and what cannot be
judged; then what is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from skq.report import notable, sentences, sv
from skq.report.context import SchoolReport
from skq.report.keys import key_numbers
from skq.report.numbers import Difference, Point, since_first
from skq.report.wording import brief_noun, is_total, pronoun, value_text
from skq.terms import CellStatus, Level

MOST_SENTENCES = 5
MOST_REMARKS = 3
LEADING = (("merit_rating_17", 9), ("all_subjects_passed_share", 9), ("all_subjects_passed_share", 6))

Judge = Callable[[Difference | None], bool]


def sentences_of(report: SchoolReport) -> list[str]:
    """Return at most five sentences about the newest numbers."""
    points = [number.point for number in key_numbers(report)]
    remarks = [remark.text for remark in notable.remarks(report)]
    certain = [*remarks[:MOST_REMARKS], *_since(report)][: MOST_REMARKS + 1]
    rest = [
        _like_municipality(report, points),
        _unchanged(report, points),
        _not_judged(report, points),
        _nearly_all(points),
        _hidden(points),
        *_totals(report, points),
    ]
    return [*certain, *(line for line in rest if line)][:MOST_SENTENCES]


def _since(report: SchoolReport) -> list[str]:
    """Say what certainly changed over the years, for the first measure of which that can be said."""
    for metric, grade_year in LEADING:
        series = report.series(metric, grade_year=grade_year)
        difference = since_first(series)
        if difference is not None and difference.certain:
            return [sentences.since(series, difference)]
    return []


def _like_municipality(report: SchoolReport, points: Sequence[Point]) -> str:
    """Name the key numbers whose distance to the municipality chance can explain."""
    found = _with_municipality(report, points, lambda gap: gap is not None and gap.certain is False)
    if not found:
        return ""
    return f"{sv.capitalized(_names(found))} skiljer sig inte säkert från kommunen."


def _not_judged(report: SchoolReport, points: Sequence[Point]) -> str:
    """Name the key numbers for which nobody can say whether they differ from the municipality by more than chance."""
    found = _with_municipality(report, points, lambda gap: gap is None or (gap.shown and gap.certain is None))
    found = [pair for pair in found if not is_total(pair[0].metric)]
    if not found:
        return ""
    several = "skillnaderna" if len(found) > 1 else "skillnaden"
    return f"Om {several} mot kommunen i {_names(found)} är större än vad slumpen kan ge kan inte bedömas."


def _with_municipality(report: SchoolReport, points: Sequence[Point], judge: Judge) -> list[tuple[Point, Point]]:
    pairs = [(point, report.beside(point, Level.MUNICIPALITY)) for point in points if point.shown]
    return [
        (point, other) for point, other in pairs if other.shown and judge(report.difference("vs_municipality", point))
    ]  # fmt: skip


def _names(found: Sequence[tuple[Point, Point]]) -> str:
    return sv.enumeration([brief_noun(own) for own, _ in found])


def _unchanged(report: SchoolReport, points: Sequence[Point]) -> str:
    """Name the key numbers whose change chance can explain."""
    names = [
        brief_noun(point)
        for point in points
        if not is_total(point.metric) and (gap := report.difference("change", point)) and gap.certain is False
    ]
    if not names:
        return ""
    return f"Sedan läsåret före har {sv.enumeration(names)} inte förändrats mer än vad slumpen kan ge."


def _nearly_all(points: Sequence[Point]) -> str:
    names = [brief_noun(point) for point in points if point.status is CellStatus.NEARLY_ALL]
    if not names:
        return ""
    return f"{sv.capitalized(sv.enumeration(names))} är nära 100{sv.NBSP}%: alla utom en till fyra elever."


def _hidden(points: Sequence[Point]) -> str:
    names = [brief_noun(point) for point in points if point.status in (CellStatus.TOO_FEW, CellStatus.PROTECTS_OTHER)]
    if not names:
        return ""
    return f"{sv.capitalized(sv.enumeration(names))} visas inte, eftersom de bygger på för få elever eller svar."


def _totals(report: SchoolReport, points: Sequence[Point]) -> list[str]:
    """Say plainly how many pupils and which teachers there are; the municipality where that says something."""
    return [_total(report, point) for point in points if point.shown and is_total(point.metric)]


def _total(report: SchoolReport, point: Point) -> str:
    if not report.previous(point).recorded:
        return sentences.level(point)
    told = sentences.change(point, report.previous(point), report.difference("change", point))
    reference = report.beside(point, Level.MUNICIPALITY)
    if point.kind == "count" or not reference.shown:
        return told
    return f"{told} I kommunen var {pronoun(point).lower()} {value_text(reference)}."
