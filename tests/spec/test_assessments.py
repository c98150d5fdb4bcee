"""Self-assessment on the four-step scale (domain §15): T-25, movement between years, agreement of two raters."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skq.aggregate import aggregate
from skq.metrics.assessments import (
    distribution,
    exact_agreement,
    kappa_from_sums,
    kappa_terms,
    moves,
    summary,
    transitions,
    weighted_kappa,
)
from skq.metrics.measure import Answer
from skq.terms import round_half_up
from statsmodels.stats.inter_rater import cohens_kappa

from tests.spec.text_tables import YEAR, one, schools, text_table, typed

BEFORE = "2023/24"
RATED = {"breakdown": "rater", "category": "principal"}
TOWN = {"level": "municipality", "unit": "9999"}


def rated(text: str, **same: str) -> dict[str, pd.DataFrame]:
    """Return tables of ratings; school A, area calm, the principal, 2024/25 unless the table says otherwise."""
    usual = {"school_unit_code": "A", "school_year": YEAR, "area": "calm", "rater": "principal"}
    rows = text_table(text)
    filled = rows.assign(**{name: value for name, value in (usual | same).items() if name not in rows})
    units = schools(*sorted(set(filled["school_unit_code"])), school_years=tuple(sorted(set(filled["school_year"]))))
    return {"school_units": units, "assessments": typed("assessments", filled)}


SIX = """
school_unit_code rating
A                4
B                3
C                3
D                2
E                1
F                3
"""


class TestOverUnits:
    """T-25: ratings 4, 3, 3, 2, 1, 3."""

    def test_levels_above(self):
        """Median 3, from 3 up 66.7 %, index 55.6, lowest 1, on six ratings: for the area and over all areas."""
        found = aggregate(rated(SIX))
        for subject in ("calm", ""):
            for level, unit in (("area", "9999:North"), ("organizer", "Town"), ("municipality", "9999")):
                key = {"level": level, "unit": unit, "subject": subject, **RATED}
                assert one(found, "assessment_median", **key)["value"] == 3
                assert one(found, "assessment_minimum", **key)["value"] == 1
                assert round_half_up(one(found, "assessment_good_share", **key)["value"] * 100) == 66.7
                assert round_half_up(one(found, "assessment_index", **key)["value"]) == 55.6
                assert one(found, "assessment_index", **key)["n"] == 6

    def test_over_the_areas_of_a_school(self):
        """The same six ratings of six areas of one school: the school's own summary, for all areas only."""
        areas = "\n".join(f"area{place} {rating}" for place, rating in enumerate((4, 3, 3, 2, 1, 3)))
        found = aggregate(rated(f"area rating\n{areas}"))
        assert one(found, "assessment_median", **RATED)["value"] == 3
        assert round_half_up(one(found, "assessment_index", **RATED)["value"]) == 55.6
        at_school = found[found["metric"].eq("assessment_median") & found["level"].eq("school")]
        assert at_school["subject"].tolist() == [""]

    def test_formulas(self):
        """The distribution is 1, 1, 3, 1 of the steps 1 to 4; the mean is 2.667; a missing rating is counted."""
        told = distribution(pd.Series([4, 3, 3, 2, 1, 3, pd.NA], dtype="Int64"))
        assert (told.counts.tolist(), told.missing) == ([1, 1, 3, 1], 1)
        found = summary(told.counts.to_frame().T).iloc[0]
        assert (found["n"], found["median"], found["minimum"], round(found["mean"], 3)) == (6, 3, 1, 2.667)

    def test_rating_outside_the_scale(self):
        """A rating of 5 is refused."""
        with pytest.raises(ValueError, match="1 to 4"):
            distribution(pd.Series([3, 5]))


@pytest.mark.parametrize(
    ("ratings", "median"), [((2,), 2), ((1, 4), 1), ((2, 3, 3, 4), 3), ((2, 2, 3, 3), 2), ((4, 4, 4, 1), 4)]
)
def test_median_is_the_lower_one(ratings, median):
    """The median is a step that somebody gave: of an even number the lower of the two in the middle."""
    found = summary(distribution(pd.Series(ratings)).counts.to_frame().T)
    assert found["median"].tolist() == [median]


def test_summary_of_nobody():
    """Without ratings there is n 0 and nothing else."""
    found = summary(distribution(pd.Series([], dtype="Int64")).counts.to_frame().T).iloc[0]
    assert found["n"] == 0
    assert found.drop("n").isna().all()


