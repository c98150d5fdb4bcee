"""Who goes to which school in which grade year: pupils followed over the years.

Pure. `simulate` moves every pupil up a grade year each autumn; some move, leave, join or are held back.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.demo.plan import Plan

HELD_BACK, LEAVES, MOVES, JOINS = 0.006, 0.02, 0.03, 0.015
ARRIVES = 0.23
"""Pupils who immigrate each year, per newly arrived pupil: the share of a school stays as it is over the years."""
FROM_OTHERS = 0.6
"""Of the places in a school that opens, the share taken by pupils of the other schools."""


def simulate(plan: Plan, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the people and their enrolment.

    People: one row per pupil, position = pupil number. Enrolment: `pupil, school, grade_year, year`, a row per pupil
    and school year, years and schools as positions in the plan.
    """
    current = pd.DataFrame({"pupil": [], "school": [], "grade_year": []}, dtype=int)
    people: list[pd.DataFrame] = []
    rows: list[pd.DataFrame] = []
    count = 0
    for year in range(len(plan.years)):
        current = _opening(_moved_up(current, plan, year, rng), plan, year, rng)
        places = _entrants(plan, year, rng) if year else _filled(plan, rng)
        new = places.assign(pupil=np.arange(count, count + len(places)))
        people.append(_people(new, plan, year, rng))
        current = pd.concat([current, new[["pupil", "school", "grade_year"]]], ignore_index=True)
        rows.append(current.assign(year=year))
        count += len(new)
    return pd.concat(people, ignore_index=True), pd.concat(rows, ignore_index=True)


def _cohort_sizes(plan: Plan, rng: np.random.Generator) -> np.ndarray:
    """Return pupils per school and grade year (0-9), zero where the school has not got it."""
    size = plan.column("size").astype(float)
    for sender, receiver in enumerate(plan.column("feeds")):
        if receiver >= 0 and plan.column("opens")[sender] == 0:
            size[receiver] += plan.column("size")[sender]
    size = size - np.where(_is_fed(plan), plan.column("size"), 0)
    drawn = np.rint(size[:, None] * (1 + 0.07 * rng.standard_normal((len(size), 10))))
    grade_years = np.arange(10)
    has = (plan.column("first")[:, None] <= grade_years) & (grade_years <= plan.column("last")[:, None])
    return np.where(has, np.maximum(drawn, 4), 0).astype(int)


def _is_fed(plan: Plan) -> np.ndarray:
    return np.isin(np.arange(len(plan.schools)), plan.column("feeds"))


def _places(counts: np.ndarray) -> pd.DataFrame:
    """Return one row per place from counts per school and grade year."""
    school, grade_year = np.nonzero(counts)
    repeats = counts[school, grade_year]
    return pd.DataFrame({"school": np.repeat(school, repeats), "grade_year": np.repeat(grade_year, repeats)})


