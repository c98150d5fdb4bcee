"""The cohort table (domain §9.6): the same pupils from year 1 to 9, rows cohorts, columns indicators.

Pure. Where there are no pupils, only published means per school and year, two of them some years apart stand in for a
cohort; such rows say `pseudo_cohort`, because nothing tells how many of the pupils are the same.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

import numpy as np
import pandas as pd

from skq.metrics.cohorts import PUPIL, with_rates
from skq.metrics.intervals import mean_interval, share_interval
from skq.metrics.measure import Answer
from skq.terms import SchoolYear

COUNTS = ("stayers", "leavers", "joiners")


class Basis(StrEnum):
    """What a row about a cohort rests on."""

    PUPILS = "cohort"  # the same pupils, by pseudonym
    AGGREGATES = "pseudo_cohort"  # two published means of the same school, years apart


def cohort_counts(pupils: pd.DataFrame, *, unit: str = "school_unit_code") -> pd.DataFrame:
    """Return how each cohort of each unit changed from one school year to the next.

    *pupils* has pupil_id, *unit*, school_year, cohort (from `cohorts.cohort`). Columns *unit*, cohort, school_year,
    grade_year (the one its pupils attend who were never held back), n, stayers, leavers, joiners (since the school year
    before), before, after, matched_rate, low_match, status. The first year that a unit has a cohort there is nothing
    to compare with: counts and rate are missing, status `nobody_before`.
    """
    keys = [unit, "cohort", "start"]
    rows = pupils.dropna(subset=[PUPIL, unit, "cohort"])
    rows = rows.assign(start=_starts(rows["school_year"]), cohort=rows["cohort"].astype("int64"))
    rows = rows[[*keys, PUPIL]].drop_duplicates().sort_values([unit, PUPIL, "cohort", "start"], kind="stable")
    same = rows[[unit, PUPIL, "cohort"]].eq(rows[[unit, PUPIL, "cohort"]].shift()).all(axis=1)
    rows = rows.assign(stayer=same & rows["start"].eq(rows["start"].shift() + 1))
    found = rows.groupby(keys).agg(n=(PUPIL, "size"), stayers=("stayer", "sum")).astype("int64").reset_index()
    shifted = found.assign(start=found["start"] + 1).set_index(keys)["n"]
    before = shifted.reindex(pd.MultiIndex.from_frame(found[keys])).to_numpy(dtype="float64")
    known = ~np.isnan(before)
    counts = pd.DataFrame(
        {
            "stayers": found["stayers"].where(known).astype("Int64"),
            "leavers": pd.Series(before - found["stayers"], index=found.index).astype("Int64"),
            "joiners": (found["n"] - found["stayers"]).where(known).astype("Int64"),
        }
    )
    table = with_rates(counts.fillna(0))
    for name in (*COUNTS, "before", "after", "matched_rate", "low_match"):
        table[name] = table[name].where(known)
    head = found[[unit, "cohort"]].assign(
        school_year=[str(SchoolYear(start)) for start in found["start"]],
        grade_year=found["start"] - found["cohort"] + 1,
        n=found["n"],
    )
    return pd.concat([head, table.assign(status=np.where(known, table["status"], str(Answer.NOBODY_BEFORE)))], axis=1)


def cohort_table(values: pd.DataFrame, *, unit: str = "school_unit_code", shares: Collection[str] = ()) -> pd.DataFrame:
    """Return each cohort's indicators over the grade years: one row per unit, cohort, grade_year and indicator.

    *values* is tidy: pupil_id, *unit*, cohort, school_year, grade_year, indicator, value (missing where unknown;
    0 or 1 for the indicators named in *shares*). Columns basis, n, value (mean), lower, upper, status. A pupil who has
    taken a grade year twice counts with the last of them, one listed twice with the mean.
    """
    keys = [unit, "cohort", "grade_year", "indicator"]
    rows = values.dropna(subset=[*keys, PUPIL, "value"]).astype({"value": "float64"})
    rows = rows.assign(start=_starts(rows["school_year"]))
    rows = rows[rows["start"].eq(rows.groupby([*keys, PUPIL])["start"].transform("max"))]
    own = rows.groupby([*keys, PUPIL])["value"].mean().reset_index()
    found = own.groupby(keys)["value"].agg(["size", "mean", "std", "sum"]).reset_index()
    is_share = found["indicator"].isin(list(shares))
    means = mean_interval(found["mean"], found["std"], found["size"])
    limits = means.mask(is_share, share_interval(found["sum"].where(is_share, 0.0), found["size"]))
    return found[keys].assign(
        basis=str(Basis.PUPILS),
        n=found["size"],
        value=found["mean"],
        lower=limits["lower"],
        upper=limits["upper"],
        status=str(Answer.OBSERVED),
    )


def wide(table: pd.DataFrame, *, unit: str = "school_unit_code", column: str = "value") -> pd.DataFrame:
    """Return a cohort table as it is read: rows unit and cohort, columns grade year and indicator, cells *column*."""
    rows = table.set_index([unit, "cohort", "grade_year", "indicator"])[column]
    return rows.unstack(["grade_year", "indicator"]).sort_index().sort_index(axis=1)


def pseudo_cohorts(means: pd.DataFrame, *, first: int, second: int, unit: str = "school_unit_code") -> pd.DataFrame:
    """Return the means of a unit in grade year *first* beside those of grade year *second* the fitting years later.

    *means* has *unit*, school_year, grade_year, value, n of one indicator. Columns *unit*, cohort, basis
    (`pseudo_cohort`), school_year_before, school_year_after, value_before, value_after, n_before, n_after, change,
    status; no interval, since the same pupils stand in both without being known. Units with one side only are left in
    with the reason.
    """
    known = means.dropna(subset=["value"])
    known = known.assign(cohort=_starts(known["school_year"]) - known["grade_year"].astype("int64") + 1)
    sides = [
        known[known["grade_year"].eq(grade_year)].set_index([unit, "cohort"])[["school_year", "value", "n"]]
        for grade_year in (first, second)
    ]
    index = sides[0].index.union(sides[1].index).sort_values()
    then, now = (side.reindex(index) for side in sides)
    status = np.select(
        [then["value"].isna(), now["value"].isna()],
        [str(Answer.NOBODY_BEFORE), str(Answer.NOBODY_AFTER)],
        str(Answer.OBSERVED),
    )
    table = pd.DataFrame({"basis": str(Basis.AGGREGATES)}, index=index)
    for name in ("school_year", "value", "n"):
        table = table.assign(**{f"{name}_before": then[name], f"{name}_after": now[name]})
    return table.assign(change=now["value"] - then["value"], status=status).reset_index()


def _starts(school_year: pd.Series) -> pd.Series:
    starts = {text: SchoolYear.parse(text).start for text in sorted(school_year.unique())}
    return school_year.map(starts).astype("int64")
