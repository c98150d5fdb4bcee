"""The invented municipality as files: the same bytes every time, what is committed, and nothing to complain about."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from skq.demo import demo_tables, write_demo
from skq.errors import SettingsError
from skq.settingsfile import read_settings
from skq.sources import read_tables
from skq.validate import check

COMMITTED = Path(__file__).parents[2] / "data" / "demo"
LIMIT = 3_000_000


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    """Writing twice gives the same files, byte for byte, also the workbook."""
    for name in ("once", "twice"):
        write_demo(tmp_path / name, schools=4, years=2, seed=7)
    assert contents(tmp_path / "once") == contents(tmp_path / "twice")


def test_another_seed_changes_every_file_that_is_drawn(tmp_path: Path) -> None:
    """Another seed gives other pupils, grades and answers; register, texts and targets stay the same."""
    write_demo(tmp_path / "one", schools=4, years=2, seed=1)
    write_demo(tmp_path / "two", schools=4, years=2, seed=2)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    same = {"skolenheter.xlsx", "kommentarer.csv", "targets.csv", "skq.toml"}
    assert {name for name in one if one[name] == two[name]} == same


def test_paths_are_returned_sorted_and_all_there_is(written: Path, tmp_path: Path) -> None:
    """write_demo returns every table and the settings that it wrote, and the folder holds no other file."""
    paths = write_demo(tmp_path / "mapp med å, ä, ö", schools=2, years=1)
    assert paths == sorted(tmp_path.joinpath("mapp med å, ä, ö").iterdir())
    assert [path.name for path in paths] == sorted(contents(written))
    assert len(paths) == len(demo_tables(schools=2, years=1)) + 1


def test_committed_demo_is_what_is_written_today(written: Path) -> None:
    """data/demo is the default municipality: text byte for byte, Parquet and XLSX value for value."""
    today, committed = contents(written), contents(COMMITTED)
    assert sorted(today) == sorted(committed)
    text = [name for name in today if name.endswith((".csv", ".toml"))]
    assert [name for name in text if today[name] != committed[name]] == []
    for name in (name for name in today if name.endswith(".parquet")):
        pd.testing.assert_frame_equal(pd.read_parquet(COMMITTED / name), pd.read_parquet(written / name))
    for name in (name for name in today if name.endswith(".xlsx")):
        books = [pd.read_excel(folder / name, dtype=str, engine="calamine") for folder in (COMMITTED, written)]
        pd.testing.assert_frame_equal(*books)


def test_committed_demo_is_small() -> None:
    """data/demo is at most three megabytes."""
    assert sum(len(content) for content in contents(COMMITTED).values()) <= LIMIT


def test_committed_demo_has_no_problem() -> None:
    """The checks that every organizer's files go through find nothing in data/demo."""
    assert check(COMMITTED) == []


@pytest.mark.parametrize(("schools", "years"), [(1, 1), (3, 8), (14, 2)])
def test_any_size_has_no_problem(schools: int, years: int, tmp_path: Path) -> None:
    """A municipality of another size is as valid as the default one."""
    write_demo(tmp_path, schools=schools, years=years, seed=3)
    assert check(tmp_path) == []


def test_what_is_read_is_what_was_made(written: Path) -> None:
    """Reading the files gives back the codes and numbers of the tables, whatever dialect they were written in."""
    tables, read = demo_tables(), read_tables(written)
    for name, table in tables.items():
        assert len(read.tables[name].texts) == len(table)
    units = read.tables["school_units"].texts
    assert sorted(set(units["school_unit_code"])) == sorted(set(tables["school_units"]["school_unit_code"]))
    assert any(code.startswith("0") for code in units["school_unit_code"])


def test_dialects_differ(written: Path) -> None:
    """Registers come in several dialects: a BOM with CRLF, a decimal comma, Swedish and English headers."""
    assert (written / "personal.csv").read_bytes().startswith(b"\xef\xbb\xbfPersonal-id;")
    assert b"\r\n" in (written / "personal.csv").read_bytes()
    assert b";288,7\n" in (written / "ekonomi.csv").read_bytes()
    assert (written / "pupils.csv").read_bytes().startswith(b"pupil_id;school_unit_code;")


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"schools": 0}, r"--schools\n  found: +0\n  expected: a whole number from 1 to 2000"),
        ({"schools": 2001}, r"--schools\n  found: +2001\n  expected: a whole number from 1 to 2000"),
        ({"years": 0}, r"--years\n  found: +0\n  expected: a whole number from 1 to 12"),
        ({"years": 13}, r"--years\n  found: +13\n  expected: a whole number from 1 to 12"),
        ({"seed": -1}, r"--seed\n  found: +-1\n  expected: a whole number from 0"),
    ],
)
def test_impossible_sizes_are_refused_before_anything_is_written(
    numbers: dict[str, int], message: str, tmp_path: Path
) -> None:
    """A size that cannot be is refused with the limits, and no folder is made."""
    with pytest.raises(SettingsError, match=message):
        write_demo(tmp_path / "demo", **numbers)
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("name", ["pupils.csv", "skolenheter.xlsx", "skq.toml"])
def test_somebodys_registers_are_not_written_over(name: str, tmp_path: Path) -> None:
    """A folder that holds an organizer's own file of the same name is refused and left as it was."""
    tmp_path.joinpath(name).write_bytes(b"mine")
    with pytest.raises(SettingsError, match=f"found: +{name}"):
        write_demo(tmp_path, schools=1, years=1)
    assert contents(tmp_path) == {name: b"mine"}


def test_an_earlier_demo_is_replaced_and_other_files_stay(tmp_path: Path) -> None:
    """Writing again into the folder of a demo gives the new one; a file of another name is not touched."""
    write_demo(tmp_path, schools=2, years=1, seed=1)
    tmp_path.joinpath("anteckningar.txt").write_bytes(b"mine")
    write_demo(tmp_path, schools=1, years=1, seed=2)
    write_demo(tmp_path / "new", schools=1, years=1, seed=2)
    fresh = contents(tmp_path / "new")
    assert {name: (tmp_path / name).read_bytes() for name in fresh} == fresh
    assert tmp_path.joinpath("anteckningar.txt").read_bytes() == b"mine"


def test_the_workbook_holds_no_clock(written: Path) -> None:
    """Every time in the XLSX, of the archive and of its properties, is the first of January 1980."""
    with zipfile.ZipFile(written / "skolenheter.xlsx") as book:
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        times = re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", book.read("docProps/core.xml").decode())
    assert len(times) >= 1
    assert set(times) == {"1980-01-01T00:00:00Z"}


def test_settings_name_the_municipality(written: Path) -> None:
    """The settings beside the tables give the code that the units have, and the name that no register holds."""
    settings = read_settings(written / "skq.toml")
    units = demo_tables(schools=1, years=1)["school_units"]
    assert [settings.municipality_code] == list(units["municipality_code"])
    assert settings.municipality_name == "Ekmora"
