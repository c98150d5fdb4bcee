"""The nation, which these exports do not hold, worked out from the published municipal figures.

Counts are summed; shares and means are weighted by the number they rest on, over the municipalities that publish both.
No interval is given: a few of the figures below the sum are hidden.
"""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.terms import RESULT_KEY, CellStatus, Level

NATION = "SE"
_WITHIN = [name for name in RESULT_KEY if name not in ("level", "unit")]
_COUNTS = ("count", "fte")


def nation_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the nation's results rows, and in `entered` and `of` how many municipalities entered of those with a row.

    *rows* are results rows of municipalities (costs: of municipal organizers), each key once. A count is left out where
    one municipality's is hidden; a share or mean where no municipality publishes what it rests on.
    """
    if rows.empty:
        return rows.assign(entered=0, of=0)
    units = rows["metric"].map({name: catalog.metric(name).unit for name in sorted(rows["metric"].unique())})
    counts = units.isin(_COUNTS)
    published = rows["value"].notna() & rows["n"].notna()
    nobody = counts & (rows["status"] == CellStatus.MISSING)
    value = rows["value"].where(~nobody, 0.0)
    weight = rows["n"].where(published)
    parts = rows[_WITHIN].assign(
        source=rows["source"],
        sum=value,
        hidden=counts & value.isna(),
        weight=weight,
        weighted=weight * rows["value"],
        entered=published | nobody,
        of=1,
    )
    totals = parts.groupby(_WITHIN, dropna=False, sort=True).agg(
        {"source": "first", "sum": "sum", "hidden": "any", "weight": "sum", "weighted": "sum", "entered": "sum", "of": "sum"}
    )
    nation = totals.reset_index()
    is_count = nation["metric"].map(lambda name: catalog.metric(str(name)).unit in _COUNTS)
    mean = nation["weighted"] / nation["weight"].where(nation["weight"] > 0)
    nation["value"] = mean.where(~is_count, nation["sum"]).astype("Float64")
    nation["n"] = nation["weight"].where(~is_count, nation["sum"]).astype("Float64")
    kept = nation[nation["value"].notna() & ~nation["hidden"]]
    return kept.assign(
        level=str(Level.NATION),
        unit=NATION,
        status=str(CellStatus.OBSERVED),
        source="derived:" + kept["source"],
        raw="",
    ).drop(columns=["sum", "hidden", "weight", "weighted"])
