"""What the invented organizer steers by: leisure centres, targets, risk, and the small groups of the adapted form.

Pure. Every table draws from a stream of its own, so that the other tables are what they were without it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.demo.narrative import texts
from skq.demo.plan import Plan

TARGET_YEARS = 2
"""For how many of the latest years there are targets."""

ADAPTED_GROUPS = {0: 15, 9: 12, 5: 6}
"""Pupils of anpassad grundskola by position of the school: two groups that may be told of, one too small."""

ENROLLED_AT = {0: 0.86, 1: 0.84, 2: 0.78, 3: 0.64, 4: 0.30, 5: 0.14, 6: 0.06}
"""The share of each grade year that goes to the leisure centre."""

CHILDREN_PER_STAFF = 19.5
YOUNG = range(4)
"""Grade years of children of 6 to 9 years."""


def adapted_pupils(plan: Plan, first: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the enrolment of pupils in the adapted form, numbered from *first*: each goes up a grade year a year."""
    spots = [
        (school, spot, year)
        for school, size in ADAPTED_GROUPS.items()
        if school < len(plan.schools)
        for spot in range(size)
        for year in range(len(plan.years))
    ]
    rows = pd.DataFrame(spots, columns=["school", "spot", "year"]).astype(int)
    lowest = np.maximum(plan.column("first")[rows["school"]], 1)
    span = plan.column("last")[rows["school"]] - lowest + 1
    step = rows["spot"] + rows["year"]
    person = rows.assign(turn=step // span).groupby(["school", "spot", "turn"], sort=True).ngroup().to_numpy()
    return _described(rows.assign(grade_year=lowest + step % span), person, first, rng)


def _described(rows: pd.DataFrame, person: np.ndarray, first: int, rng: np.random.Generator) -> pd.DataFrame:
    count = int(person.max(initial=-1)) + 1
    girl, foreign = rng.random(count) < 0.4, rng.random(count) < 0.25
    education = pd.array(rng.choice([1, 2, 3], (count, 2), p=[0.15, 0.45, 0.4])[person].ravel(), dtype="Int64")
    return pd.DataFrame(
        {
            "pupil": first + person,
            "school": rows["school"],
            "year": rows["year"],
            "grade_year": rows["grade_year"],
            "sex": np.where(girl[person], "girls", "boys"),
            "class_group": None,
            "parent1_education": education[0::2],
            "parent2_education": education[1::2],
            "newly_arrived": False,
            "foreign_background": foreign[person],
            "adapted_studies": False,
            "enrolled_from": None,
            "enrolled_to": None,
            "school_form": "adapted",
        }
    )


def leisure_centres(enrolment: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return the leisure centre of every school with young children, per school year."""
    share = enrolment["grade_year"].map(ENROLLED_AT).fillna(0.0).to_numpy()
    rows = enrolment.assign(enrolled=rng.random(len(enrolment)) < share, young=enrolment["grade_year"].isin(YOUNG))
    rows["enrolled_6_9"] = rows["enrolled"] & rows["young"]
    sums = rows.groupby(["school", "year"], as_index=False)[["enrolled", "enrolled_6_9", "young"]].sum()
    centres = sums[sums["young"].gt(0)].reset_index(drop=True)
    density = CHILDREN_PER_STAFF * np.exp(rng.normal(0, 0.12, len(plan.schools)))[centres["school"]]
    qualified = np.clip(rng.normal(0.42, 0.15, len(plan.schools)), 0.05, 0.9)[centres["school"]]
    fte = np.maximum((centres["enrolled"] / density).round(1), 0.5)
    drift = np.clip(qualified + rng.normal(0, 0.04, len(centres)), 0, 1)
    return centres.rename(columns={"young": "population_6_9"}).assign(fte=fte, qualified_fte=(fte * drift).round(2))


def risk(pupils: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return the predicted share who will not become eligible, per school and year: higher where intake is weaker."""
    school, year = np.nonzero(pupils)
    level = -1.95 - 1.1 * plan.column("intake")[school] + 4.0 * plan.column("newly_arrived")[school]
    drawn = level + rng.normal(0, 0.08, len(plan.schools))[school] + rng.normal(0, 0.05, len(school))
    return pd.DataFrame({"school": school, "year": year, "risk": (1 / (1 + np.exp(-drawn))).round(3)})


def targets(plan: Plan) -> pd.DataFrame:
    """Return the targets of the latest years, for every school or for the municipality."""
    columns = ["metric", "target", "level", "grade_year", "subject", "tolerance", "title", "kind"]
    kinds = pd.DataFrame(texts()["targets"]).reindex(columns=columns).assign(school_unit_code=None)
    latest = range(max(len(plan.years) - TARGET_YEARS, 0), len(plan.years))
    table = pd.concat([kinds.assign(year=year) for year in latest], ignore_index=True)
    return table.astype({"grade_year": "Int64"})
