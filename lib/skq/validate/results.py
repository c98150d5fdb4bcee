"""Checks of grades and national tests against what can have been given, to whom and when.

Sources: domain.md §2 (språkval), §5 (grades from year 4), §6 (tests, none in 2020 and 2021).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from skq.schema import LANGUAGES, TABLES
from skq.sources import Tables
from skq.sources.findings import Finding, Origins
from skq.validate.marks import found_where, same_as_in

FIRST_GRADED_YEAR = 4
YEARS_WITHOUT_TESTS = ("2019/20", "2020/21")
CORE = ("SV", "SVA", "MA")
TESTED: dict[int, tuple[str, ...]] = {
    3: CORE,
    6: (*CORE, "EN"),
    9: (*CORE, "EN", "BI", "FY", "KE", "GE", "HI", "RE", "SH"),
}
LEVELS = ("reached", "not_reached")
BLOCKS = {"NO": ("BI", "FY", "KE"), "SO": ("GE", "HI", "RE", "SH")}


def check_graded_years(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every grade of a pupil who was in a grade year without grades."""
    grades = tables["grades"]
    key = ["pupil_id", "school_year"]
    highest = tables["pupils"].dropna(subset=key).groupby(key, as_index=False)["grade_year"].max()
    early = highest[(highest["grade_year"] < FIRST_GRADED_YEAR).fillna(False)]
    mask = same_as_in(grades, early, key)
    joined = grades.loc[mask, key].merge(early, on=key, how="left", validate="many_to_one").set_axis(mask.index[mask])
    yield from found_where(
        mask,
        "grades",
        "grade",
        code="grade-too-early",
        found=lambda position: f"a grade of a pupil in grade year {joined['grade_year'][position]}",
        expected=f"grades from grade year {FIRST_GRADED_YEAR} on",
        next_step="correct the pupil's grade year in pupils (elever), or remove the row",
    )


def check_language_choice(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every språkval that is no language."""
    grades = tables["grades"]
    yield from found_where(
        grades["is_language_choice"].fillna(False) & grades["subject"].notna() & ~grades["subject"].isin(LANGUAGES),
        "grades",
        "is_language_choice",
        code="not-a-language",
        found=lambda position: f"{grades['subject'].iloc[position]} marked as språkval",
        expected=f"språkval only for {', '.join(LANGUAGES)}",
        next_step="clear the mark, or correct the subject",
    )


def check_swedish_once(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every final grade in SVA of a pupil who has one in SV too."""
    grades = tables["grades"]
    final = (grades["kind"] == "final") & grades["grade"].notna()
    in_sv, in_sva = final & (grades["subject"] == "SV"), final & (grades["subject"] == "SVA")
    yield from found_where(
        _also_in(grades, in_sva, in_sv, ["pupil_id", "school_year"]),
        "grades",
        "subject",
        code="sv-and-sva",
        found="a final grade in SVA of a pupil who has one in SV",
        expected="a final grade in either SV or SVA",
        next_step="keep the subject that the pupil finished",
    )


def check_blocks(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every block grade (NO, SO) of a pupil who has a grade in one of its subjects at the same time."""
    grades = tables["grades"]
    given = grades["grade"].notna()
    key = ["pupil_id", "school_year", "term", "kind"]
    for block, subjects in BLOCKS.items():
        whole = given & (grades["subject"] == block)
        if not whole.any():
            continue
        single = given & grades["subject"].isin(subjects)
        yield from found_where(
            _also_in(grades, whole, single, key),
            "grades",
            "subject",
            code="block-and-subject",
            found=f"a grade in {block} of a pupil who at the same time has one in {' or '.join(subjects)}",
            expected="either one grade for the block or one for each subject",
            next_step="remove the block grade, or the grades of its subjects",
        )


def _also_in(grades: pd.DataFrame, some: pd.Series, others: pd.Series, key: list[str]) -> pd.Series:
    """Return which rows of *some* have the *key* of a row of *others*."""
    mask = np.zeros(len(grades), dtype=bool)
    if some.any():
        mask[some] = same_as_in(grades.loc[some, key], grades.loc[others, key], key)
    return pd.Series(mask, index=grades.index)


def check_test_years(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every result of a national test in a school year when none were given."""
    tests = tables["national_tests"]
    yield from found_where(
        tests["result"].notna() & tests["school_year"].isin(YEARS_WITHOUT_TESTS),
        "national_tests",
        "school_year",
        code="no-tests-that-year",
        found=lambda position: f"a result in {tests['school_year'].iloc[position]}",
        expected="no results in 2019/20 and 2020/21, when the tests were cancelled",
        next_step="correct the school year, or remove the rows",
    )


def check_tested_subjects(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every test in a grade year without tests, or in a subject that its grade year is not tested in."""
    tests = tables["national_tests"]
    in_tested_year = tests["grade_year"].isin(list(TESTED))
    yield from found_where(
        tests["grade_year"].notna() & ~in_tested_year,
        "national_tests",
        "grade_year",
        code="no-test-in-grade-year",
        found=lambda position: f"grade year {tests['grade_year'].iloc[position]}",
        expected="grade year 3, 6 or 9",
        next_step="correct the grade year, or remove the rows",
    )
    fits = pd.Series(False, index=tests.index)
    for grade_year, subjects in TESTED.items():
        fits |= (tests["grade_year"] == grade_year).fillna(False) & tests["subject"].isin(subjects)
    yield from found_where(
        in_tested_year & tests["subject"].notna() & ~fits,
        "national_tests",
        "subject",
        code="subject-not-tested",
        found=lambda position: f"{tests['subject'].iloc[position]} in grade year {tests['grade_year'].iloc[position]}",
        expected="; ".join(f"grade year {year}: {', '.join(subjects)}" for year, subjects in TESTED.items()),
        next_step="correct the subject or grade year, or remove the rows",
    )


def check_result_kinds(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every grade as result in grade year 3, and every reached level as result in grade years 6 and 9."""
    tests = tables["national_tests"]
    is_level = tests["result"].isin(LEVELS)
    written = TABLES["national_tests"]["result"].swedish
    wrong = is_level != (tests["grade_year"] == 3)
    yield from found_where(
        wrong & tests["result"].notna() & tests["grade_year"].isin(list(TESTED)),
        "national_tests",
        "result",
        code="result-of-other-kind",
        found=lambda position: (
            f"{written(tests['result'].iloc[position])!r} in grade year {tests['grade_year'].iloc[position]}"
        ),
        expected="nådd or ej nådd in grade year 3, a grade in grade years 6 and 9",
        next_step="correct the result or the grade year",
    )
