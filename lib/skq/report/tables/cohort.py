"""The tables of the same pupils over time: what a change is made of, and value added."""

from __future__ import annotations

from skq.report import followed, sv
from skq.report.context import SchoolReport
from skq.report.emit import Column, Passage, Table, lead_block
from skq.report.followed import Added, Step
from skq.report.numbers import Point
from skq.report.tables import cells
from skq.report.texts import metric_word, word
from skq.report.wording import bare_text


def cohorts(report: SchoolReport) -> Table | Passage:
    """Return each step's change and its three parts, with who stayed, left and joined; the PDF says it in a sentence.

    Of official numbers alone a sentence on pseudo-cohorts; nothing where there is neither.
    """
    found = followed.steps(report)
    if not found:
        instead = followed.pseudo(report)
        return Passage(lead_block(instead).rstrip())
    counts = tuple(Column(metric_word(metric, "short")) for metric in followed.COUNTS)
    parts = (Column("Förändring"), Column("samma elever"), Column("lämnat"), Column("nya"))
    columns = (Column("Årskurs", "left"), *counts, Column("Samma (%)"), *parts)
    points = [point for step in found for point in (step.change, *step.parts, *step.counts, step.matched)]
    cells.save(report, "cohorts", points)
    year = found[0].change.school_year
    caption = f"Betygspoäng (0–20) {year} jämfört med samma årskull i en lägre årskurs, och vad ändringen består av."
    terms = {"Förändring": "cohort_change", "Samma (%)": "cohort_matched_share",
             **{metric_word(metric, "short"): metric for metric in followed.COUNTS}}  # fmt: skip
    return Table("cohorts", caption, columns, tuple(_row(step) for step in found), _notes(report, points),
                 word("words", "download"), terms=terms, only_on_page=True,
                 lead=followed.lead(found))  # fmt: skip


def _row(step: Step) -> tuple[str, ...]:
    numbers = (step.change, *step.parts)
    return (_span(*step.grade_years), *map(bare_text, step.counts), bare_text(step.matched), *map(bare_text, numbers))


def _span(earlier: int, later: int) -> str:
    return f"{earlier}{sv.NBSP}till{sv.NBSP}{later}"


def _notes(report: SchoolReport, points: list[Point]) -> tuple[str, ...]:
    return (
        *cells.symbol_notes(report, points),
        "De tre delarna summerar till förändringen (före avrundning). Betyg sätts av lärare: en ändring kan också bero "
        "på hur betygen sätts.",
    )


def value_added(report: SchoolReport) -> Table | Passage:
    """Return value added in grades and tests, raw and drawn towards the common mean, each with its interval."""
    found = followed.added(report)
    if not found:
        return Passage("")
    columns = (Column("Förädlingsvärde", "left"), Column("Årskurs"), Column("Skolan"), Column("Försiktigt skattat"),
               Column("Elever"))  # fmt: skip
    cells.save(report, "value-added", [point for one in found for point in (one.raw, one.careful)])
    caption = (
        "Elevernas resultat (poäng, 0–20) jämfört med elever som hade samma resultat tre år tidigare, "
        f"{found[0].raw.school_year}, 95 %-intervall inom parentes. 0 är som väntat."
    )
    note = (
        "Försiktigt skattat: draget mot alla skolors medelvärde, mer ju färre elever. Rymmer intervallet noll skiljer "
        "sig skolan inte säkert från det väntade. Betyg sätts av lärare: läs dem bredvid proven."
    )
    names = {metric_word(one.raw.metric, "short").removeprefix("Förädlingsvärde, "): one.raw.metric for one in found}
    rows = tuple(_added_row(one, found[0].raw.school_year) for one in found)
    return Table("value-added", caption, columns, rows, (note,), word("words", "download"),
                 terms={sv.capitalized(name): metric for name, metric in names.items()})  # fmt: skip


def _added_row(one: Added, school_year: str) -> tuple[str, ...]:
    """Return a row; its school year where that is not the *school_year* of the caption."""
    name = sv.capitalized(metric_word(one.raw.metric, "short").removeprefix("Förädlingsvärde, "))
    span = _span(*one.grade_years)
    when = span if one.raw.school_year == school_year else f"{span} ({one.raw.school_year})"
    careful = cells.signed_with_interval(one.careful) if one.careful is not one.raw else ""
    return (name, when, cells.signed_with_interval(one.raw), careful, cells.count(one.raw))
