"""Cohorts: the key, who stayed, left and joined, pupils at two units, the cohort table."""

import pandas as pd
import pytest
from skq.metrics.cohort_tables import cohort_counts, cohort_table, pseudo_cohorts, wide
from skq.metrics.cohorts import HeldBack, cohort, membership_counts, memberships

from tests.spec.text_tables import text_table

BEFORE = text_table(
    """
    pupil_id school_unit_code municipality_code
    stays    A                1480
    moves    A                1480
    goes     A                1480
    both     A                1480
    both     B                1480
    """
)
AFTER = text_table(
    """
    pupil_id school_unit_code municipality_code
    stays    A                1480
    stays    A                1480
    moves    B                1480
    comes    B                1480
    both     B                1480
    goes     .                .
    .        B                1480
    """
)


@pytest.mark.parametrize(
    ("school_year", "grade_year", "start"),
    [("2024/25", 1, 2024), ("2024/25", 9, 2016), ("2024/25", 0, 2025), ("1999/00", 6, 1994)],
)
def test_cohort_is_the_autumn_of_year_one(school_year, grade_year, start):
    """Year 9 in 2024/25 started year 1 in 2016; those in förskoleklass will in 2025."""
    assert cohort(pd.Series([school_year]), pd.Series([grade_year])).tolist() == [start]


HELD = pd.DataFrame(
    {
        "pupil_id": ["held", "held", "held", "plain", "plain", "skips", "skips", "unknown"],
        "school_year": ["2022/23", "2023/24", "2024/25", "2022/23", "2024/25", "2022/23", "2023/24", "2024/25"],
        "grade_year": pd.array([5, 5, 6, 5, 7, 5, 7, None], dtype="Int64"),
    }
)


def test_held_back_joins_the_younger():
    """By default a pupil who takes year 5 again belongs to the new classmates, one who skips a year to the older."""
    found = cohort(HELD["school_year"], HELD["grade_year"])
    assert found.tolist()[:7] == [2018, 2019, 2019, 2018, 2018, 2018, 2017]
    assert pd.isna(found[7])


def test_held_back_keeps_the_original():
    """With the original cohort a pupil keeps the first one seen, in whatever order the rows come."""
    rows = HELD.iloc[::-1]
    found = cohort(rows["school_year"], rows["grade_year"], pupil=rows["pupil_id"], held_back=HeldBack.ORIGINAL)
    assert found.sort_index().tolist()[:7] == [2018] * 7
    assert pd.isna(found[7])


def test_original_cohort_of_two_enrolments_and_of_unknown_years():
    """Of two enrolments in the first year the earlier cohort holds; a row of unknown grade year has none of its own."""
    rows = text_table(
        """
        pupil_id school_year grade_year
        twice    2022/23     5
        twice    2022/23     6
        late     2022/23     .
        late     2023/24     6
        """
    ).astype({"grade_year": "Int64"})
    found = cohort(rows["school_year"], rows["grade_year"], pupil=rows["pupil_id"], held_back=HeldBack.ORIGINAL)
    assert found.iloc[[0, 1, 3]].tolist() == [2017, 2017, 2018]
    assert pd.isna(found.iloc[2])


def test_original_cohort_needs_pupils():
    """Without knowing which rows are the same pupil there is no original cohort."""
    with pytest.raises(ValueError, match="give pupil="):
        cohort(HELD["school_year"], HELD["grade_year"], held_back=HeldBack.ORIGINAL)


def test_memberships_at_schools():
    """Who moves is a leaver here and a joiner there; who goes, or is at an unknown school, a leaver only."""
    found = memberships(BEFORE, AFTER)
    rows = {(row.school_unit_code, row.pupil_id): (row.membership, row.elsewhere) for row in found.itertuples()}
    assert rows == {
        ("A", "stays"): ("stayer", False),
        ("A", "moves"): ("leaver", True),
        ("A", "goes"): ("leaver", False),
        ("A", "both"): ("leaver", True),
        ("B", "both"): ("stayer", False),
        ("B", "moves"): ("joiner", True),
        ("B", "comes"): ("joiner", False),
    }


def test_memberships_of_the_municipality():
    """Whoever moves within the municipality stays in it; whoever has two enrolments counts once."""
    found = memberships(BEFORE, AFTER, unit="municipality_code")
    assert found.set_index("pupil_id")["membership"].to_dict() == {
        "stays": "stayer",
        "moves": "stayer",
        "both": "stayer",
        "goes": "leaver",
        "comes": "joiner",
    }
    assert not found["elsewhere"].any()


def test_membership_counts():
    """Of four at A one stayed and nobody joined; of three at B now two have joined, one of them from A."""
    found = membership_counts(memberships(BEFORE, AFTER))
    columns = ["before", "after", "stayers", "leavers", "joiners", "moved_out", "moved_in", "matched_rate", "low_match"]
    assert found[columns].to_numpy().tolist() == [
        [4, 1, 1, 3, 0, 2, 0, 1.0, False],
        [1, 3, 1, 0, 2, 0, 1, pytest.approx(1 / 3), True],
    ]


@pytest.mark.parametrize(("stayers", "low"), [(6, True), (7, False), (8, False)])
def test_low_match_at_its_limit(stayers, low):
    """Below 70 % matched is flagged, 70 % is not."""
    after = pd.DataFrame({"pupil_id": [f"p{place}" for place in range(10)], "school_unit_code": "A"})
    found = membership_counts(memberships(after.head(stayers), after))
    assert found["low_match"].tolist() == [low]


