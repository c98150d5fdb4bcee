"""The table of the self-assessment; the PDF says it in a sentence."""

from __future__ import annotations

from skq.report import ratings, sv
from skq.report.context import SchoolReport
from skq.report.emit import Column, Passage, Table
from skq.report.tables import cells
from skq.report.texts import word
from skq.report.wording import bare_text

SCALE = "Skalan: 4 helt, 3 till stor del, 2 till viss del, 1 inte alls."


def assessment(report: SchoolReport) -> Table | Passage:
    """Return what the principal and the organizer rate, area by area."""
    found = ratings.ratings(report)
    if not found:
        return Passage("")
    columns = (Column("Område", "left"), Column("Rektor"), Column("Huvudman"))
    rows = tuple((row.name, bare_text(row.principal), bare_text(row.organizer)) for row in found)
    cells.save(
        report, "assessment", [point for row in found for point in (row.principal, row.organizer) if point.recorded]
    )
    year = found[0].principal.school_year
    caption = f"Självskattning per område, {sv.school_year(year)}. {SCALE}"
    return Table("assessment", caption, columns, rows, _agreement(report, year), word("words", "download"),
                 only_on_page=True, lead=ratings.lead(report))  # fmt: skip


def _agreement(report: SchoolReport, year: str) -> tuple[str, ...]:
    if "assessment_kappa" not in report.measured:
        return ()
    kappa = report.series("assessment_kappa").at(year)
    if not kappa.shown:
        return ()
    return (f"Samstämmighet (viktad kappa): {bare_text(kappa)}; 1 är full, 0 är slumpens.",)
