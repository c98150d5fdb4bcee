"""A folder of official statistics: every file known by its content, everything wrong told at once."""

import gzip
import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
from skq.errors import SourceError, ValidationError
from skq.sources.official import read_official
from skq.terms import RESULT_COLUMNS, UNIT_DTYPES

from tests.official_samples import (
    ELIGIBILITY_HEADER,
    ELIGIBILITY_TITLE,
    GRADES_ROW,
    export,
    grades,
    one,
    save,
    save_workbook,
)
from tests.unit.test_official_api import answer, cell
from tests.unit.test_official_exports import workbook_rows
from tests.unit.test_official_others import ENTRY, REGISTER_HEADER, register_row

OTHER_ROW = GRADES_ROW.replace("10000001", "10000002").replace("9990", "9991").replace("Vik", "Ås")
ELIGIBILITY = "Vikby;9990;Viks län;99;{owner};Samtliga;50;81,6;76,0;68,0;60,0"


def municipal() -> str:
    """Return an export of eligibility: a municipality and its municipal schools."""
    rows = [ELIGIBILITY.format(owner=owner) for owner in ("Samtliga", "Kommunal")]
    return export(ELIGIBILITY_TITLE, ELIGIBILITY_HEADER, rows)


def codes(folder: Path) -> dict[str, str]:
    """Return the notes of a folder: file to code."""
    return {problem.file: problem.code for problem in read_official(folder).problems}


def test_folder_with_every_kind(tmp_path: Path) -> None:
    """Exports, packed ones, workbooks, API answers, SALSA and the register in folders become one table."""
    save(tmp_path / "Årets filer", "bétyg åk 9.csv", "\ufeff" + grades())
    save(tmp_path, "municipal.csv.gz", gzip.compress(municipal().encode()))
    save_workbook(tmp_path, "over-time.xlsx", {"Samtliga": workbook_rows(), "Om": [["Valt läsår: 2024/25"]]})
    save(tmp_path, "a.jsonl", json.dumps(answer("10000003", totalNumberOfPupils=[cell("cirka 140")])))
    save(tmp_path, "salsa.json", json.dumps({"10000001": ENTRY}))
    register = [list[object](REGISTER_HEADER), register_row("10000003", "NNNJJJNNN")]
    save_workbook(tmp_path, "register.xlsx", {"Grundskola": register})
    official = read_official(tmp_path)
    assert list(official.results.columns) == list(RESULT_COLUMNS)
    assert list(official.units.columns) == list(UNIT_DTYPES)
    assert official.problems == []
    assert {str(source["id"]) for source in official.sources} == {
        "siris:139",
        "siris:behorighet-kommun",
        "siris:betygsresultat-over-tid-kommun",
        "api:gr",
        "kolada:U15415",
        "kolada:U15416",
        "register",
        "derived:siris:behorighet-kommun",
        "derived:siris:betygsresultat-over-tid-kommun",
    }
    registered = one(official.units, unit="10000003")
    assert registered[["name", "municipality_code", "first_grade_year"]].tolist() == ["Vikskolan", "9990", 4]


