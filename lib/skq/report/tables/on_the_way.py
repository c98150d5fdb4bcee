"""The table of the autumn's grades and the teachers' forecasts, beside what came out in the spring."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import alts
from skq.report.context import SchoolReport
from skq.report.emit import Column, Passage, Table
from skq.report.numbers import Point
from skq.report.tables import cells
from skq.report.texts import metric_word, subject, word
from skq.report.wording import bare_text, value_text

AUTUMN = "autumn_all_subjects_passed_share"
FORECAST = "forecast_all_passed_share"
QUALITIES = (
    "forecast_eligible_vocational_share", "forecast_near_limit_share", "forecast_sensitivity_share",
    "forecast_precision_share", "forecast_bias_pp",
)  # fmt: skip
"""What a follow-up tells besides who is expected to pass every subject, and how it came true."""

FOLLOW_UPS = tuple(f"follow_up_{number}" for number in range(1, 5))
OUTCOME = ("all_subjects_passed_share", "eligible_vocational_share")
LAST_GRADE_YEAR = 9
OUTCOME_NAME = "Slutbetyg"

Line = tuple[str, Point, dict[str, Point]]


def on_the_way(report: SchoolReport) -> Table | Passage:
    """Return a row per grade year's autumn grades, per follow-up of the last grade year, and for the outcome.

    The PDF says in a sentence how the last forecast came true.
    """
    lines = [*_autumn(report), *_forecasts(report)]
    if not any(main.shown for _, main, _ in lines):
        return Passage("")
    kept = [metric for metric in QUALITIES if any(metric in rest and rest[metric].recorded for *_, rest in lines)]
    columns = [Column("Tidpunkt", "left"), Column("Elever"), Column("Minst E i alla ämnen (%)")]
    columns += [Column(metric_word(metric, "short")) for metric in kept]
    rows = [(name, cells.count(main), cells.with_interval(main), *_cells(rest, kept)) for name, main, rest in lines]
    points = [point for _, main, rest in lines for point in (main, *(rest[m] for m in kept if m in rest))]
    cells.save(report, "on-the-way", points)
    caption = f"Höstbetyg och prognoser, {alts.years_of(p for p in points if p.shown)}. {alts.source_of_points(points)}"
    terms = {metric_word(metric, "short"): metric for metric in kept}
    return Table("on-the-way", caption, tuple(columns), tuple(rows), _notes(report, points, kept),
                 word("words", "download"), terms=terms, only_on_page=True, lead=_lead(lines))  # fmt: skip


def _lead(lines: Sequence[Line]) -> str:
    """Say what the last forecast foresaw and what came out, where both are shown."""
    told = [line for line in lines if QUALITIES[-1] in line[2] and line[1].shown]
    outcome = [main for name, main, _ in lines if name.startswith(OUTCOME_NAME) and main.shown]
    if not told or not outcome:
        return ""
    name, forecast, rest = told[-1]
    foreseen = rest.get("forecast_sensitivity_share")
    tail = f" Av dem som inte nådde var {value_text(foreseen)} utpekade." if foreseen and foreseen.shown else ""
    return (
        f"**Prognoser.** Vid {name.split(',')[0].lower()} väntades {value_text(forecast)} nå alla ämnen; "
        f"{value_text(outcome[0])} gjorde det.{tail}"
    )


def _cells(rest: dict[str, Point], kept: Sequence[str]) -> tuple[str, ...]:
    return tuple(bare_text(rest[metric]) if metric in rest else "" for metric in kept)


def _autumn(report: SchoolReport) -> list[Line]:
    if AUTUMN not in report.measured:
        return []
    points = [report.point(AUTUMN, grade_year=grade_year) for grade_year in range(6, LAST_GRADE_YEAR + 1)]
    newest = max((point.school_year for point in points if point.recorded), default="")
    there = [point for point in points if point.recorded and point.school_year == newest]
    return [(cells.grade_year_name(point.grade_year, name="Höstbetyg"), point, {}) for point in there]


def _forecasts(report: SchoolReport) -> list[Line]:
    """Return the follow-ups of the newest school year that has any, and the outcome where it is known."""
    if FORECAST not in report.measured:
        return []
    series = {code: report.series(FORECAST, grade_year=LAST_GRADE_YEAR, subject=code) for code in FOLLOW_UPS}
    newest = max((one.current.school_year for one in series.values() if one), default="")
    there = {code: one.at(newest) for code, one in series.items() if one and one.at(newest).recorded}
    lines = [
        (cells.grade_year_name(LAST_GRADE_YEAR, name=subject(code)), point, _qualities(report, code, newest))
        for code, point in there.items()
    ]
    return [*lines, *_outcome(report, newest)] if lines else []


def _qualities(report: SchoolReport, code: str, school_year: str) -> dict[str, Point]:
    there = [metric for metric in QUALITIES if metric in report.measured]
    return {metric: report.series(metric, grade_year=LAST_GRADE_YEAR, subject=code).at(school_year) for metric in there}


def _outcome(report: SchoolReport, school_year: str) -> list[Line]:
    passed, eligible = (report.series(metric, grade_year=LAST_GRADE_YEAR).at(school_year) for metric in OUTCOME)
    name = cells.grade_year_name(LAST_GRADE_YEAR, name=OUTCOME_NAME)
    rest = {QUALITIES[0]: eligible} if QUALITIES[0] in report.measured else {}
    return [(name, passed, rest)] if passed.recorded else []


def _notes(report: SchoolReport, points: Sequence[Point], kept: Sequence[str]) -> tuple[str, ...]:
    notes = list(cells.symbol_notes(report, points))
    if "forecast_sensitivity_share" in kept:
        notes.append(
            "Förutsedda: av dem som inte nådde alla ämnen, andelen (%) som prognosen hade pekat ut; stämde: av de "
            "utpekade, andelen som inte nådde. Prognos minus utfall i procentenheter: över noll var den för hoppfull."
        )
    return tuple(notes)
