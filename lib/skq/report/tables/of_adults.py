"""The table of the surveys of guardians and staff."""

from __future__ import annotations

from skq.report import adults, alts, sv
from skq.report.context import SchoolReport
from skq.report.emit import Column, Passage, Table
from skq.report.numbers import Point
from skq.report.tables import cells
from skq.report.texts import metric_word, word
from skq.report.wording import bare_text, value_text


def survey_of_adults(report: SchoolReport) -> Table | Passage:
    """Return the guardians' and the staff's index per area, each beside the municipality's."""
    found = adults.rows(report)
    if not found:
        return Passage("")
    asked = adults.groups(report)
    columns = [Column("Område", "left")]
    for group in asked:
        columns += [Column(sv.capitalized(word("respondents_short", group))), Column("Kommunen")]
    rows = [(row.name, *_pairs(row)) for row in found]
    points = [point for row in found for point in (*row.points, *row.municipality)]
    hme = [report.point(metric) for metric in adults.HME if metric in report.measured]
    cells.save(
        report, "survey-of-adults", [point for point in (*points, *hme, *adults.responses(report)) if point.recorded]
    )
    years = alts.years_of(point for row in found for point in row.points if point.shown)
    caption = (
        f"Vårdnadshavares och personals enkätsvar, index 0–10, {years}, 95 %-intervall inom parentes. "
        f"{alts.source_of_points(points)}"
    )
    terms = {sv.capitalized(word("respondents_short", group)): f"survey_{group}_index" for group in asked}
    return Table("survey-of-adults", caption, tuple(columns), tuple(rows), _notes(report, points),
                 word("words", "download"), terms=terms)  # fmt: skip


def _pairs(row: adults.AdultRow) -> list[str]:
    pairs = zip(row.points, row.municipality, strict=True)
    return [text for own, above in pairs for text in (cells.with_interval(own), cells.beside(above))]


def _notes(report: SchoolReport, points: list[Point]) -> tuple[str, ...]:
    notes = list(cells.symbol_notes(report, points))
    rates = [f"{word('respondents', _group(point))} {value_text(point)}" for point in adults.responses(report)]
    if rates:
        notes.append(f"Svarsfrekvens: {sv.enumeration(rates)}.")
    if careful := adults.warning(adults.responses(report)):
        notes.append(careful)
    if (hme := adults.engagement(report)) is not None:
        notes.append(f"{metric_word(hme.metric, 'name')}, 0–100: {bare_text(hme)}.")
    return tuple(notes)


def _group(point: Point) -> str:
    return point.metric.removeprefix("survey_").removesuffix("_response_share")
