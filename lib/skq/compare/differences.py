"""Differences and their intervals: change, gap between girls and boys, distance to municipality and to SALSA."""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.compare.fill import interval_kind, with_intervals
from skq.compare.pairs import pairs
from skq.compare.part_of_whole import distance_to_whole
from skq.keys import NOWHERE, Keys, Positions
from skq.metrics.intervals import mean_difference, share_difference
from skq.sides import GAP_SEX, VS_EXPECTED, VS_MUNICIPALITY
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
    keys = Keys(known, RESULT_KEY)
    if len(np.unique(keys.own)) < len(known):
        raise ValueError("two results have the same key")
    found = pairs(keys, _municipality_of(keys, units))
    kind = pd.Series(np.repeat([one.kind for one in found], [len(one.first) for one in found]), dtype="str")
    places = np.concatenate([one.first for one in found]), np.concatenate([one.second for one in found])
    gap = kind.eq(GAP_SEX).to_numpy()
    codes = {column: keys.codes(column)[places[0]] for column in RESULT_KEY}
    codes["category"] = np.where(gap, max(keys.code("category", "all"), 0), codes["category"])
    order = np.lexsort((keys.number(codes), pd.factorize(kind, sort=True)[0]))
    kind, reference = kind.take(order), pd.concat([one.reference for one in found], ignore_index=True).take(order)
    kind.index = reference.index = pd.RangeIndex(len(order))
    told = _told(known)
    first, second = (told.take(place[order]).set_axis(kind.index) for place in places)
    pairings = known[list(RESULT_KEY)].take(places[0][order]).reset_index(drop=True)
    pairings["category"] = pairings["category"].mask(kind.eq(GAP_SEX), "all")
    status = _status(first["status"], second["status"])
    numbers = _differences(kind, interval_kind(pairings["metric"]), first, second)
    numbers = numbers.where(status.isin(["observed", "rounded"]))
    rows = pairings.assign(
        kind=kind,
        reference=reference,
        n=first["n"],
        n_reference=second["n"],
        value=numbers["value"],
        lower=numbers["lower"],
        upper=numbers["upper"],
        certain=_excludes_zero(numbers),
        status=status,
    )
    return rows[list(COMPARISON_COLUMNS)].astype(COMPARISON_DTYPES)


def _differences(kind: pd.Series, interval: pd.Series, first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return value, lower, upper of first - second, each by the method of its kind and of its metric's interval."""
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


def _told(results: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers and the status (as categories) of *results*."""
    status = pd.Categorical(results["status"], categories=list(map(str, CellStatus)))
    return results[_NUMBERS].astype("float64").assign(status=status)


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


def _municipality_of(keys: Keys, units: pd.DataFrame | None) -> Positions:
    """Return the code of the municipality of each row below that level, `NOWHERE` elsewhere and where unknown."""
    names, level, unit = keys.values("unit"), keys.codes("level"), keys.codes("unit")
    below = np.array([text in _BELOW_MUNICIPALITY for text in keys.values("level")], dtype=bool)[level]
    if units is None:
        own = np.unique(unit[level == keys.code("level", str(Level.MUNICIPALITY))])
        return np.where(below, own[0] if len(own) == 1 else NOWHERE, NOWHERE)
    told = units.drop_duplicates(["level", "unit"])
    place = keys.values("level").get_indexer(pd.Index(told["level"])), names.get_indexer(pd.Index(told["unit"]))
    there = (place[0] >= 0) & (place[1] >= 0)
    code = np.full((len(keys.values("level")), len(names)), NOWHERE, dtype=np.int64)
    code[place[0][there], place[1][there]] = names.get_indexer(pd.Index(told["municipality_code"][there]))
    return np.where(below, code[level, unit], NOWHERE)
