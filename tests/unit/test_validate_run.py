"""The run of all checks: everything at once, little told of each fault, nothing told of a pupil, nothing written."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest
from skq.errors import ValidationError
from skq.schema import TABLES
from skq.sources import Tables, empty, read_tables
from skq.validate import check, validated
from skq.validate.cross import CHECKS

BASE = Path(__file__).parents[1] / "faulty" / "base"


@pytest.fixture
def municipality(tmp_path: Path) -> Path:
    """A valid municipality in a folder of its own."""
    return shutil.copytree(BASE, tmp_path / "data")


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace *old* wherever it stands in one file."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_problems_of_all_files_come_at_once(municipality: Path):
    """Faults of form, of content and between tables are told in the same run, sorted by file and row."""
    change(municipality, "personal.csv", "0,8;0,4", "0,8;0,9")
    change(municipality, "betyg.csv", "MA;A", "MA;x")
    change(municipality, "ekonomi.csv", "8200", "mycket")
    (municipality / "enkat.csv").write_bytes(b"")
    problems = check(municipality)
    assert [(problem.file, problem.code) for problem in problems] == [
        ("betyg.csv", "not-allowed"),
        ("ekonomi.csv", "not-a-number"),
        ("enkat.csv", "unreadable-file"),
        ("personal.csv", "certified-above-fte"),
    ]


def test_validation_error_carries_every_problem(municipality: Path):
    """What a build stops with is the list that the check gives."""
    change(municipality, "betyg.csv", "2024/25;VT", "2024-25;VT")
    with pytest.raises(ValidationError) as refused:
        validated(municipality)
    assert refused.value.problems == check(municipality)


def test_of_one_fault_three_rows_are_shown_and_the_others_counted(municipality: Path):
    """4 315 rows with one fault are three problems, the last of which says how many more there are."""
    head = "Skolenhetskod;År;Personalgrupp;Sjukfrånvarotimmar;Ordinarie timmar;Antal anställda\n"
    rows = "".join(f"01000001;2024;grupp {number};1;100;-{number + 1}\n" for number in range(4315))
    (municipality / "sjukfranvaro.csv").write_text(head + rows, encoding="utf-8")
    problems = check(municipality)
    assert [problem.row for problem in problems] == [2, 3, 4]
    assert [problem.found for problem in problems] == ["'-1'", "'-2'", "'-3' … and 4 312 more rows"]


def test_two_faults_of_one_column_are_counted_apart(municipality: Path):
    """Different reasons in one column do not hide each other."""
    change(municipality, "betyg.csv", "E1;2024/25", "E1;2024-25")
    change(municipality, "betyg.csv", "E2;2024/25", "E2;24/25")
    assert {problem.code for problem in check(municipality)} == {"school-year-dash", "school-year-short"}


def test_refused_values_are_not_blamed_on_other_tables(municipality: Path):
    """A pupil row with an unreadable school year does not make every grade of that pupil unknown."""
    change(municipality, "elever.csv", "E2;01000001;2024/25", "E2;01000001;2024-25")
    assert [problem.code for problem in check(municipality)] == ["school-year-dash"]


def test_pupil_ids_are_never_shown(municipality: Path):
    """Whatever is wrong with a pupil's rows, the message names the row and not the pupil."""
    for name in ("elever.csv", "betyg.csv", "nationella_prov.csv", "prognoser.csv", "narvaro.csv"):
        change(municipality, name, "E1;", "HEMLIG 1;")
        change(municipality, name, "E2;", "HEMLIG2;") if "E2;" in (municipality / name).read_text("utf-8") else None
    change(municipality, "elever.csv", "HEMLIG2;01000001;2024/25", "HEMLIG2;01000001;2023/24")
    change(municipality, "betyg.csv", "HEMLIG2;2024/25;VT;slutbetyg;SVA", "HEMLIG2;2024/25;VT;slutbetyg;MA")
    problems = check(municipality)
    assert {"blank-in-code", "pupil-not-that-year", "double-row"} <= {problem.code for problem in problems}
    assert "HEMLIG" not in "\n".join(map(str, problems))


def test_check_writes_nothing(municipality: Path):
    """The folder holds the same bytes afterwards."""
    before = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in municipality.iterdir()}
    check(municipality)
    assert {path.name: hashlib.sha256(path.read_bytes()).digest() for path in municipality.iterdir()} == before


def test_row_order_does_not_matter(municipality: Path):
    """A municipality whose rows come in another order is as valid, and a fault in it is found all the same."""
    for path in municipality.glob("*.csv"):
        if path.name != "kommentarer.csv":
            head, *rows = path.read_text(encoding="utf-8").splitlines()
            path.write_text("\n".join([head, *rows[::-1]]) + "\n", encoding="utf-8")
    assert check(municipality) == []
    change(municipality, "elever.csv", "2024-12-20", "2025-01-10")
    assert [problem.code for problem in check(municipality)] == ["two-schools"]


