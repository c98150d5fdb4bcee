"""Kolada's SALSA figures per school unit: expected merit rating (U15415) and deviation from it (U15416).

The file is one JSON object, school unit code to `{"expected", "deviation", "year"}`. Kolada's year is the spring of the
school year; both figures are whole points, although the text of U15416 says per cent (domain specification, section 8).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from skq.sources.reading import refuse
from skq.terms import CellStatus, Level, SchoolYear

KPIS = {"expected": ("U15415", "salsa_expected"), "deviation": ("U15416", "salsa_residual")}
TITLES = {
    "U15415": "Modellberäknat genomsnittligt meritvärde (SALSA), skolenhet",
    "U15416": "Avvikelse från modellberäknat genomsnittligt meritvärde (SALSA), skolenhet",
}
URL = "https://www.kolada.se"


def read_salsa(text: str, path: Path) -> pd.DataFrame | None:
    """Return results rows of the SALSA figures in *text*, None where it is JSON of another kind.

    SourceError for JSON that is cut off and for entries that are not of the form told above.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise refuse(
            path,
            row=error.lineno,
            code="broken-json",
            found=f"JSON that is cut off or damaged ({error.msg})",
            expected="one whole JSON object",
            next_step="fetch the figures again",
        ) from error
    if not isinstance(content, dict) or not any(_is_entry(entry) for entry in content.values()):
        return None
    rows = [row for code in sorted(content) for row in _rows(code, content[code], path)]
    frame = pd.DataFrame(rows)
    return frame.assign(
        level=str(Level.SCHOOL),
        grade_year=pd.array([9] * len(frame), dtype="Int64"),
        subject="",
        breakdown="all",
        category="all",
        municipality_code="",
        value=frame["value"].astype("Float64"),
        n=pd.Series(pd.NA, index=frame.index, dtype="Float64"),
        rank=0,
    )


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and {"expected", "deviation", "year"} <= set(entry)


def _rows(code: str, entry: Any, path: Path) -> list[dict[str, object]]:
    if not _is_entry(entry) or re.fullmatch(r"\d{8}", code) is None or not _is_year(entry["year"]):
        raise _wrong_entry(code, entry, path)
    year = str(SchoolYear(entry["year"] - 1))
    rows: list[dict[str, object]] = []
    for name, (kpi, metric) in KPIS.items():
        figure = entry[name]
        if figure is not None and (isinstance(figure, bool) or not isinstance(figure, int | float)):
            raise _wrong_entry(code, entry, path)
        status = CellStatus.MISSING if figure is None else CellStatus.OBSERVED
        rows.append(
            {
                "metric": metric,
                "unit": code,
                "school_year": year,
                "value": figure,
                "status": str(status),
                "source": f"kolada:{kpi}",
                "raw": "" if figure is None else str(figure).replace(".", ","),
            }
        )
    return rows


def _is_year(year: object) -> bool:
    return isinstance(year, int) and 1998 <= year <= 2100


def _wrong_entry(code: str, entry: object, path: Path) -> Exception:
    return refuse(
        path,
        column=code[:20],
        code="wrong-entry",
        found=repr(entry)[:120],
        expected="an eight-digit school unit code with numbers 'expected' and 'deviation' and a 'year'",
        next_step="fetch the figures again",
    )
