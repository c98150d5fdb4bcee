"""Grades beside tests, given the test grades -> results rows: what the rest of the municipality would expect."""

from __future__ import annotations

import pandas as pd

from skq.aggregate.cells import PUPIL_KEY
from skq.aggregate.members import spring_members
from skq.aggregate.national import TestRound, test_rounds
from skq.aggregate.places import placed
from skq.metrics.intervals import mean_interval
from skq.metrics.national_tests import grade_against_test
from skq.metrics.rules import grade_scale
from skq.metrics.test_plan import TestKind
from skq.metrics.test_relation import COUNTS, reference, standardised
from skq.terms import CATEGORIES, PUPIL_BREAKDOWNS, Breakdown, CellStatus, Level

REGISTER = "register"
LEVELS = (Level.SCHOOL, Level.AREA, Level.ORGANIZER)
"""The levels below the municipality, which is what they are held beside."""

REST = 30
"""Pupils of the municipality outside the unit, with both grades in the subject, below which nothing is expected."""

_STRATUM = ["municipality", "school_year", "grade_year", "subject", "result"]
_SERIES = _STRATUM[:-1]


def relation_rows(tests: pd.DataFrame, pupils: pd.DataFrame, grades: pd.DataFrame, where: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `grade_above_test_expected_share` and `grade_test_net_adjusted_pp`, unsorted.

    *pupils* is the register of pupils, *where* the places of units (as from `places`). Units whose municipality has
    fewer than `REST` other pupils to hold them beside have no row.
    """
    members = spring_members(pupils[pupils["pupil_id"].isin(tests["pupil_id"])])
    pairs = [_compared(tested, grades) for tested in test_rounds(tests, members, TestKind.GRADES)]
    if not pairs:
        return pd.DataFrame()
    both = pd.concat(pairs, ignore_index=True).dropna(subset="net")
    above = _rows(both.assign(y=both["net"].eq(1).astype("float64")), where)
    net = _rows(both.assign(y=both["net"]), where)
    limits = mean_interval(net["deviation"], net["sd"], net["n"])
    expected = above.assign(metric="grade_above_test_expected_share", value=above["expected"])
    adjusted = net.assign(metric="grade_test_net_adjusted_pp", value=net["deviation"], **limits)
    rows = pd.concat([expected, adjusted], ignore_index=True).drop(columns=["expected", "deviation", "sd"])
    told = rows.assign(numerator=rows["n"] * rows["value"], raw="", source=REGISTER)
    return told.assign(status=str(CellStatus.OBSERVED))


def _compared(tested: TestRound, grades: pd.DataFrame) -> pd.DataFrame:
    """Return the pupils with a test and a grade, and in `net` whether the grade is above (1), equal or below (-1)."""
    both = tested.beside_grades(grades)
    return both.assign(net=grade_against_test(both["grade"], both["result"], scale=grade_scale(tested.year)))


def _rows(both: pd.DataFrame, where: pd.DataFrame) -> pd.DataFrame:
    """Return n, expected, deviation and sd of every unit and breakdown for the measure `y` of *both*."""
    summed = both.assign(n=1.0, total=both["y"], squares=both["y"] ** 2)
    strata = summed.groupby([*PUPIL_KEY, "result"], observed=True, as_index=False)[COUNTS].sum()
    cells = placed(strata.astype({"school_unit_code": "str"}), where)
    whole = cells.groupby(_STRATUM, as_index=False)[COUNTS].sum()
    whole["all"] = whole.groupby(_SERIES)["n"].transform("sum")
    rows = [
        _standardised(cells[cells[level.value].notna()].rename(columns={level.value: "unit"}), whole, breakdown).assign(
            level=str(level), breakdown=str(breakdown)
        )
        for level in LEVELS
        for breakdown in PUPIL_BREAKDOWNS
    ]
    return pd.concat(rows, ignore_index=True)


def _standardised(cells: pd.DataFrame, whole: pd.DataFrame, breakdown: Breakdown) -> pd.DataFrame:
    """Return the rows of one level and breakdown; what is expected rests on the others, whatever their category."""
    own = cells.groupby(["unit", *_STRATUM], as_index=False)[COUNTS].sum()
    beside = own[_STRATUM].merge(whole, on=_STRATUM, how="left", validate="many_to_one")
    rest = beside["all"] - own.groupby(["unit", *_SERIES])["n"].transform("sum")
    expected = own[["unit", *_STRATUM]].join(reference(own, beside))[rest.ge(REST)]
    told = cells.assign(category="all" if breakdown is Breakdown.ALL else cells[breakdown.value])
    told = told[told["category"].isin(CATEGORIES[breakdown])]
    parts = told.groupby(["unit", "category", *_STRATUM], as_index=False)[COUNTS].sum()
    held = parts.merge(expected, on=["unit", *_STRATUM], how="inner", validate="many_to_one")
    by = ["unit", "school_year", "grade_year", "subject", "category"]
    return standardised(held[COUNTS], held[["mean", "error"]], held[by])
