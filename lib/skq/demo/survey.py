"""Answers to the yearly survey: pupils and guardians as counts, staff one by one, with the statements of HME.

Pure. Answers come from ordered probabilities around the school's level; one school's safety falls, and with it the
staff's trust in its leadership.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from skq.demo.plan import TINY, Plan
from skq.demo.resources import head_count

# area: (level of the area, (item, reversed) twice)
ITEMS: dict[str, tuple[float, tuple[tuple[str, bool], ...]]] = {
    "safety": (1.05, (("Jag känner mig trygg", False), ("Någon på skolan gör mig rädd", True))),
    "calm_study": (0.15, (("Det är lugnt på lektionerna", False), ("Andra stör mig när jag arbetar", True))),
    "support": (0.80, (("Jag får den hjälp jag behöver", False), ("Lärarna märker när jag kört fast", False))),
    "stimulation": (0.35, (("Arbetet gör mig nyfiken", False), ("Skolarbetet är tråkigt", True))),
    "influence": (0.20, (("Jag kan påverka arbetet", False), ("Våra förslag tas på allvar", False))),
    "respect": (0.95, (("Vuxna bemöter mig väl", False), ("Elever bemöter varandra väl", False))),
}
GROUPS = {"pupils_5": 0.25, "pupils_8": -0.25, "guardians": 0.30}
"""How much more positive than the average each group is whose answers are counted."""

STAFF = 0.55
"""How much more positive the staff is, whose answers are known one by one."""

HME_ITEMS = {
    "hme_motivation": ("Arbetet känns meningsfullt", "Jag lär mig nytt i arbetet", "Jag ser fram emot arbetsdagen"),
    "hme_leadership": ("Chefen uppskattar det jag gör", "Chefen litar på mig", "Chefen ger mig utrymme att ta ansvar"),
    "hme_governance": ("Jag känner arbetsplatsens mål", "Målen följs upp", "Jag vet vad som väntas av mig"),
}
HME_LEVELS = {"hme_motivation": 1.0, "hme_leadership": 0.9, "hme_governance": 0.6}
HME_CUTS = np.array([-2.0, -0.9, 0.1, 1.3])
DISPOSITION = 0.7
LEFT_OUT = 0.05
"""How much persons differ, and how often one leaves a question out."""

ANSWERS = np.array(["4", "3", "2", "1", "dont_know"])
CUTS = np.array([-1.3, -0.2, 1.1])
DONT_KNOW = {"pupils_5": 0.04, "pupils_8": 0.04, "guardians": 0.12, "staff": 0.02}
SHARE_THAT_ANSWERS = {
    "pupils_5": (0.82, 0.95),
    "pupils_8": (0.72, 0.92),
    "guardians": (0.55, 0.70),
    "staff": (0.70, 0.92),
}


def survey(enrolment: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return the number of answers of each kind; answers that nobody gave have no row."""
    invited = _invited(enrolment, plan)
    level = rng.normal(0, 0.16, (len(plan.schools), len(ITEMS))) + 0.25 * plan.column("intake")[:, None]
    return pd.concat(_by_item(invited, level, plan, rng), ignore_index=True)


def _by_item(
    invited: dict[str, np.ndarray], level: np.ndarray, plan: Plan, rng: np.random.Generator
) -> Iterator[pd.DataFrame]:
    for group, base in GROUPS.items():
        school, year = np.nonzero(invited[group])
        asked = invited[group][school, year]
        answered = _answered(group, school, asked, rng)
        for position, (area, (area_level, items)) in enumerate(ITEMS.items()):
            mean = base + area_level + level[school, position] + rng.normal(0, 0.07, len(school))
            mean = mean - _falling(area, group, school, year, plan)
            for item, is_reversed in items:
                counts = rng.multinomial(answered, _probabilities(mean, DONT_KNOW[group], is_reversed))
                row, answer = np.nonzero(counts)
                yield pd.DataFrame(
                    {
                        "school": school[row],
                        "year": year[row],
                        "respondent_group": group,
                        "area": area,
                        "item": item,
                        "answer": ANSWERS[answer],
                        "count": counts[row, answer],
                        "invited_count": asked[row],
                        "reversed": is_reversed,
                    }
                )


