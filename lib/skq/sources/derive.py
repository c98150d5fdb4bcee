"""Figures that no export holds, worked out from published ones.

The nation comes from its municipalities; a municipality's pupils from its schools, where only those are exported.

Counts are summed; shares and means are weighted by the number they rest on, over the parts that publish both. `~100`
says that one to four pupils lack the property: 2.5 of them are taken, which errs by 1.5 pupils a part at most; leaving
those parts out would bend the share down, by a whole percentage point in small subjects. No interval is given: a few
of the figures below the sum are hidden.
"""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.terms import RESULT_KEY, CellStatus, Level

NATION = "SE"
LACKING_OF_NEARLY_ALL = 2.5
"""How many pupils `~100` is taken to lack: the middle of one to four."""

LEAST_COVERAGE = {"municipalities": 0.95, "schools": 0.99}
"""The share of the pupils whose parts must enter; below it the hidden ones could decide the figure.

More is asked of schools, whose shares are hidden where few pupils have the property: what is left would be too high.
"""

_WITHIN = ["place", *(name for name in RESULT_KEY if name not in ("level", "unit"))]
_COUNTS = ("count", "fte")


def nation_of(rows: pd.DataFrame, *, parts: str) -> pd.DataFrame:
    """Return the nation's results rows, and in `entered` and `of` how many of the parts entered of those with a row.

    *rows* are results rows of all *parts*: `municipalities` (costs: municipal organizers) or `schools`, each key once.
    A count is left out where one part's is hidden; a share or mean where less than `LEAST_COVERAGE` is covered.
    """
    return _together(rows.assign(place=NATION), level=Level.NATION, coverage=LEAST_COVERAGE[parts])


def municipalities_of(schools: pd.DataFrame) -> pd.DataFrame:
    """Return results rows of municipalities from *schools*, the results rows of all their schools; as `nation_of`."""
    placed = schools[schools["municipality_code"] != ""]
    within = placed.assign(place=placed["municipality_code"])
    rows = _together(within, level=Level.MUNICIPALITY, coverage=LEAST_COVERAGE["schools"])
    return rows.assign(municipality_code=rows["unit"])


def _together(rows: pd.DataFrame, *, level: Level, coverage: float) -> pd.DataFrame:
    units = rows["metric"].map({name: catalog.metric(name).unit for name in rows["metric"].unique()})
    is_count = units.isin(_COUNTS)
    parts = pd.concat([_counts(rows[is_count]), _weighted(rows[~is_count], coverage=coverage)], ignore_index=True)
    return parts.assign(
        level=str(level),
        status=str(CellStatus.OBSERVED),
        source="derived:" + parts["source"],
        raw="",
        value=parts["value"].astype("Float64"),
        n=parts["n"].astype("Float64"),
    ).rename(columns={"place": "unit"})


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum counts; a point is nobody, a hidden count makes the sum unknown."""
    value = rows["value"].where(rows["status"] != CellStatus.MISSING, 0.0)
    sums = _sums(rows.assign(total=value, known=value.notna()), total="total", known="known")
    whole = sums[sums["entered"] == sums["of"]]
    return whole.assign(value=whole["total"], n=whole["total"]).drop(columns=["total", "known"])


def _weighted(rows: pd.DataFrame, *, coverage: float) -> pd.DataFrame:
    nearly = rows["status"] == CellStatus.NEARLY_ALL
    value = rows["value"].where(~nearly, 1 - LACKING_OF_NEARLY_ALL / rows["n"])
    known = value.notna() & rows["n"].notna()
    weight = rows["n"].where(known, 0.0)
    sums = _sums(
        rows.assign(total=(weight * value).fillna(0.0), weight=weight, all=rows["n"].fillna(0.0), known=known),
        total="total",
        known="known",
        weight="weight",
        all="all",
    )
    covered = sums[(sums["weight"] > 0) & (sums["weight"] >= coverage * sums["all"])]
    means = covered.assign(value=covered["total"] / covered["weight"], n=covered["weight"])
    return means.drop(columns=["total", "known", "weight", "all"])


def _sums(rows: pd.DataFrame, **summed: str) -> pd.DataFrame:
    groups = rows.assign(of=1).groupby(_WITHIN, dropna=False, sort=True)
    how = {"source": "first", "of": "sum", **dict.fromkeys(summed.values(), "sum")}
    return groups.agg(how).reset_index().assign(entered=lambda sums: sums["known"].astype("int64"))
