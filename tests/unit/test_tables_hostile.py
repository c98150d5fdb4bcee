"""Whatever bytes a file holds, the check ends with a problem or none, never with an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from skq.errors import Problem
from skq.sources import read_tables
from skq.validate import check

HEAD = "Elev-id;Läsår;Termin;Betygstyp;Ämne;Betyg;Språkval"
ROW = "E1;2024/25;VT;slutbetyg;MA;A;nej"
BITS = st.sampled_from(
    [";", ",", '"', "\n", "\r\n", "\t", "|", "\0", "å", "Summa", HEAD, ROW, "E1", "2024/25", "'", " ", "#N/A"]
)


def told(folder: Path, name: str, content: bytes) -> list[Problem]:
    """Return the problems of a folder with this one file."""
    (folder / name).write_bytes(content)
    try:
        return check(folder)
    finally:
        (folder / name).unlink()


@given(content=st.one_of(st.binary(max_size=200), st.lists(BITS, max_size=25).map(lambda bits: "".join(bits).encode())))
@example(content=f'{HEAD}\n"E1;2024/25\n'.encode())
@example(content=f"{HEAD}\n{ROW}\n".encode("utf-16-be"))
@example(content=b"\xef\xbb\xbf")
@example(content=b"\n\n\n")
@example(content=f"{HEAD};;;\n{ROW};;;\n".encode())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_file_makes_the_check_fall_over(content: bytes, tmp_path: Path):
    """Junk named .csv is told as a problem: at the least, a table of grades lacks its two registers."""
    assert told(tmp_path, "betyg.csv", content)


@pytest.mark.parametrize("name", ["betyg.xlsx", "betyg.parquet"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"PAR1",
        b"PAR1" + bytes(40) + b"PAR1",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ],
)
def test_no_binary_file_makes_the_check_fall_over(name: str, content: bytes, tmp_path: Path):
    """Broken workbooks and Parquet files are each one problem of that file."""
    problems = [problem for problem in told(tmp_path, name, content) if problem.file == name]
    assert len(problems) == 1
    assert problems[0].code in ("unreadable-file", "not-parquet")


def test_blank_columns_after_the_last_are_passed_over(tmp_path: Path):
    """A spreadsheet that exports empty columns to the right is read as if they were not there."""
    (tmp_path / "betyg.csv").write_text(f"{HEAD};;;\n{ROW};;;\n", encoding="utf-8")
    raw = read_tables(tmp_path)
    assert raw.problems == ()
    assert len(raw.tables["grades"].texts) == 1
