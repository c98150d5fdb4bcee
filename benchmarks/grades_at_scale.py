"""Time and memory, in one run: grade metrics of the country by skq, and by DuckDB's SQL on the same file.

    python benchmarks/grades_at_scale.py [--rows 1000000 10000000] [--rounds 2]

Makes five invented national cohorts of grade year 9 at 1 700 schools, as Parquet. Each derivation reads the file and
makes every grade metric at all levels by sex and by education; each run is a process of its own, the two take turns,
the best round counts. What both made last is compared cell by cell. Prints ratios beside their aims; asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

YEARS = ("2020/21", "2021/22", "2022/23", "2023/24", "2024/25")
SCHOOLS, MUNICIPALITIES = 1_700, 290
SUBJECTS = ("EN", "MA", "BL", "HKK", "IDH", "MU", "BI", "FY", "KE", "GE", "HI", "RE", "SH", "SL", "TK")
ROWS_PER_PUPIL = len(SUBJECTS) + 1 + 0.8  # Swedish of either kind, and språkval for four of five
GRADES = ("F", "E", "D", "C", "B", "A")
LIMITS = (-1.5, -0.4, 0.1, 0.8, 1.4)
"""Where the latent result passes from one grade to the next."""

SIDES = ("skq", "sql")
WALL, MEMORY, GROWTH = 3.0, 4.0, 1.2
"""What is aimed at: wall time against the SQL, peak memory in GB, time per row at most rows against at fewest."""


def make(folder: Path, rows: str) -> dict[str, float]:
    """Write school_units, pupils and grades of about *rows* grade rows; the same bytes for the same *rows*."""
    rng = np.random.default_rng(int(rows))
    pupils = round(int(rows) / ROWS_PER_PUPIL / len(YEARS))
    pq.write_table(_school_units(), folder / "school_units.parquet")
    with (
        pq.ParquetWriter(folder / "pupils.parquet", _cohort(rng, YEARS[0], 1)[0].schema) as people,
        pq.ParquetWriter(folder / "grades.parquet", _cohort(rng, YEARS[0], 1)[1].schema) as grades,
    ):
        for year in YEARS:
            cohort, given = _cohort(rng, year, pupils)
            people.write_table(cohort)
            grades.write_table(given)
    return {"pupils": pupils * len(YEARS)}


def _school_units() -> pa.Table:
    code = np.arange(SCHOOLS)
    place = code % MUNICIPALITIES
    one = {
        "school_unit_code": [f"{10_000_000 + number}" for number in code],
        "name": [f"School {number}" for number in code],
        "municipality_code": [f"{100 + number:04d}" for number in place],
        "organizer": [f"Organizer {number}" for number in place],
        "organizer_type": ["municipal"] * SCHOOLS,
        "first_grade_year": [7] * SCHOOLS,
        "last_grade_year": [9] * SCHOOLS,
    }
    return pa.concat_tables([pa.table({**one, "school_year": [year] * SCHOOLS}) for year in YEARS])


def _cohort(rng: np.random.Generator, year: str, size: int) -> tuple[pa.Table, pa.Table]:
    """Return the pupils of a school year and their final grades."""
    ids = pa.array([f"p{year[2:4]}{number:07d}" for number in range(size)])
    education = rng.choice(3, size, p=(0.1, 0.4, 0.5)) + 1
    school = rng.gamma(2.0, size=SCHOOLS)
    people = {
        "pupil_id": ids,
        "school_unit_code": _words([f"{10_000_000 + n}" for n in range(SCHOOLS)], _drawn(rng, school, size)),
        "school_year": _words([year], np.zeros(size, int)),
        "grade_year": pa.array(np.full(size, 9)),
        "sex": _words(["girls", "boys"], rng.integers(0, 2, size)),
        "parent1_education": pa.array(education, mask=rng.random(size) < 0.05),
        "adapted_studies": pa.array(rng.random(size) < 0.01),
    }
    pupil, subject = _reports(rng, size)
    latent = (0.4 * (education - 2) + rng.normal(0, 0.8, size))[pupil] + rng.normal(0, 0.6, len(pupil))
    grade = np.where(rng.random(len(pupil)) < 0.015, len(GRADES), np.searchsorted(LIMITS, latent))
    none = np.zeros(len(pupil), int)
    given = {
        "pupil_id": ids.take(pa.array(pupil)),
        "school_year": _words([year], none),
        "term": _words(["VT"], none),
        "kind": _words(["final"], none),
        "subject": _words([*SUBJECTS, "SV", "SVA", "M2"], subject),
        "grade": _words([*GRADES, "-"], grade, blank=rng.random(len(pupil)) < 0.005),
        "is_language_choice": pa.array(subject == len(SUBJECTS) + 2),
    }
    return pa.table(people), pa.table(given)


def _reports(rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pupil and the subject of every grade row, pupil by pupil."""
    swedish = len(SUBJECTS) + (rng.random(size) < 0.1)
    language = np.where(rng.random(size) < 0.8, len(SUBJECTS) + 2, -1)
    subject = np.column_stack([np.tile(np.arange(len(SUBJECTS)), (size, 1)), swedish, language]).ravel()
    pupil = np.repeat(np.arange(size), len(SUBJECTS) + 2)
    return pupil[subject >= 0], subject[subject >= 0]


