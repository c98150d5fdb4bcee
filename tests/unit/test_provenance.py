"""Provenance: one pupil's row changes the checksums of that pupil's school and of no other."""

from hashlib import sha256

import pandas as pd
import pytest
from skq.provenance import unit_inputs

NORTH, SOUTH, SOUTH_FORMERLY = "10000001", "20000002", "20000001"
PERSONS = {"n": "of n", "s": "of s", "m": "of m"}


def frames(grade: str = "C") -> dict[str, pd.DataFrame]:
    """Two schools, one under a new code, with a pupil each and one who moved from one to the other."""
    return {
        "school_units": pd.DataFrame(
            {
                "school_unit_code": [NORTH, SOUTH_FORMERLY, SOUTH],
                "school_year": ["2024/25", "2023/24", "2024/25"],
                "successor_code": [None, SOUTH, None],
            }
        ),
        "pupils": pd.DataFrame(
            {
                "pupil_id": ["n", "s", "m", "m"],
                "school_year": ["2024/25"] * 4,
                "school_unit_code": [NORTH, SOUTH_FORMERLY, NORTH, SOUTH],
            }
        ),
        "grades": pd.DataFrame(
            {"pupil_id": ["n", "s", "m"], "school_year": ["2024/25"] * 3, "grade": [grade, "E", "A"]}
        ),
        "commitments": pd.DataFrame({"school_unit_code": [SOUTH], "school_year": ["2024/25"], "owner": ["rektor"]}),
    }


def inputs(**changes: str) -> dict[str, dict[str, dict[str, object]]]:
    """The inputs per school and table."""
    found = unit_inputs(frames(**changes), {"grades": ["betyg-1.csv", "betyg-2.csv"]}, PERSONS)
    return {code: {str(entry["table"]): entry for entry in entries} for code, entries in found.items()}


def test_only_the_school_of_the_changed_grade():
    """A changed grade changes the checksum of grades at that school, everything else stays."""
    before, after = inputs(), inputs(grade="D")
    assert before[NORTH]["grades"] != after[NORTH]["grades"]
    assert before[SOUTH] == after[SOUTH]
    assert before[NORTH]["pupils"] == after[NORTH]["pupils"]


def test_whose_grade_it_is_matters_and_its_pseudonym_does_not():
    """Two pupils who change grades change the checksum; the same rows under other pseudonyms have the same one."""
    two = frames()
    two["pupils"] = two["pupils"].assign(school_unit_code=NORTH)
    swapped = two | {"grades": two["grades"].assign(grade=["E", "C", "A"])}
    renamed = {"n": "p-1", "s": "p-2", "m": "p-3"}
    other = {name: rows.replace({"pupil_id": renamed}) if "pupil_id" in rows else rows for name, rows in two.items()}
    first, second = (unit_inputs(tables, {}, PERSONS) for tables in (two, swapped))
    third = unit_inputs(other, {}, {renamed[name]: text for name, text in PERSONS.items()})
    assert first == third
    assert [entry["table"] for entry, changed in zip(first[NORTH], second[NORTH], strict=True) if entry != changed] == [
        "grades"
    ]


def test_rows_of_a_school():
    """A mover's grades count at both schools; rows under a former code count under the newest."""
    rows = {code: {table: entry["rows"] for table, entry in tables.items()} for code, tables in inputs().items()}
    assert rows == {
        NORTH: {"grades": 2, "pupils": 2, "school_units": 1},
        SOUTH: {"commitments": 1, "grades": 2, "pupils": 2, "school_units": 2},
    }


def test_a_school_without_rows_has_no_entry():
    """A school none of whose pupils has a grade does not name the table of grades."""
    graded = frames()
    graded["grades"] = graded["grades"].iloc[:1]
    found = unit_inputs(graded, {}, PERSONS)
    assert [code for code in (NORTH, SOUTH) if any(entry["table"] == "grades" for entry in found[code])] == [NORTH]


def test_a_pupil_who_is_not_in_the_register_belongs_to_no_school():
    """Rows of a pupil, or of a year, that the register of pupils does not have are told of no school."""
    known, others = frames(), frames()
    more = pd.DataFrame({"pupil_id": ["unknown", "n"], "school_year": ["2024/25", "2019/20"], "grade": ["C", "C"]})
    others["grades"] = pd.concat([more, others["grades"]], ignore_index=True)
    assert unit_inputs(others, {}, PERSONS) == unit_inputs(known, {}, PERSONS)


def test_files_are_named():
    """An entry names every file of its table."""
    assert inputs()[NORTH]["grades"]["file"] == "betyg-1.csv, betyg-2.csv"


def test_order_of_rows_means_nothing():
    """The same rows in another order have the same checksums."""
    turned = {name: rows.iloc[::-1].reset_index(drop=True) for name, rows in frames().items()}
    assert unit_inputs(turned, {}, PERSONS) == unit_inputs(frames(), {}, PERSONS)


AWKWARD = {
    "free_text": ["b", "b", "b\tc", "b c", "", None, "å", "ba"],
    "count": pd.array([1, 10, 2, None, 1, 1, 1, 1], dtype="Int64"),
    "share": [0.0, -0.0, 0.1, float("nan"), 1e-7, 1e22, 2.0, 2.5],
    "is_new": pd.array([True, False, None, True, True, True, True, True], dtype="boolean"),
    "day": pd.to_datetime(["2024-08-19", None, *["2024-08-20"] * 6]),
    "kind": pd.Categorical(["y", "x", None, "y", "y", "y", "y", "y"], categories=["y", "x"]),
    "school_unit_code": [NORTH, NORTH, NORTH, NORTH, NORTH, None, SOUTH, NORTH],
}
WRITTEN = [
    "count=1|day=2024-08-19|free_text=b|is_new=True|kind=y|school_unit_code=10000001|share=0.0",
    "count=10|day=|free_text=b|is_new=False|kind=x|school_unit_code=10000001|share=-0.0",
    "count=2|day=2024-08-20|free_text=b\tc|is_new=|kind=|school_unit_code=10000001|share=0.1",
    "count=|day=2024-08-20|free_text=b c|is_new=True|kind=y|school_unit_code=10000001|share=",
    "count=1|day=2024-08-20|free_text=|is_new=True|kind=y|school_unit_code=10000001|share=1e-07",
    "count=1|day=2024-08-20|free_text=ba|is_new=True|kind=y|school_unit_code=10000001|share=2.5",
]
"""What is digested of the rows at the first school, with | for the sign between cells."""


@pytest.mark.parametrize("largest", [2**62, 3])
def test_what_is_digested(monkeypatch, largest):
    """Rows as text, sorted as texts are, whatever their columns hold, and however many columns make a key."""
    monkeypatch.setattr("skq.provenance.checksums.LARGEST_KEY", largest)
    tables = {"school_units": frames()["school_units"], "own": pd.DataFrame(AWKWARD), "empty": pd.DataFrame({"a": []})}
    found = [entry for entry in unit_inputs(tables, {}, {})[NORTH] if entry["table"] != "school_units"]
    text = "\x1e".join(sorted(line.replace("|", "\x1f") for line in WRITTEN))
    assert found == [{"table": "own", "file": "", "rows": 6, "sha256": sha256(text.encode()).hexdigest()}]


def test_results_without_a_pupil_register_belong_to_no_school():
    """Without the pupils nobody can tell whose grades they are, so no school's report names them as its input."""
    without = {name: rows for name, rows in frames().items() if name != "pupils"}
    found = unit_inputs(without, {}, PERSONS)
    assert [entry["table"] for code in (NORTH, SOUTH) for entry in found[code] if entry["table"] == "grades"] == []
