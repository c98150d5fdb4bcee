"""Small official files for tests, and the real ones where they are.

The invented exports have the form of Skolverket's: banner, header, rows, explanations. No invented school exists.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from skq.sources.official import Official, read_official

SHARED_DATA = Path(os.environ.get("SKQ_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))

GRADES_TITLE = "Grundskola - Slutbetyg årskurs 9, samtliga elever"
GRADES_HEADER = (
    "Skola",
    "Skol-enhetskod",
    "Skolkommun",
    "Kommun-kod",
    "Typ av huvudman",
    "Huvudman",
    "Huvudman orgnr",
    "Antal elever",
    "Andel (%) elever som uppfyllt betygskriterierna i alla ämnen",
    "Andel (%) elever behöriga till yrkesprog.",
    "Genomsnittligt meritvärde (17 ämnen)",
)
GRADES_ROW = "Vikskolan;10000001;Vikby;9990;Kommunal;Vikby kommun;2120009990;40;85,0;~100;231,5"

ELIGIBILITY_TITLE = "Grundskola - Behörighet till gymnasieskolan, fr.o.m. 2011"
ELIGIBILITY_HEADER = (
    "Kommun",
    "Kommun-kod",
    "Län",
    "Läns-kod",
    "Typ av huvudman",
    "Kön",
    "Antal elever",
    "Andel (%) elever behöriga till yrkesprog.",
    "Andel elever (%) behöriga till estetiskt program",
    "Andel elever (%) behöriga till Ekonomi-, humanistiska och samhällsvetenskaps- program",
    "Andel elever (%) behöriga till Naturvetenskapligt och tekniskt program",
)


def export(
    title: str, header: Sequence[str], rows: Iterable[str], *, chosen: str = "Valt läsår: 2024/25", above: str = ""
) -> str:
    """Return an export as Skolverket writes it, without BOM."""
    banner = ["Statistik från Skolverket, https://www.skolverket.se", "", title, chosen, ""]
    return "\n".join([*banner, *([above] if above else []), ";".join(header), *rows, "", "Rapportbeskrivning", ""])


def grades(*rows: str, header: Sequence[str] = GRADES_HEADER, title: str = GRADES_TITLE) -> str:
    """Return an export of final grades per school, with one school where no rows are given."""
    return export(title, header, rows or (GRADES_ROW,))


def save(folder: Path, name: str, content: str | bytes) -> Path:
    """Write *content* (text as UTF-8) to a file below *folder* and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def save_workbook(folder: Path, name: str, sheets: dict[str, list[list[object]]]) -> Path:
    """Write a workbook with *sheets* and return its path."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / name
    book.save(path)
    return path


def one(rows: pd.DataFrame, **wanted: object) -> pd.Series:
    """Return the only row of *rows* with the *wanted* cells; the test fails where there is none or several."""
    chosen = rows
    for name, value in wanted.items():
        chosen = chosen[chosen[name].isna()] if value is None else chosen[chosen[name] == value]
    assert len(chosen) == 1, f"{len(chosen)} rows for {wanted}"
    return chosen.iloc[0]


@functools.cache
def real_official() -> Official:
    """Return all real official statistics, read once in a test run; the test is skipped where they are absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real official statistics are not at {SHARED_DATA.name}; set SKQ_SHARED_DATA")
    return read_official(SHARED_DATA)
