"""What SALSA's national models expect of the own schools, and the schools' distance from it (domain §8).

The background is that of the pupils of the last grade year at the end of the spring, at schools that gave final grades:
the mean of each pupil's known parents' education (1-3), the shares of boys and of newly arrived pupils. The model is
that of the school year, else the nearest earlier one; `source` names it (`register:salsa-2019/20`), beginning with
`register` because the numbers are own ones that have to be protected.
"""

from __future__ import annotations

import pandas as pd

from skq.aggregate.attainment import starts
from skq.aggregate.places import placed
from skq.aggregate.rollup import one_table, stated
from skq.metrics.compulsory_school import compulsory_school
from skq.metrics.expected import (
    PREDICTORS,
    YEARS,
    Model,
    Outcome,
    deviation,
    expected_value,
    has_expected_value,
    model_of,
)
from skq.metrics.salsa import national_models
from skq.terms import Breakdown, Level, SchoolYear

ACTUAL = {Outcome.MERIT: "merit_rating_17", Outcome.PASSED: "all_subjects_passed_share"}
EXPECTED = {Outcome.MERIT: "salsa_expected", Outcome.PASSED: "salsa_passed_expected"}
RESIDUAL = {Outcome.MERIT: "salsa_residual", Outcome.PASSED: "salsa_passed_residual"}
PERIOD = {"breakdown": str(Breakdown.PERIOD), "category": "three_years"}

_UNIT_YEAR = ["unit", "school_year"]
_NUMBERS = ["value", "lower", "upper"]


def expected_rows(
    pupils: pd.DataFrame, spring: pd.DataFrame, actual: pd.DataFrame, where: pd.DataFrame
) -> pd.DataFrame:
    """Return expected values and residuals of schools, with three-year means, in the form of the results table.

    *pupils* is the own table, *spring* its `spring_members`, *actual* the rolled-up results, *where* as from `places`.
    `n` is the pupils of the last grade year. The residual has the interval of the actual result; over three years it is
    the pooled result less the expected values, weighted alike. No row below the agency's own limits (15 pupils, three
    quarters with known background), nor before the first model.
    """
    schools = _background(pupils, spring, where)
    parts = [_of_outcome(outcome, schools, actual) for outcome in Outcome if len(schools)]
    return one_table([pd.DataFrame(), *parts])


def described(pupils: pd.DataFrame) -> bool:
    """Return whether the register has columns for the background that is needed."""
    return bool(_parents(pupils)) and "newly_arrived" in pupils


def _parents(pupils: pd.DataFrame) -> list[str]:
    return [column for column in ("parent1_education", "parent2_education") if column in pupils]


def _background(pupils: pd.DataFrame, spring: pd.DataFrame, where: pd.DataFrame) -> pd.DataFrame:
    """Return the background of each school's last grade year: unit, school_year, grade_year, n, predictors.

    Only of schools whose background is known well enough.
    """
    last = {text: compulsory_school(SchoolYear.parse(text)).last_grade_year for text in spring["school_year"].unique()}
    leaving = spring[spring["grade_year"].eq(spring["school_year"].map(last).astype("Int64")).fillna(False)]
    known = pupils[pupils["grade_year"].isin(sorted(set(last.values())))]
    education = known[["pupil_id", "school_year"]].assign(
        education=known[_parents(known)].astype("Float64").mean(axis="columns").astype("float64")
    )
    education = education.dropna().sort_values("education").drop_duplicates(["pupil_id", "school_year"], keep="last")
    people = leaving.merge(education, on=["pupil_id", "school_year"], how="left", validate="one_to_one").assign(
        boys=leaving["sex"].astype("str").eq("boys").to_numpy(dtype="float64"),
        newly_arrived=leaving["newly_arrived"].astype("Float64").to_numpy(dtype="float64", na_value=float("nan")),
        school_unit_code=leaving["school_unit_code"].astype("str").to_numpy(),
    )
    grouped = placed(people, where).rename(columns={"school": "unit"}).groupby([*_UNIT_YEAR, "grade_year"])
    counted = grouped[list(PREDICTORS)].count().min(axis="columns")
    schools = grouped[list(PREDICTORS)].mean().assign(n=grouped.size().astype("float64"))
    return schools[has_expected_value(schools["n"], counted)].reset_index()


