"""The schema agrees with itself and with the contract between the rooms."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from skq.schema import LANGUAGES, SUBJECTS, TABLES, ColumnSpec, Kind, folded
from skq.schema.frames import frame_schema, is_school_year
from skq.sources import empty
from skq.sources.findings import Fault
from skq.sources.values import read_value, spelled

CONTRACT = Path(__file__).parents[2] / "docs" / "architecture.md"
COLUMNS = [pytest.param(column, id=f"{spec.name}.{column.name}") for spec in TABLES.values() for column in spec.columns]


def contract_row(table: str) -> str:
    """Return what docs/architecture.md says about the columns of a table."""
    found = re.search(rf"^\| {table} \| (.*) \|$", CONTRACT.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None, table
    return found[1]


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_those_of_the_contract(table: str):
    """docs/architecture.md names every column of the table, the required before `O` and the optional after."""
    required, _, optional = contract_row(table).replace(" ;", ";").partition("; O ")
    names = set(re.findall(r"[a-z][a-z0-9_]+", re.sub(r"\([^)]*\)", "", required.removeprefix("R "))))
    assert names == set(TABLES[table].required)
    further = set(re.findall(r"[a-z][a-z0-9_]+", re.sub(r"\([^)]*\)", "", optional)))
    assert further == set(TABLES[table].column_names) - set(TABLES[table].required)


@pytest.mark.parametrize("table", TABLES)
def test_header_names_one_column(table: str):
    """No header, English or Swedish, stands for two columns of a table."""
    spec = TABLES[table]
    headers = [
        header for column in spec.columns for header in {folded(name) for name in (column.name, *column.headers)}
    ]
    assert len(headers) == len(set(headers))


def test_file_name_names_one_table():
    """No file name stands for two tables."""
    names = [folded(name) for spec in TABLES.values() for name in (spec.name, *spec.file_names)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("column", COLUMNS)
def test_example_is_valid(column: ColumnSpec):
    """The example in the documentation is a value that the column takes."""
    value = read_value(column.example, column)
    assert not isinstance(value, Fault)
    if column.kind is Kind.CHOICE:
        assert value in column.allowed


@pytest.mark.parametrize("column", COLUMNS)
def test_spelling_means_one_value(column: ColumnSpec):
    """Every spelling is read as the value that it is listed under, also in capitals where it is a word."""
    for value, spellings in column.spellings.items():
        for spelling in (value, *spellings):
            assert spelled(spelling, column) == value
            assert len(spelling) == 1 or spelled(spelling.upper(), column) == value


@pytest.mark.parametrize("column", COLUMNS)
def test_column_has_something_to_refuse(column: ColumnSpec):
    """Every column that is not free text or a yes, a date or an open number can refuse a value or a blank."""
    checks = frame_schema_of(column).checks
    assert checks or not column.nullable or column.kind in (Kind.TEXT, Kind.BOOLEAN, Kind.DATE, Kind.DECIMAL)


def frame_schema_of(column: ColumnSpec):
    """Return the pandera column of *column*."""
    table = next(spec for spec in TABLES.values() if column in spec.columns)
    return frame_schema(table.name).columns[column.name]


@pytest.mark.parametrize("table", TABLES)
def test_empty_table_meets_its_schema(table: str):
    """A table that an organizer does not have stands as one without rows, with the right dtypes."""
    frame_schema(table).validate(empty(TABLES[table]))


def test_subjects_are_those_of_the_contract():
    """The subject codes are the ones that docs/architecture.md lists."""
    line = next(line for line in CONTRACT.read_text(encoding="utf-8").splitlines() if line.startswith("Subject codes:"))
    assert set(SUBJECTS) == set(re.findall(r"\b[A-Z][A-Z0-9]{1,2}\b", re.sub(r"\([^)]*\)", "", line)))


def test_languages_are_subjects():
    """What can be a språkval is a subject."""
    assert set(LANGUAGES) <= set(SUBJECTS)


def test_school_years_follow_each_other():
    """A school year names two years in a row, also over the turn of a century, and lies within reason."""
    years = pd.Series(["2024/25", "1999/00", "2024/26", "2024/2025", "24/25", "1989/90", "", None], dtype="str")
    assert is_school_year(years).tolist() == [True, True, False, False, False, False, False, False]


def test_swedish_writes_what_the_reader_reads():
    """A value is written by its first spelling; a value without spellings stands as it is."""
    assert TABLES["pupils"]["sex"].swedish("girls") == "flicka"
    assert TABLES["pupils"]["class_group"].swedish("9A") == "9A"
