"""No number depends on the key: a town of awkward decimals is the same with two of them, to the bytes of its slices."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.aggregate.persons import numbered
from skq.build.meta import slice_metas
from skq.build.numbers import Numbers, protected_numbers
from skq.build.raw import read
from skq.build.reports import all_reports
from skq.build.request import Inputs, Request
from skq.build.sums import summed
from skq.files import folder_checksums
from skq.judge import judged
from skq.settings import Settings
from skq.store import write_slices

KEYS = b"a key for tests alone, of no use elsewhere", b"another key for tests, as good as the first"
SCHOOLS, PUPILS, YEARS = ("10000001", "10000002"), 16, ("2023/24", "2024/25")
SUBJECTS = ("MA", "SV", "EN", "IDH", "BL", "MU", "SL", "HKK")
ITEMS = ("Jag är trygg", "Vuxna reagerar", "Rasterna är lugna")


def write(folder: Path, name: str, header: str, rows: Iterator[tuple[object, ...]]) -> None:
    lines = [header, *(";".join(map(str, row)).replace(".", ",") for row in rows)]
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two schools, whose hours and answers are decimals that no sum of binary fractions hits exactly."""
    folder, chance = tmp_path_factory.mktemp("town"), random.Random("hours in tenths, answers in thirds")
    pupils = [(f"E{chance.randrange(10**6):06}", code) for code in SCHOOLS for _ in range(PUPILS)]
    sexes = {pupil: chance.choice(("flicka", "pojke")) for pupil, _ in pupils}
    units = "Skolenhetskod;Läsår;Namn;Kommunkod;Huvudman;Typ av huvudman;Från årskurs;Till årskurs"
    write(folder, "skolenheter", units, ((code, year, f"Skola {code[-1]}", "0199", "Ekdala kommun", "kommunal", 6, 9)
                                         for code in SCHOOLS for year in YEARS))  # fmt: skip
    rows = [(pupil, code, year) for year in YEARS for pupil, code in pupils]
    background = "Elev-id;Skolenhetskod;Läsår;Årskurs;Kön;Förälder 1 utbildning;Nyinvandrad;Utländsk bakgrund"
    write(folder, "elever", background,
          ((pupil, code, year, 9 if year == YEARS[1] else 8, sexes[pupil], chance.randint(1, 3), "nej", "nej")
           for pupil, code, year in rows))  # fmt: skip
    absence = [(450 - n / 7, n / 9) for n in range(100)]
    write(folder, "narvaro", "Elev-id;Läsår;Termin;Erbjudna timmar;Giltig frånvaro;Ogiltig frånvaro",
          ((pupil, year, term, *chance.choice(absence), chance.randint(0, 99) / 100)
           for pupil, _, year in rows for term in ("HT", "VT")))  # fmt: skip
    write(folder, "betyg", "Elev-id;Läsår;Termin;Betygstyp;Ämne;Betyg",
          ((pupil, year, "VT", "slutbetyg" if year == YEARS[1] else "terminsbetyg", subject, chance.choice("ABCDEF"))
           for pupil, _, year in rows for subject in SUBJECTS))  # fmt: skip
    write(folder, "enkatsvar", "Skolenhetskod;Läsår;Svarsgrupp;Svarande;Område;Fråga;Svar;Antal inbjudna",
          ((code, YEARS[1], "elever åk 8", pupil, "trygghet", item, chance.randint(1, 4), PUPILS)
           for pupil, code in pupils for item in ITEMS[: chance.randint(1, 3)]))  # fmt: skip
    staff = "Personal-id;Skolenhetskod;Läsår;Heltidstjänster;Behöriga heltidstjänster;Behörig i något ämne"
    write(folder, "personal", staff, ((f"L{number}", code, year, 0.7, number / 30, "ja")
                                      for code in SCHOOLS for year in YEARS for number in range(9)))  # fmt: skip
    return folder


@dataclass(frozen=True)
class Made:
    """What comes of one key: the pupils' pseudonyms, all results, the protected numbers, and the folder of slices."""

    pupils: set[str]
    results: pd.DataFrame
    numbers: Numbers
    slices: Path


