"""The tables of the invented municipality, by their own names and columns.

Pure: from three numbers to frames. The columns are those of `skq.schema`.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase

import numpy as np
import pandas as pd

from skq.demo import dates, names, narrative, resources, results, steering
from skq.demo import enrolment as enrolments
from skq.demo.attendance import attendance
from skq.demo.plan import MAX_SCHOOLS, MAX_SEED, MAX_YEARS, Plan, make_plan
from skq.demo.survey import survey, survey_answers
from skq.errors import SettingsError
from skq.schema import TABLES
from skq.terms import SchoolYear

STREAMS = (
    "plan", "enrolment", "standing", "grades", "national_tests", "forecasts", "attendance", "staff", "economy",
    "sick_leave", "survey", "assessments", "commitments", "dates",
    "adapted", "leisure_centres", "risk", "term_grades",
)  # fmt: skip
"""Each step draws from its own stream, so that a change in one leaves the others as they were."""


def demo_tables(schools: int = 12, years: int = 5, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Return every table of an invented municipality, the same for the same three numbers.

    Columns and key order as in `schema.TABLES`; missing values are missing. SettingsError when *schools* is not 1-2000,
    *years* not 1-12 or *seed* is negative.
    """
    _refuse_impossible("schools", schools, 1, MAX_SCHOOLS)
    _refuse_impossible("years", years, 1, MAX_YEARS)
    _refuse_impossible("seed", seed, 0, MAX_SEED)
    draws = {name: np.random.default_rng([seed, number]) for number, name in enumerate(STREAMS)}
    plan = make_plan(schools, years, draws["plan"])
    people, enrolment = enrolments.simulate(plan, draws["enrolment"])
    raw = _pupil_tables(plan, people, enrolment, draws) | _school_tables(plan, enrolment, draws)
    named = {name: _named(raw[name], plan) for name in raw}
    named["school_units"] = _school_units(plan)
    return {name: _ordered(named[name], name) for name in TABLES}


def _refuse_impossible(option: str, found: int, lowest: int, highest: int) -> None:
    if not lowest <= found <= highest:
        raise SettingsError(
            f"the invented municipality cannot be made: --{option}\n"
            f"  found:    {found}\n"
            f"  expected: a whole number from {lowest} to {highest}\n"
            f"  next:     give another --{option}, or leave it out"
        )


def _pupil_tables(
    plan: Plan, people: pd.DataFrame, enrolment: pd.DataFrame, draws: Mapping[str, np.random.Generator]
) -> dict[str, pd.DataFrame]:
    everybody = results.followed(people, dates.dated(enrolment, plan, draws["dates"]))
    tested = everybody[everybody["grade_year"].isin([3, 6, 9]) & ~everybody["leaves"]].reset_index(drop=True)
    standing = results.latent(tested, plan, draws["standing"])
    graded = tested["grade_year"].to_numpy() > 3
    with_grades = tested[graded].reset_index(drop=True)
    sixth, between = with_grades["grade_year"].eq(6).to_numpy(), everybody["grade_year"].isin([7, 8])
    grades = [
        results.grades(with_grades, standing[graded], plan, draws["grades"]),
        results.term_grades(
            with_grades[sixth], standing[graded][sixth], everybody[between & ~everybody["leaves"]], plan,
            draws["term_grades"],
        ),
    ]  # fmt: skip
    return {
        "pupils": pd.concat(
            [_pupils(dates.spells(everybody, plan)), steering.adapted_pupils(plan, len(people), draws["adapted"])],
            ignore_index=True,
        ),
        "grades": pd.concat(grades, ignore_index=True),
        "national_tests": results.national_tests(tested, standing, plan, draws["national_tests"]),
        "forecasts": results.forecasts(tested, standing, plan, draws["forecasts"]),
        "attendance": attendance(everybody, draws["attendance"]),
    }


