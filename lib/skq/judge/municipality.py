"""The main comparison, with the rest of the municipality: its verdict, p, and what is left of it after Holm."""

from __future__ import annotations

import pandas as pd

from skq.compare.part_of_whole import rest_of_whole
from skq.judge.rows import Lookup
from skq.keys import numbered
from skq.metrics.multiple import CHANCE, holm, mean_p, share_p
from skq.sides import VS_MUNICIPALITY, reference_keys
from skq.terms import COMPARISON_KEY, RESULT_KEY, WITH_VALUE

ABOVE, BELOW = "above", "below"

DISTANCE = (*COMPARISON_KEY, "value", "certain", "status")
"""The columns of comparisons that verdicts are made of."""


def distances(comparisons: pd.DataFrame) -> Lookup:
    """Return kind, reference and verdict of the shown comparisons with the municipality whose certainty is known.

    The verdict is above, below, or blank where not certain. Of all breakdowns, periods among them.
    """
    shown = comparisons["status"].isin(WITH_VALUE) & comparisons["certain"].notna()
    rows = comparisons[comparisons["kind"].eq(VS_MUNICIPALITY) & shown]
    verdict = pd.Series("", index=rows.index, dtype="str")
    verdict = verdict.mask(rows["certain"] & rows["value"].gt(0), ABOVE).mask(
        rows["certain"] & rows["value"].lt(0), BELOW
    )
    return Lookup(rows.assign(verdict=verdict), ["kind", "reference", "verdict"])


def verdicts(keys: pd.DataFrame, known: Lookup) -> pd.Series:
    """Return the verdict on each number that *keys* name (index kept); missing where it is not judged."""
    return known.at(keys)["verdict"]


def main_comparison(rows: pd.DataFrame, known: Lookup, shown: Lookup) -> pd.DataFrame:
    """Return direction and p of the judged *rows* (index kept).

    *known* is as `distances` returns it, *shown* has the numbers of `rows.shown_rows`. p is that of the school against
    the rest of its municipality and fits the interval of the comparison.
    """
    sides = rows[list(RESULT_KEY)].join(known.at(rows))
    tested = sides["verdict"].notna()
    p = pd.Series(float("nan"), index=rows.index)
    for kind, method in (("share", share_p), ("mean", mean_p)):
        of_kind = tested & rows["kind"].eq(kind)
        whole = shown.at(reference_keys(sides[of_kind]))
        p[of_kind] = method(rows[of_kind], rest_of_whole(rows[of_kind], whole, kind=kind))
    return pd.DataFrame({"direction": sides["verdict"].fillna(""), "p": p})


def after_holm(said: pd.DataFrame) -> pd.Series:
    """Return whether each verdict (direction, p) stands after Holm over all numbers of the school in the school year.

    Missing where there is no p.
    """
    p = said["p"].astype("float64")
    left = holm(p, pd.Series(numbered(said, ["unit", "school_year"]), index=said.index))
    certain = (left.lt(CHANCE) & said["direction"].ne("")).astype("boolean")
    return certain.mask(p.isna())
