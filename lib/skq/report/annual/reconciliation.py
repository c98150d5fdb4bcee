"""Whether the levels agree: own totals beside their parts and beside the official figures, with the reasons.

`meta["reconciliation"]` is told in docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skq.report import sv
from skq.report.annual.context import AnnualAnalysis
from skq.report.annual.layout import made_table
from skq.report.annual.measures import title
from skq.report.download import Row, csv_number, save_rows
from skq.report.emit import Passage, Table, save_csv
from skq.report.numbers import Point
from skq.report.texts import texts
from skq.report.wording import form
from skq.terms import CellStatus, Level

Entry = Mapping[str, Any]
OFFICIAL = "official"
EQUAL = ("", "rounding")
"""Reasons for which an own figure is the official one."""


def levels(analysis: AnnualAnalysis) -> Table | Passage:
    """Return how many totals equal the sum of their parts, and why the others do not; empty where none was made."""
    found = [entry for entry in _entries(analysis) if _figure(entry) is None]
    if not found:
        return Passage("")
    words = texts()["annual"]
    kinds = dict.fromkeys(str(entry["what"]) for entry in found)
    rows = [_kind_row(kind, [entry for entry in found if entry["what"] == kind]) for kind in kinds]
    header = [words[key] for key in ("reconciled", "reconciled_totals", "reconciled_equal", "reconciled_why")]
    save_csv("reconciliation", header, rows)
    return made_table("reconciliation", words["reconciliation_caption"], header, rows, left=(0, 3),
                      notes=[words["reconciliation_note"]])  # fmt: skip


def official(analysis: AnnualAnalysis) -> Table | Passage:
    """Return the municipality's leading figures beside the official ones, the newest of each; empty where none is."""
    newest: dict[tuple[str, str], tuple[str, Entry]] = {}
    for entry in _entries(analysis):
        figure = _figure(entry)
        if figure is None or figure[2] != analysis.municipality_code or entry["official"] is None:
            continue
        metric, grade_year, _, year = figure
        if year > newest.get((metric, grade_year), ("", entry))[0]:
            newest[metric, grade_year] = (year, entry)
    if not newest:
        return Passage("")
    words = texts()["annual"]
    header = [words[key] for key in ("measure", "cohort_year", "own_figure", "official_figure", "reconciled_why")]
    rows = [_figure_row(*measure, *told) for measure, told in newest.items()]
    save_rows("official-figures", [_official_row(analysis, *measure, *told) for measure, told in newest.items()],
              (words["own_figure"],))  # fmt: skip
    return made_table("official-figures", words["official_caption"], header, rows, left=(0, 1, 4))


def _official_row(analysis: AnnualAnalysis, metric: str, grade_year: str, year: str, entry: Entry) -> Row:
    """Return the official figure with the own one beside it, as far as that may be told."""
    shape = form(metric)
    point = Point(
        metric=metric, level=Level.MUNICIPALITY, unit=analysis.municipality_code, school_year=year,
        grade_year=int(grade_year) if grade_year else None, value=float(entry["official"]),
        status=CellStatus.OBSERVED, recorded=True,
    )  # fmt: skip
    known = analysis.series(metric, grade_year=point.grade_year)
    if year in known.years and known.at(year).shown:
        point = known.at(year)
    own = None if entry["own"] is None else float(entry["own"])
    return Row(point, analysis.municipality_name, (csv_number(own, shape.scale, shape.decimals),))


def _entries(analysis: AnnualAnalysis) -> Sequence[Entry]:
    return analysis.meta.get("reconciliation") or ()


def _figure(entry: Entry) -> tuple[str, str, str, str] | None:
    """Return metric, grade year, unit and school year of an entry about one figure, None of one that counts."""
    word, *parts = str(entry["what"]).split(" ")
    if word != OFFICIAL or len(parts) < 3:
        return None
    return parts[0], "" if len(parts) == 3 else parts[1], parts[-2], parts[-1]


def _kind_row(kind: str, entries: Sequence[Entry]) -> list[str]:
    """Return a row: how many totals, how many equal, and how many of the others differ for which reason."""
    counts = [entry for entry in entries if kind == OFFICIAL or not entry["reason"]]
    totals, equal = (sum(int(entry[column]) for entry in counts) for column in ("totals", "equal"))
    others = [entry for entry in entries if entry["reason"] not in EQUAL]
    reasons = [f"{sv.number(entry['totals'], 0)}: {_reason(entry)}" for entry in others]
    name = str(texts()["annual_reconciled"].get(kind.replace(" ", "_"), kind))
    return [name, sv.number(totals, 0), sv.number(equal, 0), "; ".join(reasons) or sv.EN_DASH]


def _figure_row(metric: str, grade_year: str, year: str, entry: Entry) -> list[str]:
    shape = form(metric)
    own, theirs = (
        sv.EN_DASH if entry[side] is None else sv.number(entry[side] * shape.scale, shape.decimals)
        for side in ("own", "official")
    )
    why = sv.EN_DASH if entry["reason"] in EQUAL else _reason(entry)
    return [title(metric, int(grade_year) if grade_year else None), year, own, theirs, why]


def _reason(entry: Entry) -> str:
    return str(texts()["annual_reason"].get(str(entry["reason"]), entry["reason"]))