@pytest.fixture(scope="module")
def twice(town: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Made]:
    """The town with one key and with the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("skq.build.meta.code_version", lambda publication, house: "0.1.0")  # not what is looked at here
        return [made(town, tmp_path_factory.mktemp("slices"), key, patch) for key in KEYS]


def made(town: Path, slices: Path, key: bytes, patch: pytest.MonkeyPatch) -> Made:
    request = Request(Inputs(town, None), slices, Path(), Settings(), 1, key=key)
    results: list[pd.DataFrame] = []
    patch.setattr(
        "skq.build.combine.aggregate", lambda *args, **more: results.append(aggregate(*args, **more)) or results[0]
    )
    raw = read(request)
    assert raw.own is not None
    sums = summed(raw, request)
    numbers = protected_numbers(raw, sums, request)
    judgements = judged(numbers.protected, units=numbers.units, goals=raw.own.frames)
    metas = slice_metas(numbers, raw, sums.inputs, all_reports(numbers, raw), house=Path())
    write_slices(numbers.protected, numbers.units, metas, slices, judgements=judgements)
    return Made(set(raw.own["pupils"]["pupil_id"]), results[0], numbers, slices)


def test_the_two_keys_name_nobody_alike(twice):
    """What is compared below are really two readings: no person is called the same in both."""
    first, second = (one.pupils for one in twice)
    assert len(first) == len(second) == len(SCHOOLS) * PUPILS
    assert first & second == set()


def test_results_do_not_depend_on_the_key(twice):
    """Every number of every metric is exactly equal, to the last digit."""
    first, second = (one.results for one in twice)
    assert {"attendance_share", "survey_index", "merit_rating_17"} <= set(first["metric"])
    assert first.equals(second)


def test_slices_do_not_depend_on_the_key(twice):
    """What reports are made of is the same, byte for byte: numbers, checksums of inputs, run."""
    first, second = (folder_checksums(one.slices) for one in twice)
    assert any(name.endswith("meta.json") for name in first)
    assert first == second


def test_slices_hold_no_pseudonym(twice):
    """Whoever has a slice and the key learns of nobody: persons have been summed before anything is written."""
    files = [path for path in twice[0].slices.rglob("*") if path.is_file()]
    frames = [pd.read_parquet(path) for path in files if path.suffix == ".parquet"]
    cells = {str(cell) for frame in frames for column in frame for cell in frame[column].unique()}
    texts = [path.read_text(encoding="utf-8") for path in files if path.suffix != ".parquet"]
    assert frames
    assert texts
    assert [name for name in twice[0].pupils if name in cells or any(name in text for text in texts)] == []


def test_protected_numbers_do_not_depend_on_the_key(twice):
    """The same numbers are hidden, for the same reasons."""
    first, second = (one.numbers for one in twice)
    assert first.protected.results.to_frame().equals(second.protected.results.to_frame())
    assert first.protected.hidden.equals(second.protected.hidden)


def test_persons_are_numbered_as_they_come():
    """The pupils' register comes first; who is met later has a later number, the same in every table."""
    pupils = pd.DataFrame({"pupil_id": ["p-z", "p-a", "p-z"]})
    grades = pd.DataFrame({"pupil_id": ["p-m", "p-a"], "grade": ["A", "B"]})
    answers = pd.DataFrame({"respondent": ["r-2", "r-1", None]})
    found = numbered({"pupils": pupils, "grades": grades, "survey_answers": answers, "forecasts": pupils.iloc[:0]})
    assert list(found) == ["pupils", "grades", "survey_answers"]
    assert found["pupils"]["pupil_id"].tolist() == [0, 1, 0]
    assert found["grades"].to_dict("list") == {"pupil_id": [2, 1], "grade": ["A", "B"]}
    assert found["survey_answers"]["respondent"].tolist() == [0, 1, pd.NA]
    assert pupils["pupil_id"].tolist() == ["p-z", "p-a", "p-z"]


def test_the_key_is_not_part_of_what_a_request_shows():
    """A request can be printed into a log without its key."""
    request = Request(Inputs(Path("data"), None), Path("out"), Path(), Settings(), 1, key=KEYS[0])
    assert "key=" not in repr(request)
    assert request.key == KEYS[0]
