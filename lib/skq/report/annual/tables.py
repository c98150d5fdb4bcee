"""The annual analysis's tables: all schools, the chain of levels, equity, subjects."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import sv
from skq.report.annual import sentences
from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.annual.levels import Total, totals
from skq.report.emit import Column, Passage, Table, escaped, save_csv
from skq.report.numbers import Point
from skq.report.texts import metric_word, source, subject, texts, word
from skq.report.wording import amount, bare_text, full_text, interval_text, limits_text
from skq.terms import CATEGORIES, Breakdown, Level

SCHOOL_MEASURES: tuple[tuple[str, int], ...] = (
    ("merit_rating_17", 9),
    ("all_subjects_passed_share", 9),
    ("eligible_vocational_share", 9),
    ("all_subjects_passed_share", 6),
)
GAP_MEASURES = SCHOOL_MEASURES


def _table(
    key: str,
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    notes: Sequence[str] = (),
    left: int = 1,
) -> Table:
    save_csv(key, header, rows)
    columns = tuple(Column(text, "left" if place < left else "right") for place, text in enumerate(header))
    safe = tuple(tuple(escaped(text) if place < left else text for place, text in enumerate(row)) for row in rows)
    return Table(key, caption, columns, safe, notes=tuple(notes), download=word("words", "download"))


def schools(analysis: AnnualAnalysis) -> Table | Passage:
    """Return one row per school that has results: its main results with intervals and what they rest on."""
    found = {
        (metric, grade): dict(analysis.spread(metric, Level.SCHOOL, grade_year=grade))
        for metric, grade in SCHOOL_MEASURES
    }
    used = [
        measure for measure in SCHOOL_MEASURES if any(point.shown or point.hidden for point in found[measure].values())
    ]
    rows = [_school_row(unit, [found[measure].get(unit) for measure in used]) for unit in analysis.schools]
    kept = [row for row in rows if any(text not in ("", sv.EN_DASH, ".") for text in row[1:])]
    if not kept:
        return Passage(sentences.no_development())
    words = texts()["annual"]
    header = [words["school"], words["pupils"], *(sentences.panel_title(metric, grade) for metric, grade in used)]
    years = sorted({point.school_year for measure in used for point in found[measure].values()})
    caption = words["schools_caption"].format(years=sv.enumeration(years))
    return _table("schools", caption, header, kept, notes=(words["hidden_note"],))


def _school_row(unit: Unit, points: Sequence[Point | None]) -> list[str]:
    resting = next((point.n for point in points if point is not None and point.n is not None), None)
    pupils = sv.EN_DASH if resting is None else sv.number(resting, 0)
    return [unit.name, pupils, *(sv.EN_DASH if point is None else _with_interval(point) for point in points)]


def _with_interval(point: Point) -> str:
    limits = interval_text(point)
    return f"{bare_text(point)} ({limits})" if limits else bare_text(point)


def levels(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the pupils of each area, organizer and the municipality beside the sum of its schools, and why they differ."""
    rows = totals(analysis)
    if not rows:
        return Passage(sentences.totals_in_words(rows))
    words = texts()["annual"]
    header = [words["level"], words["unit"], words["stated"], words["summed"], words["difference"], words["why"]]
    year = rows[0].stated.school_year
    caption = words["levels_caption"].format(year=year)
    return _table("levels", caption, header, [_level_row(row) for row in rows], left=2)


def _level_row(row: Total) -> list[str]:
    difference = sv.EN_DASH if row.difference is None else sv.signed(row.difference, 0)
    return [
        sentences.level_word(row.unit.level), row.unit.name, bare_text(row.stated),
        sv.number(row.summed, 0), difference, sentences.reason(row),
    ]  # fmt: skip


