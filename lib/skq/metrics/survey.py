"""Survey answers to scores, positive answers, and the two orders of averaging (domain §11.1, §11.2).

Per item: the mean of each item over those who answered it, then the mean of the items. Per respondent: the mean of each
respondent over the items answered, then the mean of the respondents. They differ where people leave items out.
"""

from __future__ import annotations

import pandas as pd

from skq.metrics.intervals import mean_interval, sd_from_sums
from skq.metrics.measure import Answer, Measure, no_measure

ITEM_SCORES = {"4": 10.0, "3": 20.0 / 3, "2": 10.0 / 3, "1": 0.0}
"""Score of each answer; 4 is the most positive one. `dont_know` has none and is left out."""

HIGHEST_SCORE = 10.0

POSITIVE = ("4", "3")
"""The two most positive of the four answers; of a negatively worded item it is the two others (never, seldom)."""

NEGATIVE = ("2", "1")


def item_score(answer: pd.Series, *, negative: pd.Series) -> pd.Series:
    """Return the score 0 to 10 of each answer (`1`-`4`), turned round for negatively worded items, else missing."""
    score = answer.astype("str").astype("category").map(ITEM_SCORES).astype("float64")  # few different answers
    return score.mask(negative, HIGHEST_SCORE - score)


def positive(answer: pd.Series, *, negative: pd.Series) -> pd.Series:
    """Return 1.0 for each positive answer, 0.0 for every other, `dont_know` too; missing where nobody answered.

    Kolada's way: whoever answered the question counts, also who did not know.
    """
    given = answer.astype("str")
    is_positive = given.isin(POSITIVE).mask(negative, given.isin(NEGATIVE))
    return is_positive.astype("float64").where(answer.notna())


def mean_of_items(items: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the mean of the items of each group: columns *by*, n, value, lower, upper, items.

    *items* has one row per item: *by*, n (answers), value, lower, upper. `n` is that of the item with fewest answers.
    Answers of one respondent to several items go together and counts cannot tell how much, so the limits are the means
    of the items' limits: right if the items move in step, too wide otherwise. Missing where one item has none.
    """
    groups = items.groupby(by, dropna=False, as_index=False, observed=True).agg(
        n=("n", "min"),
        value=("value", "mean"),
        lower=("lower", "mean"),
        upper=("upper", "mean"),
        items=("value", "size"),
        limited=("lower", "count"),
    )
    limited = groups["limited"].eq(groups["items"])
    groups[["lower", "upper"]] = groups[["lower", "upper"]].where(limited)
    return groups.drop(columns="limited")


def respondent_means(scores: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the mean score of each respondent over the items answered: columns *by*, score.

    *scores* has one row per respondent and item with a column `score`, missing where the item was not answered; *by*
    names the respondent and, where asked for, the area. Whoever answered nothing is left out.
    """
    answered = scores[scores["score"].notna()]
    return answered.groupby(by, as_index=False, observed=True, dropna=False)[["score"]].mean()


def index_by_item(scores: pd.DataFrame) -> Measure:
    """Return the index of a table of scores (a row per respondent, a column per item) in the order per item."""
    n = scores.notna().sum()
    answered = scores.loc[:, n.gt(0)]
    if answered.empty:
        return no_measure(Answer.NOBODY, 0)
    n, total, squares = n[n.gt(0)].astype("float64"), answered.sum(), (answered**2).sum()
    mean = total / n
    items = mean_interval(mean, sd_from_sums(total, squares, n), n).assign(n=n, value=mean, area="")
    area = mean_of_items(items, ["area"]).iloc[0]
    return _measured(area["value"], int(area["n"]), area["lower"], area["upper"])


def index_by_respondent(scores: pd.DataFrame) -> Measure:
    """Return the index of a table of scores (a row per respondent, a column per item) in the order per respondent.

    The interval is Student's, of the respondents' own means.
    """
    means = scores.mean(axis="columns").dropna()
    if means.empty:
        return no_measure(Answer.NOBODY, 0)
    n = pd.Series([float(len(means))])
    mean = pd.Series([means.mean()])
    limits = mean_interval(mean, sd_from_sums(pd.Series([means.sum()]), pd.Series([(means**2).sum()]), n), n).iloc[0]
    return _measured(mean.iloc[0], len(means), limits["lower"], limits["upper"])


def _measured(value: float, n: int, lower: float, upper: float) -> Measure:
    known = pd.notna(lower) and pd.notna(upper)
    return Measure(float(value), n, lower=float(lower) if known else None, upper=float(upper) if known else None)
