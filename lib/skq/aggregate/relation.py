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

MEASURES = ("above", "net")
"""Whether the grade is above the test, and whether it is above (1), equal or below (-1)."""

_STRATUM = ["municipality", "school_year", "grade_year", "subject", "result"]
_SERIES = _STRATUM[:-1]
_UNIT = ["level", "unit"]
_UNIT_SERIES = [*_UNIT, *_SERIES[1:], "breakdown", "category"]
_CODED = ["school_year", "subject", "result", "municipality"]
_SUMS = ["n", *(f"{sum_of}_{name}" for name in MEASURES for sum_of in ("total", "squares"))]


def relation_rows(tests: pd.DataFrame, pupils: pd.DataFrame, grades: pd.DataFrame, where: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `grade_above_test_expected_share` and `grade_test_net_adjusted_pp`, unsorted.

    *pupils* is the register of pupils, *where* the places of units (as from `places`). Units whose municipality has
    fewer than `REST` other pupils to hold them beside have no row.
    """
    members = spring_members(pupils[pupils["pupil_id"].isin(tests["pupil_id"])])
    pairs = [_compared(tested, grades) for tested in test_rounds(tests, members, TestKind.GRADES)]
    if not pairs:
        return pd.DataFrame()
    found = _held(_cells(pd.concat(pairs, ignore_index=True), where))
    limits = mean_interval(found["deviation_net"], found["sd_net"], found["n"])
    rows = found[[*_UNIT_SERIES, "n"]]
    expected = rows.assign(metric="grade_above_test_expected_share", value=found["expected_above"])
    adjusted = rows.assign(metric="grade_test_net_adjusted_pp", value=found["deviation_net"], **limits)
    both = pd.concat([expected, adjusted], ignore_index=True)
    told = both.assign(numerator=both["n"] * both["value"], raw="", source=REGISTER)
    return told.assign(status=str(CellStatus.OBSERVED))


def _compared(tested: TestRound, grades: pd.DataFrame) -> pd.DataFrame:
    """Return the pupils with a test and a grade, with the `MEASURES` as columns."""
    both = tested.beside_grades(grades)
    net = grade_against_test(both["grade"], both["result"], scale=grade_scale(tested.year))
    return both[[*PUPIL_KEY, "result"]].assign(net=net, above=net.eq(1).astype("float64"))[net.notna()]


def _cells(both: pd.DataFrame, where: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of every school, kind of pupil and test grade, with the places of the school."""
    sums = {f"total_{name}": both[name] for name in MEASURES} | {
        f"squares_{name}": both[name] ** 2 for name in MEASURES
    }
    summed = both.assign(n=1.0, **sums).groupby([*PUPIL_KEY, "result"], observed=True, as_index=False)[_SUMS].sum()
    placed_cells = placed(summed, where)
    return placed_cells.astype(dict.fromkeys(_CODED, "category"))


def _held(cells: pd.DataFrame) -> pd.DataFrame:
    """Return every unit beside the rest: what is expected rests on the others, whatever their category."""
    inside = pd.concat([_of_level(cells, level) for level in LEVELS], ignore_index=True)
    inside = inside.astype(dict.fromkeys(("unit", *_CODED), "category"))
    own = _summed(inside, [*_UNIT, *_STRATUM])
    beside = own[_STRATUM].merge(_summed(cells, _STRATUM), on=_STRATUM, how="left", validate="many_to_one")
    of_unit = own.groupby([*_UNIT, *_SERIES], observed=True)["n"].transform("sum")
    of_all = own[_SERIES].merge(_summed(cells, _SERIES), on=_SERIES, how="left", validate="many_to_one")["n"]
    expected = own[[*_UNIT, *_STRATUM]].assign(
        **{f"{word}_{name}": values for name in MEASURES for word, values in _reference(own, beside, name).items()}
    )[(of_all - of_unit).ge(REST)]
    told = pd.concat([_of_breakdown(inside, breakdown) for breakdown in PUPIL_BREAKDOWNS], ignore_index=True)
    parts = _summed(told, [*_UNIT, "breakdown", "category", *_STRATUM])
    held = parts.merge(expected, on=[*_UNIT, *_STRATUM], how="inner", validate="many_to_one")
    above, net = (_standardised(held, name) for name in MEASURES)
    return above.merge(net.drop(columns="n"), on=_UNIT_SERIES, validate="one_to_one").astype(
        dict.fromkeys([key for key in _UNIT_SERIES if key != "grade_year"], "str")
    )


def _of_level(cells: pd.DataFrame, level: Level) -> pd.DataFrame:
    units = cells[level.value].astype("str")
    return cells.assign(level=str(level), unit=units)[cells[level.value].notna()]


def _of_breakdown(cells: pd.DataFrame, breakdown: Breakdown) -> pd.DataFrame:
    category = "all" if breakdown is Breakdown.ALL else cells[breakdown.value].astype("str")
    told = cells.assign(breakdown=str(breakdown), category=category)
    return told[told["category"].isin(CATEGORIES[breakdown])]


def _summed(cells: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return cells.groupby(by, observed=True, as_index=False)[_SUMS].sum()


def _reference(own: pd.DataFrame, whole: pd.DataFrame, name: str) -> pd.DataFrame:
    return reference(_counts(own, name), _counts(whole, name))


def _standardised(held: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return n, expected, deviation and sd of one measure, the last three called after it."""
    expected = held[[f"mean_{name}", f"error_{name}"]].set_axis(["mean", "error"], axis="columns")
    found = standardised(_counts(held, name), expected, held[_UNIT_SERIES])
    return found.rename(columns={word: f"{word}_{name}" for word in ("expected", "deviation", "sd")})


def _counts(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows[["n", f"total_{name}", f"squares_{name}"]].set_axis(COUNTS, axis="columns")
