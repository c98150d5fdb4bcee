"""The nation, which these exports do not hold, worked out from the published municipal figures.

Counts are summed; shares and means are weighted by the number they rest on, over the municipalities that publish both.
`~100` says that one to four pupils lack the property: 2.5 of them are taken, which errs by 1.5 pupils a municipality at
most; leaving those municipalities out would bend the share down, by a whole percentage point in small subjects. No
interval is given: a few of the figures below the sum are hidden.
"""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.terms import RESULT_KEY, CellStatus, Level

NATION = "SE"
LACKING_OF_NEARLY_ALL = 2.5
"""How many pupils `~100` is taken to lack: the middle of one to four."""

LEAST_COVERAGE = 0.95
"""The part of the pupils whose municipalities must enter; below it the hidden ones could decide the figure."""

_WITHIN = [name for name in RESULT_KEY if name not in ("level", "unit")]
_COUNTS = ("count", "fte")


def nation_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the nation's results rows, and in `entered` and `of` how many municipalities entered of those with a row.

    *rows* are results rows of municipalities (costs: of municipal organizers), each key once. A count is left out where
    one municipality's is hidden; a share or mean where fewer than `LEAST_COVERAGE` of the pupils are covered.
    """
    units = rows["metric"].map({name: catalog.metric(name).unit for name in rows["metric"].unique()})
    is_count = units.isin(_COUNTS)
    parts = pd.concat([_counts(rows[is_count]), _weighted(rows[~is_count])], ignore_index=True)
    return parts.assign(
        level=str(Level.NATION),
        unit=NATION,
        status=str(CellStatus.OBSERVED),
        source="derived:" + parts["source"],
        raw="",
        value=parts["value"].astype("Float64"),
        n=parts["n"].astype("Float64"),
    )


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum counts; a point is nobody, a hidden count makes the sum unknown."""
    value = rows["value"].where(rows["status"] != CellStatus.MISSING, 0.0)
    sums = _sums(rows.assign(total=value, known=value.notna()), total="total", known="known")
    whole = sums[sums["entered"] == sums["of"]]
    return whole.assign(value=whole["total"], n=whole["total"]).drop(columns=["total", "known"])


def _weighted(rows: pd.DataFrame) -> pd.DataFrame:
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
    covered = sums[(sums["weight"] > 0) & (sums["weight"] >= LEAST_COVERAGE * sums["all"])]
    means = covered.assign(value=covered["total"] / covered["weight"], n=covered["weight"])
    return means.drop(columns=["total", "known", "weight", "all"])


def _sums(rows: pd.DataFrame, **summed: str) -> pd.DataFrame:
    groups = rows.assign(of=1).groupby(_WITHIN, dropna=False, sort=True)
    how = {"source": "first", "of": "sum", **dict.fromkeys(summed.values(), "sum")}
    return groups.agg(how).reset_index().assign(entered=lambda sums: sums["known"].astype("int64"))
