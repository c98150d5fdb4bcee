"""Pupils and their hours -> cells: counts, shares of background, the adapted form, attendance."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import CLASS_GROUP, PUPIL_KEY, constant, kinds, no_grade_year, pupil_cells, unit_cells
from skq.aggregate.members import EDUCATION, in_compulsory_years
from skq.metrics.attendance import THRESHOLDS, attended_hours, over_threshold


def pupil_count_cells(members: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of pupil counts and shares; *members* are the pupils on 15 October."""
    pupils = members.assign(subject=constant("", len(members)))
    everyone = pupils[in_compulsory_years(pupils)]
    everyone = everyone.assign(grade_year=no_grade_year(everyone.index))
    for group in (pupils, everyone):
        group = group.assign(parental_education=constant("", len(group)))
        yield pupil_cells(group, pd.Series(1.0, index=group.index), metric="pupil_count")
    blank = constant("", len(everyone))
    merged = kinds(everyone.assign(sex=blank, parental_education=blank))
    yield merged.cells(everyone["sex"].eq("girls").astype("float64"), metric="girls_share")
    yield merged.cells(_known(everyone["foreign_background"]), metric="foreign_background_share")
    yield merged.cells(_known(everyone["newly_arrived"]), metric="newly_arrived_share")
    education = everyone["parental_education"]
    highest = education.eq(EDUCATION[3]).astype("float64").where(education.ne(""))
    yield merged.cells(highest, metric="parents_post_secondary_share")


def adapted_cells(adapted: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of pupils in the adapted form on 15 October, förskoleklass apart, of schools that have any."""
    counted = adapted[in_compulsory_years(adapted)]
    sums = counted.groupby(["school_unit_code", "school_year"], as_index=False).size()
    yield unit_cells(sums.assign(n=sums["size"], part=sums["size"]), metric="adapted_pupil_count")


def hours_of_pupils(attendance: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Return one row per pupil and school year: *members* with `offered`, `valid`, `invalid`, hours of both terms."""
    hours = ["offered_hours", "valid_absence_hours", "invalid_absence_hours"]
    sums = attendance.groupby(["pupil_id", "school_year"], as_index=False)[hours].sum()
    rows = sums.merge(members, on=["pupil_id", "school_year"], how="inner", validate="one_to_one")
    numbers = {column.split("_")[0]: rows[column].astype("float64") for column in hours}
    return rows.drop(columns=hours).assign(**numbers, subject="", grade_year=no_grade_year(rows.index))


def attendance_cells(hours: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of attendance and of pupils over the thresholds of absence, from `hours_of_pupils`.

    The school is the one where the pupil ended the spring. `n` is the number of pupils; `part` and `whole` are hours
    in ratios of hours.
    """
    offered, valid, invalid = (hours[column] for column in ("offered", "valid", "invalid"))
    rows = hours.assign(n=offered.gt(0) * 1.0, whole=offered)
    key = [*PUPIL_KEY, *([CLASS_GROUP] if CLASS_GROUP in rows else [])]
    for metric, part in (
        ("attendance_share", attended_hours(offered, valid, invalid)),
        ("invalid_absence_share", invalid),
    ):
        sums = rows.assign(part=part).groupby(key, observed=True, dropna=False, as_index=False)
        yield unit_cells(sums[["n", "part", "whole"]].sum(), metric=metric)
    pupils = kinds(hours)
    for metric, threshold in THRESHOLDS.items():
        yield pupils.cells(over_threshold(offered, valid, invalid, threshold=threshold), metric=metric)


def _known(flag: pd.Series) -> pd.Series:
    return flag.astype("Float64").astype("float64")
