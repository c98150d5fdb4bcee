"""Whether a goal was reached."""

from __future__ import annotations

import pandas as pd

from skq import catalog

REACHED, PARTLY, NOT_REACHED, CANNOT_BE_JUDGED = "reached", "partly", "not_reached", "cannot_be_judged"
SIGNS = {"higher": 1, "lower": -1, "none": 0}


def goal_status(goals: pd.DataFrame) -> pd.Series:
    """Return the status of each goal (columns metric, value, target, tolerance, start_value).

    Reached at the target or beyond it in the wanted direction; partly within the tolerance of it, and where a
    commitment has moved from its start towards it. The wanted direction is from start to target, else the catalogue's;
    where more is neither better nor worse the target is reached within the tolerance.
    """
    sign = _wanted(goals)
    short = (goals["target"].astype("Float64") - goals["value"].astype("Float64")) * sign
    within = short.le(goals["tolerance"].astype("Float64") + 1e-9)
    moved = ((goals["value"] - goals["start_value"].astype("Float64")) * sign).gt(1e-9)
    near = (goals["target"] - goals["value"]).abs().le(goals["tolerance"].astype("Float64") + 1e-9)
    status = pd.Series(NOT_REACHED, index=goals.index, dtype="str")
    status = status.mask(_true(within) | _true(moved), PARTLY).mask(_true(short.le(1e-9)), REACHED)
    status = status.mask(sign.eq(0), NOT_REACHED).mask(sign.eq(0) & _true(near), REACHED)
    return status.mask(goals["value"].isna() | goals["target"].isna(), CANNOT_BE_JUDGED)


def _wanted(goals: pd.DataFrame) -> pd.Series:
    """Return 1 where more is wanted, -1 where less is, 0 where neither."""
    signs = {name: SIGNS[catalog.metric(name).direction] for name in goals["metric"].unique()}
    by_catalogue = goals["metric"].map(signs)
    step = goals["target"].astype("Float64") - goals["start_value"].astype("Float64")
    own = pd.Series(0, index=goals.index).mask(_true(step.gt(0)), 1).mask(_true(step.lt(0)), -1)
    return by_catalogue.where(own.eq(0), own).astype("int64")


def _true(answer: pd.Series) -> pd.Series:
    return answer.astype("boolean").fillna(False).astype("bool")
