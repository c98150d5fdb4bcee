"""The straight line through a few years of one number: how much it has moved per year.

Pure. Ordinary least squares in closed form, many series at once. It describes the shown years and predicts none.
"""

from __future__ import annotations

import pandas as pd

FEWEST = 3
"""Two points always lie on a line: from three on, a slope says something."""


def slopes(year: pd.Series, value: pd.Series, series: pd.Series) -> pd.DataFrame:
    """Return columns trend (slope per year, missing below `FEWEST` years) and trend_points by series, sorted.

    *year* are the calendar years of the points, no two of a series the same; a point without value does not count.
    """
    known = value.notna()
    x, y, of = year[known].astype("float64"), value[known].astype("float64"), series[known]
    centred = x - x.groupby(of).transform("mean")
    points = y.groupby(of).size()
    slope = (centred * y).groupby(of).sum() / (centred**2).groupby(of).sum().where(lambda spread: spread > 0)
    return pd.DataFrame({"trend": slope.where(points >= FEWEST), "trend_points": points})
