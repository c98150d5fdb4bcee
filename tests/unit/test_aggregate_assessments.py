"""Rows of self-assessments: shape, protection, codes that changed, and the invented municipality."""

from __future__ import annotations

import pandas as pd
import pytest
from skq.aggregate import aggregate, units
from skq.compare import comparisons
from skq.demo import demo_tables
from skq.protect import protect
from skq.schema import TABLES
from skq.terms import RESULT_KEY

from tests.spec.text_tables import one

RATERS = ("principal", "organizer")
TINY = "99010017"


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """Units and ratings of the invented municipality."""
    made = demo_tables()
    return {name: made[name].astype(TABLES[name].dtypes) for name in ("school_units", "assessments")}


@pytest.fixture(scope="module")
def results(tables) -> pd.DataFrame:
    return aggregate(tables)


def test_keys_are_unique(results):
    """No two rows share a key, and every row is by rater except the agreement of both."""
    assert not results.duplicated(list(RESULT_KEY)).any()
    of_both = results["metric"].isin(["assessment_agreement_share", "assessment_kappa"])
    assert set(results.loc[of_both, "breakdown"]) == {"all"}
    assert set(results.loc[~of_both, "breakdown"]) == {"rater"}
    assert set(results.loc[~of_both, "category"]) == set(RATERS)


def test_moves_sum_to_one(results):
    """Improved, unchanged and worse are everybody, at every level."""
    moved = results[results["metric"].str.fullmatch("assessment_(improved|unchanged|worse)_share")]
    key = [name for name in RESULT_KEY if name != "metric"]
    sums = moved.groupby(key, dropna=False)["value"].sum()
    assert len(sums) > 100
    assert sums.sub(1).abs().max() < 1e-12


def test_numbers_of_the_municipality_are_those_of_its_ratings(tables, results):
    """n, share from 3 and index of an area of the newest year, computed anew from the table."""
    rows = tables["assessments"]
    own = rows[
        rows["school_year"].eq("2025/26") & rows["area"].eq("trygghet och studiero") & rows["rater"].eq("principal")
    ]
    key = {"level": "municipality", "unit": "9901", "school_year": "2025/26", "subject": "trygghet och studiero",
           "breakdown": "rater", "category": "principal"}  # fmt: skip
    found = one(results, "assessment_good_share", **key)
    assert (found["n"], found["numerator"]) == (len(own), own["rating"].ge(3).sum())
    assert one(results, "assessment_index", **key)["value"] == pytest.approx((own["rating"].mean() - 1) / 3 * 100)


def test_changed_code_keeps_its_history(tables, results):
    """A unit that changed its code is followed under the new one: its moves are there the year of the change."""
    register = tables["school_units"]
    changed = register[register["successor_code"].fillna("").ne("")]
    newest = changed["successor_code"].iloc[0]
    first_year = register[register["school_unit_code"].eq(newest)]["school_year"].min()
    row = one(results, "assessment_improved_share", unit=newest, school_year=first_year, breakdown="rater",
              category="principal")  # fmt: skip
    assert row["n"] == 9


def test_unvisited_school_is_missing_and_not_in_the_sums(results):
    """The organizer has not rated the tiny school in 2021/22: nine rows without value, one rating fewer in the sums."""
    own = results[results["unit"].eq(TINY) & results["school_year"].eq("2021/22")]
    missing = own[own["metric"].eq("assessment_rating") & own["category"].eq("organizer")]
    assert missing["status"].tolist() == ["missing"] * 9
    town = results[
        results["metric"].eq("assessment_median")
        & results["level"].eq("municipality")
        & results["school_year"].eq("2021/22")
        & results["subject"].eq("elevhälsa")
    ].set_index("category")["n"]
    assert town["principal"] - town["organizer"] == 1


def test_ratings_are_shown_as_they_are(tables, results):
    """Ratings are about units, not pupils: protection hides none of them."""
    shown = protect(results, comparisons(results), units=units(tables)).results.to_frame()
    assert len(shown) == len(results)
    assert shown["value"].notna().sum() == results["value"].notna().sum()


def test_steps_are_not_compared(results):
    """Ordinal steps and moves have no differences; share from 3 and index have changes."""
    found = comparisons(results)
    assert set(found["metric"]) == {"assessment_good_share", "assessment_index"}
    assert set(found["kind"]) == {"change"}


def test_shuffled_ratings_give_the_same(tables, results):
    """The order of rows does not matter."""
    shuffled = {name: table.sample(frac=1, random_state=3) for name, table in tables.items()}
    pd.testing.assert_frame_equal(aggregate(shuffled), results)


def test_nation_where_it_is_asked_for(tables, results):
    """With every school of the country the nation has what its one municipality has, and the other rows stay."""
    found = aggregate(tables, whole_nation=True)
    nation = found[found["level"].eq("nation")]
    town = results[results["level"].eq("municipality")]
    assert nation["value"].tolist() == town["value"].tolist()
    assert len(found) == len(results) + len(town)
