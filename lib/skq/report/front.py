"""The title block of a report: what the page and the PDF show above the notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from skq.report import measures, sv
from skq.report.context import SchoolReport
from skq.report.keys import KeyNumber, key_numbers, withheld
from skq.report.lists import LAST_GRADE_YEAR, SURVEYED
from skq.report.marking import marking
from skq.report.numbers import Point
from skq.report.tables import cells
from skq.report.texts import word
from skq.terms import Level

FRONT_FILE = "front.yml"


def front_matter(report: SchoolReport) -> dict[str, Any]:
    """Return title, school and key numbers of *report*, in the form of docs/architecture.md."""
    return {
        "title": report.name,
        "subtitle": f"{word('words', 'report_title')} {report.school_year}",
        "lang": "sv",
        "school": report.name,
        "school_unit_code": report.school_unit_code,
        "municipality": report.municipality_name,
        "school-year": report.school_year,
        "grade-years": sv.grade_years(*report.grade_years),
        "organizer": report.organizer,
        "key-numbers": [_entry(number) for number in key_numbers(report)],
        "marking": marking(report.meta),
        "origin": str(report.meta.get("origin", "")),
        "run-id": str(report.meta.get("run_id", "")),
    }


def write_front_matter(report: SchoolReport) -> None:
    """Save the title block as `front.yml` (JSON, which is YAML) where the kernel runs, beside the figures.

    Its numbers are a download too, as every number of a report is: over three years where one alone is hidden.
    """
    text = json.dumps(front_matter(report), ensure_ascii=False, indent=2, sort_keys=True)
    Path(FRONT_FILE).write_text(text + "\n", encoding="utf-8")
    points = [number.point for number in key_numbers(report)]
    beside = [report.beside(point, Level.MUNICIPALITY) for point in points]
    pooled = map(report.pooled, withheld(report))
    cells.save(report, "key-numbers", [*points, *beside, *pooled, *_without_table(report)])


def _without_table(report: SchoolReport) -> list[Point]:
    """Return the numbers that figures and sentences tell and no table: survey, SALSA, tests that a table may lack."""
    rows = [row for found in measures.areas(report).values() for row in found]
    answered = [report.point("survey_response_share", grade_year=grade_year) for grade_year in SURVEYED]
    residual = report.point("salsa_residual", grade_year=LAST_GRADE_YEAR)
    surveyed = [point for row in rows for point in (*row.series.points, row.municipality)]
    model = [
        point
        for metric in ("salsa_expected", "salsa_passed_expected", "salsa_residual")
        for grade_year in (LAST_GRADE_YEAR, None)
        for point in report.series(metric, grade_year=grade_year).points
    ]
    tested = [row for found in measures.tests(report).values() for row in found]
    drawn = [point for row in tested for point in (row.test, row.grade, row.municipality)]
    return [*surveyed, *answered, *model, report.pooled(residual), *(point for point in drawn if point.shown)]


def _entry(number: KeyNumber) -> dict[str, str]:
    return {
        "label": number.label,
        "value": number.value,
        "interval": f"{word('words', 'interval')} {number.interval}" if number.interval else "",
        "change": number.change,
        "n": number.n,
        "note": number.note,
    }