def level_results(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the main results of areas, organizers, the municipality and the nation."""
    units = [*analysis.at(Level.AREA), *analysis.at(Level.ORGANIZER), *analysis.at(Level.MUNICIPALITY)]
    rows = [
        [
            sentences.level_word(unit.level),
            unit.name,
            *(_newest(analysis, metric, unit, grade) for metric, grade in SCHOOL_MEASURES),
        ]
        for unit in units
    ]
    rows.append(
        ["Riket", "Riket", *(_with_interval(analysis.nation(m, grade_year=g).current) for m, g in SCHOOL_MEASURES)]
    )
    kept = [row for row in rows if any(text not in (sv.EN_DASH, ".") for text in row[2:])]
    if not kept:
        return Passage(sentences.no_development())
    words = texts()["annual"]
    header = [
        words["level"],
        words["unit"],
        *(sentences.panel_title(metric, grade) for metric, grade in SCHOOL_MEASURES),
    ]
    return _table("level-results", words["level_results_caption"], header, kept, left=2, notes=(words["hidden_note"],))


def _newest(analysis: AnnualAnalysis, metric: str, unit: Unit, grade_year: int) -> str:
    return _with_interval(analysis.series(metric, unit, grade_year=grade_year).current)


def equity(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the municipality's results for girls and boys and by the parents' education, with the gap's interval."""
    groups = [(Breakdown.SEX, c) for c in CATEGORIES[Breakdown.SEX]]
    groups += [(Breakdown.PARENTAL_EDUCATION, c) for c in CATEGORIES[Breakdown.PARENTAL_EDUCATION]]
    rows = []
    for metric, grade in GAP_MEASURES:
        points = [analysis.series(metric, grade_year=grade, breakdown=b, category=c).current for b, c in groups]
        if any(point.recorded for point in points):
            rows.append(
                [
                    sentences.panel_title(metric, grade),
                    *(_with_interval(point) for point in points),
                    _gap(analysis, metric, grade),
                ]
            )
    if not rows:
        return Passage(sentences.no_breakdown())
    words = texts()["annual"]
    header = [words["measure"], *(sv.capitalized(word("category", category)) for _, category in groups), words["gap"]]
    empty = [place for place in range(1, len(header) - 1) if all(row[place] == sv.EN_DASH for row in rows)]
    keep = [place for place in range(len(header)) if place not in empty]
    year = analysis.series("all_subjects_passed_share", grade_year=9).current.school_year
    cells = [[row[place] for place in keep] for row in rows]
    return _table("equity", words["equity_caption"].format(year=year), [header[place] for place in keep], cells)


def _gap(analysis: AnnualAnalysis, metric: str, grade_year: int) -> str:
    point = analysis.series(metric, grade_year=grade_year).current
    gap = analysis.numbers.difference("gap_sex", point, breakdown=Breakdown.SEX)
    if gap is None or not gap.shown:
        return sv.EN_DASH
    return f"{amount(gap, sign=True)} ({limits_text(gap)})" if limits_text(gap) else amount(gap, sign=True)


def subjects(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the municipality's subjects: share with at least E, mean points, and the test beside the grade."""
    codes = [code for code in texts()["subject"] if _subject_points(analysis, code)[0].recorded]
    if not codes:
        return Passage(sentences.no_subjects())
    words = texts()["annual"]
    rows = [
        [
            subject(code),
            *(full_text(point) if point.recorded else sv.EN_DASH for point in _subject_points(analysis, code)),
        ]
        for code in codes
    ]
    header = [words["subject"], *(metric_word(metric, "short") for metric in _SUBJECT_METRICS)]
    keep = [0, *(place for place in range(1, len(header)) if any(row[place] != sv.EN_DASH for row in rows))]
    first = _subject_points(analysis, codes[0])[0]
    caption = words["subjects_caption"].format(year=first.school_year, source=source(first.source))
    return _table(
        "subjects", caption, [header[place] for place in keep], [[row[place] for place in keep] for row in rows]
    )


_SUBJECT_METRICS = ("subject_passed_share", "subject_points_mean", "test_points_mean", "grade_test_net_pp")


def _subject_points(analysis: AnnualAnalysis, code: str) -> list[Point]:
    return [analysis.series(metric, grade_year=9, subject=code).current for metric in _SUBJECT_METRICS]