class TestRatings:
    """The rating of a school and area, and what is missing."""

    def test_ratings_of_a_school(self):
        """Each rater's rating stands by itself, resting on one."""
        found = aggregate(rated("rater rating\nprincipal 3\norganizer 2"))
        own = [one(found, "assessment_rating", subject="calm", breakdown="rater", category=rater)
               for rater in ("principal", "organizer")]  # fmt: skip
        assert [(row["value"], row["n"], row["status"]) for row in own] == [(3, 1, "observed"), (2, 1, "observed")]
        assert set(found.loc[found["metric"].eq("assessment_rating"), "level"]) == {"school"}

    def test_missing_is_reported_and_never_filled_in(self):
        """B has no rating of safety although A has: a row without value, and the town's median rests on one."""
        found = aggregate(rated("school_unit_code area rating\nA calm 4\nB calm 2\nA safety 1"))
        lacking = one(found, "assessment_rating", unit="B", subject="safety", **RATED)
        assert (lacking["n"], lacking["status"], pd.isna(lacking["value"])) == (0, "missing", True)
        town = one(found, "assessment_median", subject="safety", **TOWN, **RATED)
        assert (town["n"], town["value"]) == (1, 1)
        assert len(found[found["metric"].eq("assessment_rating")]) == 4

    def test_another_organizers_areas_are_not_missing(self):
        """Nothing is missing at a unit whose organizer does not use the area."""
        tables = rated("school_unit_code area rating\nA calm 4\nB order 2")
        tables["school_units"].loc[tables["school_units"]["school_unit_code"].eq("B"), "organizer"] = "Other"
        found = aggregate(tables)
        assert not found["status"].eq("missing").any()
        assert one(found, "assessment_median", **TOWN, **RATED)["n"] == 2

    def test_units_that_became_one(self):
        """Two units with one successor give it the lower median of their ratings, resting on two."""
        tables = rated("school_unit_code rating\nA 4\nB 2\nC 3")
        for code in ("A", "B"):
            tables["school_units"].loc[tables["school_units"]["school_unit_code"].eq(code), "successor_code"] = "C"
        tables["assessments"] = tables["assessments"][tables["assessments"]["school_unit_code"].ne("C")]
        row = one(aggregate(tables), "assessment_rating", unit="C", subject="calm", **RATED)
        assert (row["value"], row["n"]) == (2, 2)


MOVES = """
school_unit_code school_year rating
A                2023/24     2
A                2024/25     3
B                2023/24     3
B                2024/25     3
C                2023/24     4
C                2024/25     2
D                2023/24     1
D                2024/25     4
E                2024/25     4
"""


