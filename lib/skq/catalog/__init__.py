"""The catalogue of indicators: what each metric is, read from the TOML files of this folder.

Cheap to import: the files are read at the first question and only once. The Swedish wording lives in the report room.

>>> metric("merit_rating_17").unit
'points'
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from skq.errors import SkqError
from skq.terms import SchoolYear

UNITS = ("share", "points", "count", "index", "sek", "ratio", "fte", "pp")
DIRECTIONS = ("higher", "lower", "none")
AGGREGATIONS = ("sum", "ratio_of_sums", "weighted_mean", "distribution", "none")
INTERVALS = ("share", "mean", "none")
FILES = (
    "grades",
    "forecasts",
    "tests",
    "expected",
    "cohorts",
    "equity",
    "surroundings",
    "resources",
    "surveys",
    "assessments",
)
"""The catalogue's files, in the order in which the method page tells of them."""

FAMILIES = (
    "merit",
    "all_subjects",
    "eligibility",
    "subject_grades",
    "forecasts",
    "forecast_bias",
    "tests",
    "test_relation",
    "salsa",
    "cohorts",
    "cohort_change",
    "value_added",
    "pupils",
    "pupil_shares",
    "adapted",
    "staff",
    "economy",
    "attendance",
    "absence",
    "survey",
    "assessment",
    "sick_leave",
    "allocation",
    "equity",
)
_WORDS = {
    "unit": UNITS,
    "direction": DIRECTIONS,
    "family": FAMILIES,
    "aggregation": AGGREGATIONS,
    "interval": INTERVALS,
}
_OFFICIAL = ("kolada", "siris", "api")


@dataclass(frozen=True)
class Metric:
    """One indicator, defined once.

    `interval` is the kind of 95 % interval: of a share, of a mean, or none (head counts, hours, money, staff: what is
    counted completely is not a sample of anything). `family` chooses the disclosure rule; `minimum_n` is that rule's
    lowest n at a school (pupils, answers, FTE); `official` maps `kolada`, `siris`, `api` to the agencies' own
    identifiers; `breaks` maps a school year to the break in the series that it brings; `example` names the worked
    examples of the domain specification (T-01) or the test that stands for one; `published` where only the agency
    computes it. `warn_below`: a value below it (a response rate) goes with a word of caution.
    """

    id: str
    name: str
    definition: str
    formula: str
    unit: str
    direction: str
    family: str
    source: str
    aggregation: str
    interval: str
    minimum_n: int
    first_school_year: SchoolYear | None
    last_school_year: SchoolYear | None
    compared: bool
    example: str
    official: Mapping[str, tuple[str, ...]]
    breaks: Mapping[SchoolYear, str]
    warn_below: float | None = None


def metric(metric_id: str) -> Metric:
    """Return the catalogue's entry for *metric_id*; SkqError naming it where there is none."""
    try:
        return metrics()[metric_id]
    except KeyError:
        raise SkqError(
            f"the catalogue has no metric {metric_id!r}\n  expected: one of {', '.join(sorted(metrics()))}"
        ) from None


@cache
def metrics() -> Mapping[str, Metric]:
    """Return all metrics by id, in the order of the catalogue."""
    folder = files("skq.catalog")
    entries: dict[str, Metric] = {}
    for name in FILES:
        found = parse_catalog(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))
        _refuse(f"{name}.toml", "described twice", set(found) & set(entries))
        entries |= found
    return MappingProxyType(entries)


def __getattr__(name: str) -> Any:
    """Give `METRICS` lazily, so that importing the catalogue reads no file."""
    if name == "METRICS":
        return metrics()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def parse_catalog(text: str) -> Mapping[str, Metric]:
    """Return the metrics that a catalogue in TOML defines; SkqError on unknown or absent keys and words."""
    tables = tomllib.loads(text)
    return MappingProxyType({metric_id: _entry(metric_id, table) for metric_id, table in tables.items()})


def _entry(metric_id: str, table: Mapping[str, Any]) -> Metric:
    known = {field.name for field in fields(Metric)} - {"id"}
    optional = {"official", "breaks", "first_school_year", "last_school_year", "compared", "warn_below"}
    _refuse(metric_id, "unknown key", set(table) - known)
    _refuse(metric_id, "absent key", known - optional - set(table))
    _refuse(metric_id, "unknown agency", set(table.get("official", {})) - set(_OFFICIAL))
    for key, words in _WORDS.items():
        _refuse(metric_id, f"unknown {key}", {table[key]} - set(words))
    return Metric(
        **{key: value for key, value in table.items() if key not in optional},
        id=metric_id,
        first_school_year=_school_year(table.get("first_school_year")),
        last_school_year=_school_year(table.get("last_school_year")),
        compared=bool(table.get("compared", True)),
        warn_below=table.get("warn_below"),
        official=MappingProxyType({agency: tuple(ids) for agency, ids in table.get("official", {}).items()}),
        breaks=MappingProxyType({SchoolYear.parse(year): why for year, why in table.get("breaks", {}).items()}),
    )


def _school_year(text: str | None) -> SchoolYear | None:
    return SchoolYear.parse(text) if text else None


def _refuse(metric_id: str, what: str, found: set[str]) -> None:
    if found:
        raise SkqError(f"catalogue, [{metric_id}]: {what}: {', '.join(sorted(found))}")
