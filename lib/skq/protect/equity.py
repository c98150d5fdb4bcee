"""What a measure of equity would tell of the schools or groups that it is made from, where their own rows are hidden.

How far schools lie apart is one equation in the schools' means, and their sum is another: with one or two hidden means
they tell them. A gap or a slope by education is one equation in the means of three groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from skq.belonging import belonging
from skq.keys import numbered
from skq.protect.standing import Booleans
from skq.terms import Breakdown, Level

MERIT, FOREIGN, EDUCATION, COST = (
    "merit_rating_17",
    "foreign_background_share",
    "parents_post_secondary_share",
    "cost_per_pupil",
)
MADE_FROM = {
    **dict.fromkeys(("merit_icc", "merit_between_share", "merit_school_sd"), (MERIT,)),
    **dict.fromkeys(("segregation_foreign", "segregation_foreign_by_chance"), (FOREIGN,)),
    **dict.fromkeys(("compensation_slope", "compensation_correlation"), (COST, EDUCATION)),
}
"""Measures between schools, and the schools' rows that they are made from."""

WHOLE_FROM = {
    **dict.fromkeys(("merit_sd", "merit_p90_p10", "merit_p75_p25", "merit_lowest_quarter_mean"), (MERIT,)),
    **dict.fromkeys(("merit_gap_education", "merit_background_slope", "merit_background_r2"), (MERIT,)),
    **MADE_FROM,
}
"""Measures that are hidden with the unit's own row."""

BY_EDUCATION = ("merit_gap_education", "merit_background_slope", "merit_background_r2")
BETWEEN_SCHOOLS, SPREAD = ("merit_icc", "merit_between_share", "merit_school_sd"), "merit_sd"
COUNTED = ("segregation_education", "segregation_education_by_chance", "segregation_entropy", "segregation_foreign")
"""Made from counts that no school's row shows; with fewer than `FEWEST` schools they would tell them."""

FEWEST = 3

Between = Callable[[Sequence[float], Sequence[float], float], Mapping[str, tuple[float, float, float]]]
"""From sizes, sums and the whole sum of squares: value, lower and upper of each of `BETWEEN_SCHOOLS`."""

_UNIT = ["level", "unit", "school_year"]


def telling_equity(judged: pd.DataFrame, hidden: Booleans, parents: pd.DataFrame) -> Booleans:
    """Return the measures of equity that would tell of *hidden* rows, or of the counts of very few schools.

    *parents* are the schools of every unit, as from `schools_of`.
    """
    metric, chosen = judged["metric"], np.zeros(len(judged), dtype=bool)
    rows = judged[metric.isin({*WHOLE_FROM, *COUNTED})]
    if rows.empty:
        return chosen
    used = {name for names in WHOLE_FROM.values() for name in names}
    made_from = judged[[*_UNIT, "metric", "breakdown"]].assign(hidden=hidden)[metric.isin(used)]
    secret = made_from[made_from["hidden"]]
    whole_units = secret["breakdown"].eq(str(Breakdown.ALL))
    schools = secret[whole_units & secret["level"].eq(str(Level.SCHOOL))]
    of_schools = schools.merge(parents, on=_UNIT, how="inner")
    few = _sizes(of_schools, ["parent_level", "parent", "school_year", "metric"])
    own = set(_keys(secret[whole_units], [*_UNIT, "metric"]))
    groups = set(_keys(secret[secret["breakdown"].eq(str(Breakdown.PARENTAL_EDUCATION))], [*_UNIT, "metric"]))
    sizes = _sizes(parents, ["parent_level", "parent", "school_year"])
    for place, name, key in zip(rows.index, rows["metric"], _keys(rows, _UNIT), strict=True):
        whole, between = WHOLE_FROM.get(name, ()), MADE_FROM.get(name, ())
        chosen[place] = (
            any((*key, source) in own for source in whole)
            or any(0 < few.get((*key, source), 0) < FEWEST for source in between)
            or (name in BY_EDUCATION and (*key, MERIT) in groups)
            or (name in COUNTED and sizes.get(key, 0) < FEWEST)
        )
    return chosen


def schools_of(judged: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame | None) -> pd.DataFrame:
    """Return the schools of every organizer and municipality: level, unit, school_year, parent_level, parent."""
    schools = judged.loc[judged["level"].eq(str(Level.SCHOOL)), _UNIT]
    each = np.unique(numbered(schools, _UNIT), return_index=True)[1]
    found = belonging(schools.iloc[np.sort(each)], units, memberships)
    wanted = {f"{Level.SCHOOL} of {parent}": str(parent) for parent in (Level.ORGANIZER, Level.MUNICIPALITY)}
    found = found[found["kind"].isin(list(wanted)) & found["level"].eq(str(Level.SCHOOL))]
    return found.assign(parent_level=found["kind"].map(wanted))[[*_UNIT, "parent_level", "parent"]]


def mend_between(
    judged: pd.DataFrame, hidden: Booleans, telling: Booleans, parents: pd.DataFrame, between: Between
) -> Booleans:
    """Write into *judged* what lies between schools when the hidden ones count as one; return the rows so mended.

    Their sum is what the shown schools leave of the unit, so nothing is told that is not known. Only rows that are
    *telling*, of units with at least two hidden schools whose own merit rating and spread are shown.
    """
    mended = np.zeros(len(judged), dtype=bool)
    merit = judged["metric"].eq(MERIT) & judged["breakdown"].eq(str(Breakdown.ALL))
    schools = judged[merit].assign(hidden=hidden[merit.to_numpy()]).merge(parents, on=_UNIT, how="inner")
    spread = judged[judged["metric"].eq(SPREAD) & ~hidden]
    spreads = dict(zip(_keys(spread, _UNIT), spread["value"].astype("float64"), strict=True))
    wholes = judged[merit & ~hidden]
    rows = judged[telling & judged["metric"].isin(BETWEEN_SCHOOLS)]
    for place, name, key in zip(rows.index, rows["metric"], _keys(rows, _UNIT), strict=True):
        own = schools[
            schools["parent_level"].eq(key[0]) & schools["parent"].eq(key[1]) & schools["school_year"].eq(key[2])
        ]
        whole = wholes[wholes["level"].eq(key[0]) & wholes["unit"].eq(key[1]) & wholes["school_year"].eq(key[2])]
        if own["hidden"].sum() < 2 or len(whole) != 1 or key not in spreads:
            continue
        n, total = (float(whole[column].iloc[0]) for column in ("n", "numerator"))
        shown = own[~own["hidden"]]
        sizes, sums = (shown[column].astype("float64").tolist() for column in ("n", "numerator"))
        squares = spreads[key] ** 2 * (n - 1) + total**2 / n
        told = between([*sizes, n - sum(sizes)], [*sums, total - sum(sums)], squares)[name]
        if not np.isnan(told[0]):
            judged.loc[place, ["value", "lower", "upper"]] = [None if np.isnan(number) else number for number in told]
            mended[place] = True
    return mended


def _keys(rows: pd.DataFrame, columns: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(rows[column].tolist() for column in columns), strict=True))


def _sizes(rows: pd.DataFrame, columns: list[str]) -> dict[tuple[str, ...], int]:
    """Return how many different units have each key, by level, unit, school year and what else names them."""
    counted = rows.drop_duplicates([*columns, "unit"]).groupby(columns, sort=True).size()
    return {tuple(key): int(size) for key, size in zip(counted.index, counted, strict=True)}
