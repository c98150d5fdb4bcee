"""Differences and their intervals: change, gap between girls and boys, distance to municipality and to SALSA."""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.compare.fill import interval_kind, with_intervals
from skq.compare.pairs import pairs
from skq.compare.part_of_whole import distance_to_whole
from skq.metrics.intervals import mean_difference, share_difference
from skq.sides import CHANGE, VS_EXPECTED, VS_MUNICIPALITY, reference_keys, result_keys
from skq.terms import COMPARISON_COLUMNS, COMPARISON_DTYPES, RESULT_KEY, CellStatus, Level

_NUMBERS = ["value", "lower", "upper", "n"]
_BELOW_MUNICIPALITY = (str(Level.SCHOOL), str(Level.AREA), str(Level.ORGANIZER))


def comparisons(results: pd.DataFrame, *, units: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return every comparison that *results* allow, with columns `terms.COMPARISON_COLUMNS`, sorted.

    Intervals: shares by Newcombe (1998, method 10), means by Welch (1947). `vs_municipality` is unit minus
    municipality, as printed side by side; because the unit is part of its municipality the interval is that of the unit
    against the rest of it, scaled (see `part_of_whole`). `vs_expected` takes SALSA's value as given. No change is given
    into a school year in which the catalogue notes a break in the series. Where n or an interval of a side is not known
    (official means), the value stands alone and `certain` is missing. *units* (as from `aggregate.units`)
    tells each unit's municipality; without it that is known only when *results* hold a single municipality.
    """
    known = with_intervals(results)
    pairings = pairs(known, _municipality_of(known, units))
    first = _side(pairings, result_keys(pairings), known)
    second = _side(pairings, reference_keys(pairings), known)
    exists = second["status"].notna() & ~_breaks(pairings)
    pairings, first, second = pairings[exists], first[exists], second[exists]
    status = _status(first["status"], second["status"])
    numbers = _differences(pairings, first, second).where(status.isin(["observed", "rounded"]))
    rows = pairings.assign(
        n=first["n"],
        n_reference=second["n"],
        value=numbers["value"],
        lower=numbers["lower"],
        upper=numbers["upper"],
        certain=_excludes_zero(numbers),
        status=status,
    )
    typed = rows[list(COMPARISON_COLUMNS)].astype(COMPARISON_DTYPES)
    return typed.sort_values(["kind", *RESULT_KEY, "reference"], kind="stable").reset_index(drop=True)


def _differences(pairings: pd.DataFrame, first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return value, lower, upper of first - second, each by the method of its metric and kind."""
    kind, interval = pairings["kind"], interval_kind(pairings["metric"])
    plain = (first["value"] - second["value"]).to_frame("value").assign(lower=float("nan"), upper=float("nan"))
    inside = kind.eq(VS_MUNICIPALITY)
    expected = kind.eq(VS_EXPECTED)
    between = ~inside & ~expected
    for rows, method in (
        (between & interval.eq("share"), share_difference),
        (between & interval.eq("mean"), mean_difference),
    ):
        plain.loc[rows] = method(first[rows], second[rows])
    for name in ("share", "mean"):
        rows = inside & interval.eq(name)
        plain.loc[rows] = distance_to_whole(first[rows], second[rows], kind=name)
    for limit in ("lower", "upper"):
        plain.loc[expected, limit] = first.loc[expected, limit] - second.loc[expected, "value"]
    return plain


def _side(pairings: pd.DataFrame, keys: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Return numbers and status of the results that *keys* name, indexed as *pairings*; missing where there is none."""
    found = keys.merge(
        results[[*RESULT_KEY, *_NUMBERS, "status"]], on=list(RESULT_KEY), how="left", validate="many_to_one"
    )
    found.index = pairings.index
    return found[[*_NUMBERS, "status"]].astype(dict.fromkeys(_NUMBERS, "float64"))


def _breaks(pairings: pd.DataFrame) -> pd.Series:
    """Return whether a change leads into a school year in which the metric's series breaks."""
    broken = pd.Series(False, index=pairings.index)
    for metric in pairings["metric"].unique():
        years = [str(year) for year in catalog.metric(metric).breaks]
        broken |= pairings["metric"].eq(metric) & pairings["school_year"].isin(years)
    return broken & pairings["kind"].eq(CHANGE)


def _status(first: pd.Series, second: pd.Series) -> pd.Series:
    """Return the status of a difference: of the side without value, else rounded if a side is, else observed."""
    with_value = [str(status) for status in CellStatus if status.has_value]
    either = first.mask(first.isin(with_value), second)
    rounded = first.eq(str(CellStatus.ROUNDED)) & second.isin(with_value)
    return either.mask(rounded, str(CellStatus.ROUNDED))


def _excludes_zero(numbers: pd.DataFrame) -> pd.Series:
    known = numbers["lower"].notna() & numbers["upper"].notna()
    certain = numbers["lower"].gt(0) | numbers["upper"].lt(0)
    return certain.astype("boolean").mask(~known)


def _municipality_of(results: pd.DataFrame, units: pd.DataFrame | None) -> pd.Series:
    """Return the municipality code of each row below municipality level, missing elsewhere and where unknown."""
    below = results["level"].isin(_BELOW_MUNICIPALITY)
    if units is not None:
        codes = units.set_index(["level", "unit"])["municipality_code"]
        codes = codes[~codes.index.duplicated()].replace("", None)
        places = pd.MultiIndex.from_frame(results[["level", "unit"]])
        return pd.Series(codes.reindex(places).to_numpy(), index=results.index, dtype="object").where(below)
    single = results.loc[results["level"].eq(str(Level.MUNICIPALITY)), "unit"].unique()
    code = single[0] if len(single) == 1 else None
    return pd.Series(code, index=results.index, dtype="object").where(below)
