"""Survey counts -> cells, and cells -> index: items are summed over schools first, then averaged within the area."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import unit_cells
from skq.metrics.intervals import mean_interval, sd_from_sums
from skq.metrics.survey import item_score

GRADE_YEARS = {"pupils_5": 5, "pupils_8": 8}
"""The respondent groups that are reported, by their grade year; guardians and staff are not yet."""

UNIT_GROUP = ["school_unit_code", "school_year", "grade_year"]


def survey_cells(survey: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of survey indices (one per item) and response rates."""
    rows = survey[survey["respondent_group"].isin(list(GRADE_YEARS))]
    rows = rows.assign(
        grade_year=rows["respondent_group"].map(GRADE_YEARS),
        subject=rows["area"],
        count=rows["count"].astype("float64"),
        invited=rows["invited_count"].astype("float64"),
    )
    yield _item_cells(rows)
    answers = rows.groupby([*UNIT_GROUP, "subject", "item"], as_index=False).agg(
        answers=("count", "sum"), invited=("invited", "max")
    )
    best = answers.groupby(UNIT_GROUP, as_index=False)[["answers", "invited"]].max()
    yield unit_cells(
        best.rename(columns={"answers": "part", "invited": "whole"}).assign(n=best["answers"]),
        metric="survey_response_share",
    )


def survey_index(sums: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the index of every area from the sums of its items: columns *by*, n, part, value, lower, upper.

    The index is the mean of the items' means; `n` the answers to the item with fewest. Answers of one respondent to
    several items go together and counts cannot tell how much, so the half width is the mean of the items' half widths:
    right if the items move in step, too wide otherwise.
    """
    answered = sums[sums["n"].gt(0)]
    mean = answered["part"] / answered["whole"]
    spread = sd_from_sums(answered["part"], answered["squares"], answered["n"])
    limits = mean_interval(mean, spread, answered["n"])
    items = answered.assign(value=mean, half=(limits["upper"] - limits["lower"]) / 2)
    areas = items.groupby(by, dropna=False, as_index=False).agg(
        n=("n", "min"), value=("value", "mean"), half=("half", lambda halves: halves.mean(skipna=False))
    )
    lower, upper = areas["value"] - areas["half"], areas["value"] + areas["half"]
    return areas.assign(part=areas["n"] * areas["value"], lower=lower.clip(lower=0), upper=upper.clip(upper=10)).drop(
        columns="half"
    )


def _item_cells(rows: pd.DataFrame) -> pd.DataFrame:
    negative = rows["reversed"].fillna(False).astype(bool) if "reversed" in rows else pd.Series(False, rows.index)
    score = item_score(rows["answer"], negative=negative)
    scored = rows.assign(score=score)[score.notna()]
    count, score = scored["count"], scored["score"]
    keyed = scored.assign(n=count, part=count * score, whole=count, squares=count * score**2)
    key = [*UNIT_GROUP, "subject", "item"]
    return unit_cells(
        keyed.groupby(key, as_index=False)[["n", "part", "whole", "squares"]].sum(), metric="survey_index"
    )
