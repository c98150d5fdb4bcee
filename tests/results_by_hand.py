"""Results tables written by hand, for the tests of comparisons and protection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
from skq.metrics.intervals import share_interval
from skq.protect import OFFICIAL
from skq.terms import RESULT_COLUMNS, RESULT_DTYPES

OUTSIDERS = replace(OFFICIAL, principals_know_own=False)
"""The usual rule for towns of two or three schools: nobody knows a school's hidden numbers beforehand."""

USUAL = {
    "metric": "all_subjects_passed_share",
    "level": "school",
    "unit": "A",
    "school_year": "2024/25",
    "grade_year": 9,
    "subject": "",
    "breakdown": "all",
    "category": "all",
    "status": "observed",
    "source": "register",
    "raw": "",
}


def results(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return a results table from rows that say only what differs from `USUAL`."""
    frame = pd.DataFrame([USUAL | dict(row) for row in rows])
    return frame.reindex(columns=list(RESULT_COLUMNS)).astype(RESULT_DTYPES)


def share(n: float, k: float, **key: Any) -> dict[str, Any]:
    """Return a row with a share of k in n and its interval."""
    limits = share_interval(pd.Series([k]), pd.Series([n])).iloc[0]
    return {**key, "n": n, "numerator": k, "value": k / n, "lower": limits["lower"], "upper": limits["upper"]}


def official_share(n: float | None, value: float | None, status: str = "observed", **key: Any) -> dict[str, Any]:
    """Return a row as an agency publishes it: a share with or without n, no numerator, no interval."""
    return {"source": "siris:139", **key, "n": n, "value": value, "status": status}


def units_of(schools: Mapping[str, str], *, organizer: str = "Town", municipality: str = "9999") -> pd.DataFrame:
    """Return the units of a municipality whose schools lie in areas (blank: in none)."""
    usual = {"municipality_code": municipality, "organizer": organizer, "area": ""}
    rows = [{"level": "school", "unit": code, **usual, "area": area} for code, area in schools.items()]
    areas = sorted({area for area in schools.values() if area})
    rows += [{"level": "area", "unit": f"{municipality}:{area}", **usual, "area": area} for area in areas]
    rows += [
        {"level": "organizer", "unit": organizer, **usual},
        {"level": "municipality", "unit": municipality, **usual},
    ]
    return pd.DataFrame(rows, dtype="str")
