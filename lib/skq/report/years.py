"""Which school years a report shows: five, ending with its own; with the autumn after it for what is counted then."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from skq import catalog
from skq.terms import Level, SchoolYear

AUTUMN_FAMILIES = ("pupils", "pupil_shares", "staff", "economy", "attendance", "sick_leave", "allocation")
"""Families that are counted in the autumn, or shown in the same table as those."""

YEARS_SHOWN = 5


def years_to(school_year: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return at most five of the *known* school years, the last being *school_year*.

    A slice may hold one year more: the autumn after the grades, of which only pupils and staff are published.
    """
    return tuple(year for year in known if year <= school_year)[-YEARS_SHOWN:]


def autumn_metrics() -> tuple[str, ...]:
    """Return the metrics whose newest year may be the autumn after the grades."""
    return tuple(metric.id for metric in catalog.metrics().values() if metric.family in AUTUMN_FAMILIES)


def autumn_years(results: pd.DataFrame, years: Sequence[str], metrics: Collection[str]) -> tuple[str, ...]:
    """Return as many years as *years*, ending with the newest in which a school has a number of any of *metrics*."""
    known = results[(results["level"] == Level.SCHOOL) & results["metric"].isin(metrics) & results["value"].notna()]
    newest = SchoolYear.parse(max([years[-1], *known["school_year"]]))
    return tuple(str(SchoolYear(newest.start - back)) for back in reversed(range(len(years))))
