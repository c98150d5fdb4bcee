"""Protected numbers of an invented town, for the tests of what judgement says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from skq.compare import comparisons
from skq.judge import Judgements, PeerRule, judged
from skq.metrics.intervals import mean_interval
from skq.protect import Protected, protect
from skq.protect.table import COLUMN_DTYPES, sealed
from skq.terms import UNIT_DTYPES

from tests.results_by_hand import OUTSIDERS, results, share, units_of

CITY = {"level": "municipality", "unit": "9999"}
TOWN = {"level": "organizer", "unit": "Town"}
Row = Mapping[str, Any]


def mean(value: float, n: float, sd: float, **key: Any) -> dict[str, Any]:
    """Return a row with a mean merit rating of n pupils and its interval."""
    limits = mean_interval(pd.Series([value]), pd.Series([sd]), pd.Series([n])).iloc[0]
    numbers = {"n": n, "numerator": n * value, "value": value, "lower": limits["lower"], "upper": limits["upper"]}
    return {"metric": "merit_rating_17", **key, **numbers}


def shares(counts: Mapping[str, tuple[int, int]], *, whole: bool = True, **key: Any) -> list[dict[str, Any]]:
    """Return rows of schools with (pupils, passed), and of the municipality that they make up."""
    rows = [share(n, k, unit=code, **key) for code, (n, k) in counts.items()]
    n, k = (sum(count[place] for count in counts.values()) for place in (0, 1))
    return [*rows, share(n, k, **CITY, **key)] if whole else rows


def whole_of(rows: Iterable[Row], **key: Any) -> dict[str, Any]:
    """Return the municipality of schools' means: their pupils pooled."""
    kept = list(rows)
    n = sum(row["n"] for row in kept)
    value = sum(row["n"] * row["value"] for row in kept) / n
    within = sum((row["n"] - 1) * row["sd"] ** 2 + row["n"] * (row["value"] - value) ** 2 for row in kept)
    return mean(value, n, (within / (n - 1)) ** 0.5, **CITY, **key)


def intake(code: str, educated: float, foreign: float, pupils: float, year: str = "2024/25") -> list[dict[str, Any]]:
    """Return the three measures by which peers are found, of one school."""
    usual = {"unit": code, "school_year": year, "grade_year": None}
    found = {"parents_post_secondary_share": educated, "foreign_background_share": foreign, "pupil_count": pupils}
    return [
        {**usual, "metric": metric, "value": value, "n": pupils, "numerator": value * pupils}
        for metric, value in found.items()
    ]


def units(codes: Iterable[str], organizers: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the units of the town: schools named after their codes, the organizer Town unless told otherwise."""
    known = units_of(dict.fromkeys(codes, "")).reindex(columns=list(UNIT_DTYPES))
    known["name"] = "School " + known["unit"]
    for code, organizer in (organizers or {}).items():
        known.loc[known["unit"].eq(code), "organizer"] = organizer
    return known.astype({**UNIT_DTYPES, "first_grade_year": "Int64", "last_grade_year": "Int64"}).fillna(
        {"area": "", "organizer_type": "", "predecessor_code": ""}
    )


def shown(rows: Iterable[Row], known: pd.DataFrame) -> Protected:
    """Return the rows compared and protected as in a build."""
    table = results(rows)
    return protect(table, comparisons(table, units=known), OUTSIDERS, units=known)


def as_protected(rows: Iterable[Row]) -> Protected:
    """Return the rows as they would come out of protection, whatever they rest on, without comparisons."""
    table = results(rows).drop(columns="numerator").assign(reason="")
    none = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in COLUMN_DTYPES["comparisons"].items()})
    return Protected(sealed(table, "results"), sealed(none, "comparisons"), pd.DataFrame())


def said(
    rows: Iterable[Row],
    *,
    organizers: Mapping[str, str] | None = None,
    goals: Mapping[str, pd.DataFrame] | None = None,
    peers: PeerRule | None = None,
) -> Judgements:
    """Return what judgement says of the rows."""
    kept = list(rows)
    known = units({str(row.get("unit", "A")) for row in kept if "level" not in row}, organizers)
    return judged(shown(kept, known), units=known, goals=goals, peers=peers or PeerRule())


def estimate(found: Judgements, unit: str, **key: Any) -> pd.Series:
    """Return the one estimate of a school's number."""
    rows = found.estimates[found.estimates["unit"].eq(unit)]
    for column, value in key.items():
        rows = rows[rows[column].eq(value).fillna(False)]
    assert len(rows) == 1, rows
    return rows.iloc[0]
