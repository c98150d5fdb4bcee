"""Sharing money between units by pupils and by risk, to the öre (domain §16).

A base part goes by weighted pupils, a structure part by predicted risk. Exact: fractions until the last step, then
whole öre. After "Socioekonomisk resursfördelning till skolor" (SKL, now SKR); floor and damping are ours:

- the *standing* of a unit is what it gets per weighted pupil, as a multiple of what equal shares would give;
- the floor is a lowest standing; what it costs is taken from the structure parts of the others, in proportion;
- damping keeps a standing within a share of the year before's, the rest being scaled so that the sum is kept; the floor
  goes before damping, and where no sharing keeps within the limits they are widened for all alike.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

Fractions = Mapping[str, Fraction]
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Model:
    """How the money is shared: the part by risk, the lowest standing, the greatest change in a year, years of index.

    `max_change` None means that standings may change freely. ValueError unless 0 <= structure share < 1,
    0 <= floor <= 1 and the index rests on a year at least.
    """

    structure_share: Fraction
    floor: Fraction = ZERO
    max_change: Fraction | None = None
    index_years: int = 1

    def __post_init__(self) -> None:
        if not (0 <= self.structure_share < 1 and 0 <= self.floor <= 1 and self.index_years >= 1):
            raise ValueError("the structure share is from 0 up to 1, the floor 0 to 1, and the index of a year or more")


@dataclass(frozen=True)
class Year:
    """What is known of one school year, by unit: pupils, weighted pupils, and the mean predicted risk (0-1).

    The three name the same units, each with at least one pupil.
    """

    pupils: Fractions
    weighted: Fractions
    risk: Fractions

    def __post_init__(self) -> None:
        if not set(self.pupils) == set(self.weighted) == set(self.risk):
            raise ValueError("pupils, weighted pupils and risk must name the same units")
        if any(amount <= 0 for amount in (*self.pupils.values(), *self.weighted.values())):
            raise ValueError("every unit of an allocation has pupils, and a weight above zero for them")


def exact(number: float) -> Fraction:
    """Return the fraction of the decimal number that Python prints for *number*.

    >>> exact(0.15)
    Fraction(3, 20)
    """
    return Fraction(str(number))


def shared(years: Sequence[Year], *, total: int, model: Model) -> pd.DataFrame:
    """Return how *total* öre are shared in the last of *years* (consecutive, oldest first), one row per unit, sorted.

    Columns: `pupils`; `index` (100 = as all pupils together, missing where nobody is at risk); `base`, `structure` and
    `total` in whole öre, whose sum over the units is *total* exactly; `standing`.
    """
    standing: Fractions | None = None
    for place, year in enumerate(years):
        index = mean_index(years[max(place + 1 - model.index_years, 0) : place + 1])
        standing = standings(year, index, model=model, before=standing)
    if standing is None:
        raise ValueError("an allocation needs a year at least")
    last = years[-1]
    base, structure = _amounts(last.weighted, standing, total=total, model=model)
    units = sorted(last.pupils)
    return pd.DataFrame(
        {
            "pupils": [float(last.pupils[unit]) for unit in units],
            "index": [float(100 * index[unit]) if index else float("nan") for unit in units],
            "base": [base[unit] for unit in units],
            "structure": [structure[unit] for unit in units],
            "total": [base[unit] + structure[unit] for unit in units],
            "standing": [float(standing[unit]) for unit in units],
        },
        index=pd.Index(units, name="unit"),
    )


def risk_index(risk: Fractions, pupils: Fractions) -> dict[str, Fraction]:
    """Return each unit's risk as a multiple of all pupils' mean risk; empty where nobody is at risk."""
    at_risk = sum((risk[unit] * pupils[unit] for unit in risk), ZERO)
    mean = at_risk / sum(pupils.values(), ZERO)
    return {unit: risk[unit] / mean for unit in risk} if at_risk else {}


def mean_index(years: Sequence[Year]) -> dict[str, Fraction]:
    """Return the mean index over *years* of the units of the last one, scaled so that all its pupils have 1.

    A unit counts with the years in which it is there; a year in which nobody is at risk tells nothing, and where there
    is no other the answer is empty.
    """
    last = years[-1]
    known = [found for found in (risk_index(year.risk, year.pupils) for year in years) if found]
    if not known:
        return {}
    means = {unit: _mean([index[unit] for index in known if unit in index]) for unit in last.pupils}
    return risk_index(means, last.pupils)


def standings(year: Year, index: Fractions, *, model: Model, before: Fractions | None = None) -> dict[str, Fraction]:
    """Return the standing of every unit, in the mean of weighted pupils exactly 1.

    *before* are the standings of the year before, for damping. Without any risk all stand alike.
    """
    floor = max(model.floor, 1 - model.structure_share)
    need = {unit: index[unit] * year.pupils[unit] / year.weighted[unit] if index else ONE for unit in year.weighted}
    if index:
        stands = _lifted(year.weighted, need, least=1 - model.structure_share, floor=floor)
    else:
        stands = dict.fromkeys(year.weighted, ONE)
    if model.max_change is None or not before:
        return stands
    return _damped(year.weighted, stands, before, change=model.max_change, floor=floor)


def largest_remainder(quotas: Fractions, whole: int) -> dict[str, int]:
    """Return *quotas*, whose sum rounds to *whole*, as whole numbers that add up to it: Hamilton's method.

    Every quota is rounded down; what is left goes one by one to the largest remainders, among equal ones to the first
    name.
    """
    down = {unit: quota.numerator // quota.denominator for unit, quota in quotas.items()}
    order = sorted(quotas, key=lambda unit: (down[unit] - quotas[unit], unit))
    for unit in order[: whole - sum(down.values())]:
        down[unit] += 1
    return down


def _amounts(
    weighted: Fractions, standing: Fractions, *, total: int, model: Model
) -> tuple[dict[str, int], dict[str, int]]:
    """Return base and structure of every unit in whole öre."""
    per_pupil = Fraction(total) / sum(weighted.values(), ZERO)
    least = 1 - model.structure_share
    base = {unit: least * weight * per_pupil for unit, weight in weighted.items()}
    structure = {unit: (standing[unit] - least) * weight * per_pupil for unit, weight in weighted.items()}
    pot = round(least * total)
    return largest_remainder(base, pot), largest_remainder(structure, total - pot)


def _lifted(weights: Fractions, need: Fractions, *, least: Fraction, floor: Fraction) -> dict[str, Fraction]:
    """Return max(floor, least + c need), with the c that makes the weighted mean 1.

    Some need is above 0, and floor is at most 1.
    """
    everything = sum(weights.values(), ZERO)
    lifted: set[str] = set()
    while True:
        rest = [unit for unit in weights if unit not in lifted]
        left = everything - floor * _total(weights, lifted) - least * _total(weights, rest)
        factor = left / sum((weights[unit] * need[unit] for unit in rest), ZERO)
        below = {unit for unit in rest if least + factor * need[unit] < floor}
        if not below:
            return {unit: floor if unit in lifted else least + factor * need[unit] for unit in weights}
        lifted |= below


def _damped(
    weights: Fractions, stands: Fractions, before: Fractions, *, change: Fraction, floor: Fraction
) -> dict[str, Fraction]:
    """Return *stands*, scaled alike and kept within *change* of *before*, so that the weighted mean is 1."""
    everything = sum(weights.values(), ZERO)
    lower = {unit: max(before[unit] * (1 - change), floor) if unit in before else floor for unit in weights}
    upper = {unit: max(before[unit] * (1 + change), floor) for unit in weights if unit in before}
    if _weighted(weights, lower) >= everything:
        return _lifted(weights, lower, least=ZERO, floor=floor)
    if len(upper) == len(weights) and _weighted(weights, upper) <= everything:
        scale = everything / _weighted(weights, upper)
        return {unit: scale * upper[unit] for unit in weights}
    turns = sorted({limit[unit] / stands[unit] for limit in (lower, upper) for unit in limit})

    def at(scale: Fraction) -> Fraction:
        return _weighted(weights, _kept(stands, scale, lower, upper))

    place = bisect_left(turns, everything, key=at)
    left = turns[place - 1]  # at the first turn all are at their lower limit, whose sum is too small
    right = turns[place] if place < len(turns) else left + 1
    scale = left + (everything - at(left)) / (at(right) - at(left)) * (right - left)
    return _kept(stands, scale, lower, upper)


def _kept(stands: Fractions, scale: Fraction, lower: Fractions, upper: Fractions) -> dict[str, Fraction]:
    scaled = {unit: max(scale * one, lower[unit]) for unit, one in stands.items()}
    return {unit: min(one, upper.get(unit, one)) for unit, one in scaled.items()}


def _weighted(weights: Fractions, amounts: Fractions) -> Fraction:
    return sum((weights[unit] * amounts[unit] for unit in weights), ZERO)


def _total(weights: Fractions, units: Iterable[str]) -> Fraction:
    return sum((weights[unit] for unit in units), ZERO)


def _mean(numbers: Sequence[Fraction]) -> Fraction:
    """Return the mean; 1, as all pupils together, where there is none."""
    return sum(numbers, ZERO) / len(numbers) if numbers else ONE
