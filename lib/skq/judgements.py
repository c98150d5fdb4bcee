"""The two frames that judgement hands over, in the form of docs/architecture.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from skq.errors import ProtectionError, SkqError
from skq.keys import Keys
from skq.terms import RESULT_KEY, WITH_VALUE

ESTIMATE_COLUMNS = (
    *RESULT_KEY,
    "value",
    "n",
    "target",
    "limit_lower",
    "limit_upper",
    "outer_lower",
    "outer_upper",
    "dispersion",
    "outside",
    "shrunken",
    "shrunken_lower",
    "shrunken_upper",
    "weight",
    "peers",
    "peer_mean",
    "peer_difference",
    "peer_lower",
    "peer_upper",
    "peer_certain",
    "direction",
    "holds",
    "of",
    "checks",
    "p",
    "holm",
)
"""The columns of the estimates table: what chance and company say of a shown number."""

GOAL_COLUMNS = (
    *RESULT_KEY,
    "origin",
    "title",
    "target",
    "tolerance",
    "start_value",
    "value",
    "lower",
    "upper",
    "n",
    "trend",
    "trend_points",
    "status",
)
"""The columns of the goals table: targets and commitments beside what came out."""

_TEXT = {*RESULT_KEY, "outside", "peers", "direction", "checks", "origin", "title", "status"} - {"grade_year"}
_WHOLE = {"grade_year", "holds", "of", "trend_points"}
_TRUTH = {"peer_certain", "holm"}


def _judged(column: str) -> str:
    if column in _TEXT:
        return "str"
    return "Int64" if column in _WHOLE else "boolean" if column in _TRUTH else "Float64"


ESTIMATE_DTYPES = {column: _judged(column) for column in ESTIMATE_COLUMNS}
"""The pandas dtype of each column of an estimates table."""

GOAL_DTYPES = {column: _judged(column) for column in GOAL_COLUMNS}
"""The pandas dtype of each column of a goals table."""


@dataclass(frozen=True, eq=False)
class Judgements:
    """What is said of shown numbers: columns of `estimates` are `ESTIMATE_COLUMNS`, of `goals` `GOAL_COLUMNS`."""

    estimates: pd.DataFrame
    goals: pd.DataFrame


def nothing_judged() -> Judgements:
    """Return judgements without rows, in the form of the contract."""
    return Judgements(typed_estimates(pd.DataFrame()), typed_goals(pd.DataFrame()))


def typed_estimates(rows: pd.DataFrame) -> pd.DataFrame:
    """Return *rows* in the order and with the dtypes of the contract; a column that is not there is missing."""
    return _typed(rows, ESTIMATE_DTYPES, [*RESULT_KEY])


def typed_goals(rows: pd.DataFrame) -> pd.DataFrame:
    """Return *rows* in the order and with the dtypes of the contract; a column that is not there is missing."""
    return _typed(rows, GOAL_DTYPES, [*RESULT_KEY, "origin", "title"])


def stored_estimates(rows: pd.DataFrame) -> pd.DataFrame:
    """Return estimates read back from disk; SkqError where the columns are not those of the contract."""
    return _as_written(_with_columns(rows, ESTIMATE_COLUMNS, "estimates"), ESTIMATE_DTYPES)


def stored_goals(rows: pd.DataFrame) -> pd.DataFrame:
    """Return goals read back from disk; SkqError where the columns are not those of the contract."""
    return _as_written(_with_columns(rows, GOAL_COLUMNS, "goals"), GOAL_DTYPES)


def refuse_unshown(judgements: Judgements, results: pd.DataFrame) -> None:
    """Raise ProtectionError where a judgement tells the value of a number that *results* do not show."""
    shown = Keys(results.loc[results["status"].isin(WITH_VALUE), list(RESULT_KEY)], RESULT_KEY)
    for name, rows in (("estimates", judgements.estimates), ("goals", judgements.goals)):
        telling = rows.loc[rows["value"].notna(), list(RESULT_KEY)]
        hidden = ~shown.hold(telling)
        if hidden.any():
            first = telling[hidden].iloc[0]
            raise ProtectionError(
                f"{int(hidden.sum())} row(s) of {name} speak of a number that is not shown\n"
                f"  first:    {first['metric']}, {first['unit']}, {first['school_year']}\n"
                "  next:     make judgements from protected numbers: skq.judge.judged(protected, ...)"
            )


def _typed(rows: pd.DataFrame, dtypes: Mapping[str, str], order: list[str]) -> pd.DataFrame:
    whole = rows.reindex(columns=list(dtypes))
    ready = {("str", "str"), ("float64", "Float64"), ("Float64", "Float64")}
    others = [column for column, dtype in dtypes.items() if (str(whole[column].dtype), dtype) not in ready]
    plain = whole[others].astype(object)
    whole[others] = plain.where(plain.notna(), None)
    text = [column for column, dtype in dtypes.items() if dtype == "str"]
    whole[text] = whole[text].fillna("")
    return whole.astype(dict(dtypes)).sort_values(order, kind="stable", na_position="last").reset_index(drop=True)


def _as_written(rows: pd.DataFrame, dtypes: Mapping[str, str]) -> pd.DataFrame:
    """Return *rows*, which are in order already, with the dtypes of the contract; what has them is left as it is."""
    other = {column: dtype for column, dtype in dtypes.items() if str(rows[column].dtype) != dtype}
    return (rows.astype(other) if other else rows)[list(dtypes)]


def _with_columns(rows: pd.DataFrame, columns: tuple[str, ...], name: str) -> pd.DataFrame:
    if set(rows.columns) != set(columns):
        raise SkqError(
            f"stored {name} have other columns than this version of skq writes\n"
            f"  expected: {', '.join(columns)}\n"
            f"  found:    {', '.join(map(str, rows.columns))}\n"
            "  next:     build again"
        )
    return rows
