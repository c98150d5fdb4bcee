"""Which published numbers add up to which: written anew from the definitions, not taken from what protected them.

Every equation is a row of numbers whose counts, weighed by +1 and −1, are zero: a total and its parts. Where pupils may
be in no part, or parts are not published, there is a rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import catalog
from skq.belonging import belonging
from skq.terms import CATEGORIES, RESULT_KEY, Breakdown, SchoolYear

KEY = list(RESULT_KEY)
NOT_OVER_UNITS = ("cohort_stayers_count", "cohort_leavers_count", "cohort_joiners_count", "cohort_change")
COHORT_PARTS = ("cohort_change_stayers", "cohort_change_leavers", "cohort_change_joiners")
COUNT_OF = dict(zip(COHORT_PARTS, NOT_OVER_UNITS[:3], strict=True))
"""How many each part of a change is about: where nobody left or joined, nothing changed by it."""
SUMS = {
    "cost_per_pupil": (
        "teaching_cost_per_pupil", "premises_cost_per_pupil", "meals_cost_per_pupil", "materials_cost_per_pupil",
        "health_cost_per_pupil", "other_cost_per_pupil",
    ),
    "allocation_total": ("allocation_base", "allocation_structure"),
    "cohort_change": COHORT_PARTS,
}  # fmt: skip
"""Amounts of one unit that are the sum of others, value by value."""
OF_ONE = (
    ("grade_above_test_share", "grade_equal_test_share", "grade_below_test_share"),
    ("all_subjects_passed_share", "failed_one_subject_share", "failed_several_subjects_share"),
)
"""Shares of the same pupils that together are all of them."""
NESTED = {"absence_over_20_share": "absence_over_15_share", "absence_over_50_share": "absence_over_20_share"}
"""Shares of the same pupils of which the first are among the second."""
PUPILS, GIRLS = "pupil_count", "girls_share"
YEARS = 3
THREE_YEARS = "tre läsår"
"""What lines of pooled years are called."""


@dataclass(frozen=True)
class Lines:
    """Equations: parallel `line`, `row` and `sign`; per line `name`, and `rest`: whether something may be left over.

    `lack`: the entry is of those who lack the property; `people`: the line adds pupils, so what they rest on adds up
    too; `values`: it adds values, not counts.
    """

    line: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    sign: npt.NDArray[np.float64]
    name: tuple[str, ...]
    rest: npt.NDArray[np.bool_]
    lack: npt.NDArray[np.bool_]
    people: npt.NDArray[np.bool_]
    values: npt.NDArray[np.bool_]


def lines(rows: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame | None = None) -> Lines:
    """Return every line among *rows* (RESULT_KEY, clean index); *units* and *memberships* tell who belongs to whom."""
    adds = rows["metric"].map({name: catalog.metric(name).aggregation != "none" for name in rows["metric"].unique()})
    place = rows[KEY].assign(row=np.arange(len(rows)))
    additive = place[adds.astype(bool)]
    found = [
        *_split(additive, place), _grade_years(additive, place), _groups(additive, place),
        *_over_units(additive, place, units, memberships), _pooled(place), _girls(place), *_sums(place),
        *_of_one(place),
    ]  # fmt: skip
    return _joined([one for one in found if len(one)])


def _line(parts: pd.DataFrame, place: pd.DataFrame, name: str, *, rest: bool | str = False, values: bool = False,
          whole: int = 0, people: bool = True, lack: bool = False) -> pd.DataFrame:  # fmt: skip
    """Return the lines of *parts* (key of their total, `row`, maybe `sign`) with the total's own entry.

    With *whole* parts only lines that have so many are kept.
    """
    total = place.rename(columns={"row": "total"})
    told = parts.merge(total, on=KEY, how="inner")
    if whole:
        told = told[told.groupby("total")["row"].transform("size").eq(whole)]
    left = told[rest] if isinstance(rest, str) else rest
    told = told.assign(name=name, sign=told.get("sign", -1.0), rest=left, lack=False, people=people,
                       values=values)  # fmt: skip
    own = told.drop_duplicates("total").assign(row=lambda frame: frame["total"], sign=1.0, lack=lack)
    return pd.concat([own, told], ignore_index=True)[
        ["total", "row", "sign", "name", "rest", "lack", "people", "values"]
    ]


def _split(rows: pd.DataFrame, place: pd.DataFrame) -> list[pd.DataFrame]:
    found = []
    for breakdown, name in ((Breakdown.SEX, "flickor och pojkar"), (Breakdown.PARENTAL_EDUCATION, "utbildning")):
        own = rows[rows["breakdown"].eq(str(breakdown))].assign(breakdown="all", category="all")
        count = len(CATEGORIES[breakdown])
        some = own.assign(rest=own.groupby(KEY, dropna=False)["row"].transform("size").lt(count))
        if breakdown is Breakdown.PARENTAL_EDUCATION:
            some["rest"] = True
        found.append(_line(some, place, name, rest="rest"))
    return found


def _grade_years(rows: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    own = rows[rows["metric"].eq(PUPILS) & rows["grade_year"].ge(1).fillna(False)]
    key = own.assign(grade_year=pd.Series(pd.NA, index=own.index, dtype="Int64"), rest=True)
    return _line(key, place, "årskurserna", rest="rest")


def _groups(rows: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    own = rows[rows["metric"].eq("sick_leave_share") & rows["subject"].ne("")]
    return _line(own.assign(subject=""), place, "personalgrupperna", rest=True)


def _over_units(
    rows: pd.DataFrame, place: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame | None
) -> list[pd.DataFrame]:
    within = rows[~rows["metric"].isin(NOT_OVER_UNITS)]
    parents = belonging(within, units, memberships)
    everybody = belonging(_everybody(within, memberships), units, memberships)
    found = []
    for kind, of_kind in parents.groupby("kind", sort=True):
        told = of_kind[["level", "unit", "school_year", "parent"]].drop_duplicates()
        own = within.merge(told, on=["level", "unit", "school_year"], how="inner")
        level = str(kind).split(" of ")[1]
        key = own.assign(level=level, unit=own["parent"]).drop(columns="parent")
        there = everybody[everybody["kind"].eq(kind)][told.columns].drop_duplicates()
        found.append(_line(key.assign(rest=_lacks(key, there, units)), place, str(kind).replace(" of ", " i "),
                           rest="rest"))  # fmt: skip
    return found


def _everybody(rows: pd.DataFrame, memberships: pd.DataFrame | None) -> pd.DataFrame:
    """Return every unit and school year that there is: of *rows*, and those that a site of one school does not name."""
    columns = ["level", "unit", "school_year"]
    known = [rows[columns], *([] if memberships is None else [memberships[columns]])]
    return pd.concat(known, ignore_index=True).drop_duplicates()


def _lacks(key: pd.DataFrame, told: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Return whether units of the parent that could have the number have none: then there is a rest."""
    grades = units.set_index(["level", "unit"])[["first_grade_year", "last_grade_year"]]
    grades = grades[~grades.index.duplicated()]
    told = told.join(grades, on=["level", "unit"])
    asked = key[["unit", "school_year", "grade_year"]].drop_duplicates()
    could = asked.merge(told.drop(columns="unit"), left_on=["unit", "school_year"],
                        right_on=["parent", "school_year"])  # fmt: skip
    year = could["grade_year"]
    outside = (year.lt(could["first_grade_year"]) | year.gt(could["last_grade_year"])).fillna(False)
    many = could[~outside.astype(bool)].groupby(["unit", "school_year", "grade_year"], dropna=False).size()
    most = key.merge(many.rename("most").reset_index(), on=["unit", "school_year", "grade_year"], how="left")["most"]
    size = key.groupby(KEY, dropna=False)["row"].transform("size")
    return pd.Series(size.to_numpy() < most.fillna(0).to_numpy(), index=key.index)