def _drawn(rng: np.random.Generator, weight: np.ndarray, size: int) -> np.ndarray:
    return rng.choice(len(weight), size, p=weight / weight.sum())


def _words(words: list[str], place: np.ndarray, *, blank: np.ndarray | None = None) -> pa.Array:
    codes = pa.array(place.astype("int32"), mask=blank)
    return pa.DictionaryArray.from_arrays(codes, pa.array(words)).cast(pa.string())


def work(folder: Path, side: str) -> dict[str, float]:
    """Derive the grade metrics of the files in *folder* once; return seconds, peak memory (GB) and rows made."""
    import pandas as pd
    from skq.aggregate import aggregate
    from skq.rederive import METRICS, rederived

    files = {name: folder / f"{name}.parquet" for name in ("school_units", "pupils", "grades")}
    started = perf_counter()
    if side == "sql":
        made = rederived(files, threads=2)
    else:
        made = aggregate({name: pd.read_parquet(file) for name, file in files.items()})
    seconds = perf_counter() - started
    made[made["metric"].isin(METRICS)].to_pickle(folder / f"{side}.pickle")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 ** (3 if sys.platform == "darwin" else 2)
    return {"seconds": seconds, "gigabytes": peak, "made": len(made)}


def compare(folder: Path, _: str) -> dict[str, float]:
    """Compare every cell of what the two made last."""
    import pandas as pd
    from skq.rederive import require_equal

    return {"equal": require_equal(*(pd.read_pickle(folder / f"{side}.pickle") for side in SIDES))}


ACTS = {"make": make, "work": work, "compare": compare}


def apart(act: str, folder: Path, what: str = "") -> dict[str, float]:
    """Do *act* in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--act", act, str(folder), what]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measured(rows: int, rounds: int) -> dict[str, dict[str, float]]:
    """Return the best seconds and the highest peak of both sides at about *rows* rows; prints as it goes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        apart("make", folder, str(rows))
        real = pq.read_metadata(folder / "grades.parquet").num_rows
        runs = {side: [] for side in SIDES}
        for _ in range(rounds):
            for side in SIDES:
                runs[side].append(apart("work", folder, side))
                print(f"  {side}: {runs[side][-1]['seconds']:.1f} s, {runs[side][-1]['gigabytes']:.2f} GB", flush=True)
        print(f"  {int(apart('compare', folder)['equal'])} rows of results, every cell equal", flush=True)
    return {
        side: {
            "seconds": min(run["seconds"] for run in of_side),
            "gigabytes": max(run["gigabytes"] for run in of_side),
            "rows": real,
        }
        for side, of_side in runs.items()
    }


def main() -> None:
    """Measure at every size asked for and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--act", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.act:
        act, folder, what = options.act
        print(json.dumps(ACTS[act](Path(folder), what)))
        return
    print(platform.platform(), *(f"{name} {version(name)}" for name in ("pandas", "pyarrow", "duckdb")), sep=" · ")
    found = {}
    for rows in sorted(options.rows):
        print(f"{rows:,} grade rows", flush=True)
        found[rows] = measured(rows, options.rounds)
        skq, sql = (found[rows][side] for side in SIDES)
        print(f"  wall skq / SQL: {skq['seconds'] / sql['seconds']:.2f} (aim: at most {WALL})")
        print(f"  peak memory of skq: {skq['gigabytes']:.2f} GB (aim: at most {MEMORY})")
    fewest, most = min(found), max(found)
    for side in SIDES if fewest < most else ():
        few, many = (found[rows][side]["seconds"] / found[rows][side]["rows"] for rows in (fewest, most))
        print(f"time per row, {most:,} / {fewest:,}: {side} {many / few:.2f} (aim for skq: at most {GROWTH})")


if __name__ == "__main__":
    main()
