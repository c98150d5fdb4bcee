"""The invented names and codes: none belongs to a real school, municipality or organizer."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from python_calamine import CalamineWorkbook
from skq.demo import MUNICIPALITY_CODE, MUNICIPALITY_NAME, names
from skq.demo.plan import MAX_SCHOOLS, make_plan

REPOSITORY = Path(__file__).parents[2]
SHARED = Path(os.environ.get("SKQ_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))

needs_official = pytest.mark.skipif(
    not (SHARED / "skolverket_siris").is_dir() or not (SHARED / "register").is_dir(),
    reason="the official files are not beside the repository (../shared/data)",
)


@cache
def official_words() -> frozenset[str]:
    """Every cell of every official file that names schools, in lower case."""
    cells = (*siris_cells(), *register_cells(), *answer_cells())
    return frozenset(cell.strip().casefold() for cell in cells)


def siris_cells() -> Iterator[str]:
    for path in sorted((SHARED / "skolverket_siris").glob("*.csv")):
        for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"):
            yield from row


def register_cells() -> Iterator[str]:
    for path in sorted((SHARED / "register").glob("*.xlsx")):
        book = CalamineWorkbook.from_path(path)
        for sheet in book.sheet_names:
            for row in book.get_sheet_by_name(sheet).to_python():
                yield from map(str, row)


def answer_cells() -> Iterator[str]:
    for path in sorted((SHARED / "skolverket_api").glob("school_units*.jsonl.gz")):
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            yield from texts_in(json.loads(line))


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text anywhere in *value*."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_in(part)


@needs_official
def test_official_words_hold_real_schools() -> None:
    """The comparison below means something: schools, codes and municipalities that are real are found."""
    assert {"bollstanäs skola", "74174879", "göteborg", "ahlafors fria skola"} <= official_words()


@needs_official
def test_no_school_has_a_real_name() -> None:
    """None of the names that the demo can give, for any size, is borne by a real school."""
    assert [name for name in names.school_names(2000) if name.casefold() in official_words()] == []


@needs_official
def test_no_code_or_organizer_is_real() -> None:
    """Unit codes, municipality, organizers and their numbers are all invented."""
    plan = make_plan(MAX_SCHOOLS, 3, np.random.default_rng(1))
    invented = {MUNICIPALITY_CODE, MUNICIPALITY_NAME, f"{MUNICIPALITY_NAME} kommun"}
    invented |= {*plan.column("code"), *plan.column("code_before")}
    invented |= {word for organizer in names.ORGANIZERS for word in organizer[:2]}
    assert {word for word in invented if word.casefold() in official_words()} == set()


def test_names_are_different_and_enough() -> None:
    """The largest municipality has a name for every school, and no two are alike."""
    made = names.school_names(2000)
    assert len(made) == len({name.casefold() for name in made}) == 2000


def test_names_are_hard_on_a_page() -> None:
    """Among the first twelve names are a very long one, å, ä and ö, a hyphen and an apostrophe."""
    twelve = names.school_names(12)
    assert max(map(len, twelve)) >= 60
    for sign in "åäö-'":
        assert any(sign in name for name in twelve), sign


@pytest.mark.parametrize("number", [organizer[1] for organizer in names.ORGANIZERS])
def test_organisation_numbers_cannot_exist(number: str) -> None:
    """An organisation number whose check digit (Luhn) is wrong is nobody's, and month 99 makes it no person's."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(number)]
    assert sum(value // 10 + value % 10 for value in doubled) % 10 != 0
    assert number[2:4] == "99"