def _pooled(place: pd.DataFrame) -> pd.DataFrame:
    """Return three school years as parts of the three together."""
    all_years = place[place["breakdown"].eq("all")]
    found = []
    for back in range(YEARS):
        later = {
            year: str(SchoolYear(SchoolYear.parse(year).start + back)) for year in all_years["school_year"].unique()
        }
        found.append(all_years.assign(school_year=all_years["school_year"].map(later).astype("str")))
    key = pd.concat(found).assign(breakdown=str(Breakdown.PERIOD), category="three_years")
    return _line(key, place, THREE_YEARS, whole=YEARS)


def _girls(place: pd.DataFrame) -> pd.DataFrame:
    own = place[place["metric"].eq(PUPILS) & place["category"].eq("girls")]
    return _line(own.assign(metric=GIRLS, breakdown="all", category="all"), place, "antal flickor", whole=1,
                 people=False)  # fmt: skip


def _sums(place: pd.DataFrame) -> list[pd.DataFrame]:
    return [
        _line(place[place["metric"].isin(parts)].assign(metric=total), place, f"delarna av {total}", values=True,
              whole=len(parts), people=False)
        for total, parts in SUMS.items()
    ]  # fmt: skip


def _of_one(place: pd.DataFrame) -> list[pd.DataFrame]:
    """Return shares that are all pupils together as parts of those who lack the first one's property."""
    found = []
    for first, *others in OF_ONE:
        own = place[place["metric"].isin(others)].assign(metric=first)
        found.append(_line(own, place, "andelar som blir hundra", whole=len(others), people=False, lack=True))
    for inner, outer in NESTED.items():
        own = place[place["metric"].eq(inner)].assign(metric=outer)
        found.append(_line(own, place, "gränser i varandra", rest=True, people=False))
    net = place[place["metric"].isin((OF_ONE[0][0], OF_ONE[0][2]))].assign(metric="grade_test_net_pp")
    signs = np.where(place["metric"].to_numpy()[net["row"]] == OF_ONE[0][0], -1.0, 1.0)
    return [*found, _line(net.assign(sign=signs), place, "netto", whole=2, people=False)]


def _joined(found: list[pd.DataFrame]) -> Lines:
    if not found:
        empty = np.zeros(0, dtype=np.int64)
        none = np.zeros(0, dtype=bool)
        return Lines(empty, empty, np.zeros(0), (), none, none, none, none)
    told = pd.concat([one.assign(kind=place) for place, one in enumerate(found)], ignore_index=True)
    told["line"] = told.groupby(["kind", "total"], sort=True).ngroup()
    per = (
        told.sort_values("line", kind="stable")
        .groupby("line")
        .agg({"name": "first", "rest": "any", "people": "first", "values": "first"})
    )
    return Lines(
        told["line"].to_numpy("int64"), told["row"].to_numpy("int64"), told["sign"].to_numpy("float64"),
        tuple(per["name"]), per["rest"].to_numpy(bool), told["lack"].to_numpy(bool), per["people"].to_numpy(bool),
        per["values"].to_numpy(bool),
    )  # fmt: skip
