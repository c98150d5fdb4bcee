"""Primary suppression: what the rule alone says of every number, before others are hidden for its sake.

First each number by itself, then what the agency hides by rule beside a hidden one: the other sex, the next lowest of
three shares that sum to one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from skq import catalog
from skq.keys import numbered
from skq.protect.rule import DisclosureRule, FamilyRule, Reason, Shape, publish_share
from skq.protect.standing import Booleans
from skq.protect.together import SHARES_OF_ONE
from skq.terms import RESULT_KEY, Breakdown, CellStatus

RESPONSE = {
    "survey_index": "survey_response_share",
    "survey_positive_share": "survey_response_share",
    "survey_guardians_index": "survey_guardians_response_share",
    "survey_guardians_positive_share": "survey_guardians_response_share",
    "survey_staff_index": "survey_staff_response_share",
    "survey_staff_positive_share": "survey_staff_response_share",
    **dict.fromkeys(("hme_index", "hme_motivation", "hme_leadership", "hme_governance"), "survey_staff_response_share"),
}
"""What is told of a survey, and which part of those asked answered it."""

SALARIES, POSTS = "teaching_cost_per_pupil", "teacher_fte"
"""Money that is salaries above all, and how many full-time posts it pays."""


HIDDEN = (str(CellStatus.TOO_FEW), str(CellStatus.NEARLY_ALL))

_PLACE = [column for column in RESULT_KEY if column not in ("metric", "subject")]
_BOTH = [column for column in RESULT_KEY if column != "category"]
_OF_ONE = [column for column in RESULT_KEY if column != "metric"]


def judged_by(rule: DisclosureRule, rows: pd.DataFrame, own: pd.Series) -> pd.DataFrame:
    """Return *rows* with status and reason of own ones by the rule alone, and the `minimum` n that it demands.

    *rows* are results with a clean index 0…, *own* tells which of them are ours; the others keep the agency's status.
    """
    asked = _thresholds(rows, rule)
    asked["n"], asked["k"] = (rows[column].fillna(0).to_numpy("float64") for column in ("n", "numerator"))
    asked["k"] = asked["k"].mask(asked["shape"].eq(str(Shape.AMOUNT)), 0.0)
    _, first, which = np.unique(numbered(asked, list(asked.columns)), return_index=True, return_inverse=True)
    questions = asked.iloc[first]
    verdicts = [
        publish_share(n, k, minimum=minimum, shape=Shape(shape), nearly_all=rule.nearly_all, reason=Reason(why))
        for minimum, shape, why, n, k in zip(*(questions[column].tolist() for column in questions), strict=True)
    ]
    told = {"status": [str(one.status) for one in verdicts], "reason": [str(one.reason) for one in verdicts]}
    given = pd.DataFrame(told, dtype="str").iloc[which].set_axis(rows.index)
    observed = own & rows["status"].eq(str(CellStatus.OBSERVED))
    judged = rows.assign(
        status=rows["status"].mask(observed, given["status"]).astype("str"),
        reason=given["reason"].where(observed, "").astype("str"),
        minimum=asked["minimum"],
    )
    judged = _hidden(judged, _few_responses(judged, rule), CellStatus.TOO_FEW, Reason.LOW_RESPONSE)
    judged = _hidden(judged, _few_salaries(judged, rule), CellStatus.TOO_FEW, Reason.FEW_FTE)
    judged = _hidden(judged, other_sex(judged, rule), CellStatus.PROTECTS_OTHER, Reason.OTHER_SEX)
    return _hidden(judged, next_lowest(judged), CellStatus.PROTECTS_OTHER, Reason.OTHER_SHARE)


def other_sex(judged: pd.DataFrame, rule: DisclosureRule) -> Booleans:
    """Return the own shares of one sex that are shown though the other's is hidden, of the rule's `sexes_together`.

    That everybody of the one sex has the property is still told: it says nothing exact of the other. (Footnotes of the
    exports of eligibility and national tests: "om andelen behöriga visas som ~100 för ena könet visas dubbelprick".)
    """
    family = judged["metric"].map({name: catalog.metric(name).family for name in judged["metric"].unique()})
    shares = judged["metric"].map({name: catalog.metric(name).unit == "share" for name in judged["metric"].unique()})
    rows = judged[judged["breakdown"].eq(str(Breakdown.SEX)) & family.isin(rule.sexes_together) & shares.astype(bool)]
    number = rows.groupby(_BOTH, dropna=False, sort=True).ngroup()
    beside = rows["status"].isin(HIDDEN).groupby(number).transform("any")
    told = rows["status"].eq(str(CellStatus.OBSERVED)) & rows["reason"].eq("") & rows["numerator"].lt(rows["n"])
    return _at(judged, rows.index[(beside & told.fillna(False)).to_numpy(dtype=bool)])


def next_lowest(judged: pd.DataFrame) -> Booleans:
    """Return, where exactly one of the three shares of grade year 6 is hidden, the shown one that fewest pupils have.

    Where nobody has one of them, the only number left is hidden; where all but few passed there is none. (Footnote of
    the exports: "prickas även den andelsuppgift som baseras på näst lägst antal elever".)
    """
    rows = judged[judged["metric"].isin(SHARES_OF_ONE)]
    number = rows.groupby(_OF_ONE, dropna=False, sort=True).ngroup()
    rows = rows.assign(number=number)
    complete = number.map(number.value_counts()).eq(len(SHARES_OF_ONE))
    alone = rows["status"].eq(str(CellStatus.TOO_FEW)).groupby(number).transform("sum").eq(1)
    shown = rows[complete & alone & rows["status"].eq(str(CellStatus.OBSERVED)) & rows["reason"].eq("")]
    lowest = shown.sort_values(["number", "numerator"], kind="stable").drop_duplicates("number")
    return _at(judged, lowest.index)


def _few_responses(judged: pd.DataFrame, rule: DisclosureRule) -> Booleans:
    """Return what is told of surveys that a smaller part answered than the rule asks for."""
    response = judged[judged["metric"].isin(set(RESPONSE.values()))][[*_PLACE, "metric", "value"]]
    rows = judged[judged["metric"].isin(list(RESPONSE)) & judged["reason"].eq("")]
    asked = rows[_PLACE].assign(metric=rows["metric"].map(RESPONSE))
    found = asked.merge(response, on=[*_PLACE, "metric"], how="left", validate="many_to_one")["value"]
    low = found.astype("float64").lt(rule.least_response).to_numpy(dtype=bool)
    return _at(judged, rows.index[low])


def _few_salaries(judged: pd.DataFrame, rule: DisclosureRule) -> Booleans:
    """Return what a school's teaching costs where it pays fewer posts than the rule asks for: it would be a salary."""
    place = ["level", "unit", "school_year"]
    posts = judged[judged["metric"].eq(POSTS) & judged["breakdown"].eq(str(Breakdown.ALL))]
    fewest = posts.groupby(place)["n"].min()
    rows = judged[judged["metric"].eq(SALARIES) & judged["reason"].eq("")]
    found = rows[place].merge(fewest.reset_index(), on=place, how="left", validate="many_to_one")["n"]
    return _at(judged, rows.index[found.astype("float64").lt(rule.least_posts).to_numpy(dtype=bool)])


