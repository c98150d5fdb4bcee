"""Reading an organizer's folder: the same table from every kind of file, whatever it is called."""

from __future__ import annotations

import datetime
import shutil
import unicodedata
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from skq.errors import SourceError
from skq.schema import TABLES
from skq.sources import Tables, csvfile, empty, read_tables, typed
from skq.sources.folder import table_of
from skq.sources.workbook import cell_text
from skq.validate import check, validated

AUGUST_19 = datetime.datetime(2024, 8, 19)  # noqa: DTZ001  # a day has no time zone
BASE = Path(__file__).parents[1] / "faulty" / "base"
LEAVE = TABLES["sick_leave"]
HEADERS = [column.header for column in LEAVE.columns]


KEY = b"a key for tests alone, of no use elsewhere"


def read_one(folder: Path, table: str) -> pd.DataFrame:
    """Return the one table that *folder* holds, typed and without findings."""
    raw = read_tables(folder, key=KEY)
    assert raw.problems == ()
    frame, findings = typed(raw.tables[table])
    assert findings == []
    return frame


def write_csv(folder: Path, rows: pd.DataFrame, *, delimiter: str, encoding: str = "utf-8", decimal: str = ",") -> None:
    rows.to_csv(folder / "sjukfranvaro.csv", sep=delimiter, decimal=decimal, index=False, encoding=encoding)


def write_xlsx(folder: Path, rows: pd.DataFrame) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(rows.columns))
    for row in rows.astype(object).itertuples(index=False):
        book.active.append(list(row))
    book.save(folder / "sjukfranvaro.xlsx")


leaves = st.lists(
    st.tuples(
        st.integers(10_000_000, 99_999_999).map(str),
        st.integers(1990, 2100),
        st.sampled_from(["lärare", "övrig; personal", 'kallad "stöd"', "elevhälsa, hel"]),
        st.integers(0, 10**7).map(lambda hundredths: hundredths / 100),
        st.integers(0, 10**7).map(lambda hundredths: hundredths / 100),
        st.integers(0, 5000),
    ),
    min_size=1,
    max_size=8,
)


@given(rows=leaves)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_kind_of_file_gives_the_same_table(rows: list[tuple], tmp_path: Path):
    """Semicolons or commas, text or workbook or typed Parquet: the table is the same."""
    frame = pd.DataFrame(rows, columns=HEADERS)
    read = {}
    for kind, write in {
        "semicolon": lambda folder: write_csv(folder, frame, delimiter=";"),
        "comma": lambda folder: write_csv(folder, frame, delimiter=","),
        "bom": lambda folder: write_csv(folder, frame, delimiter=";", encoding="utf-8-sig"),
        "windows-1252": lambda folder: write_csv(folder, frame, delimiter=";", encoding="cp1252"),
        "xlsx": lambda folder: write_xlsx(folder, frame),
        "parquet": lambda folder: frame.to_parquet(folder / "sjukfranvaro.parquet"),
    }.items():
        folder = tmp_path / kind
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        write(folder)
        read[kind] = read_one(folder, "sick_leave")
    expected = frame.set_axis(LEAVE.column_names, axis=1).astype(LEAVE.dtypes)
    for frame_read in read.values():
        pd.testing.assert_frame_equal(frame_read, expected)


def test_column_order_and_language_do_not_matter(tmp_path: Path):
    """English headers in another order give the same table as the Swedish."""
    shutil.copy(BASE / "narvaro.csv", tmp_path)
    swedish = read_one(tmp_path, "attendance")
    (tmp_path / "narvaro.csv").unlink()
    written = pd.read_csv(BASE / "narvaro.csv", sep=";", dtype="str").set_axis(swedish.columns, axis=1)
    english = written[swedish.columns[::-1]].rename(columns=str.upper)
    english.to_csv(tmp_path / "attendance.csv", sep=";", index=False)
    pd.testing.assert_frame_equal(read_one(tmp_path, "attendance"), swedish)


def test_decomposed_letters_are_whole(tmp_path: Path):
    """Headers, values and file names where å is two code points are read as if it were one."""
    text = unicodedata.normalize("NFD", (BASE / "sjukfranvaro.csv").read_text(encoding="utf-8"))
    name = unicodedata.normalize("NFD", "sjukfrånvaro.csv")
    (tmp_path / name).write_text(text, encoding="utf-8")
    raw = read_tables(tmp_path)
    assert [file.file for file in raw.files] == ["sjukfrånvaro.csv"]
    assert read_one(tmp_path, "sick_leave")["employee_group"].tolist() == ["lärare", "lärare"]


def test_folder_with_blanks_and_swedish_letters_works(tmp_path: Path):
    """The whole valid municipality is read from a folder that is called as folders are."""
    folder = shutil.copytree(BASE, tmp_path / "Årets register från Öst (2)")
    assert check(folder) == []
    assert set(validated(folder)) == set(TABLES)


