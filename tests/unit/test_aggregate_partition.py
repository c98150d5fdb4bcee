"""Numbers made organizer by organizer: equal to the undivided ones, in any order, with pupils who move between them."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from skq.aggregate import aggregate
from skq.aggregate.equity import merit_pupils
from skq.aggregate.members import october_members
from skq.aggregate.partition import OF_PUPILS, Part, aggregate_in_parts, parts_of, require_exact
from skq.aggregate.people import pupil_count_cells
from skq.aside import Aside
from skq.demo import demo_tables
from skq.errors import SkqError
from skq.terms import CATEGORIES, Breakdown

ORGANIZERS = ("Kommunen", "Stiftelsen", "Bolaget")
LEVELS = {"class_groups": True, "whole_nation": True}


def town() -> dict[str, pd.DataFrame]:
    """Four schools of three organizers in one area, with pupils of two organizers at once, and unequal tests."""
    made = demo_tables(schools=4, years=1)
    tables = {name: made[name] for name in ("school_units", *OF_PUPILS)}
    units = tables["school_units"]
    codes = sorted(units["school_unit_code"].unique())
    owner = {code: ORGANIZERS[number % 3] for number, code in enumerate(codes)}
    named = units["school_unit_code"].map(owner)
    tables["school_units"] = units.assign(organizer=named, organizer_id=named, area="Centrum")
    pupils = tables["pupils"]
    movers = pupils[pupils["grade_year"].isin([3, 6, 9])].iloc[::7]
    elsewhere = movers["school_unit_code"].map(dict(zip(codes, [*codes[1:], codes[0]], strict=True)))
    began = pd.to_datetime(movers["school_year"].str[:4].astype("int64").add(1).astype("str") + "-02-01")
    arrived = movers.assign(school_unit_code=elsewhere, enrolled_from=began.to_numpy())
    tables["pupils"] = pd.concat([pupils, arrived], ignore_index=True).astype(pupils.dtypes.to_dict())
    tests = tables["national_tests"]
    first = tests["pupil_id"].isin(pupils.loc[pupils["school_unit_code"].eq(codes[0]), "pupil_id"])
    levels = tests[tests["grade_year"].eq(3) & first & tests["subject"].eq("MA")]
    more = levels.drop_duplicates(["pupil_id", "school_year"]).assign(part="one more")
    tables["national_tests"] = pd.concat([tests, more], ignore_index=True).astype(tests.dtypes.to_dict())
    return tables


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """The tables of `town`."""
    return town()


@pytest.fixture(scope="module")
def undivided(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The results of `town`, undivided."""
    return aggregate(tables, **LEVELS)


