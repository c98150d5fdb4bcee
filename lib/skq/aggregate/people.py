"""Pupils and their hours -> cells: counts, shares of background, attendance."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import PUPIL_KEY, no_grade_year, pupil_cells, unit_cells
from skq.aggregate.members import EDUCATION
from skq.metrics.attendance import attended_hours

COMPULSORY = range(1, 10)
"""Grade years of compulsory school; förskoleklass (0) is counted by itself only."""


def pupil_count_cells(members: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of pupil counts and shares; *members* are the pupils on 15 October."""
    pupils = members.assign(subject="")
    everyone = pupils[pupils["grade_year"].isin(COMPULSORY)]
    everyone = everyone.assign(grade_year=no_grade_year(everyone.index))
    for group in (pupils, everyone):
        group = group.assign(parental_education="")
        yield pupil_cells(group, pd.Series(1.0, index=group.index), metric="pupil_count")
    merged = everyone.assign(sex="", parental_education="")
    yield pupil_cells(merged, everyone["sex"].eq("girls").astype("float64"), metric="girls_share")
    yield pupil_cells(merged, _known(everyone["foreign_background"]), metric="foreign_background_share")
    yield pupil_cells(merged, _known(everyone["newly_arrived"]), metric="newly_arrived_share")
    education = everyone["parental_education"]
    highest = education.eq(EDUCATION[3]).astype("float64").where(education.ne(""))
    yield pupil_cells(merged, highest, metric="parents_post_secondary_share")


def attendance_cells(attendance: pd.DataFrame, members: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of attendance: hours of both terms, at the school where the pupil ended the spring.

    `n` is the number of pupils, `part` and `whole` are hours.
    """
    hours = ["offered_hours", "valid_absence_hours", "invalid_absence_hours"]
    sums = attendance.groupby(["pupil_id", "school_year"], as_index=False)[hours].sum()
    rows = sums.merge(members, on=["pupil_id", "school_year"], how="inner", validate="one_to_one")
    offered, valid, invalid = (rows[column].astype("float64") for column in hours)
    rows = rows.assign(subject="", grade_year=no_grade_year(rows.index), n=offered.gt(0) * 1.0, whole=offered)
    for metric, part in (
        ("attendance_share", attended_hours(offered, valid, invalid)),
        ("invalid_absence_share", invalid),
    ):
        grouped = rows.assign(part=part).groupby(PUPIL_KEY, dropna=False, as_index=False)[["n", "part", "whole"]]
        yield unit_cells(grouped.sum(), metric=metric)


def _known(flag: pd.Series) -> pd.Series:
    return flag.astype("Float64").astype("float64")
