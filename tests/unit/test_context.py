"""A report opens only on its own slice, and its series keep every school year."""

import json
from math import isnan

import pytest
from skq.errors import ParameterError, ProtectionError, SourceError
from skq.report.opening import open_report
from skq.terms import CellStatus

from tests.notebooks import slices


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The slice of an official-only school."""
    return slices.write("official", tmp_path_factory.mktemp("official"))


@pytest.fixture(scope="module")
def report(folder):
    """The report on it."""
    return open_report(slices.SCHOOL, "2024/25", str(folder))


@pytest.mark.parametrize("empty", ["school_unit_code", "school_year", "protected_folder"])
def test_empty_parameters_are_refused(folder, empty):
    """The template's own empty values never make a report; the message names what is missing."""
    parameters = {
        "school_unit_code": slices.SCHOOL,
        "school_year": "2024/25",
        "protected_folder": str(folder),
        empty: " ",
    }
    with pytest.raises(ParameterError, match=empty):
        open_report(**parameters)


def test_a_malformed_school_year_is_refused(folder):
    """2024/26 is no school year."""
    with pytest.raises(ParameterError, match="2024/26"):
        open_report(slices.SCHOOL, "2024/26", str(folder))


def test_another_schools_slice_is_refused(folder):
    """A slice of another school unit never fills a report."""
    with pytest.raises(ProtectionError, match="another school unit"):
        open_report("90000002", "2024/25", str(folder))


def test_another_years_slice_is_refused(folder):
    """A slice of another school year never fills a report."""
    with pytest.raises(ProtectionError, match="another school year"):
        open_report(slices.SCHOOL, "2023/24", str(folder))


def test_a_slice_with_another_schools_rows_is_refused(tmp_path):
    """Even one number of another school in the slice stops the report."""
    sheet = slices.Sheet()
    slices.official(sheet)
    sheet.add("merit_rating_17", "2024/25", 199.0, unit="90000002", grade_year=9)
    folder = slices.write("official", tmp_path)
    slices.frame(sheet.results, "results").frame.to_parquet(folder / "results.parquet", index=False)
    with pytest.raises(ProtectionError, match="90000002"):
        open_report(slices.SCHOOL, "2024/25", str(folder))


def test_a_missing_slice_is_refused(tmp_path):
    """Where there is no slice the message says which files are expected."""
    with pytest.raises(SourceError, match="results.parquet"):
        open_report(slices.SCHOOL, "2024/25", str(tmp_path))


def test_who_the_report_is_about(report):
    """Name, municipality and organizer come from the slice."""
    assert (report.name, report.municipality_name, report.organizer, report.grade_years) == (
        "Nya Hamnskolan", "Strandköping", "Strandköpings kommun", (0, 9),
    )  # fmt: skip


def test_a_series_has_exactly_the_five_years(report):
    """Hidden years stay in their place as gaps."""
    series = report.series("merit_rating_17", grade_year=9)
    assert series.years == slices.YEARS
    assert [None if isnan(value) else value for value in series.values] == [None, 214.3, 231.0, None, 226.8]
    assert series.at("2023/24").status is CellStatus.TOO_FEW


def test_a_measure_without_rows_is_a_series_of_nothing(report):
    """A measure that no source has is five unrecorded points, and false."""
    series = report.series("attendance_share")
    assert not series
    assert [point.recorded for point in series.points] == [False] * 5


def test_current_is_the_newest_recorded_point(report):
    """SALSA is published late: its newest number belongs to an earlier school year than the report."""
    assert report.point("salsa_expected", grade_year=9).school_year == "2023/24"


def test_beside_is_the_same_measure_at_another_level(report):
    """The municipality's number is that of the same school year."""
    point = report.point("merit_rating_17", grade_year=9)
    beside = report.beside(point, "municipality")
    assert (beside.value, beside.school_year) == (229.0, point.school_year)


def test_a_former_unit_code_continues_the_series(tmp_path):
    """The years before a school changed its unit code are read under the old code."""
    folder = slices.write("normal", tmp_path)
    frame = slices.frame(_renamed_before("2022/23"), "results").frame
    frame.to_parquet(folder / "results.parquet", index=False)
    units = slices.units("normal")
    units.loc[units["level"] == "school", "predecessor_code"] = "90000009"
    units.to_parquet(folder / "units.parquet", index=False)
    report = open_report(slices.SCHOOL, "2024/25", str(folder))
    series = report.series("merit_rating_17", grade_year=9)
    assert series.values == [196.0, 205.0, 214.0, 223.0, 232.0]
    assert [point.unit for point in series.points] == ["90000009"] * 2 + [slices.SCHOOL] * 3


def _renamed_before(year):
    sheet = slices.Sheet()
    slices.normal(sheet)
    for row in sheet.results:
        if row["level"] == "school" and row["school_year"] < year:
            row["unit"] = "90000009"
    return sheet.results


def test_front_matter_has_the_five_key_numbers(tmp_path, monkeypatch):
    """The title block is saved as YAML that is JSON, with label, value, interval and change of each key number."""
    from skq.report import write_front_matter

    monkeypatch.chdir(tmp_path)
    write_front_matter(slices.opened("normal", tmp_path / "slice"))
    front = json.loads((tmp_path / "front.yml").read_text(encoding="utf-8"))
    first = front["key-numbers"][0]
    assert len(front["key-numbers"]) == 5
    assert (first["label"], first["value"], first["interval"]) == (
        "Meritvärde, åk\u00a09",
        "232,0",
        "intervall 217–247",
    )
    assert (front["title"], front["grade-years"]) == ("Lindängsskolan", "F\u20139")


def test_tiny_school_key_numbers(tmp_path):
    """A tiny school shows its hidden merit rating first, then what can be shown."""
    from skq.report.keys import key_numbers

    numbers = key_numbers(slices.opened("tiny", tmp_path))
    assert (numbers[0].label, numbers[0].value) == ("Meritvärde, åk\u00a09", "..")
    assert "61" in [number.value for number in numbers]


def test_a_year_after_the_reports_is_only_for_pupils_and_staff(tmp_path):
    """Grades keep the five years that end with the report's; the autumn after is shown for pupils and staff alone."""
    folder = slices.write("official", tmp_path)
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    meta["school_years"].append("2025/26")
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    sheet = slices.Sheet()
    slices.official(sheet)
    sheet.add("pupil_count", "2025/26", 601.0, source="siris:6", raw="601")
    slices.frame(sheet.results, "results").frame.to_parquet(folder / "results.parquet", index=False)
    report = open_report(slices.SCHOOL, "2024/25", str(folder))
    assert report.series("merit_rating_17", grade_year=9).years == slices.YEARS
    assert report.series("pupil_count").years == (*slices.YEARS[1:], "2025/26")
    assert report.point("pupil_count").value == 601.0


def test_tests_that_a_figure_shows_stand_in_a_download(tmp_path, monkeypatch):
    """The figure takes the newest year that is shown, the table the newest of all: the file of the cards has both."""
    from skq.report import measures, write_front_matter

    monkeypatch.chdir(tmp_path)
    report = slices.opened("normal", tmp_path / "slice")
    write_front_matter(report)
    text = (tmp_path / "key-numbers.csv").read_text(encoding="utf-8-sig")
    told = {tuple(line.split(";")[place] for place in (4, 5, 6, 8)) for line in text.splitlines()}
    drawn = [row.test for rows in measures.tests(report).values() for row in rows]
    assert drawn
    assert {(one.metric, one.school_year, str(one.grade_year), one.subject) for one in drawn} <= told
