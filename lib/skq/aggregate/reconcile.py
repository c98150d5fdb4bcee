"""Totals beside the sums of their parts, and beside the official figure, with the reason for every difference.

Own totals must be the sum of their parts, or differ for a reason that is known; anything else is a fault of skq.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from skq import catalog
from skq.aggregate.rollup import REGISTER
from skq.belonging import belonging
from skq.errors import SkqError
from skq.terms import RESULT_KEY, Breakdown, Level, SchoolYear

ADDITIVE = ("sum", "ratio_of_sums")
PERIOD_OF_YEARS = "years of period"
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
_CELL = ["metric", "school_year", "grade_year", "subject", "breakdown", "category"]
_TEXTS = [name for name in RESULT_KEY if name != "grade_year"]
_NEAR = 1e-6


def reconciled(results: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame) -> pd.DataFrame:
    """Return every own total of *results* that has parts, beside their sum: columns `COLUMNS`, a blank reason if equal.

    Parts are the sexes, the educations known, the three years of a period, and the units of every level below, by
    school year; metrics that add up (`ADDITIVE`) alone. `reason` is `UNEXPLAINED` where none is known.
    """
    rows = _additive(results)
    parts = pd.concat([*_by_pupil(rows), *_by_year(rows), *_by_unit(rows, units, memberships)], ignore_index=True)
    parts["beside"] = parts["beside"].fillna(0.0)
    sums = parts.groupby(["kind", "cell", "place"], sort=False)[["n", "numerator", "beside"]].sum()
    sums = sums.rename(columns={"n": "parts_n", "numerator": "parts_numerator"}).reset_index()
    table = rows.merge(sums, on=["cell", "place"], how="inner", validate="one_to_many")
    apart = _apart(table["n"], table["parts_n"]), _apart(table["numerator"], table["parts_numerator"])
    shares = table["metric"].isin([name for name in table["metric"].unique() if catalog.metric(name).unit == "share"])
    more = table["n"].gt(table["parts_n"]) & ~(shares & table["parts_numerator"].gt(table["numerator"] + _NEAR))
    known = table["kind"].map(REASONS).where(more)
    of_schools = table["kind"].str.startswith(f"{Level.SCHOOL} of ") & table["breakdown"].eq(str(Breakdown.PERIOD))
    known = known.mask(of_schools & table["n"].gt(table["parts_n"]), NOT_THREE_YEARS)
    known = known.mask(table["beside"].lt(0) & more, NO_UNIT_BETWEEN)
    reason = known.fillna(UNEXPLAINED).where(apart[0] | apart[1], "")
    ordered = table.assign(reason=reason)[list(COLUMNS)].sort_values(["kind", *RESULT_KEY], ignore_index=True)
    return ordered.astype(dict.fromkeys(_TEXTS, "str"))


def require_reconciled(table: pd.DataFrame) -> int:
    """Return how many totals were held beside their parts; SkqError naming those that differ for no known reason."""
    wrong = table[table["reason"].eq(UNEXPLAINED)]
    if wrong.empty:
        return len(table)
    cells = "\n".join(
        f"  {row.kind}: {row.metric} {row.unit} {row.school_year}: n {row.n:g} and parts {row.parts_n:g}, "
        f"sum {row.numerator:g} and parts {row.parts_numerator:g}"
        for row in wrong.head(SHOWN).itertuples()
    )
    more = f"\n  … and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    raise SkqError(
        f"{len(wrong)} total(s) are not the sum of their parts: a fault of skq, not of the files\n{cells}{more}\n"
        "  next:     publish nothing; send this message to whoever maintains skq"
    )


def counted(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return how many totals of each kind equal their parts, and how many differ for which reason.

    A list of {what, totals, equal, reason, official, own}: per kind one entry with a blank reason that counts all
    totals and the equal ones, and one per reason; official and own are None.
    """
    entries = []
    for kind, own in table.groupby("kind", sort=True):
        equal = int(own["reason"].eq("").sum())
        entries.append(_entry(str(kind), totals=len(own), equal=equal))
        for reason, size in own.loc[own["reason"].ne(""), "reason"].value_counts(sort=False).sort_index().items():
            entries.append(_entry(str(kind), totals=int(size), reason=str(reason)))
    return entries


def _entry(what: str, *, totals: int, equal: int = 0, reason: str = "") -> dict[str, Any]:
    return {"what": what, "totals": totals, "equal": equal, "reason": reason, "official": None, "own": None}


