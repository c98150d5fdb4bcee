"""Which shown numbers are judged, which of them stand in one series, and where their counterparts are."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq import catalog
from skq.columns import written_out
from skq.keys import Keys, by_number, numbered, places, portions, ranks
from skq.terms import RESULT_KEY, WITH_VALUE, Breakdown, Level

NUMBERS = ["value", "lower", "upper", "n"]
AT_A_TIME = 100_000
"""So many numbers are judged together, unless one metric has more of them: more only ask for more memory."""
_SERIES = ["metric", "school_year", "grade_year", "subject"]


def shown_rows(results: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of *results* that show a value, numbers as plain floats (missing is NaN)."""
    shown = results[results["status"].isin(WITH_VALUE) & results["value"].notna()]
    return shown.astype(dict.fromkeys(NUMBERS, "float64"))


def judged_rows(shown: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the schools' numbers of all pupils that chance can be judged of, sorted, with `series` and `kind`.

    Some metrics at a time, each whole; at least once. The kind is the catalogue's: share or mean. What it gives no
    interval is counted completely, so that there is no chance in it, whatever interval a source may give. Numbers of
    one series are of the same metric, school year, grade year and subject.
    """
    metrics = [catalog.metric(name) for name in shown["metric"].unique()]
    kinds = {entry.id: entry.interval for entry in metrics if entry.compared and entry.interval != "none"}
    whole = shown[["lower", "upper", "n"]].notna().all(axis="columns") & shown["n"].gt(0)
    school = shown["level"].eq(str(Level.SCHOOL)) & shown["breakdown"].eq(str(Breakdown.ALL))
    chosen = shown[shown["metric"].isin(kinds) & whole & school]
    chosen = by_number(chosen, numbered(chosen, RESULT_KEY))
    for portion in portions(ranks(chosen["metric"])[0], AT_A_TIME):
        rows = written_out(chosen.take(portion).reset_index(drop=True))
        yield rows.assign(series=numbered(rows, _SERIES), kind=rows["metric"].map(kinds).astype("str"))


class Lookup:
    """Columns of some rows, to be found by the keys of results; these are numbered once for all who ask."""

    def __init__(self, rows: pd.DataFrame, columns: list[str]) -> None:
        self._keys = Keys(rows, RESULT_KEY)
        self._told = rows[columns].reset_index(drop=True)

    def at(self, keys: pd.DataFrame) -> pd.DataFrame:
        """Return the columns of the rows that *keys* name, indexed as *keys*; missing where none is."""
        found = places(self._keys.own, self._keys.of(keys))
        return self._told.reindex(found).set_axis(keys.index)