@pytest.mark.parametrize(
    ("stem", "table"),
    [
        ("elever", "pupils"),
        ("Elever_2024", "pupils"),
        ("nationella_prov-9", "national_tests"),
        ("national_tests", "national_tests"),
        ("frånvaro", "attendance"),
        ("atagande", None),
        ("åtaganden", "commitments"),
        ("pupilsx", None),
    ],
)
def test_file_name_tells_the_table(stem: str, table: str | None):
    """A table's name alone or with an addition names it; a name that merely begins alike does not."""
    assert table_of(stem) == table


def test_parts_of_a_table_are_joined(tmp_path: Path):
    """Two files of a table are one table, and each keeps its rows in the record."""
    head, *rows = (BASE / "betyg.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "betyg-1.csv").write_text("\n".join([head, *rows[:3]]), encoding="utf-8")
    (tmp_path / "betyg-2.csv").write_text("\n".join([head, *rows[3:]]), encoding="utf-8")
    raw = read_tables(tmp_path)
    assert [(file.table, file.file, file.rows) for file in raw.files] == [
        ("grades", "betyg-1.csv", 3),
        ("grades", "betyg-2.csv", 5),
    ]
    shutil.copy(BASE / "betyg.csv", tmp_path / "betyg.csv")
    whole = read_one(tmp_path, "grades")
    assert len(whole) == 16


def test_record_has_the_checksum_of_the_file(tmp_path: Path):
    """The provenance names the very bytes that were read."""
    (tmp_path / "personal.csv").write_bytes(b"teacher_id\n")
    # from `printf 'teacher_id\n' | sha256sum`
    assert read_tables(tmp_path).files[0].sha256 == CHECKSUM


CHECKSUM = "fde04a90e62e3afa996fc9f339814e2cde6f53c0c677cef7658cd43075b796fd"


def test_other_files_are_left_alone(tmp_path: Path):
    """Notes, lock files of office programs, hidden files and the folder of official statistics are no tables."""
    folder = shutil.copytree(BASE, tmp_path / "data")
    for name in ("README.md", "~$elever.xlsx", ".hidden.csv", "bild.png"):
        (folder / name).write_bytes(b"\0")
    (folder / "official").mkdir()
    (folder / "official" / "elever.csv").write_bytes(b"\0")
    assert check(folder) == []


def test_missing_folder_is_refused(tmp_path: Path):
    """A folder that is not there is an error of its own, not an empty municipality."""
    with pytest.raises(SourceError, match="no such folder"):
        read_tables(tmp_path / "nowhere")


def test_ten_thousand_unknown_columns_are_one_problem(tmp_path: Path):
    """A file with ten thousand unknown columns is refused in one problem that names the first of them."""
    head, row, *_ = (BASE / "skattningar.csv").read_text(encoding="utf-8").splitlines()
    many = ";".join(f"kolumn {number}" for number in range(10_000))
    (tmp_path / "skattningar.csv").write_text(f"{head};{many}\n{row};{';' * 9_999}\n", encoding="utf-8")
    problems = read_tables(tmp_path).problems
    assert [problem.code for problem in problems] == ["unknown-column"]
    assert problems[0].found.startswith("10000 column(s)")
    assert "… and 9990 more" in problems[0].found


def test_blank_rows_do_not_shift_row_numbers(tmp_path: Path):
    """A problem names the row as a spreadsheet counts, blank rows and line breaks inside texts included."""
    head = "Skolenhetskod;Läsår;Avsnitt;Text\n"
    (tmp_path / "kommentarer.csv").write_text(
        head + '01000001;2024/25;a;"en rad\noch en till"\n\n;;;\n01000001;2024-25;b;x\n', encoding="utf-8"
    )
    problems = [problem for problem in check(tmp_path) if problem.code == "school-year-dash"]
    assert [problem.row for problem in problems] == [5]


def test_absent_tables_and_columns_are_there_without_rows_or_values(tmp_path: Path):
    """What an organizer does not have can be asked for all the same."""
    shutil.copy(BASE / "personal.csv", tmp_path)
    tables = Tables({"staff": read_one(tmp_path, "staff")})
    assert "grades" not in tables
    assert tables["grades"].empty
    assert tables["grades"]["is_language_choice"].dtype == "boolean"
    (tmp_path / "personal.csv").unlink()
    (tmp_path / "betyg.csv").write_text(
        "Elev-id;Läsår;Termin;Betygstyp;Ämne;Betyg\nE1;2024/25;VT;slutbetyg;MA;A\n", encoding="utf-8"
    )
    assert read_one(tmp_path, "grades")["is_language_choice"].isna().all()


def test_sheet_named_as_the_table_is_read(tmp_path: Path):
    """Among several sheets the one that is called as the table counts, not the first."""
    book = openpyxl.Workbook()
    book.active.append(["Om denna fil"])
    sheet = book.create_sheet("Sjukfrånvaro")
    sheet.append(HEADERS)
    sheet.append(["01000001", 2024, "lärare", 12.5, 100, 3])
    book.save(tmp_path / "sjukfranvaro.xlsx")
    assert read_one(tmp_path, "sick_leave")["sick_hours"].tolist() == [12.5]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (9.0, "9"),
        (0.1, "0,1"),
        (None, ""),
        (True, "ja"),
        (1e20, "100000000000000000000"),
        ("x ", "x "),
        (AUGUST_19, "2024-08-19"),
        (datetime.time(8, 30), "08:30:00"),
    ],
)
def test_cell_is_written_as_a_swedish_export_would(cell: object, text: str):
    """A number of a workbook becomes the text that is read in the same way from CSV."""
    assert cell_text(cell) == text


