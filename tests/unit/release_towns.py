"""Tiny finished sites, written by hand: three schools of one municipality, whose shares can be added up on paper.

Norra 30 of 40, Södra 24 of 30, Byskolan 6 of 8: together 60 of 78. Byskolan rests on fewer than ten pupils.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from skq.report.download import HEADER
from skq.terms import UNIT_DTYPES

PASSED, YEAR = "all_subjects_passed_share", "2024/25"
TOWN = {"90000001": ("Norra", 30, 40), "90000002": ("Södra", 24, 30), "90000003": ("Byskolan", 6, 8)}
WHOLE = ("9000", "Staden", 60, 78)
HIDDEN = {"90000003": "too_few"}
SAFE = {"90000003": "too_few", "90000002": "protects_other"}


def cell(code: str, name: str, k: int, n: int, status: str = "observed", **other: str) -> dict[str, str]:
    """Return one row of a download: *k* of *n* pupils, or nothing but its status."""
    shown = status == "observed"
    level = "kommunen" if len(code) == 4 else "skolan"
    row = {
        "enhet": name, "nivå": level, "kod": code, "mått": "Andel", "id": PASSED, "läsår": YEAR, "årskurs": "9",
        "ämne": "", "ämneskod": "", "grupp": "alla elever", "uppdelning": "all", "kategori": "all",
        "värde": f"{100 * k / n:.1f}".replace(".", ",") if shown else "", "nedre": "", "övre": "",
        "antal": str(n) if shown else "", "status": status, "källa": "huvudmannens register",
    }  # fmt: skip
    return row | other


def town(statuses: dict[str, str], **other: str) -> list[dict[str, str]]:
    """Return the municipality and its schools, hidden where *statuses* say so."""
    rows = [cell(code, *told, statuses.get(code, "observed"), **other) for code, told in TOWN.items()]
    return [cell(*WHOLE, **other), *rows]


def write_site(folder: Path, rows: list[dict[str, str]], name: str = "arsanalys/schools.csv") -> Path:
    """Write *rows* as a download of the site in *folder* and return the site."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [";".join(HEADER), *(";".join(row[column] for column in HEADER) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return folder


def units() -> pd.DataFrame:
    """Return the units of the town: schools of grade years 7 to 9, and the municipality."""
    blank = {"area": "", "organizer": "", "organizer_type": "municipal", "predecessor_code": ""}
    rows = [
        {"level": "school", "unit": code, "name": name, "municipality_code": "9000", "first_grade_year": 7,
         "last_grade_year": 9, **blank}
        for code, (name, _, _) in TOWN.items()
    ]  # fmt: skip
    rows.append({"level": "municipality", "unit": "9000", "name": "Staden", "municipality_code": "9000",
                 "first_grade_year": None, "last_grade_year": None, **blank})  # fmt: skip
    return pd.DataFrame(rows)[list(UNIT_DTYPES)].astype(UNIT_DTYPES)
