"""The list of schools: every row told from the slice of all schools as from the slice of each school alone."""

import shutil

import pandas as pd
import pytest
from skq.build.listed import MERIT, PUPILS, listed_schools
from skq.protect import Protected
from skq.protect.table import COLUMN_DTYPES, sealed
from skq.store import write_slices
from skq.terms import ANNUAL, UNIT_DTYPES

NORTH, SOUTH, FORMER = "10000001", "20000002", "10000009"
YEARS = ("2022/23", "2023/24", "2024/25")
NEXT_AUTUMN = "2025/26"
ORGANIZERS = {"5560000001": "Stiftelsen Ångström", "2120000002": "Strandköpings kommun"}


def _unit(level: str, unit: str, name: str, **more: object) -> dict[str, object]:
    return {**dict.fromkeys(UNIT_DTYPES, ""), "level": level, "unit": unit, "name": name, **more,
            "municipality_code": "9999", "first_grade_year": more.get("first_grade_year"),
            "last_grade_year": more.get("last_grade_year")}  # fmt: skip


UNITS = pd.DataFrame(
    [
        _unit("school", NORTH, "Norra skolan", area="Norr", organizer="5560000001", predecessor_code=FORMER,
              first_grade_year=0, last_grade_year=9),
        _unit("school", SOUTH, "Södra skolan", organizer="2120000002", first_grade_year=7, last_grade_year=9),
        *(_unit("organizer", unit, name) for unit, name in ORGANIZERS.items()),
    ]
)  # fmt: skip


def _result(metric: str, unit: str, school_year: str, value: float | None, **more: object) -> dict[str, object]:
    blank = {column: "" if dtype == "str" else None for column, dtype in COLUMN_DTYPES["results"].items()}
    status = "too_few" if value is None else "observed"
    return {**blank, "metric": metric, "level": "school", "unit": unit, "school_year": school_year, "value": value,
            "breakdown": "all", "category": "all", "status": status, **more}  # fmt: skip


RESULTS = pd.DataFrame(
    [
        _result(PUPILS, FORMER, "2023/24", 401.0),
        _result(PUPILS, NORTH, "2024/25", 402.0),
        _result(PUPILS, SOUTH, "2024/25", 150.0),
        _result(PUPILS, SOUTH, NEXT_AUTUMN, 151.0),
        _result(PUPILS, SOUTH, NEXT_AUTUMN, 80.0, breakdown="sex", category="girls"),
        _result(MERIT, FORMER, "2023/24", 211.0, grade_year=9),
        _result(MERIT, SOUTH, "2023/24", 222.0, grade_year=9),
        _result(MERIT, SOUTH, "2024/25", None, grade_year=9),
        _result("teacher_fte", NORTH, "2024/25", 30.0),
    ]
).astype(COLUMN_DTYPES["results"])


@pytest.fixture
def slices(tmp_path):
    """A folder with the slice of each of two schools and of all."""
    nothing = sealed(pd.DataFrame(columns=list(COLUMN_DTYPES["comparisons"])), "comparisons")
    protected = Protected(sealed(RESULTS, "results"), nothing, pd.DataFrame())
    said = {"school_year": YEARS[-1], "school_years": [*YEARS, NEXT_AUTUMN], "municipality_code": "9999",
            "municipality_name": "Strandköping"}  # fmt: skip
    metas = {key: {**said, "school_unit_code": key} for key in (NORTH, SOUTH, ANNUAL)}
    write_slices(protected, UNITS.astype(UNIT_DTYPES), metas, tmp_path)
    return tmp_path


@pytest.mark.parametrize("whole", [True, False], ids=["slice of all", "slice of each"])
def test_every_school_is_listed_with_its_own(slices, whole):
    """Names, grade years, the newest number of pupils (of the next autumn too) and merit rating (of a former code)."""
    if not whole:
        shutil.rmtree(slices / ANNUAL)
    found = [
        (report.name, report.area, report.organizer, report.grade_years, report.former_codes,
         report.point(PUPILS).value, report.point(MERIT, grade_year=9).value, report.point(MERIT, grade_year=9).status)
        for report in listed_schools({SOUTH: YEARS[-1], NORTH: YEARS[-1]}, slices)
    ]  # fmt: skip
    assert found == [
        ("Södra skolan", "", "Strandköpings kommun", (7, 9), (), 151.0, None, "too_few"),
        ("Norra skolan", "Norr", "Stiftelsen Ångström", (0, 9), (FORMER,), 402.0, 211.0, "observed"),
    ]


def test_a_listed_school_knows_no_other(slices):
    """Out of the slice of all schools each gets its own numbers alone, and those of the list alone."""
    north, _ = listed_schools({NORTH: YEARS[-1], SOUTH: YEARS[-1]}, slices)
    assert {(point.unit, point.metric) for point in north.numbers.points.values()} == {
        (NORTH, PUPILS), (FORMER, PUPILS), (FORMER, MERIT),
    }  # fmt: skip
