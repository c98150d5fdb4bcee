"""The same pupils some years apart (domain §9): who stayed, left and joined, and why the mean of grades changed.

A cohort at a unit is the pupils of a grade year at the end of a spring, beside those of the grade year *k* lower *k*
springs before. Who repeats a grade year in between has left the one cohort and joined the next. A pupil of two schools
is counted once, where it ended the spring. Both points are told of the units as they are at the second one: a school
under its newest code, an area with the schools it has then. Moving between schools of one area, organizer or
municipality is staying there. A unit with pupils at one of the points only (a school ending with year 6) has no row.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.aggregate.attainment import Booleans, Floats, Marks, Positions, Roll
from skq.aggregate.places import LEVELS, placed
from skq.aggregate.rollup import one_table, stated
from skq.keys import NOWHERE, occur, places
from skq.metrics.cohorts import with_rates
from skq.metrics.compulsory_school import compulsory_school
from skq.metrics.decomposition import decomposition
from skq.metrics.measure import Answer
from skq.sources.derive import NATION
from skq.terms import Level, SchoolYear

STEPS = (1, 3)
"""Years between the two points: every grade year beside the one below, and from stage to stage."""

COUNTS = {
    "cohort_stayers_count": "stayers",
    "cohort_leavers_count": "leavers",
    "cohort_joiners_count": "joiners",
    "cohort_matched_share": "matched_rate",
}
PARTS = {
    "change": "cohort_change",
    "progress": "cohort_change_stayers",
    "leavers": "cohort_change_leavers",
    "joiners": "cohort_change_joiners",
}
_KEY = ["level", "unit", "start", "grade_year"]


def cohort_rows(roll: Roll, graded: Marks | None, where: pd.DataFrame, *, whole_nation: bool) -> pd.DataFrame:
    """Return the rows of every cohort metric, in the form of the results table, unsorted.

    *graded* are the pupils' grades, *where* tells where each unit code belongs (`places`). Counts are of pupils, and
    `n` is the count itself; where it is 0, `n` is the pupils among whom nobody stayed, left or joined, so that "nobody"
    can be told while one to four are hidden. The matched share is stayers / those there at the second point. Change:
    see `changes`. No rows of a school year of which nobody at all is found again: its pseudonyms are others.
    """
    now = _levels(roll, where, 0, whole_nation=whole_nation)
    parts = []
    for years in STEPS:
        earlier = roll.earlier(years)
        second, first = (points(roll.start + later, roll.grade_year + later, years) for later in (0, years))
        joined = np.unique(roll.start[second & (earlier >= 0)])
        second, first = second & np.isin(roll.start, joined), first & np.isin(roll.start + years, joined)
        if not len(joined):
            continue
        then = _levels(roll, where, years, whole_nation=whole_nation)
        sides = _side(roll, then, first, years), _side(roll, now, second, 0)
        found = [_counts(*sides, earlier, then)]
        if graded is not None:
            found += [changes(*sides, *common_means(roll, graded, earlier, first, second, years))]
        parts += [rows.assign(subject=str(years)) for rows in found]
    if not parts:
        return one_table([pd.DataFrame()])
    rows = pd.concat(parts, ignore_index=True)
    school_year = rows["start"].map({start: str(SchoolYear(int(start))) for start in rows["start"].unique()})
    return one_table([stated(rows.assign(school_year=school_year, breakdown="all", category="all"))])


def points(start: Positions, grade_year: Positions, years: int) -> Booleans:
    """Return whether a school year and grade year are the second point of a cohort so many *years* on.

    One year on: every grade year of compulsory school; else the last ones of its stages but the first. Not where the
    grade years are numbered anew in between.
    """
    found = np.zeros(len(start), dtype=bool)
    for one in np.unique(start):
        school = compulsory_school(SchoolYear(int(one)))
        ends = [last for _, last in school.stages.values()][1:]
        if school is compulsory_school(SchoolYear(int(one) - years)):
            found |= (start == one) & np.isin(grade_year, list(school.grade_years) if years == 1 else ends)
    return found


def common_means(
    roll: Roll, found: Marks, earlier: Positions, first: Booleans, second: Booleans, years: int
) -> tuple[Floats, Floats]:
    """Return each row's mean grade points at the first and at the second point (0-20, a dash counts 0).

    Over the subjects that the pupil was graded in at both points; for who was graded at one of them only, wherever in
    these data, over the subjects that anybody of the same grade year was graded in at both (a language that is only
    read later is in neither). So a pupil has one value at a point, at whatever level it is told.
    """
    span = int(found.subject.max(initial=0)) + 1
    before = np.where(second[found.row], earlier[found.row], -1)
    partner = places(found.row * span + found.subject, np.where(before >= 0, before * span + found.subject, NOWHERE))
    del before
    after_common = partner >= 0
    before_common = np.zeros(len(found.row), dtype=bool)
    before_common[partner[after_common]] = True
    point = (roll.start * 16 + roll.grade_year)[found.row] * span + found.subject
    shared = np.unique(point[after_common])
    listed_now = occur(shared, point) & second[found.row]
    point += years * 17 * span
    listed_then = occur(shared, point) & first[found.row]
    return (
        _preferred(found, before_common, listed_then, len(roll)),
        _preferred(found, after_common, listed_now, len(roll)),
    )


def changes(first: pd.DataFrame, second: pd.DataFrame, before: Floats, after: Floats) -> pd.DataFrame:
    """Return the change of each unit's mean grade points per pupil, and the parts that add up to it exactly.

    *first* and *second* are who was there at the two points; pupils without a value at a point are left out of it, so
    whoever is graded at one point only is among the leavers or joiners. `n`: of the change, the smaller of the two
    numbers of pupils; of a part, the pupils it is about, or, where nobody left or joined and the part is 0, all of
    those among whom nobody did.
    """
    sides = [
        rows.assign(value=values[rows["row"]]).dropna(subset=["value"])
        for rows, values in ((first, before), (second, after))
    ]
    keys = sides[0][_KEY].drop_duplicates().merge(sides[1][_KEY].drop_duplicates(), on=_KEY)
    if keys.empty:
        return keys
    numbered = [rows.merge(keys.assign(key=keys.index), on=_KEY, validate="many_to_one") for rows in sides]
    found = decomposition(*numbered, unit="key")
    counts = found.pivot(index="key", columns="part", values="n")
    smaller = counts[["before", "after"]].min(axis=1)
    told = found[found["status"].eq(str(Answer.OBSERVED)) & found["part"].isin(list(PARTS))]
    among = told["key"].map(counts["before"]).where(told["part"].eq("leavers"), told["key"].map(counts["after"]))
    n = told["n"].mask(told["part"].eq("change"), told["key"].map(smaller))
    n = n.mask(told["n"].eq(0), among)
    named = told.assign(metric=told["part"].map(PARTS), n=n).join(keys, on="key")
    return named[[*_KEY, "metric", "n", "value", "lower", "upper"]]


def _counts(first: pd.DataFrame, second: pd.DataFrame, earlier: Positions, then: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of stayers, leavers and joiners and the matched share of units that have pupils both times."""
    place = earlier[second["row"]]
    unit_then = np.full(len(second), -1)
    for level in map(str, then):
        own = second["level"].eq(level).to_numpy(dtype=bool)
        unit_then[own] = then[level].cat.codes.to_numpy()[place[own]]
    stayed = (place >= 0) & (second["unit"].cat.codes.to_numpy() == unit_then)
    sizes = pd.DataFrame(
        {
            "before": first.groupby(_KEY).size(),
            "after": second.groupby(_KEY).size(),
            "stayers": second[stayed].groupby(_KEY).size(),
        }
    )
    known = sizes.dropna(subset=["before", "after"]).fillna(0).astype("int64")
    counts = with_rates(
        known[["stayers"]].assign(leavers=known["before"] - known["stayers"], joiners=known["after"] - known["stayers"])
    ).reset_index()
    rows = []
    for metric, column in COUNTS.items():
        share = column == "matched_rate"
        part = counts["stayers" if share else column]
        among = counts["before" if column == "leavers" else "after"]
        numbers = {"n": part.mask(part.eq(0) | share, among), "part": part, "value": counts[column]}
        rows.append(counts[_KEY].assign(metric=metric, **numbers))
    return pd.concat(rows, ignore_index=True)


