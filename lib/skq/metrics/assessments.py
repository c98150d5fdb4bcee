"""Self-assessment on an ordinal scale: distribution, median, movement between years, agreement (domain §15).

Everything of one group of ratings follows from how many there are of each step, so a group is a row of counts. A
missing rating is counted as missing and never filled in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from skq.metrics.measure import Answer, Measure, no_measure


@dataclass(frozen=True)
class StepScale:
    """The steps of a scale, lowest first, and the lowest step that is good."""

    lowest: int = 1
    highest: int = 4
    good_from: int = 3

    @property
    def steps(self) -> list[int]:
        """The steps, lowest first."""
        return list(range(self.lowest, self.highest + 1))


FOUR_STEPS = StepScale()
"""1 not at all, 2 to some degree, 3 to a large degree, 4 completely."""


@dataclass(frozen=True)
class Distribution:
    """How many ratings there are of each step (index: the steps), and how many are missing."""

    counts: pd.Series
    missing: int


def distribution(ratings: pd.Series, *, scale: StepScale = FOUR_STEPS) -> Distribution:
    """Return how many *ratings* there are of each step of *scale*; ValueError on a rating outside it."""
    known = ratings.dropna()
    if not known.isin(scale.steps).all():
        raise ValueError(f"ratings are {scale.lowest} to {scale.highest}")
    counts = known.astype("int64").value_counts().reindex(scale.steps, fill_value=0)
    return Distribution(counts.rename("count"), int(ratings.isna().sum()))


def summary(counts: pd.DataFrame, *, scale: StepScale = FOUR_STEPS) -> pd.DataFrame:
    """Return n, median, minimum, good (share from `good_from` up), mean and index (0 to 100) of each row of *counts*.

    *counts* has a column per step. The median is the lower one, a step that somebody gave; all but n are missing
    where there is no rating.
    """
    table = counts[scale.steps].astype("float64")
    n = table.sum(axis="columns")
    some = n.gt(0)
    reached = table.cumsum(axis="columns").ge((n + 1) // 2, axis="index")
    mean = (table * np.array(scale.steps)).sum(axis="columns") / n.where(some)
    good = table[[step for step in scale.steps if step >= scale.good_from]].sum(axis="columns")
    return pd.DataFrame(
        {
            "n": n,
            "median": _first_step(reached).where(some),
            "minimum": _first_step(table.gt(0)).where(some),
            "good": good / n.where(some),
            "mean": mean,
            "index": (mean - scale.lowest) / (scale.highest - scale.lowest) * 100,
        }
    )


def _first_step(true: pd.DataFrame) -> pd.Series:
    """Return the lowest step whose column is true in each row."""
    steps = true.columns.to_numpy(dtype="float64")
    return pd.Series(steps[true.to_numpy().argmax(axis=1)], index=true.index)


def transitions(before: pd.Series, after: pd.Series, *, scale: StepScale = FOUR_STEPS) -> pd.DataFrame:
    """Return how many units went from each step (row) to each step (column); units without both ratings are left out.

    The two series share their index. Also for two raters of the same units.
    """
    both = pd.DataFrame({"before": before, "after": after}).dropna().astype("int64")
    table = pd.crosstab(both["before"], both["after"])
    return table.reindex(index=scale.steps, columns=scale.steps, fill_value=0).rename_axis(index=None, columns=None)


@dataclass(frozen=True)
class Moves:
    """The shares of units that improved, stayed and got worse; they sum to one."""

    improved: Measure
    unchanged: Measure
    worse: Measure


def moves(matrix: pd.DataFrame) -> Moves:
    """Return the shares of units above, on and below the diagonal of a *matrix* of `transitions`."""
    counts = matrix.to_numpy()
    n = int(counts.sum())
    if n == 0:
        nobody = no_measure(Answer.NOBODY, 0)
        return Moves(nobody, nobody, nobody)
    parts = (np.triu(counts, 1).sum(), np.trace(counts), np.tril(counts, -1).sum())
    return Moves(*(Measure(float(part) / n, n) for part in parts))


def exact_agreement(first: pd.Series, second: pd.Series) -> Measure:
    """Return the share of units to which both raters gave the same rating, of those that both have rated."""
    both = pd.DataFrame({"first": first, "second": second}).dropna()
    if both.empty:
        return no_measure(Answer.NOBODY, 0)
    return Measure(float(both["first"].eq(both["second"]).mean()), len(both))


def weighted_kappa(first: pd.Series, second: pd.Series) -> Measure:
    """Return Cohen's kappa with quadratic weights for two raters of the same units: 1 all alike, 0 as by chance.

    Fewer than two units rated by both: `too_few`. Everything one and the same step: `all_equal`, there is no
    disagreement that chance could give. Cohen (1968), Psychological Bulletin 70:213-220.
    """
    both = pd.DataFrame({"first": first, "second": second}).dropna().astype("float64")
    if len(both) < 2:
        return no_measure(Answer.NOBODY if both.empty else Answer.TOO_FEW, len(both))
    value = kappa_from_sums(kappa_terms(both["first"], both["second"]).sum().to_frame().T).iloc[0]
    return no_measure(Answer.ALL_EQUAL, len(both)) if pd.isna(value) else Measure(float(value), len(both))


def kappa_terms(first: pd.Series, second: pd.Series) -> pd.DataFrame:
    """Return what `kappa_from_sums` needs the sums of, a row per unit: n, first, second, squares, apart."""
    return pd.DataFrame(
        {
            "n": 1.0,
            "first": first,
            "second": second,
            "squares": first**2 + second**2,
            "apart": (first - second) ** 2,
        }
    )


def kappa_from_sums(sums: pd.DataFrame) -> pd.Series:
    """Return the quadratic kappa of each row of summed `kappa_terms`; missing below two units or where all is one step.

    With weights (i - j)², the disagreement by chance is the mean of (a - b)² over all pairs of a rating of the first
    and one of the second, so that sums suffice.
    """
    n = sums["n"].where(sums["n"] >= 2)
    by_chance = sums["squares"] - 2 * sums["first"] * sums["second"] / n
    return 1 - sums["apart"] / by_chance.where(by_chance > 1e-9 * sums["squares"])
