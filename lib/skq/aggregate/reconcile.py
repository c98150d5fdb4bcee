"""Totals beside the sums of their parts, and beside the official figure, with the reason for every difference.

Own totals must be the sum of their parts, or differ for a reason that is known; anything else is a fault of skq.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import catalog
from skq.aggregate.parts import UNIT_YEAR, OwnRows, Parts, by_pupil, by_unit, by_year, own_rows, tree_of
from skq.aggregate.rollup import REGISTER
from skq.errors import SkqError
from skq.keys import portions
from skq.terms import RESULT_KEY, Breakdown, Level

ADDITIVE = ("sum", "ratio_of_sums")
UNKNOWN_EDUCATION, NO_CLASS, NOT_THREE_YEARS = "unknown_education", "no_class", "not_all_three_years"
NO_UNIT_BETWEEN = "schools_in_no_such_unit"
UNEXPLAINED = "unexplained"
REASONS = {
    str(Breakdown.PARENTAL_EDUCATION): UNKNOWN_EDUCATION,
    f"{Level.GROUP} of {Level.SCHOOL}": NO_CLASS,
}
"""Kinds of parts that may leave out pupils of the total, and why they do."""

COLUMNS = ("kind", *RESULT_KEY, "n", "parts_n", "numerator", "parts_numerator", "reason")
SHOWN = 5
ROWS = 200_000
"""So many rows are looked at together, but whole metrics in any case: a total shares its metric with its parts."""

_TEXTS = [name for name in RESULT_KEY if name != "grade_year"]
_NEAR = 1e-6


def reconciled(results: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield every own total of *results* that has parts, beside their sum: columns `COLUMNS`, a blank reason if equal.

    Parts are the sexes, the educations known, the three years of a period, and the units of every level below, by
    school year; metrics that add up (`ADDITIVE`) alone. `reason` is `UNEXPLAINED` where none is known. A table is of
    one kind of parts and of some metrics, and its texts are categories.
    """
    rows = results[[*RESULT_KEY, "n", "numerator"]].astype(dict.fromkeys(_TEXTS, "category"))
    additive = _additive(results)
    tree = tree_of(rows[UNIT_YEAR][additive], units, memberships)
    at = np.flatnonzero(additive)
    for chosen in portions(rows["metric"].cat.codes.to_numpy()[at], ROWS):
        own = own_rows(rows.take(at[chosen]))
        for parts in chain(by_pupil(own), by_year(own), by_unit(own, tree)):
            yield _beside_parts(own, parts)


def _beside_parts(own: OwnRows, parts: Parts) -> pd.DataFrame:
    """Return the totals of *parts* beside their sums."""
    wide = int(max(own.place.max(initial=0), parts.place.max(initial=0))) + 1
    of_part = own.rows[["n", "numerator"]].take(parts.row)
    of_part["schools"] = own.rows["level"].eq(str(Level.SCHOOL)).to_numpy(dtype="float64")[parts.row]
    sums = of_part.groupby(parts.cell * wide + parts.place, sort=False).sum()
    at = pd.Index(own.cell * wide + own.place).get_indexer(sums.index)
    sums, at = sums[at >= 0], at[at >= 0]
    table = own.rows.take(at).reset_index(drop=True)
    table = table.assign(kind=parts.kind, parts_n=sums["n"].to_numpy(), parts_numerator=sums["numerator"].to_numpy())
    beside = np.zeros(len(at), dtype=bool)
    if parts.outside is not None:
        total = pd.MultiIndex.from_arrays([own.place[at], own.year[at]])
        beside = total.isin(parts.outside) & (sums["schools"].to_numpy() == 0)
    return table.assign(reason=_reason(table, beside))[list(COLUMNS)]


def _reason(table: pd.DataFrame, beside: npt.NDArray[np.bool_]) -> pd.Series:
    """Return why each total differs from its parts; *beside* are those with schools outside that have no number."""
    apart = _apart(table["n"], table["parts_n"]) | _apart(table["numerator"], table["parts_numerator"])
    if not apart.any():
        return pd.Series("", index=table.index)
    shares = table["metric"].isin([name for name in table["metric"].unique() if catalog.metric(name).unit == "share"])
    more = table["n"].gt(table["parts_n"]) & ~(shares & table["parts_numerator"].gt(table["numerator"] + _NEAR))
    known = table["kind"].map(REASONS).where(more)
    of_schools = table["kind"].str.startswith(f"{Level.SCHOOL} of ") & table["breakdown"].eq(str(Breakdown.PERIOD))
    known = known.mask(of_schools & table["n"].gt(table["parts_n"]), NOT_THREE_YEARS)
    known = known.mask(beside & more, NO_UNIT_BETWEEN)
    return known.fillna(UNEXPLAINED).where(apart, "")


def counted(tables: Iterable[pd.DataFrame]) -> list[dict[str, Any]]:
    """Return how many totals of each kind equal their parts, and how many differ for which reason.

    A list of {what, totals, equal, reason, official, own}: per kind one entry with a blank reason that counts all
    totals and the equal ones, and one per reason; official and own are None. *tables* are as from `reconciled`;
    SkqError naming totals that differ for no known reason.
    """
    sizes: Counter[tuple[str, str]] = Counter()
    wrong = []
    for table in tables:
        for key, size in table.groupby(["kind", "reason"]).size().items():
            sizes[key] += int(size)  # type: ignore[index]
        wrong.append(table[table["reason"].eq(UNEXPLAINED)])
    _require_none([rows for rows in wrong if len(rows)])
    entries = []
    for kind in sorted({kind for kind, _ in sizes}):
        of_kind = {reason: size for (own, reason), size in sorted(sizes.items()) if own == kind}
        entries.append(_entry(kind, totals=sum(of_kind.values()), equal=of_kind.get("", 0)))
        entries += [_entry(kind, totals=size, reason=reason) for reason, size in of_kind.items() if reason]
    return entries


def _require_none(tables: list[pd.DataFrame]) -> None:
    """Raise SkqError naming the first of the wrong totals, which *tables* hold, if there are any."""
    if not tables:
        return
    wrong = pd.concat(tables, ignore_index=True)
    first = wrong.astype(dict.fromkeys(_TEXTS, "str")).sort_values(["kind", *RESULT_KEY]).head(SHOWN)
    cells = "\n".join(
        f"  {row.kind}: {row.metric} {row.unit} {row.school_year}: n {row.n:g} and parts {row.parts_n:g}, "
        f"sum {row.numerator:g} and parts {row.parts_numerator:g}"
        for row in first.itertuples()
    )
    more = f"\n  … and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    raise SkqError(
        f"{len(wrong)} total(s) are not the sum of their parts: a fault of skq, not of the files\n{cells}{more}\n"
        "  next:     publish nothing; send this message to whoever maintains skq"
    )


def _entry(what: str, *, totals: int, equal: int = 0, reason: str = "") -> dict[str, Any]:
    return {"what": what, "totals": totals, "equal": equal, "reason": reason, "official": None, "own": None}


def _additive(results: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which are own rows of metrics that add up."""
    adds_up = [name for name in results["metric"].unique() if catalog.metric(name).aggregation in ADDITIVE]
    own = results["metric"].isin(adds_up) & results["source"].eq(REGISTER) & results["numerator"].notna()
    return own.to_numpy(dtype=bool)


def _apart(total: pd.Series, parts: pd.Series) -> pd.Series:
    return (total - parts).abs() > _NEAR * np.maximum(1.0, total.abs())