def survey_answers(employees: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return the staff's answers, a row per person and question answered; *employees* per school and year."""
    school, year = np.nonzero(employees)
    asked = employees[school, year]
    answered = _answered("staff", school, asked, rng)
    school, year, asked = (np.repeat(column, answered) for column in (school, year, asked))
    person = rng.normal(0, DISPOSITION, len(school))
    level = rng.normal(0, 0.2, (len(plan.schools), len(ITEMS) + len(HME_ITEMS)))
    tables = []
    for position, (area, base, items) in enumerate(_staff_items()):
        mean = STAFF * (area in ITEMS) + base + level[school, position] + person
        mean = mean - _falling("safety" if area == "hme_leadership" else area, "staff", school, year, plan)
        for item, is_reversed in items:
            answer = _answers(mean, is_reversed, HME_CUTS if area in HME_ITEMS else CUTS, rng)
            tables.append(
                pd.DataFrame(
                    {
                        "school": school,
                        "year": year,
                        "respondent_group": "staff",
                        "respondent": [f"s{number:06d}" for number in range(1, len(school) + 1)],
                        "area": area,
                        "item": item,
                        "answer": answer,
                        "invited_count": asked,
                        "reversed": is_reversed,
                    }
                )[rng.random(len(school)) >= LEFT_OUT]
            )
    return pd.concat(tables, ignore_index=True)


def _staff_items() -> Iterator[tuple[str, float, tuple[tuple[str, bool], ...]]]:
    """Yield area, level and items of the staff's questionnaire."""
    for area, (base, items) in ITEMS.items():
        yield area, base, items
    for area, statements in HME_ITEMS.items():
        yield area, HME_LEVELS[area], tuple((statement, False) for statement in statements)


def _answers(mean: np.ndarray, is_reversed: bool, cuts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return one answer per person, from 1 to one more than there are *cuts*, or don't know."""
    latent = mean + rng.logistic(0, 1 / 1.7, len(mean))
    step = 1 + (latent[:, None] > cuts).sum(axis=1)
    step = len(cuts) + 2 - step if is_reversed else step
    return np.where(rng.random(len(mean)) < DONT_KNOW["staff"], "dont_know", step.astype(str))


def _invited(enrolment: pd.DataFrame, plan: Plan) -> dict[str, np.ndarray]:
    """Return persons invited per school (row) and year (column) for each group."""
    return {
        "pupils_5": head_count(enrolment[enrolment["grade_year"] == 5], plan),
        "pupils_8": head_count(enrolment[enrolment["grade_year"] == 8], plan),
        "guardians": head_count(enrolment, plan),
    }


def _answered(group: str, school: np.ndarray, asked: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return how many answered; in the tiny school never five of a class, so that nothing of it can be shown."""
    low, high = SHARE_THAT_ANSWERS[group]
    answered = np.clip(np.rint(asked * rng.uniform(low, high, len(asked))).astype(int), 1, asked)
    pupils_of_tiny = (school == TINY) & group.startswith("pupils")
    answers: np.ndarray = np.where(pupils_of_tiny, np.minimum(answered, 4), answered)
    return answers


def _falling(area: str, group: str, school: np.ndarray, year: np.ndarray, plan: Plan) -> np.ndarray:
    """Return how far safety (and, half as much, calm) has fallen, most for the oldest pupils."""
    weight = {"safety": 1.0, "calm_study": 0.5}.get(area, 0.0) * {"pupils_8": 1.0, "pupils_5": 0.6}.get(group, 0.4)
    progress = year / max(len(plan.years) - 1, 1)
    fall: np.ndarray = plan.column("safety_fall")[school] * progress * weight
    return fall


def _probabilities(mean: np.ndarray, dont_know: float, is_reversed: bool) -> np.ndarray:
    """Return the probability of the answers 4, 3, 2, 1 and don't know, a row per school and year."""
    above = 1 / (1 + np.exp(-1.7 * (mean[:, None] - CUTS)))
    falling = np.column_stack([np.ones(len(mean)), above, np.zeros(len(mean))])
    answers = falling[:, :-1] - falling[:, 1:]
    ordered = answers if is_reversed else answers[:, ::-1]
    spread = np.column_stack([ordered * (1 - dont_know), np.full(len(mean), dont_know)])
    normal: np.ndarray = spread / spread.sum(axis=1, keepdims=True)
    return normal
