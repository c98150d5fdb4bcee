"""Own sums of a municipality and the nation beside the figure that the agency publishes, and why they differ."""

from __future__ import annotations

from typing import Any

import pandas as pd

from skq import catalog
from skq.aggregate.rollup import REGISTER
from skq.terms import RESULT_KEY, Breakdown, CellStatus, Level

OFFICIAL_HIDDEN, ROUNDING, OTHER_SCHOOLS, OTHERWISE = (
    "official_not_shown",
    "rounding",
    "schools_of_other_organizers",
    "counted_otherwise",
)
"""The agency hides it; equal once rounded; it counts more pupils, those of other organizers; it counts another day or
other pupils."""

NAMED = ("merit_rating_17", "all_subjects_passed_share", "eligible_vocational_share", "pupil_count")
"""The metrics whose two figures are told one by one; the others are counted."""

LEVELS = (Level.MUNICIPALITY, Level.NATION)
MINIMUM, LACKING = 10, 5
"""A sum of our own is told from so many pupils on; of a share, as many with the property and so many without."""

_PER_CENT = 0.01


def beside_official(own: pd.DataFrame, official: pd.DataFrame) -> pd.DataFrame:
    """Return every own figure of a municipality or the nation that the agency has too: `RESULT_KEY`, both, the reason.

    Columns n, value, numerator and n_official, value_official; `reason` is blank where the two are the same number.
    """
    key = list(RESULT_KEY)
    upper = own["level"].isin([str(level) for level in LEVELS]) & own["source"].eq(REGISTER)
    mine = own.loc[upper & own["value"].notna(), [*key, "n", "numerator", "value"]]
    theirs = official[~official["source"].eq(REGISTER)][[*key, "n", "value", "status", "raw"]]
    both = mine.merge(theirs, on=key, how="inner", suffixes=("", "_official"), validate="one_to_one")
    shown = both["status"].isin([str(status) for status in CellStatus if status.has_value])
    both = both.astype(dict.fromkeys(("n", "n_official", "numerator", "value", "value_official"), "float64"))
    apart = (both["value"] - both["value_official"]).abs()
    more = both["n_official"].gt(both["n"])
    reason = pd.Series(OTHERWISE, index=both.index).mask(more, OTHER_SCHOOLS)
    reason = reason.mask(apart <= _half_step(both) + 1e-9, ROUNDING).mask(apart <= 1e-9, "")
    return both.assign(reason=reason.mask(~shown, OFFICIAL_HIDDEN)).drop(columns=["status", "raw"])


def told(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the figures of `beside_official` as {what, totals, equal, reason, official, own}.

    First how many there are and how many are equal, once per reason; then one entry a figure of `NAMED`, all pupils,
    where what is `official <metric> <grade year> <unit> <school year>`.
    """
    if table.empty:
        return []
    entries: list[dict[str, Any]] = []
    for reason, size in table["reason"].value_counts(sort=False).sort_index().items():
        equal = int(size) if reason in ("", ROUNDING) else 0
        counts = {"totals": int(size), "equal": equal, "reason": str(reason)}
        entries.append({"what": "official", **counts, "official": None, "own": None})
    named = table[table["metric"].isin(NAMED) & table["breakdown"].eq(str(Breakdown.ALL))]
    for row in named.sort_values(list(RESULT_KEY)).to_dict("records"):
        year = "" if pd.isna(row["grade_year"]) else str(int(row["grade_year"]))
        parts = ("official", row["metric"], year, row["unit"], row["school_year"])
        official = None if pd.isna(row["value_official"]) else float(row["value_official"])
        entry = {"what": " ".join(part for part in parts if part), "totals": 1, "reason": row["reason"]}
        own = float(row["value"]) if _may_be_told(row["metric"], row["n"], row["numerator"]) else None
        entries.append({**entry, "equal": int(row["reason"] in ("", ROUNDING)), "official": official, "own": own})
    return entries


def _may_be_told(metric: str, n: float, numerator: float) -> bool:
    if not n >= MINIMUM:
        return False
    return catalog.metric(metric).unit != "share" or (numerator >= MINIMUM and n - numerator >= LACKING)


def _half_step(both: pd.DataFrame) -> pd.Series:
    """Return half of the last decimal that the agency prints of each figure."""
    decimals = both["raw"].fillna("").str.extract(r",(\d+)$")[0].str.len().fillna(0)
    shares = both["metric"].isin([name for name in both["metric"].unique() if catalog.metric(name).unit == "share"])
    return 0.5 * 10.0**-decimals * shares.map({True: _PER_CENT, False: 1.0})
