"""Two derivations of the same numbers, held side by side cell by cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from skq.errors import SkqError
from skq.terms import PUPIL_BREAKDOWNS, RESULT_KEY, Level

METRICS = (
    "merit_rating_17",
    "merit_rating_16",
    "all_subjects_passed_share",
    "eligible_vocational_share",
    "eligible_arts_share",
    "eligible_social_share",
    "eligible_science_share",
    "subject_points_mean",
    "subject_passed_share",
    "failed_one_subject_share",
    "failed_several_subjects_share",
    "subject_grades_mean",
    "autumn_points_mean",
    "autumn_subject_passed_share",
    "autumn_all_subjects_passed_share",
    "test_points_mean",
    "test_passed_share",
    "test_participation_share",
    "test_part_reached_share",
    "test_all_parts_share",
    "grade_above_test_share",
    "grade_equal_test_share",
    "grade_below_test_share",
    "grade_test_net_pp",
    "grade_test_steps",
    "grade_test_points",
    "survey_index",
    "survey_positive_share",
    "survey_response_share",
    "survey_guardians_index",
    "survey_guardians_positive_share",
    "survey_guardians_response_share",
    "survey_staff_index",
    "survey_staff_positive_share",
    "survey_staff_response_share",
    "hme_index",
    "hme_motivation",
    "hme_leadership",
    "hme_governance",
)
"""What is derived twice."""

LEVELS = (Level.SCHOOL, Level.AREA, Level.ORGANIZER, Level.MUNICIPALITY)
CELLS = ("n", "numerator", "value")

TOLERANCE = 1e-9
"""Greatest relative difference between two means; counts, and sums of points, have none."""

SHOWN = 10
"""How many differences a message names; the others are counted."""

_REGISTER = "register"
_BY_SQL = "_by_sql"
_SUMS_OF_MEANS = tuple(
    name for name in METRICS if name.startswith(("survey", "hme")) and not name.endswith("response_share")
)
"""Metrics whose numerator is made from a mean."""

_SIDES = {"left_only": ("there", "absent"), "right_only": ("absent", "there")}


@dataclass(frozen=True, order=True)
class Difference:
    """One cell (or a whole row) that the two derivations do not agree on."""

    key: tuple[str, ...]
    cell: str
    first: str
    by_sql: str

    def __str__(self) -> str:
        named = " · ".join(part for part in self.key if part)
        return f"{named}: {self.cell} {self.first}, by SQL {self.by_sql}"


def differences(results: pd.DataFrame, by_sql: pd.DataFrame) -> list[Difference]:
    """Return every cell that differs between *results* (from registers) and what `rederived` gave, sorted by key.

    Of *results* the rows of `METRICS`, `LEVELS` and own registers are looked at, without sums over years. A row that
    only one side has is one difference. `n` and sums must be equal, means within `TOLERANCE`.
    """
    of_registers = [source for source in results["source"].unique() if source.startswith(_REGISTER)]
    own = results["source"].isin(of_registers) & results["metric"].isin(METRICS) & results["level"].isin(LEVELS)
    own &= results["breakdown"].isin(PUPIL_BREAKDOWNS)
    columns = [*RESULT_KEY, *CELLS]
    first, second = results[columns][own].reset_index(drop=True), by_sql[columns].reset_index(drop=True)
    if all(_same(first[name], second[name]) for name in RESULT_KEY):
        found: list[Difference] = []  # as a rule both have the same rows in the same order
        both = first.join(_named(second)[[cell + _BY_SQL for cell in CELLS]])
    else:
        found, both = _rows_apart(first, second)
    for cell in CELLS:
        found += [
            Difference(_key(row), f"{cell} is", _number(row[cell]), _number(row[cell + _BY_SQL]))
            for row in _records(both[_unequal(both, cell)])
        ]
    return sorted(found)


def _rows_apart(first: pd.DataFrame, second: pd.DataFrame) -> tuple[list[Difference], pd.DataFrame]:
    """Return the rows that only one of the tables has, as differences, and those that both have, beside each other."""
    key = list(RESULT_KEY)
    texts = dict.fromkeys([name for name in key if name != "grade_year"], "str")
    both = first.astype(texts).merge(
        _named(second).astype(texts), on=key, how="outer", indicator="sides", validate="one_to_one"
    )
    lone = both[both["sides"].ne("both")]
    found = [Difference(_key(row), "the row is", *_SIDES[str(row["sides"])]) for row in _records(lone)]
    return found, both[both["sides"].eq("both")]


def _named(by_sql: pd.DataFrame) -> pd.DataFrame:
    return by_sql.rename(columns={cell: cell + _BY_SQL for cell in CELLS})


def _same(first: pd.Series, second: pd.Series) -> bool:
    """Whether two columns of a key are equal, whether or not their texts are categories."""
    if isinstance(first.dtype, pd.CategoricalDtype) and isinstance(second.dtype, pd.CategoricalDtype):
        second = second.cat.set_categories(first.cat.categories)
        return bool(np.array_equal(first.cat.codes, second.cat.codes))
    texts = (column.astype("str") if column.name != "grade_year" else column for column in (first, second))
    return next(texts).equals(next(texts))


def require_equal(results: pd.DataFrame, by_sql: pd.DataFrame) -> int:
    """Return how many rows the two derivations agree on; SkqError naming the first of their differences, if any."""
    found = differences(results, by_sql)
    if not found:
        return len(by_sql)
    metrics = Counter(difference.key[0] for difference in found)
    counted = ", ".join(f"{metric} {count}" for metric, count in sorted(metrics.items()))
    shown = "\n".join(f"  {difference}" for difference in found[:SHOWN])
    more = f"\n  … and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise SkqError(
        f"{len(found)} cell(s) differ between the results and their second derivation by SQL ({counted})\n"
        f"{shown}{more}\n"
        "  next:     find out from the definition which of the two is right, and mend the other; publish nothing before"
    )


def _unequal(rows: pd.DataFrame, cell: str) -> pd.Series:
    first, second = rows[cell].astype("Float64"), rows[cell + _BY_SQL].astype("Float64")
    is_mean = pd.Series(cell == "value", rows.index)
    if cell == "numerator":
        is_mean = rows["metric"].isin(_SUMS_OF_MEANS)
    allowed = (second.abs() * TOLERANCE).where(is_mean, 0.0)
    apart = (first - second).abs().gt(allowed).fillna(False)
    return (apart | first.isna().ne(second.isna())).astype(bool)


def _records(rows: pd.DataFrame) -> list[dict[str, object]]:
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.itertuples(index=False, name=None)]


def _key(row: dict[str, object]) -> tuple[str, ...]:
    return tuple("" if pd.isna(row[name]) else str(row[name]) for name in RESULT_KEY)  # type: ignore[call-overload]


def _number(value: object) -> str:
    return "missing" if pd.isna(value) else f"{value:.12g}"  # type: ignore[call-overload]
