"""The register of school units as a workbook: where a school lies when no newer export names it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from skq.sources.reading import refuse
from skq.sources.xlsx import Rows

SHEET = "Grundskola"
TITLE = "Skolenhetsregistret, grundskola"
_COLUMNS = {
    "SKOLENHETSKOD": "unit",
    "NAMN": "name",
    "KOMMUN": "municipality_code",
    "KOMMUNNAMN": "municipality_name",
    "ORGANISATIONSNR": "organizer",
    "HUVUDMANS NAMN": "organizer_name",
    "HUVUDMANNATYP": "organizer_type",
}
_TAUGHT = tuple(f"ÅR{year}" for year in range(1, 10))


def is_register(book: dict[str, Rows]) -> bool:
    """Tell whether a workbook is the register of school units."""
    rows = book.get(SHEET, [])
    return bool(rows) and {"SKOLENHETSKOD", "KOMMUN"} <= {str(cell) for cell in rows[0]}


def read_register(book: dict[str, Rows], path: Path) -> pd.DataFrame:
    """Return the register's schools, columns as `siris_rows.schools_of`; SourceError for a lacking column."""
    rows = book[SHEET]
    header = [str(cell).strip() for cell in rows[0]]
    if lacking := [name for name in (*_COLUMNS, *_TAUGHT) if name not in header]:
        raise refuse(
            path,
            row=1,
            column=lacking[0],
            code="unexpected-header",
            found=f"sheet '{SHEET}' without the column(s) {', '.join(lacking)}",
            expected="the register of school units as Skolverket publishes it",
            next_step="download the register again",
        )
    table = pd.DataFrame([[str(cell).strip() for cell in row] for row in rows[1:]], columns=header)
    taught = (table[list(_TAUGHT)] == "J").set_axis(range(1, 10), axis=1)
    any_taught = taught.any(axis=1)
    schools = table[list(_COLUMNS)].rename(columns=_COLUMNS)
    return schools.assign(
        organizer_type=schools["organizer_type"].map(lambda kind: "municipal" if kind == "Kommunal" else "independent"),
        first_grade_year=taught.idxmax(axis=1).astype("Int64").where(any_taught, pd.NA),
        last_grade_year=taught.iloc[:, ::-1].idxmax(axis=1).astype("Int64").where(any_taught, pd.NA),
    )
