"""Schools beside the limits that chance gives schools of their size: who lies outside, and what little data is worth.

A funnel says which schools chance does not explain; it is no ranking, and inside it no school is told from another.
Spiegelhalter (2005), Statistics in Medicine 24:1185-1202.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from skq.report import sv
from skq.report.annual.context import AnnualAnalysis, Unit
from skq.terms import Level

FEWEST = 5
"""Below so many schools limits around their common mean say nothing."""
OUTSIDE = {"no": 0, "95": 95, "998": 998}


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One school in a funnel: its number, the limits at its size, and the estimate that borrows from the others."""

    unit: Unit
    n: float
    value: float
    limits: tuple[float, float]
    outer: tuple[float, float]
    outside: int
    shrunken: tuple[float, float, float] | None
    weight: float | None

    @property
    def above(self) -> bool:
        """Whether it lies on the upper side of what the schools have in common."""
        return self.value > sum(self.limits) / 2


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """One measure at all schools with limits, in the newest school year that has them; schools by name."""

    metric: str
    grade_year: int
    school_year: str
    target: float
    dispersion: float
    schools: tuple[Placed, ...]

    @property
    def outside(self) -> tuple[Placed, ...]:
        """The schools outside the 95 % limits, by name."""
        return tuple(school for school in self.schools if school.outside)

    @property
    def beyond(self) -> tuple[Placed, ...]:
        """The schools outside the 99.8 % limits, by name."""
        return tuple(school for school in self.schools if school.outside == OUTSIDE["998"])

    @property
    def by_chance(self) -> float:
        """How many schools chance alone would put outside the 95 % limits."""
        return 0.05 * len(self.schools)


def funnel(analysis: AnnualAnalysis, metric: str, grade_year: int = 9) -> Funnel | None:
    """Return the funnel of *metric*; None where fewer than `FEWEST` schools have limits in the newest such year."""
    rows = analysis.estimates
    of_measure = rows["metric"].eq(metric) & rows["level"].eq(Level.SCHOOL) & rows["breakdown"].eq("all")
    found = rows[of_measure & rows["grade_year"].eq(grade_year).fillna(False) & rows["limit_lower"].notna()]
    known = found[found["school_year"].isin(analysis.years_of(metric))]
    newest = known[known["school_year"].eq(known["school_year"].max())]
    named = [(analysis.named(str(row["unit"])), row) for row in newest.to_dict("records")]
    schools = [_placed(unit, row) for unit, row in named if unit is not None]
    if len(schools) < FEWEST:
        return None
    first = named[0][1]
    return Funnel(
        metric=metric,
        grade_year=grade_year,
        school_year=str(first["school_year"]),
        target=float(first["target"]),
        dispersion=1.0 if pd.isna(first["dispersion"]) else float(first["dispersion"]),
        schools=tuple(sorted(schools, key=lambda one: (sv.order(one.unit.name), one.unit.code))),
    )


def _placed(unit: Unit, row: Mapping[Any, Any]) -> Placed:
    known = not pd.isna(row["shrunken"])
    return Placed(
        unit=unit,
        n=float(row["n"]),
        value=float(row["value"]),
        limits=(float(row["limit_lower"]), float(row["limit_upper"])),
        outer=(float(row["outer_lower"]), float(row["outer_upper"])),
        outside=OUTSIDE[str(row["outside"]) or "no"],
        shrunken=(
            (float(row["shrunken"]), float(row["shrunken_lower"]), float(row["shrunken_upper"])) if known else None
        ),
        weight=None if pd.isna(row["weight"]) else float(row["weight"]),
    )
