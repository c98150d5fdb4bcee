"""Differences and their intervals: change, gap between girls and boys, distance to municipality and to SALSA."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandas.api.types import pandas_dtype

from skq.columns import as_categories, joined, named, replaced, taken
from skq.compare.fill import interval_kind, with_intervals
from skq.compare.pairs import Pairs, pairs
from skq.compare.part_of_whole import distance_to_whole
from skq.give_back import give_back_freed, give_back_memory
from skq.keys import NOWHERE, Keys, Ranks, rising
from skq.metrics.intervals import mean_difference, share_difference
from skq.sides import GAP_SEX, VS_EXPECTED, VS_MUNICIPALITY
from skq.terms import COMPARISON_COLUMNS, COMPARISON_DTYPES, RESULT_KEY, CellStatus, Level

_NUMBERS = ["value", "lower", "upper", "n"]
_NUMBERS_OF_PAIRS = ("n", "n_reference", "value", "lower", "upper", "certain")
_DTYPES = {name: pandas_dtype(COMPARISON_DTYPES[name]) for name in _NUMBERS_OF_PAIRS}
_TEXTS = [column for column in RESULT_KEY if column != "grade_year"]
AT_A_TIME = 500_000
"""So many comparisons are computed together: more only ask for more memory."""
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
    found, interval = _found(known, units)
    if len(known) > AT_A_TIME:
        give_back_memory()
    made = [part for one in found for part in _parts(one, known, interval)]
    first = np.concatenate([one.first for one in found])
    columns = {column: as_categories(known[column]).take(first).reset_index(drop=True) for column in _TEXTS}
    kinds = pd.Index([one.kind for one in found], dtype="str")
    columns["grade_year"] = known["grade_year"].take(first).reset_index(drop=True)
    columns["kind"] = named(np.repeat(np.arange(len(found)), [len(one.first) for one in found]), kinds)
    columns["category"] = replaced(columns["category"], columns["kind"].eq(GAP_SEX), "all")
    columns["reference"] = joined([one.reference for one in found])
    for column in _NUMBERS_OF_PAIRS:
        columns[column] = taken(made, column, COMPARISON_DTYPES[column])
        if len(first) > AT_A_TIME:  # pieces too small for that to happen by itself
            give_back_freed()
    columns["status"] = taken(made, "status", COMPARISON_DTYPES["status"])
    return pd.DataFrame({column: columns[column] for column in COMPARISON_COLUMNS}, copy=False)


def _found(known: pd.DataFrame, units: pd.DataFrame | None) -> tuple[list[Pairs], pd.Series]:
    """Return the pairs of each kind, in order, and the catalogue's kind of interval of each row (as categories)."""
    keys = Keys(known, RESULT_KEY)
    if not rising(keys.own) and (np.diff(np.sort(keys.own)) == 0).any():
        raise ValueError("two results have the same key")
    found = [_in_order(one, keys) for one in sorted(pairs(keys, _municipality_of(keys, units)), key=_name)]
    kind = as_categories(interval_kind(pd.Series(keys.values("metric"))))
    return found, kind.take(keys.codes("metric")).reset_index(drop=True)


def _name(one: Pairs) -> str:
    return one.kind


def _in_order(one: Pairs, keys: Keys) -> Pairs:
    """Return the pairs of a kind in the order of what the comparison is called: of the first side, with its category.

    A gap is of all categories.
    """
    every = {"category": max(keys.code("category", "all"), 0)} if one.kind == GAP_SEX else {}
    called = keys.changed(one.first, every)
    if rising(called):
        return one
    order = np.argsort(called, kind="stable")
    return Pairs(one.kind, one.first[order], one.second[order], one.reference.take(order))


def _parts(one: Pairs, known: pd.DataFrame, interval: pd.Series) -> Iterator[pd.DataFrame]:
    """Yield the numbers of the comparisons of a kind, some rows at a time: there are millions."""
    for start in range(0, max(len(one.first), 1), AT_A_TIME):
        first, second = (place[start : start + AT_A_TIME] for place in (one.first, one.second))
        yield _compared(one.kind, _told(known.take(first)), _told(known.take(second)), interval.take(first))


def _compared(kind: str, first: pd.DataFrame, second: pd.DataFrame, interval: pd.Series) -> pd.DataFrame:
    """Return the numbers of comparisons of a kind: both n, value, limits, `certain` and status (as categories)."""
    status = _status(first["status"], second["status"])
    numbers = _differences(kind, interval.to_numpy(), first, second).where(status.isin(["observed", "rounded"]))
    certain = _excludes_zero(numbers)
    told = numbers.assign(n=first["n"], n_reference=second["n"], certain=certain, status=status)
    return told.astype(_DTYPES)  # each column by itself, so that it can be let go of by itself


def _differences(kind: str, interval: np.ndarray, first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return value, lower, upper of first - second, by the method of the *kind* and of each metric's *interval*."""
    plain = (first["value"] - second["value"]).to_frame("value").assign(lower=float("nan"), upper=float("nan"))
    if kind == VS_EXPECTED:
        return plain.assign(**{limit: first[limit] - second["value"] for limit in ("lower", "upper")})
    for name, method in (("share", share_difference), ("mean", mean_difference)):
        rows = interval == name
        if kind == VS_MUNICIPALITY:
            plain.loc[rows] = distance_to_whole(first[rows], second[rows], kind=name)
        else:
            plain.loc[rows] = method(first[rows], second[rows])
    return plain


def _told(results: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers and the status (as categories) of *results*, with a clean index 0…."""
    status = pd.Categorical(results["status"], categories=list(map(str, CellStatus)))
    return results[_NUMBERS].astype("float64").reset_index(drop=True).assign(status=status)


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


def _municipality_of(keys: Keys, units: pd.DataFrame | None) -> Ranks:
    """Return the code of the municipality of each row below that level, `NOWHERE` elsewhere and where unknown."""
    names, level, unit = keys.values("unit"), keys.codes("level"), keys.codes("unit")
    below = np.array([text in _BELOW_MUNICIPALITY for text in keys.values("level")], dtype=bool)[level]
    if units is None:
        own = np.unique(unit[level == keys.code("level", str(Level.MUNICIPALITY))])
        return np.where(below, own[0] if len(own) == 1 else NOWHERE, NOWHERE).astype(unit.dtype)
    told = units.drop_duplicates(["level", "unit"])
    place = keys.values("level").get_indexer(pd.Index(told["level"])), names.get_indexer(pd.Index(told["unit"]))
    there = (place[0] >= 0) & (place[1] >= 0)
    code = np.full((len(keys.values("level")), len(names)), NOWHERE, dtype=unit.dtype)
    code[place[0][there], place[1][there]] = names.get_indexer(pd.Index(told["municipality_code"][there]))
    return np.where(below, code[level, unit], NOWHERE)
