"""How a goal stands: its status and where its number is going, by `metrics.targets`."""

from __future__ import annotations

import pandas as pd

from skq import catalog
from skq.metrics.targets import status, trend


def statuses(goals: pd.DataFrame) -> list[str]:
    """Return the status of each goal (columns metric, value, lower, upper, target, tolerance, start_value).

    A commitment wants what leads from its start value to its expected one; otherwise the catalogue's direction counts.
    """
    plain = goals.astype(dict.fromkeys(("value", "lower", "upper", "target", "tolerance", "start_value"), "float64"))
    return [
        str(
            status(
                row["value"],
                (row["lower"], row["upper"]) if row["lower"] <= row["upper"] else None,
                row["target"],
                tolerance=row["tolerance"],
                direction=_direction(row["metric"], row["start_value"], row["target"]),
            )
        )
        for row in plain.to_dict("records")
    ]


def trends(points: pd.DataFrame) -> pd.DataFrame:
    """Return trend (slope per year, weighted by n; missing below three points) and trend_points by `goal`.

    *points* has columns goal, year, value, n: one row a shown school year of a goal's number.
    """
    ordered = points.sort_values(["goal", "year"], kind="stable")
    of_goal: dict[int, dict[int, tuple[float, float]]] = {}
    for goal, year, value, n in zip(*(ordered[name].tolist() for name in ("goal", "year", "value", "n")), strict=True):
        of_goal.setdefault(goal, {})[year] = (value, n)
    found = {goal: trend(known) for goal, known in of_goal.items()}
    return pd.DataFrame(
        {
            "trend": pd.Series({goal: measure.value for goal, measure in found.items()}, dtype="float64"),
            "trend_points": pd.Series({goal: measure.n for goal, measure in found.items()}, dtype="Int64"),
        }
    )


def _direction(metric: str, start: float, target: float) -> str:
    if start < target:
        return "higher"
    if start > target:
        return "lower"
    known = catalog.metrics().get(metric)
    return known.direction if known else "none"
