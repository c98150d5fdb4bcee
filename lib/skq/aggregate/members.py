"""Which school a pupil belongs to: at the end of the spring for results, on 15 October for counts."""

from __future__ import annotations

import pandas as pd

from skq.aggregate.cells import CLASS_GROUP
from skq.metrics.compulsory_school import compulsory_school
from skq.terms import CATEGORIES, Breakdown, SchoolYear

EDUCATION = dict(enumerate(CATEGORIES[Breakdown.PARENTAL_EDUCATION], start=1))
"""Code of a parent's education -> category; the highest of the parents' counts."""

END_OF_SPRING = (6, 1)
"""Month and day: whoever left before it is not among those who should have got grades that spring."""

END_OF_AUTUMN = (12, 15)
"""Month and day: whoever is not there then is not among those who should have got the autumn's term grades."""

COUNTING_DAY = (10, 15)
COMPULSORY_FORM, ADAPTED_FORM = "compulsory", "adapted"
GROUPING = ["school_unit_code", "sex", "parental_education"]
MEMBER_COLUMNS = ["pupil_id", "school_unit_code", "school_year", "grade_year", "sex", "parental_education"]


def spring_members(pupils: pd.DataFrame) -> pd.DataFrame:
    """Return one row per pupil and school year: the school at the end of the spring.

    That is the enrolment that began last; pupils whose last enrolment ended before `END_OF_SPRING` have left, and
    those who then were in the adapted form are left out.
    """
    last_day = _day_of(pupils["school_year"], END_OF_SPRING, year_offset=1)
    staying = pupils[_until(pupils).ge(last_day)]
    ordered = staying.assign(_from=_from(staying)).sort_values(["_from", "school_unit_code"], kind="stable")
    last = ordered.drop_duplicates(["pupil_id", "school_year"], keep="last")
    found = _described(_of_form(last, COMPULSORY_FORM))
    return found.astype(dict.fromkeys(GROUPING, "category"))  # millions of grades are grouped by these


def october_members(pupils: pd.DataFrame, *, form: str = COMPULSORY_FORM) -> pd.DataFrame:
    """Return one row per pupil and school year: the school on 15 October, the latest to begin where there are two.

    Only pupils of the school form *form*.
    """
    return _members_on(pupils, COUNTING_DAY, form=form)


def autumn_members(pupils: pd.DataFrame) -> pd.DataFrame:
    """Return one row per pupil and school year: the school at the end of the autumn term, as in `october_members`."""
    return _members_on(pupils, END_OF_AUTUMN, form=COMPULSORY_FORM)


def _members_on(pupils: pd.DataFrame, autumn_day: tuple[int, int], *, form: str) -> pd.DataFrame:
    day = _day_of(pupils["school_year"], autumn_day, year_offset=0)
    present = pupils[_from(pupils).le(day) & _until(pupils).ge(day)]
    ordered = present.assign(_from=_from(present)).sort_values(["_from", "school_unit_code"], kind="stable")
    last = ordered.drop_duplicates(["pupil_id", "school_year"], keep="last")
    return _described(_of_form(last, form))


def in_compulsory_years(members: pd.DataFrame) -> pd.Series:
    """Return whether each pupil is in a grade year of compulsory school; förskoleklass (0) is counted by itself."""
    years = sorted(members["school_year"].unique())
    last = {text: compulsory_school(SchoolYear.parse(text)).last_grade_year for text in years}
    return members["grade_year"].between(1, members["school_year"].map(last).astype("Float64"))


def _of_form(pupils: pd.DataFrame, form: str) -> pd.DataFrame:
    """Return the pupils of a school form; blank, or no such column, stands for grundskola."""
    if "school_form" not in pupils:
        return pupils if form == COMPULSORY_FORM else pupils.iloc[:0]
    return pupils[pupils["school_form"].fillna("").replace("", COMPULSORY_FORM).eq(form)]


def _described(pupils: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with `parental_education` and every optional column, blank where it is not known."""
    parents = [column for column in ("parent1_education", "parent2_education") if column in pupils]
    highest = pupils[parents].astype("Float64").max(axis="columns") if parents else pd.Series(index=pupils.index)
    known = {column: _flag(pupils, column) for column in ("newly_arrived", "foreign_background", "adapted_studies")}
    if CLASS_GROUP in pupils:
        known[CLASS_GROUP] = pupils[CLASS_GROUP].astype("str").fillna("")
    described = pupils.assign(parental_education=highest.map(EDUCATION).astype("str").fillna(""), **known)
    return described[[*MEMBER_COLUMNS, *known]].sort_values(["school_year", "pupil_id"]).reset_index(drop=True)


def _flag(pupils: pd.DataFrame, column: str) -> pd.Series:
    return (pupils[column] if column in pupils else pd.Series(pd.NA, index=pupils.index)).astype("boolean")


def _day_of(school_year: pd.Series, day: tuple[int, int], *, year_offset: int) -> pd.Series:
    codes, texts = pd.factorize(school_year)
    days = [pd.Timestamp(SchoolYear.parse(str(text)).start + year_offset, *day) for text in texts]
    return pd.Series(pd.to_datetime(days).take(codes), index=school_year.index)


def _from(pupils: pd.DataFrame) -> pd.Series:
    return _date(pupils, "enrolled_from", missing=pd.Timestamp("1900-01-01"))


def _until(pupils: pd.DataFrame) -> pd.Series:
    return _date(pupils, "enrolled_to", missing=pd.Timestamp("2200-01-01"))


def _date(pupils: pd.DataFrame, column: str, *, missing: pd.Timestamp) -> pd.Series:
    if column not in pupils:
        return pd.Series(missing, index=pupils.index)
    return pd.to_datetime(pupils[column]).fillna(missing)
