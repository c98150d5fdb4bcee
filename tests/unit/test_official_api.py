"""Answers of Skolverket's open API: school years, value types, percentages, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from skq.errors import SourceError
from skq.sources.api import MEASURES, NOT_CARRIED, Answers, read_answers

from tests.official_samples import one

PATH = Path("answers.jsonl")


def cell(value: str | None, kind: str = "EXISTS", year: str | None = "2024/25") -> dict[str, str | None]:
    """Return one value as the API gives it."""
    return {"value": value, "valueType": kind, "timePeriod": year}


def answer(code: str = "10000001", **measures: object) -> dict[str, Any]:
    """Return one answer of the API about an invented school."""
    body = {"schoolUnit": code, **dict.fromkeys(MEASURES, []), "docLinks": None, "_links": {}, **measures}
    return {"url": f"school-units/{code}/statistics/gr", "generatedAt": "2026-04-21T09:51:39.472Z", "body": body}


def read(*answers: object) -> Answers:
    """Return the answers read from a collection of one a line."""
    found = read_answers("\n".join(json.dumps(each) for each in answers), PATH)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "kind", "status"),
    [
        ("81,3", "EXISTS", "observed"),
        (".", "MISSING", "missing"),
        (None, "MISSING", "missing"),
        ("..", "OMITTED_DUE_TO_BASED_ON_FEW_PUPILS", "too_few"),
        ("~100", "ROUNDED_OFF_DUE_TO_FEW_PUPILS_NOT_ELIGIBLE", "nearly_all"),
        ("*", "TEACHERS_EXCLUDED_DUE_TO_NO_REQUIRED_LEGITIMATION", "exempt"),
    ],
)
def test_value_types(value: str | None, kind: str, status: str) -> None:
    """Every value type of the API becomes its status, and a value only where there is one."""
    row = read(answer(certifiedTeachersQuota=[cell(value, kind)])).results.iloc[0]
    assert row["status"] == status
    assert pd.isna(row["value"]) == (status != "observed")
    assert row["raw"] == (value or "")


def test_certified_teachers_is_a_percentage() -> None:
    """`certifiedTeachersQuota` 74,5 means 74.5 %; `studentsPerTeacherQuota` 12,8 means 12.8 pupils per teacher."""
    rows = read(answer(certifiedTeachersQuota=[cell("74,5")], studentsPerTeacherQuota=[cell("12,8")])).results
    assert one(rows, metric="certified_teacher_share")["value"] == 0.745
    assert one(rows, metric="pupils_per_teacher")["value"] == 12.8


def test_number_of_pupils_is_rounded() -> None:
    """A count given as "cirka 140" is kept as 140 with the status rounded."""
    row = read(answer(totalNumberOfPupils=[cell("cirka 140")])).results.iloc[0]
    assert row[["metric", "value", "status", "raw"]].tolist() == ["pupil_count", 140, "rounded", "cirka 140"]


def test_tests_tell_subject_and_grade_year() -> None:
    """The subject and the grade year of a test are in the name of the measure."""
    rows = read(answer(averageResultNationalTestsSubjectSVA6thGrade=[cell("10,4")])).results
    assert rows.iloc[0][["metric", "subject", "grade_year"]].tolist() == ["test_points_mean", "SVA", 6]


def test_years_stay_apart() -> None:
    """Several school years of a measure become several rows, the year as the API writes it."""
    rows = read(answer(averageGradesMeritRating9thGrade=[cell("231,5"), cell("228,0", year="2023/24")])).results
    assert rows["school_year"].tolist() == ["2024/25", "2023/24"]


def test_value_without_year_is_nothing() -> None:
    """A value without value and school year says only that nothing is published."""
    assert read(answer(ratioOfPupilsIn6thGradeWithAllSubjectsPassed=[cell(None, "MISSING", None)])).results.empty


def test_special_educators_are_not_carried() -> None:
    """The API nowhere says what `specialEducatorsQuota` is of, so it becomes no indicator."""
    assert read(answer(specialEducatorsQuota=[cell("6,0")])).results.empty
    assert "specialEducatorsQuota" in NOT_CARRIED


@pytest.mark.parametrize("wrap", ["line", "envelope", "bare", "indented"])
def test_forms_of_an_answer(wrap: str) -> None:
    """A line of a collection, the API's own envelope, the bare body and indented JSON are all read."""
    line = answer(totalNumberOfPupils=[cell("cirka 140")])
    body = line["body"]
    texts = {
        "line": json.dumps(line) + "\n",
        "envelope": json.dumps({"status": "OK", "message": "Success", "body": body}),
        "bare": json.dumps(body),
        "indented": json.dumps(line, indent=2),
    }
    found = read_answers(texts[wrap], PATH)
    assert found is not None
    assert found.results["value"].tolist() == [140]


def test_answers_are_counted_and_dated() -> None:
    """The number of answers and the day of the newest are told."""
    later = {**answer("10000002"), "generatedAt": "2026-05-02T00:00:00Z"}
    found = read(answer(), later)
    assert (found.rows, found.retrieved) == (2, "2026-05-02")


def test_other_json_is_left_alone() -> None:
    """JSON of another kind is not an answer."""
    assert read_answers('{"openapi": "3.0"}', PATH) is None
    assert read_answers("[1, 2]", PATH) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(json.dumps(answer())[:-5], "broken-json", id="cut-off"),
        pytest.param(
            json.dumps(answer()) + "\n" + json.dumps(answer())[:-5], "row 2(.|\n)*broken-json", id="second-cut"
        ),
        pytest.param(json.dumps(answer()) + '\n{"other": 1}', "row 2(.|\n)*another kind of JSON", id="mixed"),
        pytest.param(json.dumps(answer("1000")), "wrong-code(.|\n)*eight digits", id="short-code"),
        pytest.param(json.dumps(answer(newMeasure=[])), "newMeasure", id="unknown-measure"),
        pytest.param(json.dumps(answer(totalNumberOfPupils=[cell("about 140")])), "unknown-symbol", id="unknown-sign"),
        pytest.param(
            json.dumps(answer(totalNumberOfPupils=[cell("..")])),
            "does not fit the value type 'EXISTS'",
            id="contradiction",
        ),
        pytest.param(json.dumps(answer(totalNumberOfPupils=[cell("5", "NEW")])), "value type 'NEW'", id="unknown-type"),
        pytest.param(
            json.dumps(answer(totalNumberOfPupils=[cell("5", year="2024")])), "'2024' is not a school year", id="year"
        ),
    ],
)
def test_read_answers_refuses(text: str, message: str) -> None:
    """Answers that are cut off or speak of something unknown are refused by file, line and measure."""
    with pytest.raises(SourceError, match=message) as caught:
        read_answers(text, PATH)
    assert "answers.jsonl" in str(caught.value)