def test_typed_parquet_columns_are_read_as_written_out(tmp_path: Path):
    """Days, moments at midnight, yes and no, exact decimals and columns of nothing but blanks are read from Parquet."""
    table = pa.table(
        {
            "pupil_id": ["E1", "E2"],
            "school_unit_code": pa.array(["01000001", "01000001"]).dictionary_encode(),
            "school_year": ["2024/25", "2024/25"],
            "grade_year": pa.array([Decimal("9.00"), Decimal("6.00")]),
            "sex": ["girls", "pojke"],
            "class_group": pa.nulls(2),
            "newly_arrived": [True, None],
            "enrolled_from": pa.array([datetime.date(2024, 8, 19), None]),
            "enrolled_to": pa.array([None, 1749600000000], type=pa.timestamp("ms")),  # 2025-06-11 00:00
        }
    )
    pq.write_table(table, tmp_path / "elever.parquet")
    frame = read_one(tmp_path, "pupils")
    assert frame["grade_year"].tolist() == [9, 6]
    assert frame["school_unit_code"].tolist() == ["01000001", "01000001"]
    assert frame["class_group"].isna().all()
    assert frame["newly_arrived"][0]
    assert pd.isna(frame["newly_arrived"][1])
    assert frame["enrolled_from"][0] == pd.Timestamp("2024-08-19")
    assert frame["enrolled_to"][1] == pd.Timestamp("2025-06-11")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_endings_of_every_system_are_read(tmp_path: Path, newline: str):
    """A text with a line break inside is the same from Linux, Windows and an old Mac."""
    text = (BASE / "kommentarer.csv").read_text(encoding="utf-8")
    (tmp_path / "kommentarer.csv").write_bytes(text.replace("\n", newline).encode())
    assert read_one(tmp_path, "commentary")["text"].tolist() == [
        "Resultaten stiger i matematik; läsningen är stabil.\nFlickorna och pojkarna närmar sig varandra."
    ]


def test_rows_below_a_title_keep_their_numbers(tmp_path: Path):
    """A title, a row with too many fields and a row with a wrong value are each told with their own number."""
    rows = (BASE / "skattningar.csv").read_text(encoding="utf-8").splitlines()
    rows[1] += ";9"
    rows[2] = rows[2].replace("till viss del", "7")
    (tmp_path / "skattningar.csv").write_text("\n".join(["Skattningar", "", *rows]), encoding="utf-8")
    problems = [(problem.code, problem.row) for problem in check(tmp_path) if problem.file == "skattningar.csv"]
    assert problems == [("rows-above-header", 1), ("too-many-fields", 4), ("out-of-range", 5)]


def test_parquet_without_rows_is_told(tmp_path: Path):
    """A Parquet file that holds columns and no row is refused as such."""
    empty(LEAVE).to_parquet(tmp_path / "sick_leave.parquet")
    assert [problem.code for problem in read_tables(tmp_path).problems] == ["no-rows"]


def test_cell_as_large_as_a_book_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A row that no reader takes apart in one piece is an error with the file's name, not a crash."""
    monkeypatch.setattr(csvfile, "LARGEST_ROW", 2**16)
    text = "Skolenhetskod;Läsår;Avsnitt;Text\n01000001;2024/25;a;" + "ord " * 2**16 + "\n"
    (tmp_path / "kommentarer.csv").write_text(text, encoding="utf-8")
    problems = read_tables(tmp_path).problems
    assert [(problem.file, problem.code) for problem in problems] == [("kommentarer.csv", "rows-unreadable")]


def test_parquet_codes_as_numbers_become_text(tmp_path: Path):
    """Codes that a program stored as numbers are read as the digits that they are, floats without an exponent."""
    pd.DataFrame(
        {
            "school_unit_code": [99_000_001.0],
            "year": [2024],
            "employee_group": ["lärare"],
            "sick_hours": pd.array([38.3], dtype="Float32"),
            "available_hours": [123_456_789.5],
            "employees": pd.array([None], dtype="Int64"),
        }
    ).to_parquet(tmp_path / "sick_leave.parquet")
    row = read_one(tmp_path, "sick_leave").iloc[0]
    assert row["school_unit_code"] == "99000001"
    assert (row["sick_hours"], row["available_hours"]) == (38.3, 123_456_789.5)
    assert pd.isna(row["employees"])


def test_tables_let_go_of_are_not_taken_for_empty():
    """What was let go of is refused when it is asked for; a table that was never there is one without rows."""
    there = pd.DataFrame({"pupil_id": ["a"]})
    kept = Tables({"pupils": there, "targets": there}).only(["targets", "commitments"])
    assert list(kept) == ["targets"]
    assert kept["targets"] is there
    assert len(kept["grades"]) == 0
    with pytest.raises(KeyError, match="pupils was let go of"):
        kept["pupils"]
