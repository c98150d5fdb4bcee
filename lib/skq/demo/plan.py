"""The schools of the invented municipality: size, intake, effect and the story that each has to tell.

Pure. Row i of the plan is one school; every other module refers to a school by that position.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from skq.demo import names

LAST_YEAR = 2025
"""The autumn of the latest school year: the demo is read in August 2026 and reports on 2025/26."""

MAX_SCHOOLS = 2000
MAX_YEARS = 12
MAX_SEED = 2**63 - 1

# kind, pupils per grade year, area, organizer, intake, newly arrived, effect
STORY_SCHOOLS = (
    ("F-9", 88, 1, 0, 0.30, 0.03, 0.05),
    ("F-9", 56, 0, 0, 0.00, 0.05, 0.00),
    ("F-9", 48, 2, 0, -0.15, 0.06, 0.00),
    ("F-9", 40, 1, 2, 0.45, 0.02, 0.00),
    ("F-9", 32, 2, 0, -0.45, 0.12, 0.00),
    ("F-9", 26, 0, 0, -0.10, 0.05, -0.05),
    ("F-9", 20, 1, 1, 0.55, 0.01, 0.10),
    ("F-9", 24, 2, 2, 0.20, 0.03, 0.05),
    ("F-9", 6, 0, 0, 0.05, 0.02, 0.00),
    ("7-9", 60, 1, 0, -0.05, 0.06, -0.10),
    ("F-6", 52, 1, 0, 0.00, 0.05, 0.05),
    ("F-6", 8, 0, 0, -0.05, 0.03, 0.00),
)
SEX_GAP, IMPROVED, GENEROUS, FALLING_SAFETY, NEW_CODE, OPENS, TINY, ZERO_CODE = 1, 2, 3, 4, 5, 7, 8, 11

GRADE_YEARS = {"F-9": (0, 9), "F-6": (0, 6), "7-9": (7, 9)}


@dataclass(frozen=True)
class Plan:
    """The schools (one row each) and the school years (autumns, oldest first)."""

    schools: pd.DataFrame
    years: tuple[int, ...]

    def column(self, name: str) -> np.ndarray:
        """Return one property of all schools, by position."""
        return self.schools[name].to_numpy()

    def codes(self, year: int) -> np.ndarray:
        """Return the unit code that each school has in the year at position *year*."""
        return np.where(year < self.column("recoded"), self.column("code_before"), self.column("code"))

    def is_open(self, year: int) -> np.ndarray:
        """Return which schools have opened by the year at position *year*."""
        return self.column("opens") <= year


def make_plan(schools: int, years: int, rng: np.random.Generator) -> Plan:
    """Return the plan of *schools* schools (1-2000) over *years* school years (1-12) ending with 2025/26."""
    rows = [_story_rows(), _further_rows(schools - len(STORY_SCHOOLS), rng)]
    table = pd.concat(rows, ignore_index=True).head(schools)
    table = table.assign(
        name=names.school_names(schools),
        code=[f"{names.MUNICIPALITY_CODE}{number:04d}" for number in range(1, 2 * schools, 2)],
        **_life(schools, years),
        **_stories(schools),
        feeds=_receivers(table),
    )
    table["first"] = [GRADE_YEARS[kind][0] for kind in table["kind"]]
    table["last"] = [GRADE_YEARS[kind][1] for kind in table["kind"]]
    # One code begins with zero, as a few real ones do: who reads it as a number loses the school.
    table.loc[ZERO_CODE:ZERO_CODE, "code"] = f"0{names.MUNICIPALITY_CODE}999"
    table["code_before"] = [f"{int(code) + 1:08d}" for code in table["code"]]
    return Plan(table, tuple(range(LAST_YEAR - years + 1, LAST_YEAR + 1)))


def _story_rows() -> pd.DataFrame:
    columns = ["kind", "size", "area", "organizer", "intake", "newly_arrived", "effect"]
    return pd.DataFrame(list(STORY_SCHOOLS), columns=columns)


def _further_rows(count: int, rng: np.random.Generator) -> pd.DataFrame:
    count = max(count, 0)
    intake = rng.normal(0, 0.35, count)
    return pd.DataFrame(
        {
            "kind": rng.choice(["F-9", "F-6", "7-9"], count, p=[0.66, 0.20, 0.14]),
            "size": np.clip(np.exp(rng.normal(3.45, 0.55, count)), 8, 110).round().astype(int),
            "area": rng.integers(0, len(names.AREAS), count),
            "organizer": rng.choice([0, 1, 2], count, p=[0.8, 0.1, 0.1]),
            "intake": intake,
            "newly_arrived": np.clip(0.06 - 0.08 * intake + rng.normal(0, 0.02, count), 0.005, 0.25),
            "effect": rng.normal(0, 0.10, count),
        }
    )


def _life(schools: int, years: int) -> dict[str, np.ndarray]:
    """When a school opens and when it gets its present code, as positions among the years."""
    opens, recoded = np.zeros(schools, int), np.zeros(schools, int)
    opens[OPENS : OPENS + 1] = max(years - 2, 0)
    recoded[NEW_CODE : NEW_CODE + 1] = max(years - 3, 0)
    return {"opens": opens, "recoded": recoded}


def _stories(schools: int) -> dict[str, np.ndarray]:
    """What is notable, on the latent scale where pupils have a standard deviation of about one."""

    def only(position: int, value: float) -> np.ndarray:
        return np.where(np.arange(schools) == position, value, 0.0)

    return {
        "improvement": only(IMPROVED, 0.65),
        "sex_gap": only(SEX_GAP, 0.55),
        "generosity": only(GENEROUS, 0.45),
        "safety_fall": only(FALLING_SAFETY, 1.5),
    }


def _receivers(table: pd.DataFrame) -> np.ndarray:
    """Return which 7-9 school takes the pupils of each F-6 school after grade year 6; -1 for none.

    Each F-6 school in turn goes to the 7-9 school with the fewest pupils so far.
    """
    receivers = np.flatnonzero(table["kind"].eq("7-9"))
    load = np.zeros(len(receivers))
    feeds = np.full(len(table), -1)
    for sender in np.flatnonzero(table["kind"].eq("F-6")) if len(receivers) else ():
        least = int(np.argmin(load))
        feeds[sender] = receivers[least]
        load[least] += table["size"][sender]
    return feeds
