"""The main comparison, with the rest of the municipality: its verdict, p, and what is left of it after Holm."""

from __future__ import annotations

import pandas as pd

from skq.compare.part_of_whole import rest_of_whole
from skq.judge.rows import at_keys, numbers_at
from skq.metrics.multiple import CHANCE, holm, mean_p, share_p
from skq.sides import VS_MUNICIPALITY, reference_keys
from skq.terms import COMPARISON_KEY, RESULT_KEY, WITH_VALUE

ABOVE, BELOW = "above", "below"

DISTANCE = (*COMPARISON_KEY, "value", "certain", "status")
"""The columns of comparisons that verdicts are made of."""


def distances(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return the shown comparisons with the municipality whose certainty is known, with `verdict`.

    The verdict is above, below, or blank where not certain. Of all breakdowns, periods among them.
    """
    shown = comparisons["status"].isin(WITH_VALUE) & comparisons["certain"].notna()
    rows = comparisons[comparisons["kind"].eq(VS_MUNICIPALITY) & shown]
    verdict = pd.Series("", index=rows.index, dtype="str")
    verdict = verdict.mask(rows["certain"] & rows["value"].gt(0), ABOVE).mask(
        rows["certain"] & rows["value"].lt(0), BELOW
    )
    return rows[[*COMPARISON_KEY]].assign(verdict=verdict)


def verdicts(keys: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Return the verdict on each number that *keys* name (index kept); missing where it is not judged."""
    return at_keys(known, keys, ["verdict"])["verdict"]


def main_comparison(rows: pd.DataFrame, known: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Return direction, p and holm of the judged *rows* (index kept).

    *known* is as `distances` returns it, *shown* as `rows.shown_rows`. p is that of the school against the rest of its
    municipality and fits the interval of the comparison. Holm is over all numbers of the school in the school year.
    """
    sides = rows[list(RESULT_KEY)].join(at_keys(known, rows, ["kind", "reference", "verdict"]))
    tested = sides["verdict"].notna()
    p = pd.Series(float("nan"), index=rows.index)
    for kind, method in (("share", share_p), ("mean", mean_p)):
        of_kind = tested & rows["kind"].eq(kind)
        whole = numbers_at(reference_keys(sides[of_kind]), shown)
        p[of_kind] = method(rows[of_kind], rest_of_whole(rows[of_kind], whole, kind=kind))
    direction = sides["verdict"].fillna("")
    left = holm(p, rows["unit"] + " " + rows["school_year"])
    certain = (left.lt(CHANCE) & direction.ne("")).astype("boolean")
    return pd.DataFrame({"direction": direction, "p": p, "holm": certain.mask(p.isna())})