def test_source_of_a_file(tmp_path: Path) -> None:
    """A source tells file, checksum of the file as it lies, rows, and the day of retrieval where the banner has one."""
    text = grades().replace("Valt läsår: 2024/25", "Valt läsår: 2024/25\nValt uttag: 2025-09-30")
    save(tmp_path / "in", "grades.csv", text)
    source = read_official(tmp_path).sources[0]
    assert source["file"] == "in/grades.csv"
    assert (source["rows"], source["retrieved"], source["publisher"]) == (1, "2025-09-30", "Skolverket")
    assert source["sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_checksum_of_a_packed_file(tmp_path: Path) -> None:
    """The checksum is that of the file as it lies, not of what it unpacks to: anybody can compare it."""
    packed = gzip.compress(grades().encode())
    save(tmp_path, "grades.csv.gz", packed)
    assert read_official(tmp_path).sources[0]["sha256"] == hashlib.sha256(packed).hexdigest()


def test_files_are_read_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources come in the order of file names, however the disk lists them."""
    for name in ("b.csv", "c.csv", "a.csv"):
        save(tmp_path, name, grades())
    listed = [tmp_path / name for name in ("c.csv", "a.csv", "b.csv")]
    monkeypatch.setattr(Path, "rglob", lambda self, pattern: iter(listed))
    assert [source["file"] for source in read_official(tmp_path).sources] == ["a.csv", "b.csv", "c.csv"]


def test_order_of_files_does_not_matter(tmp_path: Path) -> None:
    """The same files under other names give the same numbers in the same order."""
    for folder, first, second in (("a", "1.csv", "2.csv"), ("b", "2.csv", "1.csv")):
        save(tmp_path / folder, first, grades())
        save(tmp_path / folder, second, municipal())
    pd.testing.assert_frame_equal(read_official(tmp_path / "a").results, read_official(tmp_path / "b").results)


def test_municipality_keeps_its_own(tmp_path: Path) -> None:
    """With a municipality's code its schools, itself, its organizer and the nation are kept, and nothing else."""
    save(tmp_path, "grades.csv", grades(GRADES_ROW, OTHER_ROW))
    save(tmp_path, "municipal.csv", municipal())
    official = read_official(tmp_path, municipality_code="9990")
    units = official.results[["level", "unit"]].drop_duplicates().to_records(index=False).tolist()
    assert sorted(units) == [
        ("municipality", "9990"),
        ("nation", "SE"),
        ("organizer", "2120009990"),
        ("school", "10000001"),
    ]
    assert set(official.units["unit"]) == {"9990", "SE", "2120009990", "10000001"}


def test_municipal_organizer_without_number_is_left_out(tmp_path: Path) -> None:
    """Where no school tells who the municipal organizer is, its rows have no unit and are left out."""
    save(tmp_path, "municipal.csv", municipal())
    assert set(read_official(tmp_path).results["level"]) == {"municipality", "nation"}


def test_unknown_municipality(tmp_path: Path) -> None:
    """A code without schools is refused, and the message tells codes that are there."""
    save(tmp_path, "grades.csv", grades())
    with pytest.raises(SourceError, match="unknown-municipality(.|\n)*'1480'(.|\n)*9990"):
        read_official(tmp_path, municipality_code="1480")


def test_school_without_municipality_is_told(tmp_path: Path) -> None:
    """A school that nothing places is kept under its code, and told."""
    for number in range(11):
        code = f"2000000{number:x}".replace("a", "0")
        save(tmp_path, f"{number}.json", json.dumps(answer(code[:8], totalNumberOfPupils=[cell(f"cirka {number}0")])))
    save(tmp_path, "11.json", json.dumps(answer("20000011", totalNumberOfPupils=[cell("cirka 20")])))
    official = read_official(tmp_path)
    note = next(problem for problem in official.problems if problem.code == "school-without-municipality")
    assert note.found.startswith("11 school(s)")
    assert note.found.endswith("…")
    assert one(official.units, unit="20000003")["name"] == "Skolenhet 20000003"


def test_same_export_twice_changes_nothing(tmp_path: Path) -> None:
    """A file that lies in the folder twice gives each number once."""
    save(tmp_path / "a", "grades.csv", grades())
    alone = read_official(tmp_path).results
    save(tmp_path / "b", "copy.csv", grades())
    pd.testing.assert_frame_equal(read_official(tmp_path).results, alone)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("letter.docx", b"PK\x03\x04rest", "not-recognised"),
        ("picture.png", b"\x89PNG\0", "not-recognised"),
        ("notes.md", b"# notes", "not-recognised"),
        ("other.csv", b"a;b\n1;2\n", "not-recognised"),
        ("schema.json", b'{"type": "object"}', "not-recognised"),
        ("api.json", b'{"example": {"schoolUnit": "1", "valueType": "EXISTS"}}', "not-recognised"),
        ("figures.json", b'{"a": {"expected": 1, "deviation": 2}}', "not-recognised"),
        ("none.jsonl.gz", gzip.compress(b"", mtime=0), "no-rows"),
        ("commuting.csv", grades(title="Grundskola - Pendling").encode(), "not-used"),
        ("untitled.csv", grades(title="").encode(), "not-used"),
        ("short.csv", grades().partition("\n\nRapport")[0].encode(), "no-footnotes"),
    ],
)
def test_notes(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """Files that are no official statistics, or not used, are left unread and told; none of them stops the rest."""
    save(tmp_path, "grades.csv", grades())
    save(tmp_path, name, content)
    assert codes(tmp_path) == {name: code}


def test_workbook_of_another_kind_is_told(tmp_path: Path) -> None:
    """A workbook that is no export and no register is left unread and told."""
    save(tmp_path, "grades.csv", grades())
    save_workbook(tmp_path, "budget.xlsx", {"Blad1": [["Konto", "Belopp"], ["5010", 12.5]]})
    assert codes(tmp_path) == {"budget.xlsx": "not-recognised"}


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    """Hidden files and the lock files of spreadsheet programs are not part of the folder."""
    save(tmp_path, "grades.csv", grades())
    save(tmp_path, ".DS_Store", b"\0\0")
    save(tmp_path, "~$grades.xlsx", b"\0\0")
    save(tmp_path / ".git", "index.csv", b"")
    assert codes(tmp_path) == {}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "empty"),
        ("empty.csv.gz", gzip.compress(b"", mtime=0), "nothing in it"),
        ("cut.csv.gz", gzip.compress(grades().encode(), mtime=0)[:-9], "cut off or damaged"),
        ("binary.csv", b"\x00\x01\x02", "binary"),
        ("binary.json", b"\x00\x01\x02", "binary"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old XLS"),
        ("text.xlsx", b"a;b", "not an XLSX"),
        ("utf16.csv", grades().encode("utf-16"), "UTF-16"),
        ("damaged.csv", grades().encode().decode("cp1252", "replace").encode(), "damaged by a wrong encoding"),
        ("commas.csv", grades().replace(";", ",").encode(), "wrong-delimiter"),
        ("cut.json", json.dumps(answer(totalNumberOfPupils=[cell("5")])).encode()[:-3], "broken-json"),
    ],
)
def test_unusable_file_stops(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """A file that should be readable and is not stops the reading, by name, with what to do."""
    save(tmp_path, "grades.csv", grades())
    save(tmp_path, name, content)
    with pytest.raises(SourceError, match=message) as caught:
        read_official(tmp_path)
    assert name in str(caught.value)
    assert "next:" in str(caught.value)


def test_windows_1252_is_read(tmp_path: Path) -> None:
    """An export saved in Windows-1252 gives the same numbers and names."""
    save(tmp_path, "grades.csv", grades(OTHER_ROW).encode("cp1252"))
    assert one(read_official(tmp_path).units, level="school")["name"] == "Åsskolan"


def test_all_unusable_files_are_told_at_once(tmp_path: Path) -> None:
    """Two unusable files are told in one error."""
    save(tmp_path, "empty.csv", b"")
    save(tmp_path, "commas.csv", grades().replace(";", ","))
    with pytest.raises(ValidationError) as caught:
        read_official(tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["wrong-delimiter", "unreadable-file"]


def test_folder_without_statistics(tmp_path: Path) -> None:
    """A folder in which nothing is official statistics is refused, and what it holds is told."""
    with pytest.raises(SourceError, match="among 0 file"):
        read_official(tmp_path)
    save(tmp_path, "notes.md", "# notes")
    with pytest.raises(SourceError, match=r"no official statistics among 1 file(.|\n)*notes\.md"):
        read_official(tmp_path)


def test_folder_that_is_none(tmp_path: Path) -> None:
    """A folder that is not there, or is a file, is refused."""
    with pytest.raises(SourceError, match="no such folder"):
        read_official(tmp_path / "none")
    with pytest.raises(SourceError, match="a file"):
        read_official(save(tmp_path, "a.csv", grades()))