def _school_tables(
    plan: Plan, enrolment: pd.DataFrame, draws: Mapping[str, np.random.Generator]
) -> dict[str, pd.DataFrame]:
    pupils = resources.head_count(enrolment, plan)
    staff = resources.staff(pupils, plan, draws["staff"])
    return {
        "staff": staff,
        "economy": resources.economy(pupils, plan, draws["economy"]),
        "sick_leave": resources.sick_leave(pupils, draws["sick_leave"]),
        "survey": survey(enrolment, plan, draws["survey"]),
        "survey_answers": survey_answers(resources.head_count(staff, plan), plan, draws["survey"].spawn(1)[0]),
        "assessments": narrative.assessments(pupils, plan, draws["assessments"]),
        "commitments": narrative.commitments(pupils, plan, draws["commitments"]),
        "commentary": narrative.commentary(plan),
        "leisure_centres": steering.leisure_centres(enrolment, plan, draws["leisure_centres"]),
        "targets": steering.targets(plan),
        "risk": steering.risk(pupils, plan, draws["risk"]),
    }


def _pupils(everybody: pd.DataFrame) -> pd.DataFrame:
    """Return the pupil register, with a class letter per 25 pupils of a grade year."""
    sizes = everybody.groupby(["school", "grade_year", "year"])["pupil"].transform("size").to_numpy()
    classes = np.ceil(sizes / 25).astype(int)
    letter = np.array(list(ascii_uppercase))[everybody["pupil"].to_numpy() % np.minimum(classes, 26)]
    grade_year = everybody["grade_year"].to_numpy()
    since = everybody["year"] - everybody["arrived"]
    return pd.DataFrame(
        {
            "pupil": everybody["pupil"],
            "school": everybody["school"],
            "year": everybody["year"],
            "grade_year": grade_year,
            "sex": np.where(everybody["girl"], "girls", "boys"),
            "class_group": np.array(["F", *"123456789"])[grade_year].astype(object) + letter,
            "parent1_education": everybody["parent1_education"].astype("Int64"),
            "parent2_education": everybody["parent2_education"].astype("Int64"),
            "newly_arrived": since.between(0, 3),
            "foreign_background": everybody["foreign_background"],
            "adapted_studies": everybody["adapted"] & (grade_year >= 6),
            "enrolled_from": everybody["enrolled_from"],
            "enrolled_to": everybody["enrolled_to"],
            "school_form": None,
        }
    )


def _named(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Replace positions by names: pupil ids, school years (or calendar years) and the unit code of that year."""
    named = table.copy()
    year = table["year"].to_numpy()
    named["school_year"] = np.array([str(SchoolYear(start)) for start in plan.years])[year]
    named["year"] = named["fiscal_year"] = np.array(plan.years)[year]
    if "pupil" in table:
        named["pupil_id"] = np.char.add("p", np.char.zfill((table["pupil"].to_numpy() + 1).astype(str), 7))
    if "school" in table:
        codes = np.stack([plan.codes(position) for position in range(len(plan.years))])
        named["school_unit_code"] = codes[year, table["school"].to_numpy()]
    return named


def _school_units(plan: Plan) -> pd.DataFrame:
    """Return one row per unit and year; a unit that was replaced names its successor in every year that it existed."""
    return pd.concat([_units_of(plan, year) for year in range(len(plan.years))], ignore_index=True)


def _units_of(plan: Plan, year: int) -> pd.DataFrame:
    codes = plan.codes(year)
    organizer = plan.column("organizer")
    units = pd.DataFrame(
        {
            "school_unit_code": codes,
            "school_year": str(SchoolYear(plan.years[year])),
            "name": plan.schools["name"],
            "municipality_code": names.MUNICIPALITY_CODE,
            "organizer": [names.ORGANIZERS[position][0] for position in organizer],
            "organizer_type": [names.ORGANIZERS[position][2] for position in organizer],
            "first_grade_year": plan.column("first"),
            "last_grade_year": plan.column("last"),
            "area": pd.Series(np.array(names.AREAS)[plan.column("area")]).where(organizer == 0, None),
            "organizer_id": [names.ORGANIZERS[position][1] for position in organizer],
            "successor_code": pd.Series(plan.column("code")).where(codes != plan.column("code"), None),
        }
    )
    return units[plan.is_open(year)]


def _ordered(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the table's own columns in order, sorted by its key."""
    spec = TABLES[name]
    sorted_rows = table.sort_values(list(spec.key), kind="stable")
    return sorted_rows[list(spec.column_names)].reset_index(drop=True)
