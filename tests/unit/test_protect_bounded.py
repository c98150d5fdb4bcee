"""What one metric tells of another that it bounds: who passed in all subjects passed in mathematics."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from skq.compare import comparisons
from skq.protect import bounded, bounding, protect
from skq.protect.bounding import groups
from skq.protect.equations import of_implied
from skq.protect.implied import Implied, implied

from tests.results_by_hand import OUTSIDERS, results, share, units_of

ALL, SUBJECT, VOCATIONAL = "all_subjects_passed_share", "subject_passed_share", "eligible_vocational_share"
MERIT = "merit_rating_17"
SUBJECTS = ("EN", "MA", "SV")
SCHOOLS = {"A": "North", "B": "North", "C": "North", "D": "South", "E": "South", "F": "South"}
SEXES = ("girls", "boys")
NEARLY = range(1, 5)
"""So many may lack what `~100` tells that nearly all have."""


def judged(rows: list[dict], schools: dict[str, str] | None = None) -> pd.DataFrame:
    """Return the protected results of hand-made rows."""
    table, units = results(rows), units_of(schools or {"A": "North"})
    return protect(table, comparisons(table, units=units), OUTSIDERS, units=units).results.frame


def unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let protection know of no bound."""
    monkeypatch.setattr(bounding, "STRICT", frozenset())
    monkeypatch.setattr(bounding, "MILD", frozenset())


# --- one school, by hand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failed", "lacking", "signed"),
    [
        pytest.param(1, 1, False, id="one failed in anything, so ~100 in mathematics is that one"),
        pytest.param(2, 1, True, id="two failed in anything, so one or two in mathematics"),
        pytest.param(5, 4, True, id="five failed in anything: ~100 says no less"),
    ],
)
def test_a_sign_goes_that_tells_with_all_subjects(failed, lacking, signed):
    """Of 30 pupils at most as many failed in mathematics as in anything, which is shown; `~100` says at least one."""
    frame = judged([share(30, 30 - failed), share(30, 30 - lacking, metric=SUBJECT, subject="MA")])
    found = frame.set_index("metric")
    assert found["status"].to_dict() == {ALL: "observed", SUBJECT: "nearly_all" if signed else "protects_other"}
    assert pd.isna(found.loc[SUBJECT, "value"])


def test_without_the_bound_the_sign_would_stand(monkeypatch):
    """The same school, protected metric by metric: `~100` beside one who failed in anything tells that it is one."""
    unbounded(monkeypatch)
    frame = judged([share(30, 29), share(30, 29, metric=SUBJECT, subject="MA")])
    assert frame.set_index("metric")["status"].to_dict() == {ALL: "observed", SUBJECT: "nearly_all"}


def test_who_lacks_the_subject_may_be_who_failed():
    """30 pupils, 28 of them in mathematics: two of the three who failed may be those two, so `~100` leaves 1 to 3."""
    frame = judged([share(30, 27), share(28, 27, metric=SUBJECT, subject="MA")])
    assert frame.set_index("metric")["status"].to_dict() == {ALL: "observed", SUBJECT: "nearly_all"}


def test_other_years_and_subjects_tell_nothing():
    """The year before, or grade year 6, bounds no one of this year in grade year 9."""
    rows = [share(30, 29, school_year="2023/24"), share(30, 29, metric=SUBJECT, subject="MA")]
    assert judged(rows).set_index("metric")["status"].to_dict() == {ALL: "observed", SUBJECT: "nearly_all"}


# --- towns, with a second attacker ---------------------------------------------------------------