def require_equal(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Fail unless both tables are the same to the last digit, which pandas' own assertion does not look at here."""
    pd.testing.assert_frame_equal(left, right)
    assert left.equals(right)


def elsewhere(function: Callable[[Part], list[pd.DataFrame]], parts: Sequence[Part]) -> list[list[pd.DataFrame]]:
    """Do *function* of every part as other machines would: on copies that travelled, the last one first."""
    return [pickle.loads(pickle.dumps(function(pickle.loads(pickle.dumps(part))))) for part in reversed(parts)]


@dataclass
class Divided:
    """The results of `town` made organizer by organizer, and the parts that were handed out."""

    results: pd.DataFrame
    handed: list[Part]


@pytest.fixture(scope="module")
def divided(tables: dict[str, pd.DataFrame]) -> Divided:
    """The results of `town`, made of parts that travelled."""
    handed: list[Part] = []

    def watched(function: Callable[[Part], list[pd.DataFrame]], parts: Sequence[Part]) -> list[list[pd.DataFrame]]:
        handed.extend(parts)
        return elsewhere(function, parts)

    return Divided(aggregate_in_parts(tables, run=watched, **LEVELS), handed)


def test_divided_results_are_equal(divided, undivided):
    """Every number at every level, breakdown and class is that of the undivided run, to the last digit."""
    require_equal(divided.results, undivided)


def test_parts_made_here_are_equal(tables, undivided):
    """It is the same without any other place, part by part in their order."""
    require_equal(aggregate_in_parts(tables, **LEVELS), undivided)


def test_work_done_aside_is_equal(tables, undivided, monkeypatch):
    """What is started first and told last, on a copy that travelled, gives the same table."""
    started: list[list[str]] = []

    @contextmanager
    def beside(work: Callable[[], pd.DataFrame], *, at_once: bool, first: bool) -> Iterator[Aside[pd.DataFrame]]:
        assert at_once
        assert not first
        rows = pickle.loads(pickle.dumps(work()))
        started.append(sorted(rows["metric"].unique()))
        yield Aside(lambda: rows, at_once=False)

    monkeypatch.setattr("skq.aggregate.results.aside", beside)
    require_equal(aggregate(tables, at_once=True, **LEVELS), undivided)
    (metrics,) = started
    assert "grade_above_test_expected_share" in metrics
    assert "merit_rating_17" not in metrics


def test_town_has_what_is_hard_to_divide(tables, undivided):
    """The town has three organizers, pupils of two of them, and a part of a test that one school alone has given."""
    parts = parts_of(tables)
    assert [part.organizer for part in parts] == sorted(ORGANIZERS)
    persons = [set(part.tables["pupils"]["pupil_id"]) for part in parts]
    assert persons[0] & persons[1]
    assert {"nation", "municipality", "organizer", "area", "school", "group"} == set(undivided["level"])
    assert {"test_all_parts_share", "merit_sd", "forecast_all_passed_share"} <= set(undivided["metric"])


def test_parts_hold_running_numbers_for_pupils(divided):
    """What is handed out names nobody: pupils are numbers, and only the tables of pupils are there."""
    assert {name for part in divided.handed for name in part.tables} <= set(OF_PUPILS)
    assert {part.tables["pupils"]["pupil_id"].dtype.kind for part in divided.handed} == {"i"}


def test_sums_above_organizers_are_sums_of_pupils(tables, divided):
    """The nation's pupils of an October are counted once each, by hand: those enrolled on the fifteenth."""
    rows = divided.results
    year = sorted(tables["pupils"]["school_year"].unique())[0]
    pupils = tables["pupils"][tables["pupils"]["school_year"].eq(year)]
    day = pd.Timestamp(int(year[:4]), 10, 15)
    since, until = pd.to_datetime(pupils["enrolled_from"]), pd.to_datetime(pupils["enrolled_to"])
    there = pupils[(since.isna() | since.le(day)) & (until.isna() | until.ge(day)) & pupils["grade_year"].ge(1)]
    form = there.get("school_form", pd.Series("compulsory", index=there.index)).fillna("compulsory")
    told = rows[
        rows["metric"].eq("pupil_count")
        & rows["level"].eq("nation")
        & rows["school_year"].eq(year)
        & rows["grade_year"].isna()
        & rows["breakdown"].eq("all")
    ]
    assert told["value"].tolist() == [float(there.loc[form.ne("adapted"), "pupil_id"].nunique())]


def test_spread_does_not_depend_on_the_order_of_cells():
    """Whoever makes the cells of merit ratings may hand them over in any order: what they tell is the same."""
    pupils, schools, rng = 600, list("abcdefgh"), np.random.default_rng(1)
    units = {"school_unit_code": schools, "school_year": "2024/25", "municipality_code": "9999"}
    register = pd.DataFrame({**units, "organizer": list("XXXYYYZZ")})
    keys = {"school_unit_code": rng.choice(schools, pupils), "school_year": "2024/25", "grade_year": 9, "sex": "girls"}
    people = pd.DataFrame({"pupil_id": range(pupils), **keys}).astype({"grade_year": "Int64"})
    education = rng.choice(CATEGORIES[Breakdown.PARENTAL_EDUCATION], pupils)
    merits = merit_pupils(people.assign(parental_education=education), pd.Series(rng.uniform(0, 340, pupils)))
    counts = list(pupil_count_cells(october_members(people)))

    def told(cells: pd.DataFrame) -> pd.DataFrame:
        tables = {"school_units": register, "pupils": people}
        return aggregate(tables, of_pupils=lambda found, spring, october: [cells, *counts])

    results = told(merits)
    assert {"merit_icc", "merit_gap_education"} <= set(results["metric"])
    for order in range(6):  # some orders tell the same by luck
        shuffled = merits.sample(frac=1, random_state=order, ignore_index=True)
        require_equal(told(shuffled), results)


def test_tables_without_pupils_have_no_parts(tables):
    """Without a register of pupils, or of units, there is nothing to divide."""
    without = {"school_units": tables["school_units"]}
    assert parts_of(without) == []
    assert parts_of({}) == []
    require_equal(aggregate_in_parts(without), aggregate(without))


@pytest.mark.parametrize("part", [pytest.param(0.1, id="no-quarter"), pytest.param(2.0**51, id="too-large")])
def test_cells_that_may_not_add_up_are_refused(part):
    """Sums that depend on their order are refused, so that divided results are never nearly equal."""
    sums = {"n": [1.0], "part": [part], "whole": [1.0], "squares": [0.0]}
    with pytest.raises(SkqError, match="merit_rating_17"):
        require_exact([pd.DataFrame({"metric": ["merit_rating_17"], **sums})])
