"""Numerical hardness: degenerate registers go the whole way from rows to judgements without a broken number.

n = 0, 1, 2, everybody alike, one giant school, a perfect predictor: each number is defined or its status tells why
there is none. Warnings are errors throughout the suite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from skq.aggregate import aggregate, units
from skq.compare import comparisons
from skq.demo import write_demo
from skq.judge import judged
from skq.protect import protect
from skq.protect.rule import OFFICIAL
from skq.terms import CellStatus
from skq.validate import validated

Frames = dict[str, pd.DataFrame]
NUMBERS = ("n", "numerator", "value", "lower", "upper")
WITH_VALUE = [str(status) for status in CellStatus if status.has_value]


@pytest.fixture(scope="module")
def registers(tmp_path_factory) -> Frames:
    """The registers of an invented municipality of two schools and four school years."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    write_demo(folder, schools=2, years=4, seed=7)
    return dict(validated(folder).frames)


def only_pupils(frames: Mapping[str, pd.DataFrame], chosen: set[str]) -> Frames:
    """Return the registers with no other pupils than *chosen*."""
    return {
        name: frame[frame["pupil_id"].isin(chosen)].reset_index(drop=True) if "pupil_id" in frame else frame
        for name, frame in frames.items()
    }


def first_pupils(frames: Frames, per_school: int) -> Frames:
    """Return the registers with so many pupils of each school's final grade year, and nobody else."""
    final = frames["pupils"][frames["pupils"]["grade_year"].eq(9)].sort_values("pupil_id")
    chosen = final.groupby("school_unit_code")["pupil_id"].apply(lambda ids: list(dict.fromkeys(ids))[:per_school])
    return only_pupils(frames, {pupil for ids in chosen for pupil in ids})


def of_results(frames: Frames) -> Frames:
    """Return the registers that results are made of, the others left out."""
    return {name: frames[name] for name in ("school_units", "pupils", "grades", "national_tests", "forecasts")}


def nobody(frames: Frames) -> Frames:
    """Registers without any pupil."""
    return only_pupils(frames, set())


def one_each(frames: Frames) -> Frames:
    """One pupil in every school."""
    return first_pupils(frames, 1)


def two_each(frames: Frames) -> Frames:
    """Two pupils in every school."""
    return first_pupils(frames, 2)


def everybody_alike(frames: Frames) -> Frames:
    """Every grade a C and every test a C."""
    frames = of_results(frames)
    grades = frames["grades"].assign(grade=frames["grades"]["grade"].where(frames["grades"]["grade"].isna(), "C"))
    tests = frames["national_tests"]
    sixth = tests["grade_year"].ne(3)
    tests = tests.assign(result=tests["result"].mask(sixth & tests["result"].notna(), "C"))
    return {**frames, "grades": grades, "national_tests": tests}


def everybody_fails(frames: Frames) -> Frames:
    """Every grade an F."""
    frames = of_results(frames)
    grades = frames["grades"]
    return {**frames, "grades": grades.assign(grade=grades["grade"].where(grades["grade"].isna(), "F"))}


def one_giant_school(frames: Frames) -> Frames:
    """Every pupil at one school but two, who are alone at another."""
    frames = of_results(frames)
    codes = sorted(frames["school_units"]["school_unit_code"].unique())
    pupils = frames["pupils"]
    last = set(sorted(pupils.loc[pupils["grade_year"].eq(9), "pupil_id"].unique())[-2:])
    code = pupils["pupil_id"].isin(last).map({True: codes[-1], False: codes[0]}).astype("str")
    return {**frames, "pupils": pupils.assign(school_unit_code=code)}


def one_school(frames: Frames) -> Frames:
    """A municipality with a single school."""
    code = min(frames["school_units"]["school_unit_code"])
    kept = {
        name: frame[frame["school_unit_code"].eq(code)].reset_index(drop=True) if "school_unit_code" in frame else frame
        for name, frame in frames.items()
    }
    return only_pupils(kept, set(kept["pupils"]["pupil_id"]))


def perfect_predictor(frames: Frames) -> Frames:
    """The parents' education tells the grades without any error, and so does grade year 6."""
    frames = of_results(frames)
    pupils = frames["pupils"]
    level = pupils["pupil_id"].map(lambda pupil: sum(map(ord, pupil)) % 3 + 1).astype("Int64")
    told = pupils.assign(parent1_education=level, parent2_education=level)
    grade = dict(zip(told["pupil_id"], level.map({1: "E", 2: "C", 3: "A"}), strict=True))
    grades, tests = frames["grades"], frames["national_tests"]
    of_pupil = tests["pupil_id"].map(grade).astype("str")
    return {
        **frames,
        "pupils": told,
        "grades": grades.assign(grade=grades["pupil_id"].map(grade).astype("str").where(grades["grade"].notna())),
        "national_tests": tests.assign(
            result=tests["result"].mask(tests["grade_year"].ne(3) & tests["result"].notna(), of_pupil)
        ),
    }


def one_year(frames: Frames) -> Frames:
    """Registers of the newest school year with grades alone."""
    year = frames["grades"]["school_year"].astype("str").max()
    return {
        name: frame[frame["school_year"].eq(year)].reset_index(drop=True) if "school_year" in frame else frame
        for name, frame in frames.items()
    }


def only_pupils_and_units(frames: Frames) -> Frames:
    """Registers of schools and pupils, and nothing else."""
    return {name: frames[name] for name in ("school_units", "pupils")}


CASES = (
    nobody,
    one_each,
    two_each,
    everybody_alike,
    everybody_fails,
    one_giant_school,
    one_school,
    perfect_predictor,
    one_year,
    only_pupils_and_units,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_number_is_defined(registers: Frames, case: Callable[[Frames], Frames]):
    """A number is finite and inside its interval, or a status tells why there is none; differences too."""
    frames = case(registers)
    results, known = aggregate(frames), units(frames)
    between = comparisons(results, units=known)
    protected = protect(results, between, OFFICIAL, units=known)
    judgements = judged(protected, units=known)
    for table in (results, between, protected.results.to_frame(), protected.comparisons.to_frame()):
        assert_defined(table)
    assert_finite(judgements.estimates)
    assert_finite(judgements.goals)


def assert_defined(table: pd.DataFrame) -> None:
    """Raise where a number is broken, or missing without a status that says so, or outside its interval."""
    assert_finite(table)
    has_value = table["value"].notna()
    wrong = table[has_value != table["status"].isin(WITH_VALUE)]
    assert wrong.empty, wrong.head().to_string()
    limits = table.dropna(subset=["value", "lower", "upper"])
    value, lower, upper = (limits[name].astype("float64") for name in ("value", "lower", "upper"))
    outside = limits[(value < lower - 1e-9) | (value > upper + 1e-9)]
    assert outside.empty, outside.head().to_string()


def assert_finite(table: pd.DataFrame) -> None:
    """Raise where a number of *table* is infinite, or NaN instead of missing."""
    for column in table.columns[[str(dtype) == "Float64" for dtype in table.dtypes]]:
        values = table[column].to_numpy("float64", na_value=0.0)
        assert np.isfinite(values).all(), table[~np.isfinite(values)].head().to_string()