def test_enrolments_may_touch_but_not_overlap(municipality: Path):
    """One unit until a day and another from the next day is a move; from the same day it is two schools at once."""
    change(municipality, "elever.csv", "2024-12-20", "2025-01-08")
    assert check(municipality) == []
    change(municipality, "elever.csv", "2025-01-08", "2025-01-09")
    assert [problem.code for problem in check(municipality)] == ["two-schools"]


def test_first_enrolment_that_covers_a_later_pair_is_found(municipality: Path):
    """An enrolment over the whole year meets a third one even when the second was short."""
    change(
        municipality,
        "elever.csv",
        "E5;01000002;2024/25;3;flicka;3;;;;;;2024-08-15;2024-12-20",
        "E5;01000001;2024/25;3;flicka;3;;;;;;2024-08-15;\nE5;01000001;2024/25;3;flicka;3;;;;;;2024-09-01;2024-09-30",
    )
    change(
        municipality,
        "elever.csv",
        "E5;01000001;2024/25;3;flicka;3;;;;;;2025-01-09;",
        "E5;01000002;2024/25;3;flicka;3;;;;;;2025-01-09;",
    )
    assert [problem.code for problem in check(municipality)] == ["two-schools"]


@pytest.mark.parametrize(("absence", "codes"), [("437,5", []), ("437,6", ["absence-above-offered"])])
def test_absence_may_fill_the_offered_hours(municipality: Path, absence: str, codes: list[str]):
    """450 hours offered can all be absence (12,5 + 437,5), but no more."""
    change(municipality, "narvaro.csv", "450;12,5;0", f"450;12,5;{absence}")
    change(municipality, "narvaro.csv", "1 450,5", "1450,5")
    assert [problem.code for problem in check(municipality)] == codes


def test_guardians_may_answer_twice_for_a_pupil(municipality: Path):
    """Both guardians of a pupil can answer: 90 answers for 48 pupils are possible, 97 are not."""
    change(
        municipality,
        "enkat.csv",
        "elever åk 8;studiero;Andra stör mig;1;30",
        "vårdnadshavare;studiero;Andra stör mig;1;90",
    )
    assert check(municipality) == []
    change(municipality, "enkat.csv", "mig;1;90", "mig;1;97")
    assert [problem.code for problem in check(municipality)] == ["answers-above-invited"]


def test_calendar_year_is_met_by_either_school_year(municipality: Path):
    """Costs of 2024 and 2025 can belong to a unit registered for 2024/25 only, costs of 2026 cannot."""
    change(municipality, "ekonomi.csv", "01000001;2024;lokaler", "01000002;2025;lokaler")
    assert check(municipality) == []
    change(municipality, "ekonomi.csv", "01000002;2025", "01000002;2026")
    assert [problem.code for problem in check(municipality)] == ["unit-not-that-year"]


@pytest.mark.parametrize("check_rule", [check_rule for check_rule, _ in CHECKS], ids=lambda rule: rule.__name__)
def test_check_finds_nothing_in_tables_without_rows(check_rule):
    """No check falls over, or finds anything, where there is nothing."""
    tables = Tables({name: empty(spec) for name, spec in TABLES.items()})
    assert list(check_rule(tables, {})) == []


def test_only_official_statistics_is_valid(tmp_path: Path):
    """A municipality without any register of its own has nothing to be wrong with."""
    (tmp_path / "official").mkdir()
    assert check(tmp_path) == []
    assert list(validated(tmp_path)) == []


def test_a_folder_without_any_table_lacks_the_register(tmp_path: Path):
    """A wrong folder, with texts and folders but no table, is told as one in which the register of units is missing."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "README.md").write_text("om data", encoding="utf-8")
    assert [(problem.file, problem.code) for problem in check(tmp_path)] == [("skolenheter", "missing-table")]


def test_organisation_number_that_is_a_person_is_refused_unseen(municipality: Path):
    """A sole trader's personal number in the organizer's column is refused and not shown."""
    change(municipality, "skolenheter.csv", "Söder;212000-0000", "Söder;20121212-1212")
    problem, *others = check(municipality)
    assert (problem.code, problem.column, others) == ("personal-number", "Organisationsnummer", [])
    assert "1212" not in str(problem)


def test_validated_tables_have_the_dtypes_of_the_schema(municipality: Path):
    """Every room below can rely on the columns, their order and their dtypes."""
    tables = validated(municipality)
    assert {name: tables[name].dtypes.astype(str).to_dict() for name in tables} == {
        name: {column: str(pd.Series(dtype=dtype).dtype) for column, dtype in spec.dtypes.items()}
        for name, spec in TABLES.items()
    }
    assert {file.table for file in tables.files} == set(TABLES)
    assert sum(file.rows for file in tables.files) == sum(len(frame) for frame in read_frames(municipality))


def read_frames(folder: Path) -> list[pd.DataFrame]:
    """Return the tables of *folder* as text."""
    return [table.texts for table in read_tables(folder).tables.values()]
