"""The table of subjects."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import alts, measures, sv
from skq.report.context import SchoolReport
from skq.report.emit import Column, Passage, Table
from skq.report.numbers import Point
from skq.report.tables import cells
from skq.report.texts import word
from skq.report.wording import bare_text, interval_text
from skq.terms import CATEGORIES, Breakdown


def subjects(report: SchoolReport) -> Table | Passage:
    """Return grade points, passes and gap per subject for the newest school year; the figure tells them in the PDF."""
    rows, _ = measures.shown_and_hidden(measures.subject_rows(report))
    if not rows:
        return Passage("")
    columns = (Column("Ämne", "left"), Column("Betygspoäng"), Column("95 %-intervall"), Column("Minst E (%)"),
               Column("Elever"), Column("Kommunen"), Column("Flickor − pojkar"))  # fmt: skip
    lines = tuple(
        (
            row.name, bare_text(row.point), interval_text(row.point), bare_text(row.passed), cells.count(row.point),
            cells.beside(row.municipality), _gap(row),
        )
        for row in rows
    )  # fmt: skip
    points = [point for row in rows for point in (row.point, row.passed, row.municipality)]
    sexes = _sexes(report, rows)
    cells.save(report, "subjects", [*points, *sexes])
    year = rows[0].point.school_year
    caption = (
        f"Betyg per ämne, årskurs {rows[0].point.grade_year}, {sv.school_year(year)}. {alts.source_of_points(points)}"
    )
    bold = "Skillnaden flickor − pojkar är fet när den är större än vad slumpen kan ge."
    dotted = [point for point in sexes if point.hidden]  # a gap stands as two dots where one of its sides does
    notes = (*cells.symbol_notes(report, [*points, *dotted]), bold)
    terms = {"Betygspoäng": "subject_points_mean", "Minst E (%)": "subject_passed_share"}
    return Table("subjects", caption, columns, lines, notes, word("words", "download"), only_on_page=True, terms=terms)


def _sexes(report: SchoolReport, rows: Sequence[measures.SubjectRow]) -> list[Point]:
    """Return the girls' and boys' points behind each gap that is told."""
    told = [row.point for row in rows if row.gap is not None]
    return [report.series(point.metric, grade_year=point.grade_year, subject=point.subject, breakdown=Breakdown.SEX,
                          category=category).at(point.school_year)
            for point in told for category in CATEGORIES[Breakdown.SEX]]  # fmt: skip


def _gap(row: measures.SubjectRow) -> str:
    if row.gap is None:
        return ""
    if row.gap.value is None:
        return word("status_symbol", str(row.gap.status))
    text = sv.signed(row.gap.value)
    return f"**{text}**" if row.gap.certain else text
