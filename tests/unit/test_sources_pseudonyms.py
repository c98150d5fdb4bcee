"""Persons under pseudonyms: the same everywhere with one key, others with another, and never the identifier itself."""

from __future__ import annotations

import base64
import copy
import hashlib
import pickle
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from skq.errors import SettingsError, SkqError
from skq.keyfile import checked_key
from skq.schema import TABLES
from skq.sources import Tables, read_tables
from skq.sources.pseudonyms import PREFIXES, fingerprint, pseudonym
from skq.validate import check, checked, validated

KEY, OTHER_KEY = b"a key for tests alone, of no use elsewhere", b"another key for tests, as good as the first"
BASE = Path(__file__).parents[1] / "faulty" / "base"
REGISTERS = ("skolenheter.csv", "elever.csv")
PERSONS = {"pupil_id", "teacher_id", "respondent"}


@pytest.fixture(scope="module")
def tables() -> Tables:
    """The valid municipality."""
    return validated(BASE, key=KEY)


def registers(folder: Path, *others: str) -> Path:
    """Return *folder* with the registers of the valid municipality and the tables *others*."""
    for name in (*REGISTERS, *others):
        shutil.copy(BASE / name, folder)
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def by_hand(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256 as RFC 2104 defines it, of a key of at most 64 bytes."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()


@pytest.mark.parametrize(("kind", "prefix"), [("pupil_id", "p-"), ("teacher_id", "t-"), ("respondent", "r-")])
def test_pseudonym_is_keyed_hash(kind: str, prefix: str):
    """A pseudonym is the kind's letter and 80 bits of HMAC-SHA-256 over kind and identifier."""
    digest = by_hand(KEY, kind.encode() + b"\0" + "Åsa-17".encode())
    assert pseudonym("Åsa-17", kind, KEY) == prefix + base64.b32encode(digest)[:16].decode().lower()


def test_every_person_column_has_a_pseudonym():
    """Every column that a table calls a person's has a prefix, and no two have the same."""
    columns = {column.name for spec in TABLES.values() for column in spec.columns if column.is_person}
    assert columns == PERSONS == set(PREFIXES)
    assert len(set(PREFIXES.values())) == len(PREFIXES)


def test_one_person_has_one_pseudonym_in_all_tables(tables: Tables):
    """The pupil E1 is the same in every table of pupils, and is neither the teacher nor the answer called E1."""
    one = pseudonym("E1", "pupil_id", KEY)
    for name in ("pupils", "grades", "attendance", "national_tests", "forecasts"):
        assert one in set(tables[name]["pupil_id"])
    assert len({pseudonym("E1", kind, KEY) for kind in PERSONS} | {pseudonym("E1", "pupil_id", OTHER_KEY)}) == 4


def test_no_identifier_is_in_any_table(tables: Tables):
    """Whatever a table holds, it is none of the identifiers that were read; rows stay where they were."""
    assert tables.personal["pupil_id"] == {f"E{number}" for number in range(1, 7)}
    assert tables.personal["teacher_id"] == {"L1", "L2", "L3"}
    cells = {str(cell) for name in tables for column in tables[name] for cell in tables[name][column].unique()}
    identifiers = set.union(*(set(tables.personal[kind]) for kind in PERSONS))
    assert cells & identifiers == set()
    assert tables["pupils"]["pupil_id"].map(tables.unkeyed).tolist() == [
        fingerprint(f"E{number}", "pupil_id") for number in (1, 2, 3, 4, 5, 5, 6)
    ]


def test_spellings_of_one_identifier_are_one_person(tmp_path: Path):
    """Blanks around an identifier, and å as one sign or two (Parquet mends it not), make no other person of it."""
    folder = registers(tmp_path, "narvaro.csv")
    change(folder, "elever.csv", "E1;", "Å1;")
    hours = pd.read_csv(folder / "narvaro.csv", sep=";", dtype="str")
    hours["Elev-id"] = hours["Elev-id"].replace("E1", f" {unicodedata.normalize('NFD', 'Å1')} ")
    hours.to_parquet(folder / "narvaro.parquet")
    (folder / "narvaro.csv").unlink()
    found = validated(folder, key=KEY)
    expected = pseudonym("Å1", "pupil_id", KEY)
    assert (found["attendance"]["pupil_id"].iloc[0], found["pupils"]["pupil_id"].iloc[0]) == (expected, expected)


def test_files_of_one_table_share_persons(tmp_path: Path):
    """A table in two files has the same pupil in both under one pseudonym."""
    folder = registers(tmp_path)
    head, first, *others = (BASE / "narvaro.csv").read_text(encoding="utf-8").splitlines()
    (folder / "narvaro-ht.csv").write_text("\n".join([head, first]) + "\n", encoding="utf-8")
    later = [head, first.replace(";HT;", ";VT;"), *others]
    (folder / "narvaro-vt.csv").write_text("\n".join(later) + "\n", encoding="utf-8")
    assert validated(folder, key=KEY)["attendance"]["pupil_id"].value_counts()[pseudonym("E1", "pupil_id", KEY)] == 2


def test_without_a_key_nobody_is_known_again(tmp_path: Path):
    """A caller who gives no key gets pseudonyms that no other run has, by accident or otherwise."""
    folder = registers(tmp_path)
    once, again = validated(folder)["pupils"], validated(folder)["pupils"]
    assert set(once["pupil_id"]) & set(again["pupil_id"]) == set()
    pd.testing.assert_frame_equal(once.drop(columns="pupil_id"), again.drop(columns="pupil_id"))


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(b"", id="empty"),
        pytest.param(KEY[:31], id="31-bytes"),
        pytest.param(b"abcdefg" * 10, id="seven-different"),
    ],
)
def test_key_that_can_be_guessed_is_refused(key: bytes, tmp_path: Path):
    """A key of fewer than 32 bytes, or of fewer than eight different ones, protects nobody; none is not a blank one."""
    with pytest.raises(SettingsError, match="can be guessed"):
        read_tables(tmp_path, key=key)
    assert checked_key(KEY[:32]) == KEY[:32]
    assert checked_key(b"abcdefgh" * 4) == b"abcdefgh" * 4


