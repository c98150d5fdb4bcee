"""Cohorts of real pupils, counted a second way in plain Python.

egsingle of R's package mlmRev (Raudenbush & Bryk 2002, ch. 8): 1 721 pupils of 60 schools followed over six years, some
taking a grade again. No pupil of these data changes school, so movers are planted: every seventh pupil of a school
goes on at the next one from its fourth year.
"""

import csv
from pathlib import Path

import pandas as pd
import pytest
from skq.aggregate.attainment import Roll
from skq.aggregate.members import spring_members
from skq.aggregate.places import places
from skq.aggregate.progress import cohort_rows
from skq.metrics.cohort_tables import cohort_counts
from skq.metrics.cohorts import HeldBack, cohort, membership_counts, memberships
from skq.metrics.decomposition import decomposition

from tests.spec.text_tables import schools, typed

START = 2000  # the school year called 0.5 in the file
Row = dict[str, str]


def year_of(row: Row) -> int:
    return START + round(float(row["year"]) - 0.5)


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[Row]:
    """The file's own rows."""
    with (shared_data / "reference" / "mlmRev_egsingle.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def moved(rows: list[Row]) -> list[Row]:
    """The rows with planted movers."""
    schools = sorted({row["schoolid"] for row in rows})
    following = dict(zip(schools, schools[1:] + schools[:1], strict=True))
    goes = {row["childid"] for row in rows if int(row["childid"]) % 7 == 0}
    return [
        {**row, "schoolid": following[row["schoolid"]]} if row["childid"] in goes and year_of(row) >= START else row
        for row in rows
    ]


def table(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pupil_id": [row["childid"] for row in rows],
            "school_unit_code": [row["schoolid"] for row in rows],
            "municipality_code": "9999",
            "school_year": [f"{year_of(row)}/{(year_of(row) + 1) % 100:02d}" for row in rows],
            "grade_year": pd.array([int(row["grade"]) for row in rows], dtype="Int64"),
            "value": [float(row["math"]) for row in rows],
        }
    )


def at(rows: list[Row], year: int) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        if year_of(row) == year:
            found.setdefault(row["schoolid"], set()).add(row["childid"])
    return found


@pytest.mark.parametrize("year", range(START - 3, START + 2))
@pytest.mark.parametrize("planted", [False, True])
def test_stayers_leavers_joiners(rows, moved, year, planted):
    """At every school and in the municipality the counts are those of plain sets."""
    own = moved if planted else rows
    frame = table(own)
    points = [frame[frame["school_year"].str.startswith(str(when))] for when in (year, year + 1)]
    found = membership_counts(memberships(*points))
    then, now = at(own, year), at(own, year + 1)
    assert sorted(found.index) == sorted({*then, *now})
    everyone = [set().union(*when.values()) for when in (then, now)]
    for school, told in found.iterrows():
        first, second = then.get(school, set()), now.get(school, set())
        counts = (len(first & second), len(first - second), len(second - first))
        assert (told["stayers"], told["leavers"], told["joiners"]) == counts
        assert told["moved_out"] == len((first - second) & everyone[1])
    whole = membership_counts(memberships(*points, unit="municipality_code"), unit="municipality_code").loc["9999"]
    assert whole["stayers"] == len(everyone[0] & everyone[1])
    assert whole["joiners"] == len(everyone[1] - everyone[0])
    assert bool(found["moved_out"].sum()) == (planted and year == START - 1)


def test_held_back_pupils(rows):
    """The pupils who change cohort by their current grade year are those the plain rows tell, and none by original."""
    frame = table(rows)
    current = cohort(frame["school_year"], frame["grade_year"]).groupby(frame["pupil_id"]).nunique()
    original = cohort(frame["school_year"], frame["grade_year"], pupil=frame["pupil_id"], held_back=HeldBack.ORIGINAL)
    shifts: dict[str, set[int]] = {}
    for row in rows:
        shifts.setdefault(row["childid"], set()).add(year_of(row) - int(row["grade"]))
    changed = sorted(pupil for pupil, own in shifts.items() if len(own) > 1)
    assert sorted(current[current > 1].index) == changed
    assert len(changed) > 300
    assert original.groupby(frame["pupil_id"]).nunique().max() == 1


