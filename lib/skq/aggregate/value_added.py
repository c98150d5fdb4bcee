"""Value added per school, area and organizer (domain §9.4-9.6): how far pupils came, given where they started.

Every pupil of a grade year in these data, whose prior attainment three years before is known, is put beside the pupils
with the same start: at the end of the last stage given the end of the middle one, there given the end of the first.
The outcomes are the mean of all grade points and the mean of the tests in English, mathematics and Swedish. Prior
attainment is of the same kind where there is one (grades are set by the school's own teachers, tests are not), else of
the other: of a spring without tests, grades. In year 3 it is the share of test parts reached, nearly full for most,
hence coarse. Who repeated a grade year in between has no prior value here; who moved brings its own from the other
school.

Schools with fewer than `FEWEST_OF_SCHOOL` such pupils are neither told of nor part of the reference, so that what is
told of the others adds up to zero without them and betrays nothing of so few; nor are those where less than
`LEAST_MATCHED` of the pupils with an outcome have a prior value, whose value added would be of some pupils only.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.aggregate.attainment import Booleans, Floats, Marks, Positions, Roll, national_test_means, parts_reached
from skq.aggregate.places import placed
from skq.aggregate.progress import points
from skq.aggregate.rollup import one_table, stated
from skq.metrics.measure import Answer
from skq.metrics.multilevel import multilevel
from skq.metrics.random_intercept import Estimation
from skq.metrics.value_added import DECILES, conditional_value_added, quantile_groups
from skq.terms import Level, SchoolYear

STAGE = 3
FEWEST_OF_SCHOOL = 10
LEAST_MATCHED = 0.5
FEWEST_SCHOOLS = 5
FEWEST_PUPILS = 100
"""Below these there is no value added: too few others to be compared with."""

PUPILS_PER_GROUP = 20
"""Prior attainment is cut into so many groups, ten at most, that each has about so many pupils."""

LEAVE_OUT_BELOW = 30
"""With fewer schools a unit's own pupils are not part of what it is compared with."""

LARGEST_PART = 0.5
"""A unit with a larger part of all pupils than this has too few others to be compared with."""

LEVELS = (Level.SCHOOL, Level.AREA, Level.ORGANIZER)
OUTCOMES = {"value_added_grades": ("grades", "tests", "parts"), "value_added_tests": ("tests", "grades", "parts")}
"""Each metric with the kinds of prior attainment in order of preference; the first is also the kind of its outcome."""