@pytest.mark.parametrize(
    ("identifier", "code"),
    [
        pytest.param("20121212-1212", "personal-number", id="personal-number"),
        pytest.param("121212-TF01", "personal-number", id="temporary-number"),
        pytest.param("E 1", "blank-in-code", id="blank"),
        pytest.param("Ã¥1", "damaged-letters", id="damaged"),
    ],
)
def test_refused_identifier_is_an_error_and_nowhere(identifier: str, code: str, tmp_path: Path):
    """An identifier that is none stays an error, is not shown, and has no pseudonym in any table."""
    folder = registers(tmp_path)
    change(folder, "elever.csv", "E1;", f"{identifier};")
    found = checked(folder, key=KEY)
    (problem,) = found.problems
    assert (problem.file, problem.row, problem.code) == ("elever.csv", 2, code)
    assert identifier not in str(problem)
    assert found.tables["pupils"]["pupil_id"].isna().tolist() == [True, *[False] * 6]
    assert pseudonym(identifier, "pupil_id", KEY) not in found.tables.unkeyed
    assert identifier in found.tables.personal["pupil_id"]


def test_missing_identifier_stays_missing(tmp_path: Path):
    """A blank is nobody, not the person whose identifier is blank."""
    folder = registers(tmp_path)
    change(folder, "elever.csv", "E1;", " ;")
    assert [problem.code for problem in check(folder)] == ["missing-value"]


def test_distinctive_numbers_of_persons_are_known(tmp_path: Path):
    """Hours with six significant digits are remembered as they are written; round ones would be found everywhere."""
    folder = registers(tmp_path, "narvaro.csv")
    change(folder, "narvaro.csv", "450;12,5;0", "450,125;0,0123456;12,3450")
    assert validated(folder, key=KEY).personal["value"] == {"450,125", "0,0123456"}


@pytest.mark.parametrize("again", [lambda one: pickle.loads(pickle.dumps(one)), copy.deepcopy], ids=["pickle", "copy"])
def test_personal_texts_stay_in_memory(again, tables: Tables):
    """What is personal is not written with the tables, nor shown with them, nor part of what they are."""
    other = again(tables)
    assert tables.personal
    assert (dict(other.personal), dict(other.unkeyed)) == ({}, {})
    assert "E1" not in repr(tables) + repr(tables.personal) + repr(other)
    assert repr(tables.personal) == f"<{len(tables.personal)} entries, not shown>"
    assert set(other) == set(tables)
    bare = Tables({}, tables.files)
    assert bare == replace(bare, personal=tables.personal, unkeyed=tables.unkeyed)


def test_no_message_shows_a_pseudonym(tmp_path: Path):
    """Messages point at rows; neither identifiers nor pseudonyms are in them."""
    folder = registers(tmp_path, "narvaro.csv")
    change(folder, "narvaro.csv", "E1;2024/25", "E9;2024/25")
    problems = check(folder)
    assert [problem.code for problem in problems] == ["unknown-pupil"]
    told = "".join(map(str, problems))
    assert "E9" not in told
    assert "p-" not in told


def test_errors_of_keys_are_for_the_analyst():
    """A wrong key is told in one message with what to do, as every mistake that can be mended."""
    with pytest.raises(SkqError, match="(?s)expected: at least 32 random bytes.*found: +5 bytes.*next: "):
        checked_key(b"hello")