class TestMoves:
    """Two years of the same rater, area and unit."""

    def test_moves_between_two_years(self):
        """A and D rise, B stays, C falls, E has no year before: 50, 25, 25 % of four."""
        found = aggregate(rated(MOVES))
        metrics = [f"assessment_{move}_share" for move in ("improved", "unchanged", "worse")]
        rows = [one(found, metric, subject="calm", **TOWN, **RATED) for metric in metrics]
        assert [(row["value"], row["n"], row["school_year"]) for row in rows] == [
            (0.5, 4, YEAR), (0.25, 4, YEAR), (0.25, 4, YEAR),
        ]  # fmt: skip
        assert one(found, "assessment_improved_share", unit="D", **RATED)["value"] == 1

    def test_a_year_between_is_no_year_before(self):
        """A rating of two years ago is not compared with."""
        two_years = "school_year rating\n2022/23 1\n2024/25 4"
        found = aggregate(rated(two_years))
        assert found[found["metric"].eq("assessment_improved_share")].empty

    def test_raters_are_not_mixed(self):
        """The organizer's rating of last year says nothing of the principal's of this year."""
        found = aggregate(rated("rater school_year rating\norganizer 2023/24 1\nprincipal 2024/25 4"))
        assert found[found["metric"].eq("assessment_improved_share")].empty

    def test_matrix(self):
        """The transition matrix has the step before as row and the step after as column; E is in no cell."""
        rows = text_table(MOVES).astype({"rating": "Int64"}).set_index(["school_unit_code", "school_year"])["rating"]
        wide = rows.unstack()
        matrix = transitions(wide[BEFORE], wide[YEAR])
        assert matrix.to_numpy().tolist() == [[0, 0, 0, 1], [0, 0, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
        found = moves(matrix)
        assert (found.improved.value, found.unchanged.value, found.worse.value) == (0.5, 0.25, 0.25)
        assert found.worse.n == 4

    def test_matrix_of_nobody(self):
        """Without pairs the matrix is empty and the moves have a named status."""
        nothing = pd.Series([], dtype="Int64")
        assert moves(transitions(nothing, nothing)).improved.status is Answer.NOBODY


PAIRS = """
area   rater     rating
calm   principal 4
calm   organizer 3
safety principal 3
safety organizer 3
health principal 2
health organizer 2
result principal 3
result organizer 1
absent principal 4
"""


class TestAgreement:
    """Principal and organizer about the same areas: 4-3, 3-3, 2-2, 3-1."""

    # (a - b)²: 1, 0, 0, 4, sum 5. Squares of all: 16+9+4+9 + 9+9+4+1 = 61; sums 12 and 9.
    # By chance: 61 - 2 * 12 * 9 / 4 = 7. Kappa 1 - 5 / 7 = 0.2857.

    def test_agreement_of_both_raters(self):
        """Two of four alike, kappa 0.286; an area that one alone has rated is left out."""
        found = aggregate(rated(PAIRS))
        share, kappa = one(found, "assessment_agreement_share"), one(found, "assessment_kappa")
        assert (share["value"], share["n"]) == (0.5, 4)
        assert (round(kappa["value"], 4), kappa["n"]) == (0.2857, 4)
        assert one(found, "assessment_agreement_share", subject="calm", **TOWN)["value"] == 0

    def test_formulas(self):
        """The same by the formulas of two series; a pair with a missing rating is left out."""
        principal, organizer = pd.Series([4, 3, 2, 3, 4]), pd.Series([3, 3, 2, 1, None])
        assert exact_agreement(principal, organizer).value == 0.5
        assert round(weighted_kappa(principal, organizer).value, 4) == 0.2857

    def test_one_step_only(self):
        """Where everything is one and the same step kappa has a named status, the share is 1, the row is missing."""
        threes = pd.Series([3, 3, 3])
        assert weighted_kappa(threes, threes).status is Answer.ALL_EQUAL
        assert exact_agreement(threes, threes).value == 1
        same = "area rater rating\n" + "\n".join(f"{a} {r} 3" for a in "xyz" for r in ("principal", "organizer"))
        row = one(aggregate(rated(same)), "assessment_kappa")
        assert (row["status"], row["n"], pd.isna(row["value"])) == ("missing", 3, True)

    def test_one_rater_with_one_step(self):
        """A rater who gives everybody the same agrees as by chance: 0."""
        assert weighted_kappa(pd.Series([3, 3, 3]), pd.Series([2, 3, 4])).value == pytest.approx(0)
        assert weighted_kappa(pd.Series([3, 3]), pd.Series([4, 4])).value == pytest.approx(0)

    def test_few(self):
        """Nobody and a single pair have a named status."""
        nothing = pd.Series([], dtype="float64")
        assert weighted_kappa(nothing, nothing).status is Answer.NOBODY
        assert exact_agreement(nothing, nothing).status is Answer.NOBODY
        assert weighted_kappa(pd.Series([3]), pd.Series([2])).status is Answer.TOO_FEW

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=25))
    def test_kappa_as_in_statsmodels(self, pairs):
        """Quadratic (Fleiss-Cohen) weights in statsmodels give the same kappa of the table of pairs."""
        first, second = (pd.Series(column) for column in zip(*pairs, strict=True))
        found = weighted_kappa(first, second)
        if found.status is Answer.OBSERVED:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # its standard error divides by zero in perfect tables
                expected = cohens_kappa(transitions(first, second).to_numpy(), wt="quadratic").kappa
            assert found.value == pytest.approx(expected, abs=1e-9)
        else:
            assert first.eq(second).all()
            assert first.nunique() == 1

    def test_sums_add_up(self):
        """Kappa of two schools together follows from the sums of each: 1 - 5 / 7 again."""
        terms = kappa_terms(pd.Series([4.0, 3.0, 2.0, 3.0]), pd.Series([3.0, 3.0, 2.0, 1.0]))
        halves = terms.groupby([0, 0, 1, 1]).sum().sum().to_frame().T
        assert kappa_from_sums(halves).round(4).tolist() == [0.2857]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=40), st.randoms())
def test_order_of_rows_never_matters(ratings, random):
    """Median, minimum, share and index are those of the sorted ratings, whatever their order, by a second way."""
    shuffled = list(ratings)
    random.shuffle(shuffled)
    found = summary(distribution(pd.Series(shuffled)).counts.to_frame().T).iloc[0]
    ordered = sorted(ratings)
    assert found["median"] == ordered[(len(ordered) - 1) // 2]
    assert found["minimum"] == ordered[0]
    assert found["good"] == pytest.approx(sum(rating >= 3 for rating in ordered) / len(ordered))
    assert found["index"] == pytest.approx(sum(ordered) / len(ordered) * 100 / 3 - 100 / 3)
    assert ordered[0] <= found["median"] <= ordered[-1]
    assert 0 <= found["index"] <= 100