def test_decomposition_of_real_changes(moved):
    """Every school's parts are those of plain arithmetic on its pupils."""
    frame = table(moved)
    points = [frame[frame["school_year"].str.startswith(str(when))] for when in (START - 1, START)]
    found = decomposition(*points).pivot(index="school_unit_code", columns="part", values="value")
    values = {(row["childid"], row["schoolid"], year_of(row)): float(row["math"]) for row in moved}
    for school, told in found.dropna().iterrows():
        then, now = (
            {p: v for (p, s, y), v in values.items() if s == school and y == when} for when in (START - 1, START)
        )
        both = sorted(then.keys() & now.keys())
        all_then, all_now = sum(then.values()) / len(then), sum(now.values()) / len(now)
        stay_then, stay_now = (sum(side[p] for p in both) / len(both) for side in (then, now))
        expected = (stay_now - stay_then, stay_then - all_then, all_now - stay_now, all_now - all_then)
        assert told[["progress", "leavers", "joiners", "change"]].tolist() == pytest.approx(expected)
    assert len(found) == 60


def test_cohort_counts_of_real_pupils(rows):
    """By current cohort the stayers of each year are those of plain sets of (school, cohort)."""
    frame = table(rows)
    found = cohort_counts(frame.assign(cohort=cohort(frame["school_year"], frame["grade_year"])))
    members: dict[tuple[str, int, int], set[str]] = {}
    for row in rows:
        key = (row["schoolid"], year_of(row) - int(row["grade"]) + 1, year_of(row))
        members.setdefault(key, set()).add(row["childid"])
    assert len(found) == len(members)
    for row in found.itertuples():
        start = int(row.school_year[:4])
        now = members[row.school_unit_code, row.cohort, start]
        then = members.get((row.school_unit_code, row.cohort, start - 1))
        assert row.n == len(now)
        if then is None:
            assert row.status == "nobody_before"
            assert pd.isna(row.stayers)
        else:
            assert (row.stayers, row.leavers, row.joiners) == (len(now & then), len(then - now), len(now - then))


def test_results_of_real_pupils(moved):
    """In the results table the counts of every school, and of the municipality, are those of plain sets of pupils."""
    frame = table(moved).drop(columns=["value", "municipality_code"]).assign(sex="girls")
    register = schools(*sorted(set(frame["school_unit_code"])), school_years=tuple(sorted(set(frame["school_year"]))))
    roll = Roll.of(spring_members(typed("pupils", frame)))
    found = cohort_rows(roll, None, places(register), whole_nation=False)
    rows = found[found["subject"].eq("1") & found["level"].isin(["school", "municipality"])]
    told = rows.pivot(index=["unit", "school_year", "grade_year"], columns="metric", values="value").astype("float64")
    members: dict[tuple[str, int, int], set[str]] = {}
    for row in moved:
        for unit in (row["schoolid"], "9999"):
            members.setdefault((unit, year_of(row), int(row["grade"])), set()).add(row["childid"])
    expected = {
        (unit, f"{year}/{(year + 1) % 100:02d}", grade): (len(then & now), len(then - now), len(now - then))
        for (unit, year, grade), now in members.items()
        for then in [members.get((unit, year - 1, grade - 1))]
        if then is not None
    }
    columns = [f"cohort_{name}_count" for name in ("stayers", "leavers", "joiners")]
    assert {key: tuple(row) for key, row in zip(told.index, told[columns].to_numpy(), strict=True)} == expected
    assert len(expected) > 300
    assert any(movers for _, movers, _ in expected.values())
