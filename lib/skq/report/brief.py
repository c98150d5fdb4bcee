"""In brief: the three to five sentences under the key numbers.

First what certainly stands out, heaviest first; then, in one sentence each, what chance can explain and what cannot be
judged; then what is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from skq.report import hidden, notable, sentences, sv
from skq.report.apart import since_first
from skq.report.context import SchoolReport
from skq.report.keys import key_numbers, withheld
from skq.report.numbers import Difference, Point
from skq.report.wording import brief_noun, full_text, is_total, pronoun, value_text
from skq.terms import CellStatus, Level

FEWEST_SENTENCES = 3
MOST_SENTENCES = 5
MOST_REMARKS = 3
MOST_POOLED = 3
FEWEST_TRIED = 10
"""Fewer differences are not worth a word about chance: not even one would be expected."""
LEADING = (("merit_rating_17", 9), ("all_subjects_passed_share", 9), ("all_subjects_passed_share", 6))

SPARE = ("pupil_count", "certified_teacher_share", "pupils_per_teacher")
"""What is told where there is little else to say."""

Judge = Callable[[Difference | None], bool]


def sentences_of(report: SchoolReport) -> list[str]:
    """Return at most five sentences about the newest numbers."""
    points = [number.point for number in key_numbers(report)]
    remarks = [remark.text for remark in notable.remarks(report)]
    certain = [*remarks[:MOST_REMARKS], *_since(report)][: MOST_REMARKS + 1]
    rest = [
        *_within_chance(report, points),
        _pooled(report),
        _hidden(report),
        _not_judged(report, points),
        _nearly_all(points),
        *_totals(report, points),
    ]
    told = [*certain, *(line for line in rest if line)]
    spare = [line for line in _totals(report, [report.point(metric) for metric in SPARE]) if line not in told]
    return [*told, *spare[: max(0, FEWEST_SENTENCES - len(told))]][:MOST_SENTENCES]


def odds(report: SchoolReport) -> str:
    """Say among how many differences the sentences were chosen, and how many of them chance alone would show."""
    found = notable.odds(report)
    if found.tried < FEWEST_TRIED:
        return ""
    return (
        f"Valt bland {sv.number(found.tried, 0)} prövade skillnader; även utan någon verklig skillnad väntas "
        f"{sv.counting_word(found.by_chance)} av dem se {'säker' if found.by_chance == 1 else 'säkra'} ut av slumpen."
    )


def _since(report: SchoolReport) -> list[str]:
    """Say what certainly changed over the years, for the first measure of which that can be said."""
    for metric, grade_year in LEADING:
        series = report.series(metric, grade_year=grade_year)
        difference = since_first(series)
        if difference is not None and difference.certain:
            return [sentences.since(series, difference)]
    return []


def _within_chance(report: SchoolReport, points: Sequence[Point]) -> list[str]:
    """Name the key numbers whose distance to the municipality, or change since the year before, chance can explain."""
    judged = [point for point in points if not is_total(point.metric)]
    distances = [
        point for point, _ in _with_municipality(report, points, lambda gap: gap is not None and gap.certain is False)
    ]
    changes = [point for point in judged if point.shown and _is_unsure(report.difference("change", point))]
    beside, before = "skiljer sig inte säkert från kommunen", "har inte förändrats säkert sedan läsåret före"
    if distances and distances == changes:
        return [f"{_subject(distances, judged)} {beside} och {before}."]
    told = [f"{_subject(distances, judged)} {beside}."] if distances else []
    return [*told, f"{_subject(changes, judged)} {before}."] if changes else told


def _subject(points: Sequence[Point], judged: Sequence[Point]) -> str:
    """Name *points* one by one, unless they are all that there are."""
    return "Nyckeltalen" if len(points) == len(judged) > 1 else sv.capitalized(_names(points))


def _is_unsure(difference: Difference | None) -> bool:
    return difference is not None and difference.certain is False


def _not_judged(report: SchoolReport, points: Sequence[Point]) -> str:
    """Tell the key numbers for which nobody can say whether they differ from the municipality by more than chance."""
    found = _with_municipality(report, points, lambda gap: gap is None or (gap.shown and gap.certain is None))
    pairs = [(own, other) for own, other in found if not is_total(own.metric) and not own.has_interval]
    if not pairs:
        return ""
    told = [f"{brief_noun(own)} var {value_text(own)} (i kommunen {value_text(other)})" for own, other in pairs]
    several = "skillnaderna är" if len(pairs) > 1 else "skillnaden är"
    return f"{sv.capitalized(sv.enumeration(told))}; om {several} större än vad slumpen kan ge kan inte bedömas."


def _with_municipality(report: SchoolReport, points: Sequence[Point], judge: Judge) -> list[tuple[Point, Point]]:
    pairs = [(point, report.beside(point, Level.MUNICIPALITY)) for point in points if point.shown]
    return [
        (point, other) for point, other in pairs if other.shown and judge(report.difference("vs_municipality", point))
    ]  # fmt: skip


def _names(points: Sequence[Point]) -> str:
    return sv.enumeration([brief_noun(point) for point in points])


def _nearly_all(points: Sequence[Point]) -> str:
    names = [brief_noun(point) for point in points if point.status is CellStatus.NEARLY_ALL]
    if not names:
        return ""
    return f"{sv.capitalized(sv.enumeration(names))} är nära 100{sv.NBSP}%: alla utom en till fyra elever."


def _hidden(report: SchoolReport) -> str:
    points = [point for point in withheld(report) if not report.pooled(point).shown]
    if not points:
        return ""
    names = sv.capitalized(_names(points))
    what = "uppgiften" if len(points) == 1 else "uppgifterna"
    return f"{names} visas inte: {what} {hidden.reason(points)}."


def _pooled(report: SchoolReport) -> str:
    """Tell what is hidden for a single year and can be shown for three years together."""
    found = [(point, report.pooled(point)) for point in withheld(report)]
    told = [(point, three) for point, three in found if three.shown][:MOST_POOLED]
    if not told:
        return ""
    why = hidden.reason(point for point, _ in told)
    names = sv.enumeration([f"{brief_noun(point)} var {full_text(three)}" for point, three in told])
    return f"Tre läsår sammanlagda, eftersom uppgiften för ett enda {why}: {names}."


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
