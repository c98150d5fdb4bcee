"""Pupils and schools -> equity rows of organizers and municipalities (domain §10).

Made of what the schools' rows are made of: merit ratings one by one, counts of backgrounds and costs per school.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import SUMS, unit_cells
from skq.aggregate.members import EDUCATION, in_compulsory_years
from skq.aggregate.rollup import one_table, stated
from skq.metrics.compensation import compensation
from skq.metrics.equity import spreads, variation
from skq.metrics.gaps import gaps, lowest_quarter_mean
from skq.metrics.lines import lines
from skq.metrics.segregation import segregation
from skq.terms import RESULT_KEY, Level

MERITS, LOW_EDUCATION = "merit_sd", "segregation_education"
"""The metrics under which pupils' merit ratings, and counts of parents' education, come as cells of their own."""

EQUITY_CELLS = (MERITS, LOW_EDUCATION)
"""Cells that are not added up over levels: they are handed to `equity_rows` alone."""

PERCENT = 100.0
_CODE = {category: float(code) for code, category in EDUCATION.items()}
_LOW, _HIGH = EDUCATION[1], EDUCATION[3]
_LEVELS = (Level.ORGANIZER, Level.MUNICIPALITY)
_PUPIL = ["school_unit_code", "school_year", "grade_year", "parental_education"]


def merit_pupils(cohort: pd.DataFrame, merit: pd.Series) -> pd.DataFrame:
    """Return the merit ratings of a cohort's pupils as cells, one a pupil; who has none is left out."""
    known = merit.notna()
    rows = cohort.loc[known, _PUPIL].assign(n=1.0, part=merit[known].astype("float64"), whole=1.0)
    return unit_cells(rows.reset_index(drop=True), metric=MERITS)


def education_counts(october: pd.DataFrame) -> pd.DataFrame:
    """Return per school the pupils whose parents lack upper secondary education, of those whose education is known."""
    pupils = october[in_compulsory_years(october) & october["parental_education"].ne("")]
    rows = pupils[["school_unit_code", "school_year"]].assign(
        part=pupils["parental_education"].eq(_LOW).astype("float64"), whole=1.0, n=1.0
    )
    grouped = rows.groupby(["school_unit_code", "school_year"], as_index=False, observed=True)
    return unit_cells(grouped[["n", "part", "whole"]].sum(), metric=LOW_EDUCATION)