def _levels(roll: Roll, where: pd.DataFrame, years: int, *, whole_nation: bool) -> pd.DataFrame:
    """Return the unit of every row of the roll at each level, as the units are so many school years later.

    They are categories, the same ones at all levels and whatever the years.
    """
    later = {start: str(SchoolYear(int(start) + years)) for start in np.unique(roll.start)}
    newest = where.drop_duplicates("school_unit_code").set_index("school_unit_code")["school"].astype("str")
    codes = roll.frame["school_unit_code"]
    rows = (codes.map(newest) if years else codes).to_frame().assign(row=np.arange(len(roll)))
    rows["school_year"] = pd.Series(roll.start, index=rows.index).map(later)
    found = placed(rows, where, whole_nation=whole_nation).set_index("row").reindex(rows["row"])
    every = sorted({str(unit) for level in LEVELS for unit in where[level].dropna().unique()} | {NATION})
    return found[[str(level) for level in Level if str(level) in found]].astype(pd.CategoricalDtype(every))


def _side(roll: Roll, units: pd.DataFrame, chosen: Booleans, years: int) -> pd.DataFrame:
    """Return who was there at one point: a row per pupil and level, with the key of the second point."""
    rows = np.flatnonzero(chosen)
    told = pd.DataFrame(
        {
            "row": rows.astype(np.int32),  # every pupil stands here once a level
            "pupil_id": roll.pupil[rows].astype(np.int32),
            "start": (roll.start[rows] + years).astype(np.int16),
            "grade_year": (roll.grade_year[rows] + years).astype(np.int16),
        }
    )
    sides = [told.assign(unit=units[level].array.take(rows)) for level in units]
    level = pd.Categorical.from_codes(np.repeat(np.arange(len(sides)), len(rows)), categories=pd.Index(list(units)))
    found = pd.concat(sides, ignore_index=True).assign(level=level)
    return found.dropna(subset=["unit"]).reset_index(drop=True)


def _preferred(found: Marks, common: Booleans, listed: Booleans, rows: int) -> Floats:
    own, others = found.mean(rows, common), found.mean(rows, listed)
    return np.where(np.isnan(own), others, own)
