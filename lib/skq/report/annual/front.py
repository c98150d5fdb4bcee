"""The title block of the annual analysis."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from skq.report import sv
from skq.report.annual.context import AnnualAnalysis, Unit
from skq.report.annual.downloads import save_points
from skq.report.annual.measures import MAIN
from skq.report.front import FRONT_FILE
from skq.report.keys import label
from skq.report.lists import LAST_GRADE_YEAR
from skq.report.marking import marking
from skq.report.numbers import Point
from skq.report.sentences import change_note
from skq.report.texts import word
from skq.report.wording import interval_text, resting_on, value_text
from skq.terms import Level

KEY_MEASURES: tuple[tuple[str, int | None], ...] = (*MAIN, ("pupil_count", None), ("certified_teacher_share", None))
HOW_MANY = 5


def front_matter(analysis: AnnualAnalysis) -> dict[str, Any]:
    """Return title, municipality and key numbers of *analysis*, in the form of docs/architecture.md."""
    return {
        "title": f"{word('annual', 'title')} {analysis.school_year}",
        "subtitle": analysis.municipality_name,
        "lang": "sv",
        "school": "",
        "school_unit_code": "",
        "municipality": "",  # the subtitle names it
        "school-year": analysis.school_year,
        "organizer": "",
        "key-numbers": [_entry(analysis, point) for point in key_points(analysis)],
        "marking": marking(analysis.meta),
        "origin": str(analysis.meta.get("origin", "")),
        "run-id": str(analysis.meta.get("run_id", "")),
    }


def key_points(analysis: AnnualAnalysis) -> list[Point]:
    """Return the municipality's key numbers, at most five, those that are shown."""
    points = [analysis.series(metric, grade_year=grade_year).current for metric, grade_year in KEY_MEASURES]
    return [point for point in points if point.shown][:HOW_MANY]


def write_front_matter(analysis: AnnualAnalysis) -> None:
    """Save the title block as `front.yml` where the kernel runs, beside the figures."""
    text = json.dumps(front_matter(analysis), ensure_ascii=False, indent=2, sort_keys=True)
    Path(FRONT_FILE).write_text(text + "\n", encoding="utf-8")
    save_points("key-numbers", _in_words(analysis))


def _in_words(analysis: AnnualAnalysis) -> list[tuple[Unit, Point]]:
    """Return the numbers that sentences tell: the municipality's over the years, the schools' beside SALSA."""
    told = [(whole, point) for whole in analysis.at(Level.MUNICIPALITY) for metric, grade_year in KEY_MEASURES
            for point in analysis.series(metric, whole, grade_year=grade_year).points]  # fmt: skip
    beside = [found for grade_year in (LAST_GRADE_YEAR, None) for metric in ("salsa_expected", "salsa_residual")
              for found in analysis.spread(metric, grade_year=grade_year)]  # fmt: skip
    return [*told, *beside]


def _entry(analysis: AnnualAnalysis, point: Point) -> dict[str, str]:
    older = "" if point.school_year == analysis.school_year else sv.school_year(point.school_year)
    return {
        "label": label(point),
        "value": value_text(point),
        "interval": f"{word('words', 'interval')} {limits}" if (limits := interval_text(point)) else "",
        "change": change_note(point, analysis.previous(point), analysis.difference("change", point)),
        "n": resting_on(point) if point.shown and point.metric != "pupil_count" else "",
        "note": older,
    }