def _filled(plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    counts = _cohort_sizes(plan, rng) * plan.is_open(0)[:, None]
    return _places(counts).assign(joins=False)


def _entrants(plan: Plan, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Six-year-olds, seventh-graders where no F-6 school feeds a 7-9, joiners, and what a new school still lacks."""
    sizes = _cohort_sizes(plan, rng) * plan.is_open(year)[:, None]
    ordinary = np.zeros_like(sizes)
    ordinary[:, 0] = sizes[:, 0]
    unfed = (plan.column("first") == 7) & ~_is_fed(plan)
    ordinary[unfed, 7] = sizes[unfed, 7]
    opening = plan.column("opens") == year
    ordinary[opening] = np.rint(sizes[opening] * (1 - FROM_OTHERS)).astype(int)
    joiners = rng.binomial(sizes, _joining_rate(plan)[:, None])
    return pd.concat([_places(ordinary).assign(joins=False), _places(joiners).assign(joins=True)], ignore_index=True)


def _joining_rate(plan: Plan) -> np.ndarray:
    rate: np.ndarray = JOINS + ARRIVES * plan.column("newly_arrived")
    return rate


def _moved_up(current: pd.DataFrame, plan: Plan, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the pupils who are still here, one grade year up, in the school where they now go."""
    draws = rng.random((3, len(current)))
    moved = current.assign(grade_year=current["grade_year"] + (draws[0] >= HELD_BACK))
    stays = (moved["grade_year"] <= 9) & (draws[1] >= LEAVES)
    moved, wants = moved[stays].reset_index(drop=True), draws[2][stays.to_numpy()] < MOVES
    beyond = moved["grade_year"].to_numpy() > plan.column("last")[moved["school"]]
    feeds = plan.column("feeds")[moved["school"]]
    school = np.where(beyond & (feeds >= 0), feeds, moved["school"])
    return _placed(moved.assign(school=school), wants | (beyond & (feeds < 0)), plan=plan, year=year, rng=rng)


def _placed(moved: pd.DataFrame, wants: np.ndarray, *, plan: Plan, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Give those who want or must change school another one, larger schools more often.

    There always is one: the first school of every plan has all grade years.
    """
    school, grade_year = moved["school"].to_numpy().copy(), moved["grade_year"].to_numpy()
    for grade in range(10):
        chosen = np.flatnonzero(wants & (grade_year == grade))
        has = (plan.column("first") <= grade) & (grade <= plan.column("last")) & (plan.column("opens") < max(year, 1))
        weight = plan.column("size") * has
        school[chosen] = rng.choice(len(weight), len(chosen), p=weight / weight.sum())
    return moved.assign(school=school)


def _opening(current: pd.DataFrame, plan: Plan, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Let pupils of the larger schools fill most places of a school that opens this year."""
    school = current["school"].to_numpy().copy()
    large = plan.column("size")[school] >= 30
    for opened in np.flatnonzero((plan.column("opens") == year) & (year > 0)):
        for grade in range(int(plan.column("first")[opened]), int(plan.column("last")[opened]) + 1):
            candidates = np.flatnonzero(large & (current["grade_year"].to_numpy() == grade))
            places = min(round(plan.column("size")[opened] * FROM_OTHERS), len(candidates))
            school[rng.choice(candidates, places, replace=False)] = opened
    return current.assign(school=school)


def _people(new: pd.DataFrame, plan: Plan, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return what is fixed about each new pupil: sex, background, ability, language choices."""
    count = len(new)
    intake = plan.column("intake")[new["school"]]
    home = intake + rng.normal(0, 0.9, count)
    parents = home[:, None] + rng.normal(0, 0.75, (count, 2))
    share = plan.column("newly_arrived")[new["school"]]
    newly = rng.random(count) < np.where(new["joins"], ARRIVES * share / _joining_rate(plan)[new["school"]], share)
    foreign = newly | (rng.random(count) < np.clip(0.20 - 0.22 * intake, 0.03, 0.7))
    education = np.digitize(parents, [-1.35, 0.05]) + 1.0
    unknown = rng.random((count, 2)) < np.where(newly, 0.35, 0.02)[:, None] + [0, 0.08]
    ability = 0.50 * home - 0.15 * foreign + rng.normal(0, 0.80, count)
    return pd.DataFrame(
        {
            "girl": rng.random(count) < 0.486,
            "parent1_education": np.where(unknown[:, 0], np.nan, education[:, 0]),
            "parent2_education": np.where(unknown[:, 1], np.nan, education[:, 1]),
            "foreign_background": foreign,
            "arrived": np.where(newly, year - rng.integers(0, 4, count) * ~new["joins"].to_numpy(), -99),
            "ability": ability,
            "second_language": (newly & (rng.random(count) < 0.85)) | (foreign & (rng.random(count) < 0.10)),
            "language_choice": rng.random(count) < 1 / (1 + np.exp(-(1.25 + 1.0 * ability))),
            "own_language_choice": rng.random(count) < 0.03,
            "mother_tongue": foreign & (rng.random(count) < 0.45),
            "adapted": rng.random(count) < 0.016 * np.exp(-0.8 * ability),
            "truant": rng.random(count) < 0.030 * np.exp(-0.7 * ability),
            "absence": np.exp(rng.normal(0, 0.55, count) - 0.22 * ability),
        }
    )
