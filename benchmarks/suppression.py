"""What secondary suppression costs and loses: the best pattern, the rule of thumb and the attack, side by side.

    python benchmarks/suppression.py [FOLDER OF TABLES] [--whole]

The folder is `disclosure` of the shared data. Ratios are taken within one run, so that whatever else the machine does
hits all alike. With --whole d53's four linked tables are protected with every level of age (about two minutes).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from skq.suppression.attack import Demand, opened
from skq.suppression.pattern import EXACT_CHOICES, Pattern, small, suppress
from skq.suppression.system import System
from skq.suppression.tables import crossed, linked

SHARED = Path(__file__).parents[2] / "shared" / "data" / "disclosure"
SAMPLE = 25


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What *work* gives, and the seconds of processor it took."""
    start = time.process_time()
    return work(), time.process_time() - start


def four(rows: pd.DataFrame, age: tuple[str, ...]) -> tuple[pd.DataFrame, System]:
    """d53's four tables with the given levels of age."""
    sex, lms, hst = {"sex": ("sex",)}, {"lms": ("lms_l", "lms_h")}, {"hst": ("hst_l", "hst_m", "hst_h")}
    old, fst = {"age": age}, {"fst": ("fst_l", "fst_m", "fst_h")}
    return linked(rows, [sex | old | lms, sex | old | hst, sex | old | fst, sex | lms | hst], "freq", empty=False)


def protected(name: str, cells: pd.DataFrame, system: System, count: str, choices: int) -> tuple[Pattern, float]:
    """Protect and print what was lost."""
    value = cells[count].to_numpy()
    few = small(value)
    pattern, seconds = timed(lambda: suppress(system, value, few, weight=value + 1, choices=choices))
    proof = "best" if pattern.exact else f"at least {pattern.least_loss:.0f} by proof"
    print(
        f"{name:34} {len(cells):6} cells, {few.sum():5} small, {pattern.hidden.sum() - few.sum():5} hidden besides "
        f"(persons {value[pattern.hidden].sum():7.0f}, loss {pattern.loss:7.0f}, {proof}) {seconds:7.2f} s"
    )
    return pattern, seconds


def attacks(cells: pd.DataFrame, system: System, count: str, pattern: Pattern) -> None:
    """Print how long the warm-started attack and one plain linear programme after the other take."""
    value, hidden = cells[count].to_numpy(), pattern.hidden
    few = small(value)
    seen = System(system.matrix, np.where(hidden, 0.0, value), np.where(hidden, system.upper, value))
    demand = Demand(few, np.full(len(value), 2.0), np.full(len(value), np.nan))
    told, warm = timed(lambda: opened(seen, demand))
    print(f"  the attack opens {len(told[0])} of {few.sum()} small cells")
    asked = np.flatnonzero(few)
    asked = asked[:: max(1, len(asked) // SAMPLE)]
    zero, bounds = np.zeros(system.matrix.shape[0]), np.column_stack([seen.lower, seen.upper])

    def plain() -> None:
        for cell in asked:
            for sign in (1.0, -1.0):
                linprog(sign * np.eye(1, len(value), cell)[0], A_eq=system.matrix, b_eq=zero, bounds=bounds)

    per_cell = timed(plain)[1] / len(asked)
    print(
        f"  attack: {1000 * warm / few.sum():.2f} ms a cell warm, {1000 * per_cell:.1f} ms by plain linear programmes: "
        f"{per_cell * few.sum() / warm:.0f} times"
    )


def main() -> None:
    """Compare on z1, z2 and d53."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--whole", action="store_true")
    given = parser.parse_args()
    income = {"income": ("hovedint",)}
    cases = {
        "z1": (*crossed(pd.read_csv(given.folder / "ssbtools_z1.csv"), {"place": ("region",)} | income, "ant"), "ant"),
        "z2, two hierarchies": (
            *crossed(
                pd.read_csv(given.folder / "ssbtools_z2.csv"),
                {"place": ("fylke", "kostragr", "region")} | income,
                "ant",
            ),
            "ant",
        ),
    }
    for name, (cells, system, count) in cases.items():
        best, long = protected(f"{name}, best", cells, system, count, EXACT_CHOICES)
        thumb, short = protected(f"{name}, rule of thumb", cells, system, count, 0)
        print(f"  rule of thumb: {thumb.loss / best.loss:.3f} of the loss in {short / long:.2f} of the time")
    rows = pd.read_csv(given.folder / "gausssuppression_d53.csv", dtype={"age_h": str})
    for levels in (("age_l",), ("age_l", "age_m"), ("age_l", "age_m", "age_h"))[: 3 if given.whole else 2]:
        cells, system = four(rows, levels)
        pattern, _ = protected(f"d53, four tables, {len(levels)} level(s) of age", cells, system, "freq", EXACT_CHOICES)
        attacks(cells, system, "freq", pattern)


if __name__ == "__main__":
    main()