def value_added_rows(roll: Roll, graded: Marks | None, tests: pd.DataFrame | None, where: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of value added, raw and shrunken, in the form of the results table, unsorted.

    *graded* are the pupils' grades, *where* tells where each unit code belongs (`places`). `n` is the pupils with
    outcome and prior value. Raw: see `conditional_value_added`; shrunken (schools only): the unit's effect in a model
    with random intercepts, by restricted likelihood, on prior attainment itself. No row where there are too few pupils
    or schools.
    """
    earlier = roll.earlier(STAGE)
    rows = np.flatnonzero(points(roll.start, roll.grade_year, STAGE))
    if not (earlier[rows] >= 0).any():
        return one_table([pd.DataFrame()])
    known = _attained(roll, graded, tests, rows, earlier[rows])
    units = _units(roll, where, rows)
    found = []
    for start, grade_year in sorted(set(zip(roll.start[rows], roll.grade_year[rows], strict=True))):
        own = (roll.start[rows] == start) & (roll.grade_year[rows] == grade_year)
        for metric, kinds in OUTCOMES.items():
            cohort = _cohort(known, own, kinds).join(units, how="inner")
            found += [
                part.assign(metric=metric + suffix, school_year=str(SchoolYear(int(start))), grade_year=grade_year)
                for suffix, part in _told(cohort)
            ]
    if not found:
        return one_table([pd.DataFrame()])
    rows_told = pd.concat(found, ignore_index=True)
    return one_table([stated(rows_told.assign(subject="", breakdown="all", category="all"))])


def _attained(
    roll: Roll, graded: Marks | None, tests: pd.DataFrame | None, rows: Positions, earlier: Positions
) -> pd.DataFrame:
    """Return each kind of attainment of the pupils in *rows*, now and (`prior_…`) three years before."""
    every: dict[str, Floats] = {}
    if graded is not None:
        every["grades"] = graded.mean(len(roll))
    if tests is not None:
        every |= {"tests": national_test_means(roll, tests), "parts": parts_reached(roll, tests)}
    now = {kind: values[rows] for kind, values in every.items()}
    prior = {f"prior_{kind}": np.where(earlier >= 0, values[earlier], np.nan) for kind, values in every.items()}
    return pd.DataFrame(now | prior, index=pd.Index(rows))


def _cohort(known: pd.DataFrame, own: Booleans, kinds: tuple[str, ...]) -> pd.DataFrame:
    """Return outcome and prior of *own* rows with an outcome, by the first kind of prior that enough pupils have."""
    outcome = known[own].get(kinds[0])
    for kind in kinds:
        prior = known[own].get(f"prior_{kind}")
        if outcome is not None and prior is not None and (outcome.notna() & prior.notna()).sum() >= FEWEST_PUPILS:
            return pd.DataFrame({"outcome": outcome, "prior": prior}).dropna(subset=["outcome"])
    return pd.DataFrame({"outcome": [], "prior": []}, dtype="float64")


def _told(cohort: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return raw and shrunken value added of one cohort, nothing where it is too small."""
    matched = cohort["prior"].notna()
    of_school = matched.groupby(cohort[str(Level.SCHOOL)])
    enough = of_school.transform("sum").ge(FEWEST_OF_SCHOOL) & of_school.transform("mean").ge(LEAST_MATCHED)
    kept = cohort[matched & enough]
    schools = kept[str(Level.SCHOOL)].nunique()
    if len(kept) < FEWEST_PUPILS or schools < FEWEST_SCHOOLS:
        return []
    group = quantile_groups(kept["prior"], groups=min(DECILES, len(kept) // PUPILS_PER_GROUP))
    raw = [_raw(kept, group, level, leave_out=schools < LEAVE_OUT_BELOW) for level in LEVELS]
    return [("", pd.concat(raw, ignore_index=True)), ("_shrunken", _shrunken(kept))]


def _raw(kept: pd.DataFrame, group: pd.Series, level: Level, *, leave_out: bool) -> pd.DataFrame:
    placed_in = kept.dropna(subset=[str(level)])
    found = conditional_value_added(
        kept.assign(**{str(level): kept[str(level)].fillna("")}), group, unit=str(level), leave_one_out=leave_out
    )
    sizes = placed_in.groupby(str(level)).size()
    told = found[found.index.isin(sizes[sizes.le(LARGEST_PART * len(kept))].index)]
    told = told[told["status"].eq(str(Answer.OBSERVED))]
    return _rows(told, level)


def _shrunken(kept: pd.DataFrame) -> pd.DataFrame:
    model = multilevel(kept["outcome"], kept[str(Level.SCHOOL)], predictors=kept[["prior"]], estimation=Estimation.REML)
    return _rows(model.effects, Level.SCHOOL)


def _rows(found: pd.DataFrame, level: Level) -> pd.DataFrame:
    numbers = found[["n", "value", "lower", "upper"]].rename_axis("unit").reset_index()
    return numbers.astype({"unit": "str"}).assign(level=str(level))


def _units(roll: Roll, where: pd.DataFrame, rows: Positions) -> pd.DataFrame:
    """Return the unit of each of the roll's *rows* at every level of value added, indexed by row."""
    known = roll.frame.iloc[rows].assign(row=rows)
    return placed(known, where).set_index("row")[[str(level) for level in LEVELS]].astype("str")