def _of_outcome(outcome: Outcome, schools: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one outcome: expected, residual, residual of three years."""
    models = {
        text: model_of(outcome, SchoolYear.parse(text), national_models()) for text in schools["school_year"].unique()
    }
    actual = _actual(ACTUAL[outcome], results)
    rows = _modelled(schools, models).merge(
        actual[actual["breakdown"].eq(str(Breakdown.ALL))].drop(columns="breakdown"),
        on=[*_UNIT_YEAR, "grade_year"], how="inner", validate="one_to_one",
    )  # fmt: skip
    residual = rows.assign(**deviation(rows[_NUMBERS], rows["expected"]), metric=RESIDUAL[outcome])
    residual = residual[residual["value"].notna()]
    expected = rows[[*_UNIT_YEAR, "grade_year", "n", "model"]].assign(value=rows["expected"], metric=EXPECTED[outcome])
    alone = {"breakdown": str(Breakdown.ALL), "category": "all"}
    pooled = _three_years(residual, actual[actual["breakdown"].eq(PERIOD["breakdown"])])
    parts = [expected.assign(**alone), residual.assign(**alone), pooled.assign(**PERIOD)]
    told = stated(pd.concat(parts, ignore_index=True))
    return told.assign(level=str(Level.SCHOOL), subject="", source="register:salsa-" + told["model"])


def _actual(metric: str, results: pd.DataFrame) -> pd.DataFrame:
    """Return a metric's own results of schools, single years and three years; `weight` is their n."""
    own = results[
        results["metric"].eq(metric)
        & results["level"].eq(str(Level.SCHOOL))
        & results["breakdown"].isin([str(Breakdown.ALL), PERIOD["breakdown"]])
    ]
    numbers = own[["n", *_NUMBERS]].astype("float64").rename(columns={"n": "weight"})
    return pd.concat([own[[*_UNIT_YEAR, "grade_year", "breakdown"]], numbers], axis=1)


def _modelled(schools: pd.DataFrame, models: dict[str, Model | None]) -> pd.DataFrame:
    """Return *schools* with what their year's model expects and its school year, without those that have no model."""
    parts = [
        own.assign(expected=expected_value(own, model), model=str(model.school_year))
        for text, model in models.items()
        if model is not None
        for own in [schools[schools["school_year"].eq(text)]]
    ]
    return pd.concat([schools.iloc[:0].assign(expected=0.0, model=""), *parts], ignore_index=True)


def _three_years(residual: pd.DataFrame, pooled: pd.DataFrame) -> pd.DataFrame:
    """Return the residuals of three years together: the pooled result less the expected values, each by its pupils."""
    key = ["unit", "grade_year", "start"]
    dated = residual.assign(start=starts(residual["school_year"]))
    sums = dated[key].assign(weight=0.0, weighted=0.0, n=0.0, models="")
    for back in reversed(range(YEARS)):
        earlier = dated[[*key, "n", "weight", "expected", "model"]].assign(start=dated["start"] + back)
        beside = dated[key].merge(earlier, on=key, how="left", validate="one_to_one")
        sums = sums.assign(
            weight=sums["weight"] + beside["weight"].to_numpy(),
            weighted=sums["weighted"] + (beside["weight"] * beside["expected"]).to_numpy(),
            n=sums["n"] + beside["n"].to_numpy(),
            **{f"model_{back}": beside["model"].to_numpy()},
        )
    whole = sums.assign(school_year=dated["school_year"], metric=dated["metric"]).dropna(subset=["n"])
    rows = whole.drop(columns="weight").assign(expected=whole["weighted"] / whole["weight"]).merge(
        pooled[[*_UNIT_YEAR, "grade_year", *_NUMBERS]], on=[*_UNIT_YEAR, "grade_year"], how="inner"
    )  # fmt: skip
    columns = [f"model_{back}" for back in range(YEARS)]
    models = rows[columns].apply(lambda names: "+".join(sorted(set(names))), axis="columns") if len(rows) else ""
    return rows.assign(**deviation(rows[_NUMBERS], rows["expected"]), model=models)
