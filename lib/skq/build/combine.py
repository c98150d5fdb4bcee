"""Own registers and official statistics -> one table of results, and how the totals of each agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from skq import columns
from skq.aggregate import aggregate, memberships, units, with_derived
from skq.aggregate.official import beside_official, told
from skq.aggregate.partition import Run, aggregate_in_parts
from skq.aggregate.reconcile import counted, reconciled
from skq.aggregate.rollup import results_frame
from skq.build.claim import PUBLIC
from skq.build.raw import Raw
from skq.errors import SettingsError
from skq.keys import Keys
from skq.rederive import require_equal
from skq.settings import Settings
from skq.sources.official import Official
from skq.terms import RESULT_KEY, Breakdown, Level

EXPECTED_METRICS = ("salsa_expected", "salsa_residual", "salsa_passed_expected", "salsa_passed_residual")

OFFICIAL_LEVELS = (Level.MUNICIPALITY, Level.NATION)
"""Levels at which official figures, which hold every organizer's schools, are preferred to sums of own registers."""

SERIES = ["metric", "level", "unit", "grade_year", "subject", "breakdown"]


@dataclass(frozen=True)
class OwnNumbers:
    """What own registers tell: results, the units they are of, and which unit was part of which each school year."""

    results: pd.DataFrame
    units: pd.DataFrame
    memberships: pd.DataFrame


def own_numbers(
    raw: Raw, settings: Settings, *, run_parts: Run | None = None, at_once: bool = False, let_go: bool = False
) -> OwnNumbers | None:
    """Return what the own registers of *raw* tell, None where there are none.

    *run_parts* makes it in parts; *at_once*: some of it in a second process; *let_go*: the tables of *raw*, which
    nobody asks for afterwards, are let go of as early as can be.
    """
    if raw.own is None:
        return None
    frames, levels = raw.own.frames, _levels(settings)
    options: dict[str, Any] = {**levels, "allocation": settings.allocation, "at_once": at_once, "let_go": let_go}
    known, belonging = units(frames, **levels), memberships(frames, whole_nation=settings.whole_nation)
    if run_parts is None:
        results = aggregate(frames, **options)
    else:
        results = aggregate_in_parts(frames, run=run_parts, **options)
    return OwnNumbers(results, known, belonging)


def _levels(settings: Settings) -> dict[str, bool]:
    return {"class_groups": settings.class_groups, "whole_nation": settings.whole_nation}


def all_units(raw: Raw, settings: Settings) -> pd.DataFrame:
    """Return the units of own registers and official statistics, as `combined` does, before anything is summed."""
    return _official(raw).units if raw.own is None else _with_above(raw, units(raw.own.frames, **_levels(settings)))


def seen_units(units: pd.DataFrame, audience: str) -> pd.DataFrame:
    """Return those of *units* that *audience* may see: the public no class groups."""
    return units if audience != PUBLIC else units[units["level"].ne(str(Level.GROUP))].reset_index(drop=True)


def _with_above(raw: Raw, known: pd.DataFrame) -> pd.DataFrame:
    """Return *known* own units with the official ones of municipality and nation, which win."""
    if raw.official is None:
        return known
    above = raw.official.units[raw.official.units["level"].isin(OFFICIAL_LEVELS)]
    own_above = known["level"].isin(OFFICIAL_LEVELS) & known["unit"].isin(above["unit"])
    return pd.concat([known[~own_above], above], ignore_index=True)


def combined(raw: Raw, own: OwnNumbers | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the results and units of own registers and official statistics as one of each.

    Own rows win at schools, areas and organizers; at the municipality and above a series is official where there is
    one, because it holds every organizer's schools, and never mixed. Schools of other organizers stay away.
    """
    if own is None:
        official = _official(raw)
        return with_derived(official.results), official.units
    known = _with_above(raw, own.units)
    if raw.official is None:
        return own.results, known
    return beside_each_other(own.results, _beside(raw.official, own.units)), known


def agreement(raw: Raw, own: OwnNumbers | None, derived_twice: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return how own totals agree with their parts and with official figures; empty without own registers.

    Raises SkqError where *derived_twice* (`rederived`) differs from them, or where a total is not the sum of its parts
    for no reason that is known.
    """
    if own is None or derived_twice is None:
        return []
    require_equal(own.results, derived_twice)
    own_totals = counted(reconciled(own.results, own.units, own.memberships))
    if raw.official is None:
        return own_totals
    return [*own_totals, *told(beside_official(own.results, _beside(raw.official, own.units)))]


def beside_each_other(own: pd.DataFrame, official: pd.DataFrame) -> pd.DataFrame:
    """Return own and official results as one table in which every key of results occurs once.

    Years pooled by ourselves follow their series: where that is official, they would be of other schools.
    What the agency expects of a school is preferred to what its model of an earlier year would.
    """
    upper = own["level"].isin(OFFICIAL_LEVELS)
    pooled = own["breakdown"].eq(str(Breakdown.PERIOD))
    series = own.assign(breakdown=columns.replaced(own["breakdown"], pooled, str(Breakdown.ALL)))
    shown = official[official["metric"].isin(EXPECTED_METRICS) & official["value"].notna()]
    kept_own = own[~(upper & _occurs(series, official, SERIES)) & ~_occurs(own, shown, list(RESULT_KEY))]
    kept_official = official[~_occurs(official, kept_own, list(RESULT_KEY))]
    return results_frame([kept_own, kept_official])


def _official(raw: Raw) -> Official:
    if raw.official is None:
        raise SettingsError("there is nothing to build from: neither own registers nor official statistics")
    return raw.official


def _beside(official: Official, known: pd.DataFrame) -> pd.DataFrame:
    """Return the official results that stand beside own ones of the units *known*."""
    return _without_other_schools(with_derived(official.results), known)


def _without_other_schools(official: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    own = official["unit"].isin(known["unit"])
    return official[official["level"].isin(OFFICIAL_LEVELS) | own]


def _occurs(rows: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> pd.Series:
    """Whether the key of each row occurs among *others* (missing equals missing)."""
    return pd.Series(Keys(others, key).hold(rows), index=rows.index)
