"""What the agencies published, read with nothing but csv, json and openpyxl: a second way to the same numbers.

Knows the row names of the reports' tables; shares no code with skq.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import openpyxl

API_FIELDS = {
    "averageGradesMeritRating9thGrade": r"Meritvärde",
    "ratioOfPupilsIn9thGradeWithAllSubjectsPassed": r".*[Aa]lla ämnen, åk 9",
    "ratioOfPupilsIn6thGradeWithAllSubjectsPassed": r".*[Aa]lla ämnen, åk 6",
    "ratioOfPupils9thGradeEligibleForNationalProgramYR": r"Yrkesprogram",
    "ratioOfPupils9thGradeEligibleForNationalProgramES": r"Estetiska",
    "ratioOfPupils9thGradeEligibleForNationalProgramSAEKHU": r"Ekonomi",
    "ratioOfPupils9thGradeEligibleForNationalProgramNATE": r"Naturvetenskap",
    "certifiedTeachersQuota": r"Behöriga lärare",
    "studentsPerTeacherQuota": r"Elever per lärare",
    "specialTeacherPositions": r"Speciallärare",
}
API_TESTS = {
    f"averageResultNationalTestsSubject{subject}{grade_year}thGrade": f"{name}, åk {grade_year}"
    for subject, name in (
        ("ENG", "Engelska"), ("MA", "Matematik"), ("SVE", "Svenska"), ("SVA", "Svenska som andraspråk"),
    )
    for grade_year in (6, 9)
}  # fmt: skip
FINAL_GRADES = {7: "Antal elever", 8: r".*[Aa]lla ämnen, åk 9", 9: r"Yrkesprogram", 10: r"Meritvärde"}
PUPILS = {7: r"Elever \(", 8: "Flickor", 9: "Utländsk bakgrund", 10: "Föräldrar med eftergymnasial"}
MUNICIPALITY = {
    "Genomsnittligt meritvärde (17 ämnen)": r"Meritvärde",
    "Andel (%) behöriga till yrkesprogram": r"Yrkesprogram",
    "Andel (%) som fått godkänt betyg i alla ämnen": r".*[Aa]lla ämnen, åk 9",
}


@dataclass
class Published:
    """Published texts: `school[code][pattern of the row][school year]`, the same for tests, and the municipality."""

    school: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    tests: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    municipality: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def of_row(self, code: str, label: str) -> dict[str, str]:
        """Return the published text by school year for the row of a table, empty where nothing is known of it."""
        found = [years for pattern, years in self.school.get(code, {}).items() if re.match(pattern, label)]
        return found[0] if found else {}

    def of_test(self, code: str, label: str) -> dict[str, str]:
        """Return the published text by school year for a row of test results, such as `Engelska, åk 9 (poäng)`."""
        return self.tests.get(code, {}).get(label.removesuffix(" (poäng)").replace("\xa0", " "), {})

    def _add(self, code: str, pattern: str, year: str, text: str) -> None:
        self.school.setdefault(code, {}).setdefault(pattern, {})[year] = text


API_ANSWERS = Path("skolverket_api", "statistics_gr_v4_2026-04_13-14.jsonl.gz")


def api_schools(folder: Path) -> list[str]:
    """Return the code of every school that the open API answered for, sorted."""
    return sorted({code for code, _ in _answers(folder / API_ANSWERS)})


def read_published(folder: Path, municipality: str) -> Published:
    """Read every published number of the schools of *municipality* that a report's tables can show."""
    published = Published()
    for url, body in _answers(folder / API_ANSWERS):
        for name, pattern in API_FIELDS.items():
            for item in body.get(name) or []:
                published._add(url, pattern, item["timePeriod"], item["value"])
        for name, label in API_TESTS.items():
            for item in body.get(name) or []:
                published.tests.setdefault(url, {}).setdefault(label, {})[item["timePeriod"]] = item["value"]
    siris = folder / "skolverket_siris"
    exports = [("slutbetyg_ak9_samtliga_2024-25_skolenhet.csv", "2024/25", FINAL_GRADES),
               ("antal_elever_per_arskurs_2025-26_skolenhet.csv", "2025/26", PUPILS)]  # fmt: skip
    for name, year, columns in exports:
        for row in _school_rows(siris / name, municipality):
            published.names[row[1]] = row[0]
            for column, pattern in columns.items():
                published._add(row[1], pattern, year, row[column])
    _add_municipality(published, siris / "jamforelse_betygsresultat_over_tid_ak9_2016-2025_kommun.xlsx", municipality)
    return published


def same(shown: str, published: str) -> bool:
    """Whether the text in a report says the published text: equal symbols, or equal numbers."""
    plain = re.sub(r"\s*\(\d+[^)]*\)$", "", shown.replace("\xa0", " ")).strip()
    first, second = _number(plain), _number(published)
    return plain == published.strip() if first is None or second is None else first == second


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(re.sub(r"\s", "", text).replace(",", ".").replace("−", "-"))
    except InvalidOperation:
        return None


def _answers(path: Path) -> list[tuple[str, dict[str, list[dict[str, str]]]]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        answers = [json.loads(line) for line in stream]
    return [(answer["body"]["schoolUnit"], answer["body"]) for answer in answers]


def _school_rows(path: Path, municipality: str) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    return [row for row in rows if len(row) > 8 and row[3] == municipality]


def _add_municipality(published: Published, path: Path, code: str) -> None:
    workbook = openpyxl.load_workbook(path, read_only=True)
    rows = list(workbook["Samtliga"].iter_rows(values_only=True))
    workbook.close()
    header = next(row for row in rows if row[0] == "Kommun")
    for row in rows:
        if row[1] == code and row[4] in MUNICIPALITY:
            texts = {str(year): str(value).replace(".", ",") for year, value in zip(header[5:], row[5:], strict=True)}
            published.municipality[MUNICIPALITY[row[4]]] = texts
