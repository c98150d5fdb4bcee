"""Staff, economy and sick leave of the invented schools.

Pure. Sizes follow the number of pupils on 15 October.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.demo.plan import Plan

# kind of cost: (kronor per pupil, fixed thousand kronor per unit)
COSTS = {
    "undervisning": (71_000, 900),
    "lokaler": (22_500, 400),
    "måltider": (7_200, 60),
    "lärverktyg": (4_300, 15),
    "elevhälsa": (4_600, 70),
    "övrigt": (9_800, 250),
}
PRICE_RISE = 1.034
PUPILS_PER_TEACHER = 12.4
CYCLE = 17
ROLE_OF_POST = {5: "special_educator", 11: "special_teacher", 16: "other"}
"""Of every 17 posts, the ones that are not a teacher's."""
EMPLOYEE_GROUPS = {"lärare": 0.085, "elevhälsa": 0.012, "övrig personal": 0.035}
"""Employees per pupil."""


def head_count(rows: pd.DataFrame, plan: Plan) -> np.ndarray:
    """Return how many rows there are per school (row of the result) and year (column)."""
    shape = (len(plan.schools), len(plan.years))
    cells = rows["school"].to_numpy() * shape[1] + rows["year"].to_numpy()
    return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)


def staff(pupils: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return teachers per school and year; each year some leave and others take their posts."""
    posts = np.where(pupils > 0, np.maximum(np.rint(pupils / PUPILS_PER_TEACHER / 0.9), 2), 0).astype(int)
    widest = int(posts.max())
    changes = rng.random((*posts.shape, widest)) < 0.16
    holder = np.cumsum(changes, axis=1)
    school, year, post = np.nonzero(np.arange(widest) < posts[:, :, None])
    key = (school * widest + post) * (len(plan.years) + 1) + holder[school, year, post]
    distinct, person = np.unique(key, return_inverse=True)
    people = _teachers(len(distinct), rng)
    role = np.array([ROLE_OF_POST.get(number, "teacher") for number in range(CYCLE)])[post % CYCLE]
    on_leave = rng.choice([0.0, 0.2, 0.5], len(person), p=[0.9, 0.07, 0.03])
    fte, certified = people["fte"].to_numpy()[person] * (1 - on_leave), people["certified"].to_numpy()[person]
    return pd.DataFrame(
        {
            "teacher_id": [f"t{number + 1:06d}" for number in person],
            "school": school,
            "year": year,
            "fte": np.round(fte, 2),
            "certified_fte": np.round(fte * certified, 2),
            "certified_any": certified > 0,
            "role": role,
        }
    )


def _teachers(count: int, rng: np.random.Generator) -> pd.DataFrame:
    licensed = rng.random(count) < 0.86
    part = rng.choice([1.0, 0.8, 0.6, 0.4], count, p=[0.62, 0.2, 0.12, 0.06])
    fte = rng.choice([1.0, 0.8, 0.75, 0.5], count, p=[0.74, 0.12, 0.06, 0.08])
    return pd.DataFrame({"fte": fte, "certified": np.where(licensed, part, 0.0)})


def economy(pupils: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return the costs of each calendar year in which the unit has pupils in the autumn, thousand kronor."""
    school, year = np.nonzero(pupils)
    before = np.where(year > 0, pupils[school, np.maximum(year - 1, 0)], pupils[school, year])
    mean = (before + pupils[school, year]) / 2
    price = PRICE_RISE ** (year - len(plan.years) + 1)
    opening = np.where((plan.column("opens")[school] == year) & (year > 0), 0.5, 1.0)
    tables = []
    for cost_type, (per_pupil, fixed) in COSTS.items():
        own = np.exp(rng.normal(0, 0.05, len(plan.schools)))[school] * np.exp(rng.normal(0, 0.02, len(school)))
        need = 1 - 0.10 * plan.column("intake")[school] if cost_type in ("undervisning", "elevhälsa") else 1.0
        amount = (per_pupil / 1000 * mean * need + fixed * opening) * own * price
        tables.append(
            pd.DataFrame({"school": school, "year": year, "cost_type": cost_type, "amount_tkr": amount.round(1)})
        )
    return pd.concat(tables, ignore_index=True)


def sick_leave(pupils: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Return sick hours and ordinary hours per employee group and calendar year."""
    school, year = np.nonzero(pupils)
    tables = []
    for group, per_pupil in EMPLOYEE_GROUPS.items():
        employees = np.maximum(np.rint(pupils[school, year] * per_pupil), 1).astype(int)
        available = np.rint(employees * 1700 * (0.9 + 0.08 * rng.random(len(school))))
        level = 0.058 * np.exp(rng.normal(0, 0.3, pupils.shape[0]))[school] * np.exp(rng.normal(0, 0.15, len(school)))
        tables.append(
            pd.DataFrame(
                {
                    "school": school,
                    "year": year,
                    "employee_group": group,
                    "sick_hours": np.rint(available * np.clip(level, 0, 0.3)),
                    "available_hours": available,
                    "employees": employees,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
