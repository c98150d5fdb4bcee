"""Two slices of one report -> which numbers are others, told by level and metric, never by their value."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from skq.provenance import canonical_lines
from skq.terms import COMPARISON_KEY, RESULT_KEY

KEYS = {
    "results": list(RESULT_KEY),
    "comparisons": list(COMPARISON_KEY),
    "estimates": list(RESULT_KEY),
    "goals": [*RESULT_KEY, "origin", "title"],
}
"""What tells one row of a table of a slice from all others."""

AS_MANY = 4
"""So many metrics of a level are named."""


def changed_rows(before: Path, now: Path) -> list[str]:
    """Return a line per table and level with rows that are new, gone or others in the slice *now* than in *before*.

    Tables that cannot be read are passed over: that they differ is told without this.
    """
    return [line for table, key in KEYS.items() for line in _lines(table, key, before, now)]


def _lines(table: str, key: Sequence[str], before: Path, now: Path) -> list[str]:
    try:
        old, new = (pd.read_parquet(folder / f"{table}.parquet") for folder in (before, now))
    except (OSError, ValueError):
        return []
    rows = _moved(old, new, list(key))
    return [
        f"{table}: {len(part)} row(s) of the level {level}: {_named(part['metric'])}"
        for level, part in rows.groupby("level", sort=True)
    ]


def _moved(old: pd.DataFrame, new: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return level and metric of every row that is not in both alike: another, a new one, or one that is gone.

    A row is told by its text: what is written the same is the same, a missing value too.
    """
    lines = [canonical_lines(frame) for frame in (old, new)]
    same = set(lines[0]) & set(lines[1])
    moved = [
        frame.assign(key=canonical_lines(frame[key]))[~line.isin(same)]
        for frame, line in zip((old, new), lines, strict=True)
    ]
    return pd.concat([rows[["key", "level", "metric"]] for rows in moved]).drop_duplicates("key")


def _named(metrics: pd.Series) -> str:
    names = sorted(metrics.unique())
    more = f" and {len(names) - AS_MANY} more" if len(names) > AS_MANY else ""
    return ", ".join(names[:AS_MANY]) + more
