"""How unevenly two groups of pupils are spread over schools (domain §10).

Pure. Small schools are never quite even, so chance alone makes an index above zero: what chance would give stands
beside it. Duncan & Duncan (1955), American Sociological Review 20:210-217 (D); Carrington & Troske (1997), Journal of
Business & Economic Statistics 15:402-409 (D by chance and adjusted); Theil & Finizza (1971), Journal of Mathematical
Sociology 1:187-194 (H).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import hypergeom

from skq.metrics.measure import Answer, Measure, no_measure

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Dissimilarity:
    """Duncan's D of *n* pupils in *units* schools: the share of a group that would have to move for all to be even.

    `by_chance` is the D to be expected if the same pupils were dealt to the same places by lot, `adjusted` =
    (D − by_chance) / (1 − by_chance), below zero where schools are more even than that. None where `status` tells why.
    """

    status: Answer
    n: int
    units: int
    value: float | None = None
    by_chance: float | None = None
    adjusted: float | None = None


def dissimilarity(first: pd.Series, second: pd.Series) -> Dissimilarity:
    """Return D = ½ Σ |a/A − b/B| over schools with *first* (a) and *second* (b) numbers of pupils.

    Schools with a number unknown, or without pupils, are left out. Without any pupils of either group: no index.

    >>> round(dissimilarity(pd.Series([30, 10, 5]), pd.Series([20, 40, 45])).value, 4)
    0.4762
    """
    a, b = _counted(first, second)
    n, units = int(a.sum() + b.sum()), len(a)
    if not a.sum() or not b.sum():
        return Dissimilarity(Answer.NOBODY, n, units)
    if units < 2:
        return Dissimilarity(Answer.ONE_UNIT, n, units)
    value = float(min(np.abs(a / a.sum() - b / b.sum()).sum() / 2, 1.0))
    chance = _by_chance(a, b)
    adjusted = None if chance is None or chance >= 1 else (value - chance) / (1 - chance)
    return Dissimilarity(Answer.OBSERVED, n, units, value, chance, adjusted)


def information_index(first: pd.Series, second: pd.Series) -> Measure:
    """Return Theil's H = Σ n(E − e) / (N·E), where E and e are the entropies of all and of each school; 0 to 1."""
    a, b = _counted(first, second)
    n = int(a.sum() + b.sum())
    if not a.sum() or not b.sum():
        return no_measure(Answer.NOBODY, n)
    if len(a) < 2:
        return no_measure(Answer.ONE_UNIT, n)
    whole = float(_entropy(np.array([a.sum()]), np.array([b.sum()]))[0])
    parts = float(((a + b) * _entropy(a, b)).sum())
    return Measure(value=float(np.clip(1 - parts / (n * whole), 0.0, 1.0)), n=n)


def segregation(first: pd.Series, second: pd.Series, unit: pd.Series) -> pd.DataFrame:
    """Return per unit D, the D by chance and H of its schools, one row a school: two indices above for many at once.

    Columns n, units, dissimilarity, by_chance, information, status (index: unit). The mean distance of a hypergeometric
    number from its expectation is told in closed form (Diaconis & Zabell (1991), Statistical Science 6:284-302).
    """
    table = pd.DataFrame({"unit": unit, "a": first, "b": second}).dropna()
    table = table.astype({"a": "float64", "b": "float64"})
    table = table[table["a"] + table["b"] > 0].sort_values(["unit", "a", "b"], kind="stable")
    own = table.groupby("unit", observed=True)
    all_a, all_b, units = own["a"].sum(), own["b"].sum(), own.size()
    n = all_a + all_b
    a, b = table["a"].to_numpy(), table["b"].to_numpy()
    whole_a, whole_b = (table["unit"].map(column).to_numpy(dtype="float64") for column in (all_a, all_b))
    of_a, of_b = np.where(whole_a > 0, whole_a, 1.0), np.where(whole_b > 0, whole_b, 1.0)
    apart = _mean_distance((a + b), whole_a, whole_a + whole_b) * (of_a + of_b) / of_a / of_b
    parts = pd.DataFrame({"d": np.abs(a / of_a - b / of_b), "chance": apart, "h": (a + b) * _entropy(a, b)})
    sums = parts.groupby(table["unit"].to_numpy(), observed=True).sum().reindex(n.index)
    entropy = pd.Series(_entropy(all_a.to_numpy(), all_b.to_numpy()), index=n.index)
    told = (all_a > 0) & (all_b > 0) & (units > 1)
    found = pd.DataFrame(
        {
            "dissimilarity": (sums["d"] / 2).clip(upper=1.0),
            "by_chance": sums["chance"] / 2,
            "information": (1 - sums["h"] / (n * entropy).where(told)).clip(0.0, 1.0),
        }
    ).where(told)
    status = np.where(told, str(Answer.OBSERVED), np.where(units > 1, str(Answer.NOBODY), str(Answer.ONE_UNIT)))
    return found.assign(n=n.astype("int64"), units=units, status=status)


def _mean_distance(drawn: Floats, first: Floats, everyone: Floats) -> Floats:
    """Return E|X − μ| of the number of the *first* among *drawn* of *everyone*: 2·m·(N − K − n + m) / N·P(X = m).

    m is the least whole number above μ.
    """
    expected = drawn * first / everyone
    above = np.floor(expected) + 1
    rest = everyone - first - drawn + above
    return np.asarray(2 * above * rest / everyone * hypergeom.pmf(above, everyone, first, drawn), dtype=np.float64)


def _counted(first: pd.Series, second: pd.Series) -> tuple[Floats, Floats]:
    table = pd.DataFrame({"a": first, "b": second}).astype("float64").dropna()
    table = table[table.sum(axis=1) > 0].sort_values(["a", "b"], kind="stable")
    return table["a"].to_numpy(), table["b"].to_numpy()


def _by_chance(a: Floats, b: Floats) -> float | None:
    """Return the expected D: each school's number of the first group is hypergeometric. None for broken numbers."""
    if (a % 1).any() or (b % 1).any():
        return None
    first, everyone = int(a.sum()), int(a.sum() + b.sum())
    sizes, schools = np.unique((a + b).astype("int64"), return_counts=True)
    apart = 0.0
    for size, times in zip(sizes, schools, strict=True):
        drawn = np.arange(max(0, size - (everyone - first)), min(size, first) + 1)
        chance = hypergeom.pmf(drawn, everyone, first, size)
        apart += float(times) * float((chance * np.abs(drawn - size * first / everyone)).sum())
    return apart * everyone / first / (everyone - first) / 2


def _entropy(a: Floats, b: Floats) -> Floats:
    share = a / (a + b)
    inside = (share > 0) & (share < 1)
    kept = np.where(inside, share, 0.5)
    return np.where(inside, -(kept * np.log(kept) + (1 - kept) * np.log(1 - kept)), 0.0)
