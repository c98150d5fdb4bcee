"""The two frames that judgement hands over, in the form of docs/architecture.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from skq.errors import ProtectionError, SkqError
from skq.keys import Keys
from skq.terms import ESTIMATE_COLUMNS, ESTIMATE_DTYPES, GOAL_COLUMNS, GOAL_DTYPES, RESULT_KEY, WITH_VALUE


@dataclass(frozen=True, eq=False)
class Judgements:
    """What is said of shown numbers: columns of `estimates` are `terms.ESTIMATE_COLUMNS`, of `goals` `GOAL_COLUMNS`."""

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
