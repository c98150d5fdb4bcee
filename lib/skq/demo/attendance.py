"""Hours offered and missed, per pupil and term.

Pure. Absence grows with age, goes with low results, and is heavy for the few who are truant.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def attendance(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return offered hours and absence of each pupil in grade years 1-9, per term, in whole hours."""
    rows = rows[rows["grade_year"] >= 1]
    stage = np.clip((rows["grade_year"].to_numpy() - 1) // 3, 0, 2)
    tables = []
    for term, share in (("HT", 0.47), ("VT", 0.53)):
        offered = np.rint(np.array([760, 880, 930])[stage] * share * (1 - 0.01 * rng.random(len(rows))))
        truant = rows["truant"].to_numpy() * (stage + 1) / 3
        valid = np.array([0.045, 0.048, 0.058])[stage] * rows["absence"] * np.exp(rng.normal(0, 0.4, len(rows)))
        invalid = np.array([0.002, 0.004, 0.012])[stage] * rows["absence"] ** 2 * np.exp(rng.normal(0, 0.8, len(rows)))
        valid = np.clip(valid + 0.10 * truant * rng.random(len(rows)), 0, 0.5)
        invalid = np.clip(invalid + 0.30 * truant * rng.random(len(rows)), 0, 0.45)
        tables.append(
            pd.DataFrame(
                {
                    "pupil": rows["pupil"].to_numpy(),
                    "year": rows["year"].to_numpy(),
                    "term": term,
                    "offered_hours": offered,
                    "valid_absence_hours": np.rint(offered * valid),
                    "invalid_absence_hours": np.rint(offered * invalid),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
