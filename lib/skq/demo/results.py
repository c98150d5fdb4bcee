"""Grades, national tests and forecasts: what the pupils of grade year 3 and 6 to 9 achieve.

Pure. One latent number per pupil and subject stands behind grade, test and forecast, so that they agree as they do
in reality; cut points turn it into A-F. Who has immigrated starts lower and has caught up after five years.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.demo.plan import Plan

GRADES = np.array(["F", "E", "D", "C", "B", "A"])
CUTS = np.array([-1.38, -0.42, 0.02, 0.64, 1.20])

# subject: (how much easier than the average, how much better girls do than boys)
SUBJECTS = {
    "BL": (0.26, 0.55), "EN": (0.16, 0.05), "HKK": (0.20, 0.40), "IDH": (0.24, -0.10), "MA": (-0.20, 0.02),
    "MU": (0.24, 0.40), "BI": (-0.04, 0.25), "FY": (-0.10, 0.15), "KE": (-0.10, 0.22), "GE": (0.02, 0.20),
    "HI": (0.04, 0.22), "RE": (0.06, 0.35), "SH": (0.06, 0.25), "SL": (0.24, 0.38), "SV": (0.10, 0.45),
    "TK": (0.00, 0.25), "M2": (0.05, 0.35), "M1": (-0.10, 0.30), "ML": (0.60, 0.20), "NO": (0.00, 0.20),
    "SO": (0.06, 0.25),
}  # fmt: skip
CODES = np.array(list(SUBJECTS))
NO_SUBJECTS, SO_SUBJECTS = ("BI", "FY", "KE"), ("GE", "HI", "RE", "SH")
ALWAYS = ("BL", "EN", "HKK", "IDH", "MA", "MU", *NO_SUBJECTS, *SO_SUBJECTS, "SL", "SV", "TK")
PARTS = {"SV": ("läsa", "skriva", "tala"), "MA": ("taluppfattning", "geometri", "problemlösning", "statistik")}
FOLLOW_UPS = (1, 2, 3)
NO_TESTS = (2019, 2020)
"""Autumns of the school years whose tests were cancelled: spring 2020 and 2021."""


def followed(people: pd.DataFrame, enrolment: pd.DataFrame) -> pd.DataFrame:
    """Return the enrolment with everything that is fixed about the pupil beside it."""
    return enrolment.reset_index(drop=True).join(people, on="pupil")


def latent(rows: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> np.ndarray:
    """Return the standing of each pupil (row) in each subject (column, as `CODES`) before any cut."""
    school = rows["school"].to_numpy()
    progress = rows["year"].to_numpy() / max(len(plan.years) - 1, 1) - 0.5
    girl = rows["girl"].to_numpy() - 0.5
    general = 0.72 * rows["ability"].to_numpy() + rng.normal(0, 0.32, len(rows)) - 0.7 * rows["truant"].to_numpy()
    general += plan.column("effect")[school] + plan.column("improvement")[school] * progress
    general -= 1.1 * np.clip(1 - (rows["year"] - rows["arrived"]).to_numpy() / 5, 0, 1)
    easier = np.array([values[0] for values in SUBJECTS.values()])
    sex = np.array([values[1] for values in SUBJECTS.values()])
    by_subject = easier + girl[:, None] * (sex + plan.column("sex_gap")[school][:, None])
    standing: np.ndarray = general[:, None] + by_subject + rng.normal(0, 0.46, (len(rows), len(CODES)))
    return standing


def grades(rows: pd.DataFrame, standing: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return the final grades of grade year 9, its autumn grades, and the spring grades of grade year 6."""
    ninth = rows["grade_year"].to_numpy() == 9
    autumn = standing[ninth] - 0.12 + rng.normal(0, 0.15, standing[ninth].shape)
    return pd.concat(
        [
            _given(rows[ninth], standing[ninth], plan, rng).assign(term="VT", kind="final"),
            _given(rows[~ninth], standing[~ninth], plan, rng).assign(term="VT", kind="term"),
            _given(rows[ninth], autumn, plan, rng).assign(term="HT", kind="term"),
        ],
        ignore_index=True,
    )


