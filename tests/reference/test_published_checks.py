"""What Skolverket and Kolada publish, checked by reading the raw files here: rounding, sums, symbols, identifiers.

Källa: Skolverket (exports 2024/25 and 2025/26, costs 2024), Kolada (indicator descriptions). The numbers of agreeing
rows are those of domain §0 and §12 and of the data folder's README, counted there on the same files.
"""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from skq import catalog
from skq.metrics.staff import share
from skq.protect.rule import Shape, publish_share
from skq.sources.workbook import cell_text
from skq.sources.xlsx import read_workbook
from skq.terms import round_half_up


def export(shared_data: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of an export, by a reader of its own: from the header to the first blank line."""
    with (shared_data / "skolverket_siris" / name).open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream, delimiter=";"))
    start = next(i for i, line in enumerate(lines) if line and line[0] in ("Skola", "Kommun"))
    end = next((i for i, line in enumerate(lines[start:], start) if not line or not line[0].strip()), len(lines))
    return [dict(zip(lines[start], line, strict=False)) for line in lines[start + 1 : end]]


def number(text: str) -> float | None:
    """Return a printed number, None for a symbol."""
    plain = text.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    return float(plain) if plain.replace(".", "", 1).isdigit() else None


PASSED = "Andel (%) elever som uppfyllt betygskriterierna i alla ämnen"
ELIGIBLE = "Andel (%) elever behöriga till yrkesprog."


@pytest.mark.parametrize(("column", "published", "ties"), [(PASSED, 1528, 14), (ELIGIBLE, 1197, 10)])
def test_shares_are_rounded_half_up(shared_data, column, published, ties):
    """Every published share is a whole number of pupils, rounded half up; on exact ties the nearest even would differ
    in some (domain §0: 1 528 with 14 ties, 1 197 with 10)."""
    rows = export(shared_data, "slutbetyg_ak9_samtliga_2024-25_skolenhet.csv")
    known = [(n, p) for row in rows if (n := number(row["Antal elever"])) and (p := number(row[column])) is not None]
    again = [round_half_up(100 * round(n * p / 100) / n) for n, p in known]
    assert len(known) == published
    assert again == [p for _, p in known]
    assert sum(2000 * round(n * p / 100) % (2 * n) == n for n, p in known) == ties


def test_hidden_eligibility_is_what_the_rule_hides(shared_data):
    """Where all-subjects and eligibility are both open, the rule publishes the eligibility that is published."""
    rows = export(shared_data, "slutbetyg_ak9_samtliga_2024-25_skolenhet.csv")
    known = [(n, p) for row in rows if (n := number(row["Antal elever"])) and (p := number(row[ELIGIBLE])) is not None]
    verdicts = [
        publish_share(n, round(n * p / 100), minimum=10, shape=Shape.SHARE_NEARLY_ALL).status.value for n, p in known
    ]
    assert verdicts == ["observed"] * 1197


def test_costs_per_pupil(shared_data):
    """Total over mean pupils is the published cost per pupil within 573 kr in 290 of 290, and its parts sum to it
    within what rounding to hundreds of six parts allows."""
    rows = export(shared_data, "kostnader_grundskola_2024_kommun.csv")
    total = pd.Series([number(row["Totalt"]) for row in rows])
    pupils = pd.Series([number(row["Genomsnittligt elevantal"]) for row in rows])
    published = pd.Series([number(row["Totalt per elev"]) for row in rows])
    parts = [column for column in rows[0] if column.endswith(" per elev") and not column.startswith("Totalt")]
    added = pd.Series([sum(number(row[part]) or 0 for part in parts) for row in rows])
    assert len(rows) == 290
    assert (share(total * 1000, pupils) - published).abs().max() < 573
    assert (added - published).abs().max() <= 7 * 50


def test_certified_share_is_fte_over_fte(shared_data):
    """Certified FTE over all FTE is the published share, within what one decimal of FTE leaves open: 760 rows."""
    with (shared_data / "skolverket_siris" / "personal_behorighet_grundskola_2024-25_kommun.csv").open(
        encoding="utf-8-sig", newline=""
    ) as stream:
        lines = [line for line in csv.reader(stream, delimiter=";") if len(line) > 8 and line[1].isdigit()]
    known = [line for line in lines if None not in [number(line[i]) for i in (5, 6, 7)]]
    every, certified, told = (pd.Series([number(line[i]) for line in known]) for i in (5, 6, 7))
    bound = 0.05 + 100 * 0.05 / every + 100 * 0.05 * certified / every**2
    assert len(known) == 760
    assert ((100 * share(certified, every) - told).abs() <= bound + 1e-9).all()
    assert every.min() >= 3.0  # from 2024/25 nothing resting on fewer than three posts is published


def test_three_shares_of_grade_year_6(shared_data):
    """Passed in all, failed in one and failed in several sum to 100; never is exactly one of the three hidden alone."""
    rows = export(shared_data, "betyg_ak6_samtliga_2024-25_kommun.csv")
    shares = [[text for column, text in row.items() if column.startswith("Andel")] for row in rows]
    full = [[number(text) for text in three] for three in shares if None not in [number(text) for text in three]]
    assert len(full) == 621
    assert all(abs(sum(three) - 100) <= 0.15 + 1e-9 for three in full)
    assert not [
        three for three in shares if three.count("..") == 1 and all(number(t) is not None or t == ".." for t in three)
    ]


def test_nearly_all_of_one_sex(shared_data):
    """Where nearly all of one sex are eligible, the other is hidden, missing, nearly all or all."""
    rows = export(shared_data, "behorighet_gymnasiet_2024-25_kommun_kon.csv")
    both = {}
    for row in rows:
        both.setdefault((row["Kommun-kod"], row["Typ av huvudman"]), {})[row["Kön"]] = row
    columns = [column for column in rows[0] if column.startswith("Andel")]
    pairs = [
        {sexes["Flickor"][column], sexes["Pojkar"][column]}
        for sexes, column in product(both.values(), columns)
        if {"Flickor", "Pojkar"} <= sexes.keys()
    ]
    beside = {text for pair in pairs if "~100" in pair for text in pair}
    assert len(pairs) == 2852
    assert beside == {"~100", "..", ".", "100,0"}


def test_no_background_share_of_nobody_or_everybody(shared_data):
    """From 2025/26 no share of girls or of background is published as 0 or 100 (4 628 school units)."""
    rows = export(shared_data, "antal_elever_per_arskurs_2025-26_skolenhet.csv")
    shares = [text for row in rows for column, text in row.items() if column.startswith("Andel")]
    assert len(rows) == 4628
    assert {number(text) for text in shares} & {0.0, 100.0} == set()
    assert {text for text in shares if number(text) is None} == {"..", "~100"}


def test_register_of_school_units(shared_data):
    """All ten sheets of the register of 2020 are read cell by cell as openpyxl reads them; 232 exports are listed."""
    path = shared_data / "register/skolenhetsregistret_2020.xlsx"
    book = openpyxl.load_workbook(path, read_only=True)
    second = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
    book.close()
    ours = read_workbook(path.read_bytes(), path)
    assert list(ours) == list(second)
    assert len(ours) == 10
    for name, rows in second.items():
        told = [[cell_text(cell) for cell in row] for row in ours[name]]
        assert told == [["" if cell is None else cell_text(cell) for cell in row] for row in rows], name
    with (shared_data / "register/siris_tabellkatalog_2020.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert len({row["siris_export_id"] for row in csv.DictReader(stream)}) == 232


@pytest.mark.parametrize("metric", catalog.metrics().values(), ids=lambda metric: metric.id)
def test_official_ids_exist(shared_data, metric):
    """Each Kolada indicator and each SIRIS export that the catalogue names is one that the agency has."""
    with (shared_data / "kolada/kolada_kpi_metadata_skola.csv").open(encoding="utf-8-sig", newline="") as stream:
        kolada = {row["id"] for row in csv.DictReader(stream)}
    with (shared_data / "register/siris_tabellkatalog_2020.csv").open(encoding="utf-8-sig", newline="") as stream:
        siris = {row["siris_export_id"] for row in csv.DictReader(stream)}
    assert set(metric.official.get("kolada", ())) <= kolada
    assert set(metric.official.get("siris", ())) <= siris