def town(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return results and units of six schools by sex, whose pupils fail now and then, one by one."""
    draw = np.random.default_rng(seed)
    pupils = pd.DataFrame(
        [(school, sex) for school in SCHOOLS for sex in SEXES for _ in range(int(draw.integers(6, 40)))],
        columns=["school", "sex"],
    )
    weak = draw.random(len(pupils)) < 0.12
    for subject in SUBJECTS:
        pupils[subject] = ~(weak & (draw.random(len(pupils)) < 0.5))
    pupils["area"] = "9999:" + pupils["school"].map(SCHOOLS)
    rows = []
    for level, column in (("school", "school"), ("area", "area"), ("organizer", None)):
        for unit in [*pupils[column].unique()] if column else ["Town"]:
            of_unit = pupils[pupils[column] == unit] if column else pupils
            for category in ("all", *SEXES):
                own = of_unit if category == "all" else of_unit[of_unit["sex"] == category]
                key = {"level": level, "unit": unit, "category": category,
                       "breakdown": "all" if category == "all" else "sex"}  # fmt: skip
                passed = own[list(SUBJECTS)].to_numpy(dtype=bool)
                rows.append(share(len(own), int(passed.all(axis=1).sum()), **key))
                rows += [share(len(own), int(own[subject].sum()), **key, metric=SUBJECT, subject=subject)
                         for subject in SUBJECTS]  # fmt: skip
    return results(rows), units_of(SCHOOLS)


def told(frame: pd.DataFrame, table: pd.DataFrame) -> list[tuple]:
    """Return the secrets that one number is left for, to who knows all sums and that all subjects bound each.

    A second attacker: one linear programme over all metrics at once, by hand-written sums and bounds.
    """
    key = ["metric", "level", "unit", "subject", "category"]
    rows = frame[[*key, "status", "reason"]].merge(table[[*key, "n", "numerator"]], on=key)
    at = {tuple(row): place for place, row in enumerate(rows[key].to_numpy())}
    k, n = (rows[name].to_numpy("float64") for name in ("numerator", "n"))
    hidden = ~rows["status"].eq("observed").to_numpy()
    low, high = np.where(hidden, 0.0, k), np.where(hidden, n, k)
    few, near = (rows["reason"].eq(name).to_numpy() for name in ("few_with_property", "few_without_property"))
    low, high = np.where(few, 1.0, low), np.where(few, 4.0 + 5 * rows["level"].eq("school"), high)
    low, high = np.where(near, n - NEARLY[-1], low), np.where(near, n - NEARLY[0], high)
    above = [("area", f"9999:{name}", [code for code, area in SCHOOLS.items() if area == name])
             for name in ("North", "South")] + [("organizer", "Town", list(SCHOOLS))]  # fmt: skip
    metrics = [(ALL, ""), *((SUBJECT, subject) for subject in SUBJECTS)]
    units = [("school", code) for code in SCHOOLS] + [(level, unit) for level, unit, _ in above]
    sums, bounds = [], []
    for metric, subject in metrics:
        for level, unit in units:
            sums.append(
                [*(at[metric, level, unit, subject, sex] for sex in SEXES), at[metric, level, unit, subject, "all"]]
            )
        for (level, unit, codes), category in product(above, ("all", *SEXES)):
            parts = [at[metric, "school", code, subject, category] for code in codes]
            sums.append([*parts, at[metric, level, unit, subject, category]])
    for (level, unit), category, subject in product(units, ("all", *SEXES), SUBJECTS):
        bounds.append((at[ALL, level, unit, "", category], at[SUBJECT, level, unit, subject, category]))
    equal, least = np.zeros((len(sums), len(rows))), np.zeros((len(bounds), len(rows)))
    for place, (*parts, total) in enumerate(sums):
        equal[place, parts], equal[place, total] = 1, -1
    for place, (strict, mild) in enumerate(bounds):
        least[place, strict], least[place, mild] = 1, -1
    secrets = rows["status"].isin(["too_few", "nearly_all"]).to_numpy() & (k < n)
    found = []
    for place in np.flatnonzero(secrets):
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(rows))
            aim[place] = sign
            made = linprog(aim, least, np.zeros(len(bounds)), equal, np.zeros(len(sums)), np.column_stack([low, high]))
            ends.append(sign * made.fun)
        if ends[1] - ends[0] < 1 - 1e-6 and ends[1] < n[place] - 1e-6:
            found.append(tuple(rows.loc[place, key]))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_no_secret_follows_from_another_metric(seed):
    """Who solves all sums of four metrics and all bounds between them at once is left two numbers for every secret."""
    table, units = town(seed)
    frame = protect(table, comparisons(table, units=units), OUTSIDERS, units=units).results.frame
    assert frame["status"].isin(["too_few", "nearly_all"]).any()
    assert told(frame, table) == []


def test_metric_by_metric_they_would_follow(monkeypatch):
    """Without the bounds secrets of most of these towns are told: the test above can fail."""
    unbounded(monkeypatch)
    leaks = []
    for seed in range(6):
        table, units = town(seed)
        frame = protect(table, comparisons(table, units=units), OUTSIDERS, units=units).results.frame
        leaks.append(len(told(frame, table)))
    assert sum(leak > 0 for leak in leaks) > 3, leaks


def test_what_a_bound_hides_is_covered_in_its_own_sums(monkeypatch):
    """A town where signs are not enough: shown numbers are hidden, and what hides them is no secret by itself."""
    table, units = town(4)
    made = comparisons(table, units=units)
    closed = protect(table, made, OUTSIDERS, units=units).results.frame
    assert protect(table, made, OUTSIDERS, units=units, jobs=2).results.frame.equals(closed)
    unbounded(monkeypatch)
    open_ = protect(table, made, OUTSIDERS, units=units).results.frame
    moved = open_["status"].eq("observed") & ~closed["status"].eq("observed")
    assert moved.any()
    assert set(closed.loc[moved, "status"]) == {"protects_other"}
    own = open_["status"].isin(["too_few", "nearly_all"])
    assert set(closed.loc[own, "status"]) <= {"too_few", "nearly_all", "protects_other"}


def test_large_groups_are_closed_in_turn(monkeypatch):
    """Of four groups the larger two are closed in this process; what comes of them all is the same."""
    (ninth, units), (other, _), (smaller, _) = (town(seed) for seed in (4, 3, 2))
    smaller = smaller[smaller["level"].ne("area")]
    parts = [other.assign(grade_year=6), ninth, smaller.assign(grade_year=3), smaller.assign(grade_year=7)]
    table = pd.concat(parts, ignore_index=True).astype(ninth.dtypes)
    made = comparisons(table, units=units)
    beside = protect(table, made, OUTSIDERS, units=units).results.frame
    seen: list[int] = []
    mended = bounded.mended

    def looked_at(asked):
        seen.append(len(asked.hidden))
        return mended(asked)

    monkeypatch.setattr(bounded, "mended", looked_at)
    monkeypatch.setattr(bounded, "LARGE", len(ninth))
    assert protect(table, made, OUTSIDERS, units=units, jobs=2).results.frame.equals(beside)
    assert set(seen) == {len(ninth)}
    assert len(smaller) < len(ninth)


# --- which rows bound which ----------------------------------------------------------------------


def pairs(rows: list[dict]) -> list[tuple[str, str, bool]]:
    """Return what bounds what among *rows*, each told by `raw`."""
    table = results(rows)
    found, name = implied(table), table["raw"].to_numpy()
    return sorted(zip(name[found.strict], name[found.mild], found.all_have_it.tolist(), strict=True))


@pytest.mark.parametrize(
    ("strict", "mild", "subject", "bounds"),
    [
        pytest.param("all_subjects_passed_share", "subject_passed_share", "SL", [False], id="any subject"),
        pytest.param("autumn_all_subjects_passed_share", "autumn_subject_passed_share", "MA", [False], id="autumn"),
        pytest.param("autumn_all_subjects_passed_share", "subject_passed_share", "MA", [], id="autumn and spring"),
        pytest.param("all_subjects_passed_share", "eligible_vocational_share", "", [True], id="eligible"),
        pytest.param("eligible_vocational_share", "subject_passed_share", "EN", [True], id="eligible: English"),
        pytest.param("eligible_vocational_share", "subject_passed_share", "HI", [], id="eligible: not history"),
        pytest.param("eligible_arts_share", "eligible_vocational_share", "", [True], id="programmes"),
        pytest.param("eligible_social_share", "eligible_arts_share", "", [True], id="economics, humanities, society"),
        pytest.param("eligible_social_share", "subject_passed_share", "HI", [True], id="society: history"),
        pytest.param("eligible_social_share", "subject_passed_share", "FY", [], id="society: not physics"),
        pytest.param("eligible_science_share", "subject_passed_share", "FY", [True], id="science: physics"),
        pytest.param("eligible_science_share", "eligible_social_share", "", [], id="science is not society"),
        pytest.param("forecast_all_passed_share", "forecast_eligible_vocational_share", "", [True], id="forecasts"),
        pytest.param("absence_over_50_share", "absence_over_20_share", "", [True], id="absence"),
    ],
)
def test_what_bounds_what(strict, mild, subject, bounds):
    """By the definitions of the domain (§3, §4, §6): who has the strict property has the mild one."""
    found = pairs([share(30, 20, metric=strict, raw="strict"), share(30, 25, metric=mild, subject=subject, raw="mild")])
    assert found == [("strict", "mild", all_have) for all_have in bounds]


def test_parts_of_a_test_are_bounded_by_the_whole():
    """Who reached all parts of the test in mathematics reached each of them; of Swedish it tells nothing."""
    parts = [
        share(20, 18, metric="test_part_reached_share", subject=part, raw=part) for part in ("MA/A", "MA/B", "SV/A")
    ]
    whole = share(20, 15, metric="test_all_parts_share", subject="MA", raw="MA")
    assert pairs([whole, *parts]) == [("MA", "MA/A", True), ("MA", "MA/B", True)]


def test_only_the_same_pupils_bound_each_other():
    """Unit, school year, grade year and part of a breakdown must be those of the other number."""
    others = ({"unit": "B"}, {"school_year": "2023/24"}, {"grade_year": 6}, {"breakdown": "sex", "category": "girls"})
    mild = [share(30, 28, metric=VOCATIONAL, raw=str(place), **other) for place, other in enumerate(({}, *others))]
    assert pairs([share(30, 25, raw="strict"), *mild]) == [("strict", "0", True)]


def test_groups_are_of_one_grade_year_and_of_tests_one_subject():
    """Positions of all that may bound each other; what bounds nothing is in none."""
    rows = [share(30, 25), share(30, 28, metric=SUBJECT, subject="MA"), share(30, 28, metric=SUBJECT, subject="EN"),
            share(30, 25, grade_year=6), {"metric": MERIT, "n": 30},
            share(9, 8, metric="test_all_parts_share", subject="MA", grade_year=3),
            share(9, 8, metric="test_part_reached_share", subject="MA/A", grade_year=3),
            share(9, 8, metric="test_part_reached_share", subject="SV/A", grade_year=3),
            share(200, 9, metric="absence_over_50_share"), share(200, 30, metric="absence_over_15_share")]  # fmt: skip
    assert sorted(part.tolist() for part in groups(results(rows))) == [[0, 1, 2], [3], [5, 6], [7], [8, 9]]


def test_a_bound_as_an_equation():
    """28 of 30 passed in all, 27 of 28 in mathematics: 28 - 27 + rest = 0, the rest from -2 (those without) to 28."""
    n, k, nothing = np.array([30.0, 28.0]), np.array([28.0, 27.0]), np.zeros(2, dtype=bool)
    pair = Implied(np.array([0]), np.array([1]), np.array([False]))
    found = of_implied(pair, n, k, nothing)
    assert (found.cell.tolist(), found.sign.tolist()) == ([0, 1], [1.0, -1.0])
    assert (found.rest.tolist(), found.rest_low.tolist(), found.rest_high.tolist()) == ([-1.0], [-2.0], [28.0])


@pytest.mark.parametrize(
    ("n", "k", "all_have", "unknown"),
    [
        pytest.param((30, 30), (28, 27), True, (False, False), id="more have the strict one"),
        pytest.param((30, 29), (29, 27), False, (False, False), id="more than lack the subject"),
        pytest.param((28, 30), (20, 27), False, (False, False), id="fewer pupils behind the strict one"),
        pytest.param((30, 30), (20, 27), True, (True, False), id="unknown strict"),
        pytest.param((30, 30), (20, 27), True, (False, True), id="unknown mild"),
    ],
)
def test_what_numbers_do_not_keep_to_is_no_bound(n, k, all_have, unknown):
    """A pair that breaks the definition (an exception granted, an agency's rounding) is left out, with no error."""
    pair = Implied(np.array([0]), np.array([1]), np.array([all_have]))
    assert of_implied(pair, np.array(n, float), np.array(k, float), np.array(unknown)).equations == 0


def test_large_groups_are_parted_by_school_year():
    """Of as many rows as memory allows, or more, each school year is by itself."""
    rows = [share(30, 25, school_year=year, unit=unit) for unit in "AB" for year in ("2023/24", "2024/25")]
    assert [part.tolist() for part in groups(results(rows), most=5)] == [[0, 1, 2, 3]]
    assert sorted(part.tolist() for part in groups(results(rows), most=4)) == [[0, 2], [1, 3]]
