"""Survey counts -> cells, and cells -> index: items are summed over schools first, then averaged within the area.

Answers per respondent come another way, see `aggregate.answers`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import no_grade_year, unit_cells
from skq.columns import written_out
from skq.metrics.hme import HIGHEST_HME, hme_score
from skq.metrics.intervals import mean_interval, sd_from_sums, share_interval
from skq.metrics.survey import HIGHEST_SCORE, item_score, mean_of_items, positive
from skq.schema.parts import HME_AREAS, HME_ITEMS_PER_AREA

GROUPS = {
    "pupils_5": ("survey", 5),
    "pupils_8": ("survey", 8),
    "guardians": ("survey_guardians", None),
    "staff": ("survey_staff", None),
}
"""How the metrics of each respondent group begin, and the grade year of pupils."""

HME_TOTAL = "hme_index"
HIGHEST = {
    **{f"{family}_index": HIGHEST_SCORE for family, _ in GROUPS.values()},
    **dict.fromkeys((HME_TOTAL, *HME_AREAS), HIGHEST_HME),
}
"""The highest value of each index."""

POSITIVE_SHARES = tuple(dict.fromkeys(f"{family}_positive_share" for family, _ in GROUPS.values()))
ITEM_METRICS = (*HIGHEST, *POSITIVE_SHARES)
"""The metrics whose cells carry an item, and whose value is the mean of their items."""

_ITEMS_NEEDED = {HME_TOTAL: HME_ITEMS_PER_AREA * len(HME_AREAS), **dict.fromkeys(HME_AREAS, HME_ITEMS_PER_AREA)}
_UNIT_YEAR = ["school_unit_code", "school_year"]
_AREA = [*_UNIT_YEAR, "grade_year", "subject"]


def survey_cells(survey: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of indices and positive shares (one per item) and of response rates, of every group."""
    for group, rows in described(survey).groupby("respondent_group", sort=True):
        family = GROUPS[str(group)][0]
        yield from index_cells(rows, family=family)
        yield from positive_cells(rows, family=family)
        yield _response_cells(rows, family=family)


def described(answers: pd.DataFrame) -> pd.DataFrame:
    """Return survey rows with `grade_year`, `subject`, `negative`, `is_hme` and numeric `count`, `invited`.

    Rows without a count are one answer each.
    """
    answers = written_out(answers)
    group = answers["respondent_group"]
    negative = answers["reversed"].fillna(False).astype(bool) if "reversed" in answers else False
    invited = answers["invited_count"].astype("float64") if "invited_count" in answers else float("nan")
    grade_year = group.map({name: year for name, (_, year) in GROUPS.items() if year is not None})
    return answers.astype(dict.fromkeys([*_UNIT_YEAR, "respondent_group", "item"], "category")).assign(
        grade_year=grade_year.astype("Int64") if len(answers) else no_grade_year(answers.index),
        subject=answers["area"],
        negative=negative,
        is_hme=answers["area"].isin(HME_AREAS),
        count=answers["count"].astype("float64") if "count" in answers else 1.0,
        invited=invited,
    )


def index_cells(rows: pd.DataFrame, *, family: str) -> Iterator[pd.DataFrame]:
    """Yield the cells, one per item, of the index of a group's areas and of the engagement indices (HME)."""
    own, hme = rows[~rows["is_hme"]], rows[rows["is_hme"]]
    yield _item_cells(own, item_score(own["answer"], negative=own["negative"]), metric=f"{family}_index")
    score = hme_score(hme["answer"], negative=hme["negative"])
    without_area = hme.assign(subject="")
    for area in HME_AREAS:
        inside = hme["area"].eq(area)
        yield _item_cells(without_area[inside], score[inside], metric=area)
    item = hme["area"].astype("str") + "/" + hme["item"].astype("str")
    yield _item_cells(without_area.assign(item=item), score, metric=HME_TOTAL)


def positive_cells(rows: pd.DataFrame, *, family: str) -> Iterator[pd.DataFrame]:
    """Yield the cells, one per item, of the share of positive answers; engagement (HME) has none."""
    own = rows[~rows["is_hme"]]
    share = positive(own["answer"], negative=own["negative"])
    yield _item_cells(own, share, metric=f"{family}_positive_share")


def survey_index(sums: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the value of every area from the sums of its items: columns *by*, n, part, value, lower, upper.

    *by* holds `metric`. The mean of the items' means (or shares), with `n` the answers to the item with fewest; the
    limits are explained in `mean_of_items`. An engagement index is missing unless all its items were answered.
    """
    answered = sums[sums["n"].gt(0)]
    mean = answered["part"] / answered["whole"]
    shares = answered["metric"].isin(POSITIVE_SHARES)
    spread = sd_from_sums(answered["part"], answered["squares"], answered["n"])
    limits = mean_interval(mean, spread, answered["n"])
    limits.loc[shares] = share_interval(answered.loc[shares, "part"], answered.loc[shares, "n"])
    areas = mean_of_items(answered.assign(value=mean, lower=limits["lower"], upper=limits["upper"]), by)
    metric = areas["metric"].astype("str")
    needed = metric.map(_ITEMS_NEEDED)
    whole = needed.isna() | areas["items"].eq(needed)
    areas[["value", "lower", "upper"]] = areas[["value", "lower", "upper"]].where(whole)
    highest = metric.map(HIGHEST).fillna(1.0)
    return areas.assign(
        part=areas["n"] * areas["value"],
        lower=areas["lower"].clip(lower=0),
        upper=areas["upper"].clip(upper=highest),
    ).drop(columns="items")


def _item_cells(rows: pd.DataFrame, score: pd.Series, *, metric: str) -> pd.DataFrame:
    scored = rows.assign(score=score)[score.notna()]
    count, score = scored["count"], scored["score"]
    keyed = scored.assign(n=count, part=count * score, whole=count, squares=count * score**2)
    sums = keyed.groupby([*_AREA, "item"], as_index=False, dropna=False)[["n", "part", "whole", "squares"]].sum()
    return unit_cells(sums, metric=metric)


def _response_cells(rows: pd.DataFrame, *, family: str) -> pd.DataFrame:
    """Return answers (to the item with most) and persons invited; for guardians the pupils, so that it may exceed 1."""
    answers = rows.groupby([*_AREA, "item"], as_index=False, dropna=False).agg(
        answers=("count", "sum"), invited=("invited", "max")
    )
    best = answers.groupby([*_UNIT_YEAR, "grade_year"], as_index=False, dropna=False)[["answers", "invited"]].max()
    renamed = best.rename(columns={"answers": "part", "invited": "whole"}).assign(n=best["answers"])
    return unit_cells(renamed, metric=f"{family}_response_share")
