"""Does a build grow no faster than its schools, and what does a small change cost?

    python benchmarks/scale.py [--schools 30 300] [--changed 80] [--work DIR]

For each number of schools an invented municipality is built whole: wall seconds per school of the numbers, of the
reports and of the site, and the peak memory of all processes together. Then, for --changed schools: a build where
nothing changed, where one pupil's grade, one sentence of the theme and one template did. Ratios are within one run.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import psutil
from skq.demo import write_demo

ROOT = Path(__file__).parents[1]
HOUSE = ("notebooks", "reports", "_quarto.yml", "_brand.yml")
EVERY = 0.3
"""Seconds between two looks at the memory: each look keeps the processes from their work for a moment."""


@dataclass
class Cost:
    """What a build took: wall seconds, of them for numbers and reports; peak memory of each; what was made."""

    wall: float
    numbers: float
    reports: float
    numbers_mb: float
    reports_mb: float
    work: str


def build(house: Path, data: Path, out: Path, key: Path, *, watched: bool = True) -> Cost:
    """Build as an analyst does, the memory of the whole family of processes *watched* or not."""
    command = [sys.executable, "-m", "skq", "build", "--engine", "embedded"]
    command += [str(word) for word in ("--data", data, "--out", out, "--key", key)]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=house, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    held: list[tuple[float, float]] = []
    watch = threading.Thread(target=_watch, args=(process.pid, start, held), daemon=True)
    if watched:
        watch.start()
    said, errors = process.communicate()
    wall = time.perf_counter() - start
    if process.returncode:
        sys.exit(errors[-2000:])
    log = max((out / "logs").glob("*.log"), key=lambda path: path.name, default=None)
    moments, last = dict.fromkeys(("making", "putting"), 0.0), 0.0
    for line in (log.read_text(encoding="utf-8") if log else "").splitlines():
        if found := re.match(r"\S+\s+([\d.]+) s\s+(\w+)", line):
            last = float(found[1])
            moments[found[2]] = last
    work = next((line for line in said.splitlines() if line.startswith("Work")), "")
    began = moments["making"] + wall - last  # the log begins when the imports are done
    numbers_mb, reports_mb = (
        max((mb for moment, mb in held if (moment < began) is early), default=0.0) for early in (True, False)
    )
    reports = moments["putting"] - moments["making"]
    return Cost(wall, moments["making"], reports, numbers_mb, reports_mb, work)


def _watch(pid: int, start: float, held: list[tuple[float, float]]) -> None:
    """Keep, moment by moment, the sum of what the processes hold, in MB: of shared pages each has its part."""
    while psutil.pid_exists(pid):
        together = 0.0
        try:
            family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        except psutil.Error:
            return
        for one in family:
            try:
                together += one.memory_full_info().pss
            except (psutil.Error, OSError, AttributeError):
                continue
        held.append((time.perf_counter() - start, together / 1e6))
        time.sleep(EVERY)


def house_in(work: Path) -> Path:
    """Return a copy of templates and theme, which may be changed."""
    house = work / "house"
    house.mkdir(parents=True, exist_ok=True)
    for name in HOUSE:
        source = ROOT / name
        shutil.copytree(source, house / name, dirs_exist_ok=True) if source.is_dir() else shutil.copy(
            source, house / name
        )
    return house


def one_grade(data: Path) -> None:
    """Give one pupil another grade in mathematics in the newest school year."""
    grades = pd.read_parquet(data / "grades.parquet")
    rows = grades[grades["school_year"].eq(grades["school_year"].max()) & grades["grade"].isin(["C", "D"])]
    place = rows.index[len(rows) // 2]
    grades.loc[place, "grade"] = "C" if grades.loc[place, "grade"] == "D" else "D"
    grades.to_parquet(data / "grades.parquet", index=False)


def one_sentence(house: Path) -> None:
    """Add a sentence to a page of the theme."""
    page = house / "reports" / "om.qmd"
    page.write_text(page.read_text(encoding="utf-8") + "\n\nEn mening till.\n", encoding="utf-8")


def one_rule(house: Path) -> None:
    """Change the look of every page."""
    for style in sorted((house / "reports" / "theme").rglob("*.css"))[:1]:
        style.write_text(style.read_text(encoding="utf-8") + "\n.skq-measured { margin: 0; }\n", encoding="utf-8")


def main() -> None:
    """Measure growth, then small changes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, nargs="*", default=[30, 300])
    parser.add_argument("--changed", type=int, default=80)
    parser.add_argument("--work", type=Path, default=None)
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="skq-scale-"))
    house, key = house_in(work), work / "pseudonym.key"
    first: Cost | None = None
    for schools in given.schools:
        data = work / f"data-{schools}"
        if not data.is_dir():
            write_demo(data, schools=schools, years=5, seed=1)
        cost = build(house, data, work / f"out-{schools}", key)
        first = first or cost
        ratio = (cost.wall / schools) / (first.wall / given.schools[0])
        print(
            f"{schools:4} schools: {cost.wall:7.1f} s, {cost.wall / schools:.2f} s a school (x{ratio:.2f}); numbers "
            f"{cost.numbers:.1f} s, reports {cost.reports:.1f} s; peak of the numbers {cost.numbers_mb:.0f} MB "
            f"(x{cost.numbers_mb / first.numbers_mb:.2f}), of the reports {cost.reports_mb:.0f} MB "
            f"(x{cost.reports_mb / first.reports_mb:.2f})",
            flush=True,
        )
    if given.changed:
        small_changes(house, work, given.changed, key)


def small_changes(house: Path, work: Path, schools: int, key: Path) -> None:
    """Print what builds cost after nothing, or one thing, has changed."""
    data, out = work / f"data-{schools}", work / f"out-{schools}"
    if not data.is_dir():
        write_demo(data, schools=schools, years=5, seed=1)
    build(house, data, out, key, watched=False)
    changes = {
        "nothing": lambda: None,
        "one pupil's grade": lambda: one_grade(data),
        "one sentence of a page": lambda: one_sentence(house),
        "the look of every page": lambda: one_rule(house),
    }
    for name, change in changes.items():
        change()
        cost = build(house, data, out, key, watched=False)
        print(f"{schools} schools, {name:24} {cost.wall:7.1f} s; numbers {cost.numbers:.1f} s; {cost.work}", flush=True)


if __name__ == "__main__":
    main()
