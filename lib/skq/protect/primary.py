"""Primary suppression: what the rule alone says of every number, before others are hidden for its sake."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from skq import catalog
from skq.protect.rule import DisclosureRule, FamilyRule, Reason, Shape, publish_share
from skq.terms import CellStatus


def judged_by(rule: DisclosureRule, rows: pd.DataFrame, own: pd.Series) -> pd.DataFrame:
    """Return *rows* with status and reason of own ones by the rule alone, and the `minimum` n that it demands."""
    asked = _thresholds(rows, rule)
    asked["n"], asked["k"] = (rows[column].fillna(0).to_numpy("float64") for column in ("n", "numerator"))
    asked["k"] = asked["k"].mask(asked["shape"].eq(str(Shape.AMOUNT)), 0.0)
    questions = asked.drop_duplicates()
    verdicts = [
        publish_share(n, k, minimum=minimum, shape=Shape(shape), nearly_all=rule.nearly_all, reason=Reason(why))
        for minimum, shape, why, n, k in zip(*(questions[column].tolist() for column in questions), strict=True)
    ]
    answers = questions.assign(
        status=[str(verdict.status) for verdict in verdicts], reason=[str(verdict.reason) for verdict in verdicts]
    )
    given = asked.merge(answers, on=list(asked.columns), how="left", validate="many_to_one").set_index(rows.index)
    observed = own & rows["status"].eq(str(CellStatus.OBSERVED))
    return rows.assign(
        status=rows["status"].mask(observed, given["status"]).astype("str"),
        reason=given["reason"].where(observed, "").astype("str"),
        minimum=asked["minimum"],
    )


def _thresholds(rows: pd.DataFrame, rule: DisclosureRule) -> pd.DataFrame:
    """Return `minimum`, `shape` and `why` (the reason given below the minimum) of each row, by *rule*."""
    key = ["metric", "level", "grade_year"]
    kinds = rows[key].drop_duplicates()
    found = [
        (family.minimum(level), str(family.shape), str(family.reason))
        for metric, level, year in kinds.itertuples(index=False)
        for family in [_family_rule(rule, metric, None if pd.isna(year) else int(year))]
    ]
    told = kinds.reset_index(drop=True).join(pd.DataFrame(found, columns=["minimum", "shape", "why"]))
    given = rows[key].merge(told, on=key, how="left", validate="many_to_one").set_index(rows.index)
    return given[["minimum", "shape", "why"]]


def _family_rule(rule: DisclosureRule, metric: str, grade_year: int | None) -> FamilyRule:
    """Return the rule of a metric; numbers that are no shares (means, counts, net deviations) are judged by n alone."""
    entry = catalog.metric(metric)
    family = rule.family(entry.family, grade_year)
    return family if entry.unit == "share" else replace(family, shape=Shape.AMOUNT)