def term_grades(
    sixth: pd.DataFrame, standing: np.ndarray, between: pd.DataFrame, plan: Plan, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the autumn grades of *sixth*, which in spring has that *standing*, and both terms' of *between*."""
    spring = latent(between, plan, rng)
    tables = [_given(between, spring, plan, rng).assign(term="VT", kind="term")]
    for rows, later in ((sixth, standing), (between, spring)):
        autumn = later - 0.12 + rng.normal(0, 0.15, later.shape)
        tables.append(_given(rows, autumn, plan, rng).assign(term="HT", kind="term"))
    return pd.concat(tables, ignore_index=True)


def _given(rows: pd.DataFrame, standing: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return a grade, a dash or a blank for every pupil and subject."""
    school = rows["school"].to_numpy()
    given = standing + 0.10 + plan.column("generosity")[school][:, None] + rng.normal(0, 0.10, standing.shape)
    letters = GRADES[np.digitize(given, CUTS)].astype(object)
    absent = rng.random(standing.shape) < np.where(rows["truant"], 0.20, 0.001)[:, None]
    letters[absent] = "-"
    letters[(rng.random(standing.shape) < 0.28) & rows["adapted"].to_numpy()[:, None]] = None
    pupil, subject = np.nonzero(_has_subject(rows, plan))
    chosen = rows.iloc[pupil]
    codes = _named(CODES[subject], chosen)
    return pd.DataFrame(
        {
            "pupil": chosen["pupil"].to_numpy(),
            "year": chosen["year"].to_numpy(),
            "subject": codes,
            "grade": letters[pupil, subject],
            "is_language_choice": codes == "M2",
        }
    )


def _has_subject(rows: pd.DataFrame, plan: Plan) -> np.ndarray:
    """Return which subject each pupil is graded in; some schools give block grades in grade year 6."""
    has = np.isin(CODES, ALWAYS)[None, :] & np.ones((len(rows), 1), bool)
    has[:, CODES == "M2"] = rows[["language_choice"]].to_numpy() & ~rows[["adapted"]].to_numpy()
    has[:, CODES == "M1"] = rows[["own_language_choice"]].to_numpy() & (rows[["grade_year"]].to_numpy() == 9)
    has[:, CODES == "ML"] = rows[["mother_tongue"]].to_numpy()
    block = (rows["school"].to_numpy() % 5 == 2) & (rows["grade_year"].to_numpy() == 6)
    has[np.ix_(block, np.isin(CODES, NO_SUBJECTS + SO_SUBJECTS))] = False
    has[np.ix_(block, np.isin(CODES, ("NO", "SO")))] = True
    return has


def _named(codes: np.ndarray, chosen: pd.DataFrame) -> np.ndarray:
    """Return the subject codes, with SVA for those who read Swedish as a second language."""
    return np.where((codes == "SV") & chosen["second_language"].to_numpy(), "SVA", codes)


def national_tests(rows: pd.DataFrame, standing: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return test results of *rows* (grade years 3, 6, 9); blank for who did not take part."""
    held = ~np.isin(np.array(plan.years)[rows["year"]], NO_TESTS)
    scored = standing - 0.08 - 0.12 * (CODES == "MA") + rng.normal(0, 0.33, standing.shape)
    early = held & (rows["grade_year"].to_numpy() == 3)
    late = held & np.isin(rows["grade_year"], (6, 9))
    parts = [_early(rows[early], scored[early], rng), _late(rows[late], scored[late], plan, rng)]
    return pd.concat(parts, ignore_index=True)


def _early(rows: pd.DataFrame, scored: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    tables = []
    for subject, parts in PARTS.items():
        for part in parts:
            points = scored[:, list(SUBJECTS).index(subject)] + rng.normal(0, 0.35, len(rows))
            result = np.where(points > -1.45, "reached", "not_reached").astype(object)
            result[rng.random(len(rows)) < 0.04 + 0.25 * rows["truant"].to_numpy()] = None
            tables.append(_tests(rows, np.full(len(rows), subject), part, result))
    return pd.concat(tables, ignore_index=True)


def _late(rows: pd.DataFrame, scored: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    shape = (len(plan.schools), len(plan.years))
    drawn_no = np.array(NO_SUBJECTS)[rng.integers(0, 3, shape)][rows["school"], rows["year"]]
    drawn_so = np.array(SO_SUBJECTS)[rng.integers(0, 4, shape)][rows["school"], rows["year"]]
    ninth = rows["grade_year"].to_numpy() == 9
    tables = []
    for position, code in enumerate(CODES):
        takes = np.isin(code, ("EN", "MA", "SV")) | (ninth & ((drawn_no == code) | (drawn_so == code)))
        chosen, points = rows[takes], scored[takes, position]
        result = GRADES[np.digitize(points, CUTS)].astype(object)
        away = 0.06 + 0.35 * chosen["truant"].to_numpy() + 0.15 * (points < -1.6)
        result[rng.random(len(chosen)) < away] = None
        tables.append(_tests(chosen, np.full(len(chosen), code), "total", result))
    return pd.concat(tables, ignore_index=True)


def _tests(rows: pd.DataFrame, subject: np.ndarray, part: str, result: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pupil": rows["pupil"].to_numpy(),
            "year": rows["year"].to_numpy(),
            "grade_year": rows["grade_year"].to_numpy(),
            "subject": _named(subject, rows),
            "part": part,
            "result": result,
        }
    )


def forecasts(rows: pd.DataFrame, standing: np.ndarray, plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Return the teachers' forecasts for grade year 9 of the two latest years, surer for each follow-up."""
    latest = (rows["grade_year"].to_numpy() == 9) & (rows["year"].to_numpy() >= len(plan.years) - 2)
    rows, standing = rows[latest], standing[latest]
    has = _has_subject(rows, plan)
    tables = []
    for follow_up in FOLLOW_UPS:
        seen = standing + 0.10 + rng.normal(0, 0.55 - 0.12 * follow_up, standing.shape)
        seen -= 0.8 * rows["truant"].to_numpy()[:, None]
        pupil, subject = np.nonzero(has & (rng.random(has.shape) > 0.01))
        chosen, points = rows.iloc[pupil], seen[pupil, subject]
        tables.append(
            pd.DataFrame(
                {
                    "pupil": chosen["pupil"].to_numpy(),
                    "year": chosen["year"].to_numpy(),
                    "follow_up": follow_up,
                    "subject": _named(CODES[subject], chosen),
                    "forecast": np.array(["not_reach", "at_risk", "reaches"])[np.digitize(points, [-1.75, -1.2])],
                    "predicted_grade": GRADES[np.digitize(points, CUTS)],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
