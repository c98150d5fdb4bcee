"""Teachers' forecasts -> cells: what each follow-up tells, and how it stood to the outcome of the same spring."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import kinds, pupil_cells
from skq.aggregate.grades import counted_grades, graded, passed_everything
from skq.metrics.compulsory_school import compulsory_school
from skq.metrics.eligibility import eligible
from skq.metrics.forecasts import came_true, expected_grade, foreseen, near_limit, over_hopeful, subjects_not_reached
from skq.metrics.gradebook import gradebook
from skq.metrics.rules import VOCATIONAL, grade_scale
from skq.terms import SchoolYear

_KEY = ["pupil_id", "school_year", "follow_up"]


def forecast_cells(
    forecasts: pd.DataFrame, members: pd.DataFrame, grades: pd.DataFrame | None
) -> Iterator[pd.DataFrame]:
    """Yield the cells of every forecast metric, subject `follow_up_1` and so on.

    *members* are the pupils of the springs: a forecast is told where the pupil ended the year, as the outcome is.
    *grades* are all grades, or None while nothing has come out.
    """
    missing = subjects_not_reached(forecasts, _KEY).rename("missing").reset_index()
    known = missing.merge(members, on=["pupil_id", "school_year"], how="inner", validate="many_to_one")
    known = known.assign(subject="follow_up_" + known["follow_up"].astype("str"))
    everyone = kinds(known)
    yield everyone.cells(known["missing"].eq(0).astype("float64"), metric="forecast_all_passed_share")
    yield everyone.cells(near_limit(known["missing"]).astype("float64"), metric="forecast_near_limit_share")
    for (text, grade_year), pupils in known.groupby(["school_year", "grade_year"], sort=True):
        year = SchoolYear.parse(str(text))
        if grade_year == compulsory_school(year).last_grade_year and VOCATIONAL.valid.covers(year):
            yield from _eligibility_cells(forecasts, pupils, year=year)
        if grades is not None and grade_year in compulsory_school(year).graded_years:
            yield from _quality_cells(pupils, members, grades, year=year)


def _eligibility_cells(forecasts: pd.DataFrame, pupils: pd.DataFrame, *, year: SchoolYear) -> Iterator[pd.DataFrame]:
    """Yield the share eligible for vocational programmes if the predicted grades came true."""
    scale, of_year = grade_scale(year), forecasts[forecasts["school_year"].eq(str(year))]
    for follow_up, cohort in pupils.groupby("follow_up", sort=True):
        rows = of_year[of_year["follow_up"].eq(follow_up) & of_year["pupil_id"].isin(cohort["pupil_id"])]
        none = pd.Series(pd.NA, index=rows.index, dtype="str")
        grade = expected_grade(rows["forecast"], rows.get("predicted_grade", none), scale=scale)
        book = gradebook(rows[["pupil_id", "subject"]].assign(grade=grade), scale=scale)
        may = eligible(book, rule=VOCATIONAL).reindex(cohort["pupil_id"])
        value = pd.Series(may.to_numpy("float64"), index=cohort.index)
        yield pupil_cells(cohort, value, metric="forecast_eligible_vocational_share")


def _quality_cells(
    pupils: pd.DataFrame, members: pd.DataFrame, grades: pd.DataFrame, *, year: SchoolYear
) -> Iterator[pd.DataFrame]:
    """Yield how the forecasts of one grade year's pupils stood to whether they passed all subjects that spring."""
    grade_year = int(pupils["grade_year"].iloc[0])
    of_year = members[members["school_year"].eq(str(year)) & members["grade_year"].eq(grade_year)]
    spring = counted_grades(grades[grades["school_year"].eq(str(year))], grade_year, year)
    rows, cohort = graded(spring, of_year)
    if rows.empty:
        return
    last = grade_year == compulsory_school(year).last_grade_year
    outcome = passed_everything(gradebook(rows, scale=grade_scale(year)), cohort, last=last)
    passed = outcome.reindex(pupils["pupil_id"]).set_axis(pupils.index)
    known = pupils[passed.notna()]
    fails, forecast = passed[passed.notna()].eq(0), known["missing"].gt(0)
    judged = kinds(known)
    yield judged.cells(foreseen(forecast, fails), metric="forecast_sensitivity_share")
    yield judged.cells(came_true(forecast, fails), metric="forecast_precision_share")
    yield judged.cells(over_hopeful(forecast, fails), metric="forecast_bias_pp")
