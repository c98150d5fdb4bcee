"""Self-assessments -> results rows: ratings of a school, and what they add up to over areas and units (domain §15).

A rating is about a unit, not about persons: nothing here is protected. Whoever has not rated is a row without a value,
never an imputed one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.places import LEVELS, placed
from skq.aggregate.rollup import one_table, stated
from skq.metrics.assessments import FOUR_STEPS, kappa_from_sums, kappa_terms, summary
from skq.terms import Breakdown, Level, SchoolYear

_ABOVE = [level.value for level in LEVELS[1:]]
_RATED = ["school", "school_year", "subject", "rater"]
_SUMMARY = {
    "median": "assessment_median",
    "minimum": "assessment_minimum",
    "good": "assessment_good_share",
    "index": "assessment_index",
}
_MOVES = {
    "improved": "assessment_improved_share",
    "unchanged": "assessment_unchanged_share",
    "worse": "assessment_worse_share",
}


def assessment_rows(assessments: pd.DataFrame, where: pd.DataFrame, *, whole_nation: bool = False) -> pd.DataFrame:
    """Return the results rows, unsorted, of *assessments* at the places *where* (as from `places`).

    School: the rating of each area and rater, with status missing where the organizer's other units have one that
    year; over all areas (subject blank) what the levels above have both by area and over all: median, minimum, share
    from step 3, index, moves since the year before, and the two raters' agreement. `n` is the number of ratings.
    """
    rated = placed(assessments.rename(columns={"area": "subject"}), where, whole_nation=whole_nation)
    above = [*_ABOVE, *([Level.NATION.value] if whole_nation else [])]
    ratings = _ratings(rated, above)
    moved, agreed = _moves(ratings), _pairs(ratings)
    rows = [_rating_rows(ratings, where)]
    for by in _groupings(above):
        rows += _summary_rows(ratings, by)
        rows += _share_rows(moved, [*by, "rater"], _MOVES)
        rows += _share_rows(agreed, by, {"same": "assessment_agreement_share"})
        rows.append(_kappa_rows(agreed, by))
    return one_table([_told(pd.concat(rows, ignore_index=True))])


def _groupings(above: list[str]) -> Iterator[list[str]]:
    """Yield the columns by which units are taken together: level, school year and, *above* the school, the area too."""
    yield [Level.SCHOOL.value, "school_year"]
    for level in above:
        yield [level, "school_year"]
        yield [level, "school_year", "subject"]


def _ratings(rows: pd.DataFrame, above: list[str]) -> pd.DataFrame:
    """Return one rating per school, school year, area (subject) and rater, with its places, n and the counts of steps.

    Units that have become one school give the lower median of theirs.
    """
    steps = pd.get_dummies(rows["rating"].astype("int64")).reindex(columns=FOUR_STEPS.steps, fill_value=False)
    keyed = pd.concat([rows[[*_RATED, *above]], steps.astype("float64")], axis="columns")
    first = keyed.groupby(_RATED, as_index=False)[above].first()
    counts = keyed.groupby(_RATED, as_index=False)[FOUR_STEPS.steps].sum()
    found = summary(counts)
    return first.assign(n=found["n"], rating=found["median"])


def _rating_rows(ratings: pd.DataFrame, where: pd.DataFrame) -> pd.DataFrame:
    units = where[["school", "organizer", "school_year"]].drop_duplicates()
    asked = ratings[["organizer", "school_year", "subject", "rater"]].drop_duplicates()
    grid = units.merge(asked, on=["organizer", "school_year"], how="inner")
    known = grid.drop(columns="organizer").merge(
        ratings[[*_RATED, "n", "rating"]], on=_RATED, how="outer", validate="one_to_one"
    )
    value = known["rating"]
    numbers = known.assign(n=known["n"].fillna(0.0), part=value * known["n"], value=value)
    return _keyed(numbers, "assessment_rating", level="school")


def _summary_rows(ratings: pd.DataFrame, by: list[str]) -> Iterator[pd.DataFrame]:
    keys = [*by, "rater"]
    steps = pd.get_dummies(ratings["rating"].astype("int64")).reindex(columns=FOUR_STEPS.steps, fill_value=False)
    counts = pd.concat([ratings[keys], steps.astype("float64")], axis="columns")
    sums = counts.groupby(keys, as_index=False)[FOUR_STEPS.steps].sum()
    found = summary(sums)
    for column, metric in _SUMMARY.items():
        value = found[column]
        yield _keyed(sums[keys].assign(n=found["n"], part=value * found["n"], value=value), metric, level=by[0])


def _moves(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the ratings that the same school, area and rater has from the year before too, and how they moved."""
    following = {text: str(SchoolYear(SchoolYear.parse(text).start + 1)) for text in ratings["school_year"].unique()}
    before = ratings[[*_RATED, "rating"]].assign(school_year=ratings["school_year"].map(following).astype("str"))
    pairs = ratings.merge(before.rename(columns={"rating": "before"}), on=_RATED, how="inner", validate="one_to_one")
    step = pairs["rating"] - pairs["before"]
    return pairs.assign(improved=step.gt(0), unchanged=step.eq(0), worse=step.lt(0))


def _pairs(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the areas that both raters have rated at a school, with the terms of kappa and whether they agree."""
    key = ["school", "school_year", "subject"]
    principal = ratings[ratings["rater"].eq("principal")]
    organizer = ratings.loc[ratings["rater"].eq("organizer"), [*key, "rating"]].rename(columns={"rating": "second"})
    pairs = principal.drop(columns=["n", "rater"]).merge(organizer, on=key, how="inner", validate="one_to_one")
    terms = kappa_terms(pairs["rating"], pairs["second"]).rename(columns={"second": "second_sum", "first": "first_sum"})
    return pd.concat([pairs.drop(columns="second"), terms], axis="columns").assign(same=terms["apart"].eq(0))


def _share_rows(pairs: pd.DataFrame, keys: list[str], metrics: dict[str, str]) -> Iterator[pd.DataFrame]:
    counted = pairs[keys].assign(**{name: pairs[name].astype("float64") for name in metrics}, n=1.0)
    sums = counted.groupby(keys, as_index=False)[[*metrics, "n"]].sum()
    for name, metric in metrics.items():
        numbers = sums[[*keys, "n"]].assign(part=sums[name], value=sums[name] / sums["n"])
        yield _keyed(numbers, metric, level=keys[0])


def _kappa_rows(pairs: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    terms = {"n": "n", "first_sum": "first", "second_sum": "second", "squares": "squares", "apart": "apart"}
    sums = pairs.groupby(by, as_index=False)[list(terms)].sum().rename(columns=terms)
    numbers = sums[[*by, "n"]].assign(part=float("nan"), value=kappa_from_sums(sums))
    return _keyed(numbers, "assessment_kappa", level=by[0])


def _keyed(numbers: pd.DataFrame, metric: str, *, level: str) -> pd.DataFrame:
    """Return *numbers* (keyed by the column *level*, school_year, perhaps subject and rater) by unit."""
    keys = {level: "unit", "school_year": "school_year", "subject": "subject", "rater": "rater"}
    own = numbers[[*(key for key in keys if key in numbers), "n", "part", "value"]].rename(columns=keys)
    return own.assign(metric=metric, level=level)


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """Return results rows of all that is `_keyed`."""
    rated = rows["rater"].notna()
    breakdown = rated.map({True: str(Breakdown.RATER), False: str(Breakdown.ALL)})
    category = rows["rater"].fillna("all")
    return stated(rows.assign(subject=rows["subject"].fillna(""), breakdown=breakdown, category=category))
