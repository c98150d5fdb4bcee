"""What people have written: assessments, commitments and the principals' own texts.

Pure. The Swedish texts are in texts.toml beside this module.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from skq.demo.plan import FALLING_SAFETY, TINY, Plan

COMMITMENT_YEARS = 2
"""For how many of the latest years there are commitments."""


@cache
def texts() -> dict[str, Any]:
    """Return the texts of the demo: `areas`, `commitments`, `commentary`."""
    return tomllib.loads(files("skq.demo").joinpath("texts.toml").read_text(encoding="utf-8"))


def assessments(pupils: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return the ratings 1-4 of principal and organizer per school, year and area.

    The organizer did not visit the tiny school the first year: its ratings are missing.
    """
    school, year = np.nonzero(pupils)
    tables = []
    for area in texts()["areas"]:
        level = 3.0 + 0.35 * plan.column("effect")[school] + rng.normal(0, 0.55, len(plan.schools))[school]
        progress = year / max(len(plan.years) - 1, 1)
        level = level - 1.6 * progress * ((school == FALLING_SAFETY) & (area == "trygghet och studiero"))
        for rater, kindness in (("principal", 0.12), ("organizer", -0.12)):
            rating = np.clip(np.rint(level + kindness + rng.normal(0, 0.4, len(school))), 1, 4).astype(int)
            tables.append(
                pd.DataFrame({"school": school, "year": year, "area": area, "rater": rater, "rating": rating})
            )
    every = pd.concat(tables, ignore_index=True)
    unvisited = every["school"].eq(TINY) & every["year"].eq(0) & every["rater"].eq("organizer")
    return every[~unvisited]


def commitments(pupils: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return two commitments per school for the latest years, without those about grades where no grades are given."""
    kinds = texts()["commitments"]
    school, year = np.nonzero(pupils[:, -COMMITMENT_YEARS:])
    year = year + pupils.shape[1] - min(COMMITMENT_YEARS, pupils.shape[1])
    order = rng.random((len(school), len(kinds)))
    highest = np.array([kind["grade_year"] for kind in kinds])
    order[plan.column("last")[school][:, None] < highest] = 2
    chosen = np.argsort(order, axis=1)[:, :2]
    rows = [
        _commitment(kinds[kind], int(unit), int(when), plan, float(draw))
        for unit, when, pair, draws in zip(school, year, chosen, rng.random((len(school), 2)), strict=True)
        for kind, draw in zip(pair, draws, strict=True)
    ]
    return pd.DataFrame(rows).astype({"grade_year": "Int64"})


def _commitment(kind: dict[str, Any], school: int, year: int, plan: Plan, draw: float) -> dict[str, Any]:
    autumn = plan.years[year]
    start = kind["start"] + (draw - 0.5) * kind["spread"]
    return {
        "school": school,
        "year": year,
        **{column: kind[column] for column in ("commitment", "reason", "activities", "owner", "metric")},
        "start_date": f"{autumn}-08-15",
        "end_date": f"{autumn + 1}-06-12",
        "start_value": round(start, kind["decimals"]),
        "expected_value": round(start + kind["gain"], kind["decimals"]),
        "grade_year": kind.get("of", {}).get("grade_year"),
        "subject": kind.get("of", {}).get("subject"),
    }


def commentary(plan: Plan) -> pd.DataFrame:
    """Return the principals' texts for the latest year, for the schools that have handed any in."""
    rows = [
        {**entry, "year": len(plan.years) - 1, "text": entry["text"].strip()}
        for entry in texts()["commentary"]
        if entry["school"] < len(plan.schools)
    ]
    table = pd.DataFrame(rows, columns=["school", "year", "section", "text"])
    return table.astype({"school": int, "year": int})
