"""How a verdict fares in other reasonable comparisons: another set of schools, another year, another rule.

The list is fixed beforehand, so that nobody can pick the comparisons that suit. The verdict holds where the other
comparison is certain too and points the same way; one that cannot be made does not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import pandas as pd

from skq import catalog
from skq.compare.part_of_whole import distance_to_whole
from skq.judge.municipality import ABOVE, BELOW, verdicts
from skq.judge.rows import Lookup
from skq.terms import RESULT_KEY, Breakdown, Level, SchoolYear

CHECKS = ("peers", "organizer", "previous_year", "three_years", "twin", "funnel")

TWINS = {
    "merit_rating_17": "merit_rating_16",
    "merit_rating_16": "merit_rating_17",
    "all_subjects_passed_share": "eligible_vocational_share",
    "eligible_vocational_share": "all_subjects_passed_share",
    "eligible_arts_share": "all_subjects_passed_share",
    "eligible_social_share": "eligible_arts_share",
    "eligible_science_share": "eligible_arts_share",
    "subject_points_mean": "subject_passed_share",
    "subject_passed_share": "subject_points_mean",
    "autumn_points_mean": "autumn_subject_passed_share",
    "autumn_subject_passed_share": "autumn_points_mean",
    "test_points_mean": "test_passed_share",
    "test_passed_share": "test_points_mean",
    "survey_index": "survey_positive_share",
    "survey_positive_share": "survey_index",
    "survey_guardians_index": "survey_guardians_positive_share",
    "survey_guardians_positive_share": "survey_guardians_index",
    "survey_staff_index": "survey_staff_positive_share",
    "survey_staff_positive_share": "survey_staff_index",
    "attendance_share": "absence_over_15_share",
    "absence_over_15_share": "attendance_share",
    "value_added_grades": "value_added_tests",
    "value_added_tests": "value_added_grades",
}
"""The metric that measures nearly the same by another rule."""


def sensitivity(rows: pd.DataFrame, known: Lookup, shown: Lookup, units: pd.DataFrame) -> pd.DataFrame:
    """Return holds, of and checks of *rows*, which are judged rows with direction, outside, peer columns (index kept).

    *known* is as `municipality.distances` returns it, *shown* has the numbers of `rows.shown_rows`. 0 of 0 where there
    is no direction.
    """
    answers = _answers(rows, known, shown, units)
    given = rows["direction"].ne("")
    made = pd.DataFrame({name: answers[name].notna() & given for name in CHECKS})
    same = pd.DataFrame({name: made[name] & answers[name].eq(rows["direction"]).fillna(False) for name in CHECKS})
    words = [_words(name, made[name], same[name]) for name in CHECKS]
    checks = reduce(lambda before, after: before + after, words).str.strip()
    return pd.DataFrame({"holds": same.sum(axis="columns"), "of": made.sum(axis="columns"), "checks": checks})


def _answers(rows: pd.DataFrame, known: Lookup, shown: Lookup, units: pd.DataFrame) -> Mapping[str, pd.Series]:
    """Return by check its verdict on each row: above, below, blank where not certain, missing where it was not made."""
    keys = rows[list(RESULT_KEY)]
    previous = {year: str(SchoolYear.parse(year).previous) for year in keys["school_year"].unique()}
    period = keys.assign(breakdown=str(Breakdown.PERIOD), category="three_years")
    twin = keys["metric"].map(TWINS)
    of_twin = verdicts(keys.assign(metric=twin.fillna("")), known)
    funnel = pd.Series("", index=rows.index, dtype="str").mask(rows["outside"].isin(("95", "998")), _side(rows))
    return {
        "peers": _verdict(rows, "peer_difference", "peer_certain").where(rows["selected"]),
        "organizer": _beside_organizer(rows, shown, units),
        "previous_year": verdicts(keys.assign(school_year=keys["school_year"].map(previous).astype("str")), known),
        "three_years": verdicts(period, known),
        "twin": of_twin.mask(_opposite(rows["metric"]), of_twin.map({ABOVE: BELOW, BELOW: ABOVE, "": ""})),
        "funnel": funnel.where(rows["outside"].ne("")),
    }


def _words(name: str, made: pd.Series, same: pd.Series) -> pd.Series:
    return pd.Series("", index=made.index, dtype="str").mask(made, f" {name}:no").mask(same, f" {name}:yes")


def _side(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(BELOW, index=rows.index, dtype="str").mask(rows["value"].gt(rows["target"]), ABOVE)


def _verdict(rows: pd.DataFrame, value: str, certain: str) -> pd.Series:
    """Return above or below where certain, blank where not, missing where that is not known."""
    sure = rows[certain].astype("boolean")
    verdict = pd.Series("", index=rows.index, dtype="str").mask(sure.fillna(False) & rows[value].gt(0), ABOVE)
    return verdict.mask(sure.fillna(False) & rows[value].lt(0), BELOW).where(sure.notna())


def _beside_organizer(rows: pd.DataFrame, shown: Lookup, units: pd.DataFrame) -> pd.Series:
    """Return the verdict beside the rest of the organizer's schools, where those are not the whole municipality's."""
    schools = units[units["level"].eq(str(Level.SCHOOL))].drop_duplicates("unit").set_index("unit")
    keys = rows[list(RESULT_KEY)]
    of = {level: keys.assign(level=str(level), unit=rows["unit"].map(schools[column]).fillna("").astype("str"))
          for level, column in ((Level.ORGANIZER, "organizer"), (Level.MUNICIPALITY, "municipality_code"))}  # fmt: skip
    whole, above = shown.at(of[Level.ORGANIZER]), shown.at(of[Level.MUNICIPALITY])
    told = pd.DataFrame({"value": float("nan"), "certain": pd.Series(pd.NA, index=rows.index, dtype="boolean")})
    for kind in ("share", "mean"):
        chosen = rows["kind"].eq(kind)
        gap = distance_to_whole(rows[chosen], whole[chosen], kind=kind)
        known = gap[["lower", "upper"]].notna().all(axis="columns") & whole.loc[chosen, "n"].lt(above.loc[chosen, "n"])
        told.loc[chosen, "value"] = gap["value"]
        told.loc[chosen, "certain"] = (gap["lower"].gt(0) | gap["upper"].lt(0)).astype("boolean").mask(~known)
    return _verdict(told, "value", "certain")


def _opposite(metric: pd.Series) -> pd.Series:
    """Return whether a high value of *metric* is a low value of its twin."""
    known = catalog.metrics()
    pairs = [(name, TWINS[name]) for name in metric.unique() if name in TWINS]
    ways = {name: {known[name].direction, known[twin].direction} for name, twin in pairs}
    return metric.isin([name for name, directions in ways.items() if directions == {"higher", "lower"}])
