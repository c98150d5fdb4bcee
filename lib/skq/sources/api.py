"""Answers of Skolverket's open API "planned educations", statistics of a compulsory school unit.

An answer is one JSON object: `{"status", "message", "body"}` as the API gives it, or a line `{"url", "generatedAt",
"body"}` of a collection. Each measure is a list of `{"value", "valueType", "timePeriod"}`, where `timePeriod` is a
school year already.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from skq import catalog
from skq.sources.cells import VALUE_TYPES, parse_cell, parse_share
from skq.sources.reading import RefusedFile, refuse
from skq.sources.siris_tables import Measure
from skq.terms import Level, SchoolYear

SOURCE = "api:gr"
TITLE = "Planned educations v4, statistik för skolenheter, grundskola"
URL = "https://api.skolverket.se/planned-educations/v4"

_TESTS = {
    f"averageResultNationalTestsSubject{name}{year}thGrade": Measure("test_points_mean", "", year, subject=code)
    for name, code in (("SVE", "SV"), ("SVA", "SVA"), ("ENG", "EN"), ("MA", "MA"))
    for year in (6, 9)
}
MEASURES: dict[str, Measure] = {
    "averageGradesMeritRating9thGrade": Measure("merit_rating_17", "", 9),
    "ratioOfPupilsIn9thGradeWithAllSubjectsPassed": Measure("all_subjects_passed_share", "", 9),
    "ratioOfPupilsIn6thGradeWithAllSubjectsPassed": Measure("all_subjects_passed_share", "", 6),
    "ratioOfPupils9thGradeEligibleForNationalProgramYR": Measure("eligible_vocational_share", "", 9),
    "ratioOfPupils9thGradeEligibleForNationalProgramES": Measure("eligible_arts_share", "", 9),
    "ratioOfPupils9thGradeEligibleForNationalProgramSAEKHU": Measure("eligible_social_share", "", 9),
    "ratioOfPupils9thGradeEligibleForNationalProgramNATE": Measure("eligible_science_share", "", 9),
    **_TESTS,
    "certifiedTeachersQuota": Measure("certified_teacher_share"),
    "studentsPerTeacherQuota": Measure("pupils_per_teacher"),
    "specialTeacherPositions": Measure("special_teacher_fte"),
    "totalNumberOfPupils": Measure("pupil_count"),
}
"""The API's measures and the indicators they are. `certifiedTeachersQuota` is a percentage in spite of its name."""

NOT_CARRIED = frozenset({"schoolUnit", "docLinks", "_links", "specialEducatorsQuota", "hasLibrary"})
"""Fields that are known and left out.

`specialEducatorsQuota` is nowhere defined by the agency. Its national value in the API's own description is 6.0 beside
12.0 pupils per teacher, so it cannot be pupils per special educator; it fits a percentage of the teachers.
"""

_EXPECTED = "an answer of Skolverket's API, statistics/gr: an object with a body that has a schoolUnit"


@dataclass(frozen=True)
class Answers:
    """The API answers of one file: results rows, the number of answers, the date of the newest one."""

    results: pd.DataFrame
    rows: int
    retrieved: str


def is_answer(record: object) -> bool:
    """Tell whether a JSON object is an answer with statistics of a school unit."""
    body = _body(record)
    return "schoolUnit" in body and any(name in body for name in MEASURES)


def read_answers(text: str, path: Path) -> Answers | None:
    """Return the answers in *text* (one JSON object, or one a line), None where it is JSON of another kind.

    SourceError for JSON that is cut off, an unknown measure or value type, and cells that contradict their value type.
    """
    records = list(_records(text, path))
    if not any(is_answer(record) for _, record in records):
        return None
    rows: list[dict[str, object]] = []
    for number, record in records:
        if not is_answer(record):
            raise refuse(path, row=number, found="another kind of JSON", expected=_EXPECTED, next_step="fetch it again")
        rows.extend(_rows(_body(record), path, number))
    stamps = [str(record.get("generatedAt", ""))[:10] for _, record in records if isinstance(record, dict)]
    return Answers(_frame(rows), len(records), max(stamps, default=""))


def _records(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    try:
        yield 1, json.loads(text)
    except json.JSONDecodeError as whole:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        if len(lines) < 2:
            raise _cut_off(path, whole.lineno, whole) from whole
        for number, line in lines:
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                raise _cut_off(path, number, error) from error


def _cut_off(path: Path, row: int, error: json.JSONDecodeError) -> RefusedFile:
    return refuse(
        path,
        row=row,
        code="broken-json",
        found=f"JSON that is cut off or damaged ({error.msg})",
        expected="one whole JSON object, or one on each line",
        next_step="fetch the answers again",
    )


def _body(record: object) -> dict[str, Any]:
    """Return the answer's body: within the envelope, within a collection's line around it, or bare."""
    while isinstance(record, dict) and "schoolUnit" not in record and "body" in record:
        record = record["body"]
    return record if isinstance(record, dict) else {}


def _rows(body: dict[str, Any], path: Path, number: int) -> Iterator[dict[str, object]]:
    code = str(body["schoolUnit"])
    if re.fullmatch(r"\d{8}", code) is None:
        raise refuse(
            path,
            row=number,
            column="schoolUnit",
            code="wrong-code",
            found=repr(code),
            expected="eight digits",
            next_step="fetch the answer again",
        )
    if strange := sorted(set(body) - set(MEASURES) - NOT_CARRIED):
        raise refuse(
            path,
            row=number,
            column=strange[0][:80],
            code="unexpected-header",
            found=f"{len(strange)} unknown measure(s): {', '.join(strange[:3])[:120]}",
            expected="the measures of statistics/gr in version 4 of the API",
            next_step="tell skq's maintainers that the API has changed",
        )
    for name, measure in MEASURES.items():
        for cell in body.get(name) or []:
            if cell.get("timePeriod") is not None:
                yield _row(code, measure, cell, (path, number, name))


def _row(code: str, measure: Measure, cell: dict[str, Any], place: tuple[Path, int, str]) -> dict[str, object]:
    share = catalog.metric(measure.metric).unit == "share"
    text, kind = cell.get("value"), str(cell.get("valueType"))
    try:
        parsed = (parse_share if share else parse_cell)(text)
        year = str(SchoolYear.parse(str(cell["timePeriod"])))
        if parsed.status not in VALUE_TYPES.get(kind, frozenset()):
            raise ValueError(f"the value {text!r} does not fit the value type {kind!r}")
    except ValueError as error:
        path, number, name = place
        raise refuse(
            path,
            row=number,
            column=name,
            code="unknown-symbol",
            found=str(error),
            expected="a value, its value type and its school year as the API describes them",
            next_step="fetch the answers again; skq does not guess what an unknown sign means",
        ) from error
    return {
        "metric": measure.metric,
        "unit": code,
        "school_year": year,
        "grade_year": measure.grade_year,
        "subject": measure.subject,
        "raw": text or "",
        "value": parsed.value,
        "status": str(parsed.status),
    }


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = ["metric", "unit", "school_year", "grade_year", "subject", "raw", "value", "status"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        level=str(Level.SCHOOL),
        breakdown="all",
        category="all",
        municipality_code="",
        grade_year=frame["grade_year"].astype("Int64"),
        value=frame["value"].astype("Float64"),
        n=pd.Series(pd.NA, index=frame.index, dtype="Float64"),
        source=SOURCE,
        rank=2,
    )
