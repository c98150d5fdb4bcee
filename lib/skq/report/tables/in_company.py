"""The table that sets the school beside the municipality and schools with a similar intake."""

from __future__ import annotations

from collections.abc import Sequence

from skq.report import alts, hidden, sv
from skq.report.company import CompanyRow, company, peer_names
from skq.report.context import SchoolReport
from skq.report.download import Row, csv_number, save_rows
from skq.report.emit import Column, Passage, Table, escaped
from skq.report.keys import label
from skq.report.tables import cells
from skq.report.texts import word
from skq.report.wording import bare_text, form, full_text, signed_limits
from skq.terms import SchoolYear

EXPECTED = "Väntat (SALSA)"
IN_CSV = ("liknande skolor", "skolan − liknande", "skillnad nedre", "skillnad övre")
"""What the file says besides the numbers: schools with a similar intake."""


def comparison(report: SchoolReport) -> Table | Passage:
    """Return the main results beside three years together, the municipality and schools with a similar intake."""
    rows = company(report)
    if not rows:
        return Passage("")
    pooled, peers = any(row.needs_pooling for row in rows), any(row.has_peers for row in rows)
    columns = [Column("Resultat", "left"), Column("Skolan"), Column("Antal")]
    columns += [Column("Tre läsår")] if pooled else []
    columns += [Column("Kommunen")]
    expected = any(row.expected is not None and row.expected.shown for row in rows)
    columns += [Column(EXPECTED)] if expected else []
    columns += [Column("Liknande skolor"), Column("Skolan − liknande")] if peers else []
    lines = [(label(row.point), *_cells(row, pooled=pooled, expected=expected, peers=peers)) for row in rows]
    _save(report, rows)
    return Table(
        "comparison", _caption(rows), tuple(columns), tuple(lines), _notes(report, rows), word("words", "download"),
        terms={EXPECTED: "salsa_expected", **{label(row.point): row.point.metric for row in rows}},
    )  # fmt: skip


def _save(report: SchoolReport, rows: Sequence[CompanyRow]) -> None:
    """Write the numbers of *rows*, beside the newest one of each what schools with a similar intake have."""
    told = []
    for row in rows:
        expected = [row.expected] if row.expected is not None else []
        told.append(Row(row.point, cells.name_of(report, row.point), _peers_in_csv(row)))
        told += [Row(point, cells.name_of(report, point), ("",) * len(IN_CSV))
                 for point in (row.pooled, row.municipality, *expected)]  # fmt: skip
    save_rows("comparison", told, IN_CSV)


def _peers_in_csv(row: CompanyRow) -> tuple[str, ...]:
    said, shape = row.estimate, form(row.point.metric)
    if said is None:
        return ("",) * len(IN_CSV)
    finer = shape.interval_decimals + 1  # a limit near zero is told more exactly, so that it says on which side it is
    limits = ((said.peer_lower, finer), (said.peer_upper, finer))
    values = ((said.peer_mean, shape.decimals), (said.peer_difference, shape.decimals), *limits)
    return tuple(csv_number(value, shape.scale, decimals) for value, decimals in values)


def _cells(row: CompanyRow, *, pooled: bool, expected: bool, peers: bool) -> tuple[str, ...]:
    three = [cells.with_interval(row.pooled) if row.pooled.shown else ""] if pooled else []
    beside = [_peer_mean(row), _peer_difference(row)] if peers else []
    model = [_expected(row)] if expected else []
    return (full_text(row.point), cells.count(row.point), *three, cells.beside(row.municipality), *model, *beside)


def _expected(row: CompanyRow) -> str:
    return bare_text(row.expected) if row.expected is not None and row.expected.recorded else ""


def _peer_mean(row: CompanyRow) -> str:
    if row.estimate is None or row.estimate.peer_mean is None:
        return ""
    shape = form(row.point.metric)
    return sv.number(row.estimate.peer_mean * shape.scale, shape.decimals)


def _peer_difference(row: CompanyRow) -> str:
    said = row.estimate
    if said is None or said.peer_difference is None:
        return ""
    shape = form(row.point.metric)
    text = sv.signed(said.peer_difference * shape.scale, shape.decimals)
    if said.peer_lower is None or said.peer_upper is None:
        return text
    limits = signed_limits(row.point.metric, said.peer_lower, said.peer_upper, certain=bool(said.peer_certain))
    whole = f"{text} ({limits})"
    return f"**{whole}**" if said.peer_certain else whole


def _caption(rows: Sequence[CompanyRow]) -> str:
    points = [row.point for row in rows]
    newest = max(point.school_year for point in points)
    source = alts.source_of_points(points)
    return f"Skolan i jämförelse, {sv.school_year(newest)}, 95 %-intervall inom parentes. {source}"


def _notes(report: SchoolReport, rows: list[CompanyRow]) -> tuple[str, ...]:
    points = [row.point for row in rows]
    above = [row.municipality for row in rows if cells.beside(row.municipality)]
    notes = list(cells.symbol_notes(report, [*points, *above]))
    newest = max(point.school_year for point in points)
    if pooled := [row.point for row in rows if row.needs_pooling]:
        first = SchoolYear(SchoolYear.parse(newest).start - 2)
        why = hidden.reason(pooled)
        notes.append(f"Tre läsår: {first}–{newest} sammanlagda, eftersom uppgiften för ett enda {why}.")
    if older := [row for row in rows if row.point.school_year != newest]:
        told = [f"{label(row.point)} {row.point.school_year}" for row in older]
        notes.append(f"Äldre uppgift: {sv.enumeration(told)}.")
    return (*notes, *_peer_notes(report, [row for row in rows if row.has_peers]))


def _peer_notes(report: SchoolReport, rows: Sequence[CompanyRow]) -> list[str]:
    """Name the schools beside the first row; other rows may have others, where those do not have the grade year."""
    if not rows:
        return []
    names = [escaped(name) for name in sorted(peer_names(report, rows[0]), key=sv.order)]
    others = any(set(peer_names(report, row)) != set(peer_names(report, rows[0])) for row in rows)
    of = f" ({sv.uncapitalized(label(rows[0].point))})" if others else ""
    rest = "; för övriga rader de närmaste som har resultatet" if others else ""
    return [
        f"Liknande elevunderlag{of}: {sv.enumeration(names)}{rest}. Fet: skillnaden är större än vad slumpen kan ge."
    ]