def test_closed_and_new_schools():
    """A school that closed has no rate and says so; neither does a new one compare with anything."""
    old, new = (pd.DataFrame({"pupil_id": ["p"], "school_unit_code": [code]}) for code in ("old", "new"))
    found = membership_counts(memberships(old, new))
    assert found["status"].to_dict() == {"new": "nobody_before", "old": "nobody_after"}
    assert pd.isna(found.loc["old", "matched_rate"])


def test_nobody_at_all():
    """Without pupils there is an empty table."""
    none = BEFORE.head(0)
    assert membership_counts(memberships(none, none)).empty


YEARS = text_table(
    """
    pupil_id school_unit_code school_year grade_year
    a        A                2022/23     4
    b        A                2022/23     4
    c        A                2022/23     4
    a        A                2023/24     5
    b        A                2023/24     4
    d        A                2023/24     5
    a        A                2024/25     6
    c        A                2024/25     6
    d        A                2024/25     6
    """
).astype({"grade_year": "Int64"})


def test_cohort_counts_over_the_years():
    """Of three in year 4 one goes on, one is held back, one is away a year; back again it is a joiner."""
    listed_twice = pd.concat([YEARS, YEARS.tail(3)], ignore_index=True)
    found = cohort_counts(listed_twice.assign(cohort=cohort(listed_twice["school_year"], listed_twice["grade_year"])))
    older = found[found["cohort"].eq(2019)].set_index("grade_year")
    assert older["n"].to_dict() == {4: 3, 5: 2, 6: 3}
    assert older.loc[5, ["stayers", "leavers", "joiners"]].tolist() == [1, 2, 1]
    assert older.loc[6, ["stayers", "leavers", "joiners"]].tolist() == [2, 0, 1]
    assert older["status"].tolist() == ["nobody_before", "observed", "observed"]
    assert older.loc[4, ["stayers", "leavers", "joiners", "matched_rate", "low_match"]].isna().all()
    assert older.loc[6, "matched_rate"] == pytest.approx(2 / 3)


def test_cohort_counts_with_original_cohort():
    """With the original cohort the pupil held back has not left."""
    key = cohort(YEARS["school_year"], YEARS["grade_year"], pupil=YEARS["pupil_id"], held_back=HeldBack.ORIGINAL)
    found = cohort_counts(YEARS.assign(cohort=key)).set_index("school_year")
    assert found.loc["2023/24", ["stayers", "leavers", "joiners"]].tolist() == [2, 1, 1]
    assert cohort_counts(YEARS.head(0).assign(cohort=pd.Series(dtype="Int64"))).empty


VALUES = text_table(
    """
    pupil_id school_unit_code cohort school_year grade_year indicator value
    a        A                2016   2018/19     3          np_all    1
    b        A                2016   2018/19     3          np_all    0
    c        A                2016   2018/19     3          np_all    .
    a        A                2016   2021/22     6          points    12
    b        A                2016   2021/22     6          points    10
    b        A                2016   2022/23     6          points    14
    a        A                2017   2021/22     6          points    10
    """
).astype({"cohort": int, "grade_year": int, "value": float})


def test_cohort_table():
    """Rows are cohorts; unknown values count nowhere; a year taken twice counts with its last result."""
    found = cohort_table(VALUES, shares=["np_all"]).set_index(["cohort", "indicator"])
    assert found["value"].to_dict() == {(2016, "np_all"): 0.5, (2016, "points"): 13.0, (2017, "points"): 10.0}
    assert found["n"].tolist() == [2, 2, 1]
    assert found["basis"].unique().tolist() == ["cohort"]


def test_cohort_table_limits():
    """Shares get Wilson's limits (1 of 2: 0.0945-0.9055), means Student's (12 and 14: 13 ± 12.706), one pupil none."""
    found = cohort_table(VALUES, shares=["np_all"])[["lower", "upper"]]
    assert found.iloc[0].tolist() == pytest.approx([0.0945, 0.9055], abs=1e-4)
    assert found.iloc[1].tolist() == pytest.approx([13 - 12.706, 13 + 12.706], abs=1e-3)
    assert found.iloc[2].isna().all()


def test_cohort_table_wide():
    """As it is read: one row a cohort, one column an indicator in a grade year, blank where there is none."""
    found = wide(cohort_table(VALUES))
    assert list(found.columns) == [(3, "np_all"), (6, "points")]
    assert found.loc[("A", 2016)].tolist() == [0.5, 13.0]
    assert pd.isna(found.loc[("A", 2017), (3, "np_all")])


MEANS = text_table(
    """
    school_unit_code school_year grade_year value n
    A                2021/22     6          12    40
    A                2024/25     9          13    44
    A                2024/25     6          11    30
    B                2021/22     6          10    20
    C                2024/25     9          14    25
    C                2023/24     9          .     25
    """
).astype({"grade_year": int, "value": float, "n": float})


def test_pseudo_cohorts():
    """Year 6 in 2021/22 stands beside year 9 in 2024/25 of the same school, and the row says what it is."""
    found = pseudo_cohorts(MEANS, first=6, second=9)
    assert found["basis"].unique().tolist() == ["pseudo_cohort"]
    row = found.set_index(["school_unit_code", "cohort"]).loc[("A", 2016)]
    assert (row["value_before"], row["value_after"], row["change"], row["n_before"], row["n_after"]) == (
        12,
        13,
        1,
        40,
        44,
    )
    assert found.set_index(["school_unit_code", "cohort"])["status"].to_dict() == {
        ("A", 2016): "observed",
        ("A", 2019): "nobody_after",
        ("B", 2016): "nobody_after",
        ("C", 2016): "nobody_before",
    }
    assert not {"lower", "upper"} & set(found.columns)