def _additive(results: pd.DataFrame) -> pd.DataFrame:
    """Return the own rows of metrics that add up, with `cell` and `place` as the numbers of what and who they tell.

    Texts are categories: there are many rows of few.
    """
    adds_up = [name for name in results["metric"].unique() if catalog.metric(name).aggregation in ADDITIVE]
    own = results["metric"].isin(adds_up) & results["source"].eq(REGISTER)
    rows = results.loc[own & results["numerator"].notna(), [*RESULT_KEY, "n", "numerator"]].reset_index(drop=True)
    rows = rows.astype({"n": "float64", "numerator": "float64", **dict.fromkeys(_TEXTS, "category")})
    return rows.assign(
        cell=rows.groupby(_CELL, dropna=False, observed=True, sort=False).ngroup(),
        place=rows.groupby(["level", "unit"], observed=True, sort=False).ngroup(),
    )


def _by_pupil(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the sexes and the educations as parts of all pupils."""
    cells = rows[[*_CELL, "cell"]].drop_duplicates("cell")
    whole = cells[cells["breakdown"].eq(str(Breakdown.ALL))].drop(columns=["breakdown", "category"])
    key = [column for column in _CELL if column not in ("breakdown", "category")]
    for breakdown in (Breakdown.SEX, Breakdown.PARENTAL_EDUCATION):
        parts = cells[cells["breakdown"].eq(str(breakdown))]
        of_whole = parts.merge(whole, on=key, how="inner", suffixes=("", "_whole")).set_index("cell")["cell_whole"]
        own = rows[rows["cell"].isin(of_whole.index)]
        yield own[["place", "n", "numerator"]].assign(kind=str(breakdown), cell=own["cell"].map(of_whole))


def _by_year(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield single years as parts of the periods that hold them."""
    key = ["metric", "grade_year", "subject"]
    cells = rows[[*_CELL, "cell"]].drop_duplicates("cell")
    period = cells[cells["breakdown"].eq(str(Breakdown.PERIOD))]
    single = cells[cells["breakdown"].eq(str(Breakdown.ALL))]
    for back in range(3):
        years = {text: str(SchoolYear(SchoolYear.parse(text).start - back)) for text in period["school_year"].unique()}
        wanted = period.assign(school_year=period["school_year"].map(years).astype("str"))
        pairs = wanted.merge(single, on=[*key, "school_year"], how="inner", suffixes=("_period", ""))
        of_period = pairs.set_index("cell")["cell_period"]
        own = rows[rows["cell"].isin(of_period.index)]
        yield own[["place", "n", "numerator"]].assign(kind=PERIOD_OF_YEARS, cell=own["cell"].map(of_period))


def _by_unit(rows: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the units of a level as parts of the unit above, and beside them the schools that are in none of them."""
    known = rows[["level", "unit", "school_year", "place"]].drop_duplicates()
    known = known.astype(dict.fromkeys(("level", "unit", "school_year"), "str"))
    places = known.drop_duplicates("place").set_index(["level", "unit"])["place"]
    told = belonging(known, units, memberships)
    above = told["kind"].str.split(" of ", n=1).str[1]
    parent = pd.MultiIndex.from_arrays([above, told["parent"]])
    told = told.assign(parent=places.reindex(parent).to_numpy()).merge(known, on=["level", "unit", "school_year"])
    told = told.dropna(subset=["parent"]).astype({"parent": "int64", "school_year": rows["school_year"].dtype})
    for kind, pairs in told.groupby("kind", sort=True):
        own = rows[rows["place"].isin(pairs["place"].unique())]
        found = own[["place", "school_year", "level", "cell", "n", "numerator"]].merge(
            pairs[["place", "school_year", "parent"]], on=["place", "school_year"], how="inner"
        )
        divided = found.loc[found["level"].eq(str(kind).split(" of ")[0]), "cell"].unique()  # told at that level at all
        found = found[found["cell"].isin(divided)]
        outside = pairs[pairs["level"].eq(str(Level.SCHOOL))]
        beside = _without_rows(found, outside) if not str(kind).startswith(str(Level.SCHOOL)) else 0.0
        found = found.assign(kind=str(kind), place=found["parent"], beside=beside)
        yield found[["kind", "cell", "place", "n", "numerator", "beside"]]


def _without_rows(found: pd.DataFrame, outside: pd.DataFrame) -> pd.Series:
    """Return −1 for parts of a total in whose unit lie schools outside all parts that have no number of their own."""
    expected = outside.groupby(["parent", "school_year"]).size().rename("schools").reset_index()
    there = found[found["level"].eq(str(Level.SCHOOL))].groupby(["cell", "parent"]).size().rename("told").reset_index()
    both = found.merge(expected, on=["parent", "school_year"], how="left").merge(
        there, on=["cell", "parent"], how="left"
    )
    lacking = both["schools"].fillna(0).gt(0) & both["told"].fillna(0).eq(0)
    return pd.Series(np.where(lacking, -1.0, 0.0), index=found.index)


def _apart(total: pd.Series, parts: pd.Series) -> pd.Series:
    return (total - parts).abs() > _NEAR * np.maximum(1.0, total.abs())