def equity_rows(cells: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Return the equity rows (organizer, municipality), unsorted.

    *cells* are placed cells of all metrics, *own* those of `EQUITY_CELLS`, placed too.
    """
    rows = [pd.DataFrame(columns=[*RESULT_KEY, "value"])]
    for level in _LEVELS:
        merits = own[own["metric"].eq(MERITS) & own[level.value].notna()]
        rows += [found.assign(level=str(level)) for found in _of_merits(merits, level)]
        rows += [found.assign(level=str(level)) for found in _of_schools(cells, own, level)]
    filled = pd.concat(rows, ignore_index=True).fillna({"subject": "", "breakdown": "all", "category": "all"})
    return one_table([stated(filled)])


def _of_merits(merits: pd.DataFrame, level: Level) -> Iterator[pd.DataFrame]:
    """Yield what the merit ratings of a level's pupils tell; *merits* has one row a pupil."""
    if merits.empty:
        return
    key = [level.value, "school_year", "grade_year"]
    grouped = merits.groupby(key, observed=True)
    unit, names = pd.Series(grouped.ngroup(), index=merits.index), grouped.size().index.to_frame(index=False)
    names = names.rename(columns={level.value: "unit"})
    value, school, category = merits["part"], merits["school"], merits["parental_education"].astype("str")
    education = category.map(_CODE).astype("float64")
    rest = category.where(category.eq(_HIGH) | category.eq(""), "rest").mask(category.eq(""))
    apart, low = spreads(value, unit, school), lowest_quarter_mean(value, unit)
    apart["sd_of_means"] = apart["sd_of_means"].where(school.groupby(unit).nunique() > 1)
    slope, gap = lines(education, value, unit, school), gaps(value, rest, unit, first=_HIGH, second="rest")
    gap = gap.assign(n=gap["n_first"] + gap["n_second"])
    for metric, found, column in (
        ("merit_sd", apart, "sd"),
        ("merit_school_sd", apart, "sd_of_means"),
        ("merit_p90_p10", apart, "p90_p10"),
        ("merit_p75_p25", apart, "p75_p25"),
        ("merit_lowest_quarter_mean", low, "value"),
        ("merit_gap_education", gap, "value"),
        ("merit_background_slope", slope, "slope"),
        ("merit_background_r2", slope, "r_squared"),
    ):
        limits = found[["lower", "upper"]] if metric in ("merit_gap_education", "merit_background_slope") else None
        yield _named(names, found[["n"]].assign(value=found[column]), limits, metric=metric)
    yield from _between_schools(merits, unit, names)


def _between_schools(merits: pd.DataFrame, unit: pd.Series, names: pd.DataFrame) -> Iterator[pd.DataFrame]:
    squares = merits["part"] ** 2
    sums = merits.assign(squares=squares).groupby([unit, "school"], observed=True)[SUMS].sum()
    found = {place: variation(own["n"], own["part"], own["squares"]) for place, own in sums.groupby(level=0)}
    table = pd.DataFrame(
        {
            "n": {place: one.pupils for place, one in found.items()},
            "value": {place: one.icc for place, one in found.items()},
            "lower": {place: one.lower for place, one in found.items()},
            "upper": {place: one.upper for place, one in found.items()},
            "between": {place: one.between_share for place, one in found.items()},
        }
    )
    yield _named(names, table[["n", "value"]], table[["lower", "upper"]], metric="merit_icc")
    yield _named(names, table[["n"]].assign(value=table["between"]), None, metric="merit_between_share")


def _of_schools(cells: pd.DataFrame, own: pd.DataFrame, level: Level) -> Iterator[pd.DataFrame]:
    """Yield what the schools of a level tell by their counts and costs."""
    low = _schools(own, LOW_EDUCATION, level)
    foreign = _schools(cells, "foreign_background_share", level)
    for metric, schools in (("segregation_education", low), ("segregation_foreign", foreign)):
        if schools.empty:
            continue
        unit, names = _numbered(schools)
        found = segregation(schools["part"], schools["whole"] - schools["part"], unit)
        yield _named(names, found[["n"]].assign(value=found["dissimilarity"]), None, metric=metric)
        yield _named(names, found[["n"]].assign(value=found["by_chance"]), None, metric=f"{metric}_by_chance")
        if metric == "segregation_education":
            yield _named(names, found[["n"]].assign(value=found["information"]), None, metric="segregation_entropy")
    yield from _compensation(
        _schools(cells, "cost_per_pupil", level), _schools(cells, "parents_post_secondary_share", level)
    )


def _compensation(costs: pd.DataFrame, background: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield how schools' cost per pupil goes with their share of parents without post-secondary education."""
    key = ["unit", "school_year", "school"]
    both = costs[costs["whole"].gt(0)].merge(background, on=key, suffixes=("", "_known"), validate="one_to_one")
    if both.empty:
        return
    resources, need = both["part"] / both["whole"], PERCENT * (1 - both["part_known"] / both["whole_known"])
    unit, names = _numbered(both)
    told = []
    for place, schools in both.groupby(unit):
        line = compensation(resources[schools.index], need[schools.index], pupils=schools["whole"]).line
        told.append((place, schools["whole"].sum(), line.slope, line.lower, line.upper, line.correlation))
    table = pd.DataFrame(told, columns=["place", "n", "slope", "lower", "upper", "correlation"]).set_index("place")
    table = table.astype("float64")
    yield _named(
        names, table[["n"]].assign(value=table["slope"]), table[["lower", "upper"]], metric="compensation_slope"
    )
    yield _named(names, table[["n"]].assign(value=table["correlation"]), None, metric="compensation_correlation")


def _schools(cells: pd.DataFrame, metric: str, level: Level) -> pd.DataFrame:
    """Return the sums of *metric* per unit of *level*, school year and school."""
    chosen = cells[cells["metric"].eq(metric) & cells[level.value].notna()]
    grouped = chosen.groupby([level.value, "school_year", "school"], as_index=False, observed=True)
    return grouped[["part", "whole"]].sum().rename(columns={level.value: "unit"})


def _numbered(schools: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """Return the number of each row's unit and year, and their names in the order of the numbers."""
    grouped = schools.groupby(["unit", "school_year"])
    return pd.Series(grouped.ngroup(), index=schools.index), grouped.size().index.to_frame(index=False)


def _named(names: pd.DataFrame, found: pd.DataFrame, limits: pd.DataFrame | None, *, metric: str) -> pd.DataFrame:
    """Return numbers, indexed by the number of their unit, as rows with its name."""
    table = found if limits is None else found.join(limits)
    return names.join(table.astype("float64")).assign(metric=metric)