def _at(judged: pd.DataFrame, places: pd.Index) -> Booleans:
    chosen: Booleans = np.zeros(len(judged), dtype=np.bool_)
    chosen[judged.index.get_indexer(places)] = True
    return chosen & judged["source"].str.startswith("register").fillna(True).to_numpy(dtype=bool)


def _hidden(judged: pd.DataFrame, chosen: Booleans, status: CellStatus, reason: Reason) -> pd.DataFrame:
    return judged.assign(
        status=judged["status"].mask(chosen, str(status)), reason=judged["reason"].mask(chosen, str(reason))
    )


def _thresholds(rows: pd.DataFrame, rule: DisclosureRule) -> pd.DataFrame:
    """Return `minimum`, `shape` and `why` (the reason given below the minimum) of each row, by *rule*."""
    key = ["metric", "level", "grade_year", "school_year"]
    _, first, which = np.unique(numbered(rows, key), return_index=True, return_inverse=True)
    kinds = rows[key].iloc[first]
    found = [
        (family.minimum(level), str(family.shape), str(family.reason))
        for metric, level, grade_year, school_year in kinds.itertuples(index=False)
        for family in [_family_rule(rule, metric, None if pd.isna(grade_year) else int(grade_year), school_year)]
    ]
    return pd.DataFrame(found, columns=["minimum", "shape", "why"]).iloc[which].set_axis(rows.index)


def _family_rule(rule: DisclosureRule, metric: str, grade_year: int | None, school_year: str) -> FamilyRule:
    """Return the rule of a metric; numbers that are no shares (means, counts, net deviations) are judged by n alone.

    Of shares that nobody wants to be high, all or nearly all is no good news to tell.
    """
    entry = catalog.metric(metric)
    family = rule.family(entry.family, grade_year, school_year)
    if entry.unit != "share":
        return replace(family, shape=Shape.AMOUNT)
    if entry.direction == "lower" and family.shape in (Shape.SHARE, Shape.SHARE_NEARLY_ALL):
        return replace(family, shape=Shape.SHARE_FAILING if rule.hides_all_failing else Shape.SHARE)
    return family
