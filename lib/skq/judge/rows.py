"""Which shown numbers are judged, which of them stand in one series, and where their counterparts are."""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.columns import written_out
from skq.keys import Keys, places
from skq.terms import RESULT_KEY, WITH_VALUE, Breakdown, Level

NUMBERS = ["value", "lower", "upper", "n"]
_SERIES = ["metric", "school_year", "grade_year", "subject"]


def shown_rows(results: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of *results* that show a value, numbers as plain floats (missing is NaN)."""
    shown = results[results["status"].isin(WITH_VALUE) & results["value"].notna()]
    return shown.astype(dict.fromkeys(NUMBERS, "float64"))


def judged_rows(shown: pd.DataFrame) -> pd.DataFrame:
    """Return the schools' numbers of all pupils that chance can be judged of, sorted, with `series` and `kind`.

    The kind is the catalogue's: share or mean. What it gives no interval is counted completely, so that there is no
    chance in it, whatever interval a source may give. Numbers of one series are of the same metric, school year, grade
    year and subject.
    """
    metrics = [catalog.metric(name) for name in shown["metric"].unique()]
    kinds = {entry.id: entry.interval for entry in metrics if entry.compared and entry.interval != "none"}
    whole = shown[["lower", "upper", "n"]].notna().all(axis="columns") & shown["n"].gt(0)
    school = shown["level"].eq(str(Level.SCHOOL)) & shown["breakdown"].eq(str(Breakdown.ALL))
    chosen = written_out(shown[shown["metric"].isin(kinds) & whole & school])
    rows = chosen.sort_values(list(RESULT_KEY), kind="stable").reset_index(drop=True)
    series = rows.groupby(_SERIES, dropna=False, sort=True).ngroup()
    return rows.assign(series=series, kind=rows["metric"].map(kinds).astype("str"))


def numbers_at(keys: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Return value, lower, upper, n of the shown results that *keys* name, indexed as *keys*; missing where none is."""
    return at_keys(shown, keys, NUMBERS)


def at_keys(rows: pd.DataFrame, keys: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return *columns* of the *rows* that *keys* name, indexed as *keys*; missing where none is."""
    of_rows = Keys(rows, RESULT_KEY)
    at = places(of_rows.own, of_rows.of(keys))
    return rows[columns].reset_index(drop=True).reindex(at).set_axis(keys.index)
