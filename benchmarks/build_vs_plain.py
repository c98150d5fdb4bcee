"""Time, in one run: this build's batch, plain papermill, and the same cells as a plain Python loop.

    python benchmarks/build_vs_plain.py [--schools 4] [--rounds 3]

All three make the notebooks of the same schools from the same slices; the rounds take turns, so that a busy moment hits
all alike. The best round of each counts. Prints ratios with the machine and the versions; asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from skq.batch.run import Outcome, ReportTask, run_reports
from skq.build import Inputs, Request
from skq.build.meta import slice_metas
from skq.build.numbers import protected_numbers, read
from skq.build.reports import all_reports, is_asked_for, report_tasks
from skq.build.request import Places
from skq.settings import Settings
from skq.store import write_slices

ROOT = Path(__file__).parents[1]
LIBRARIES = ("papermill", "ipykernel", "matplotlib", "pandas", "seaborn")


def prepared(folder: Path, schools: int) -> list[ReportTask]:
    """Write the slices of the demo's first *schools* and return the tasks of their quality reports."""
    request = Request(
        Inputs(ROOT / "data" / "demo", None), folder, ROOT, Settings(), cores=2, publications=("quality-report",)
    )
    raw = read(request)
    numbers = protected_numbers(raw, request)
    reports = [report for report in all_reports(numbers, raw) if is_asked_for(report, request)][:schools]
    metas = slice_metas(numbers, raw, reports, house=request.house)
    write_slices(numbers.protected, numbers.units, metas, Places(folder).slices)
    return report_tasks(reports, numbers.edition, request)


def by_skq(tasks: Sequence[ReportTask], number: int, jobs: int) -> None:
    """Run the tasks as `skq build` does, each into a folder that is not there yet."""
    fresh = [replace(task, target=_beside(task, f"skq-{number}")) for task in tasks]
    done = run_reports(fresh, jobs=jobs)
    if failed := [str(item) for item in done if item.outcome is Outcome.FAILED]:
        sys.exit("\n".join(failed))


def by_papermill(tasks: Sequence[ReportTask], number: int) -> None:
    """Run papermill's own command once per report, as a Makefile would."""
    for task in tasks:
        target = _beside(task, f"papermill-{number}")
        target.parent.mkdir(parents=True)
        options = [word for name, value in task.parameters.items() for word in ("-r", name, str(value))]
        command = [
            "papermill",
            str(task.template),
            str(target),
            "--cwd",
            str(target.parent),
            "--no-progress-bar",
            *options,
        ]
        subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)


def by_loop(tasks: Sequence[ReportTask], number: int) -> None:
    """Run the cells in one Python process, one report after the other, without any notebook."""
    jobs = []
    for task in tasks:
        folder = _beside(task, f"loop-{number}").parent
        folder.mkdir(parents=True)
        jobs.append({"template": str(task.template), "folder": str(folder), "parameters": dict(task.parameters)})
    subprocess.run([sys.executable, "-c", LOOP, json.dumps(jobs)], check=True, capture_output=True)


LOOP = """
import json, os, sys
for job in json.loads(sys.argv[1]):
    os.chdir(job["folder"])
    names = {}
    for cell in json.load(open(job["template"], encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(job["parameters"])
            continue
        *lines, last = "".join(cell["source"]).strip().splitlines()
        exec("\\n".join(lines), names)
        try:
            shown = eval(last, names)
        except SyntaxError:
            exec(last, names)
        else:
            if hasattr(shown, "_repr_mimebundle_"):
                shown._repr_mimebundle_()
"""


def _beside(task: ReportTask, folder: str) -> Path:
    """Return where a way puts a report: as deep as the build does, because the slice is named from there."""
    return task.target.parents[1].with_name(folder) / task.key / task.target.name


def timed(ways: dict[str, Callable[[int], None]], rounds: int) -> dict[str, float]:
    """Return the best time of each way over *rounds*, in which the ways take turns."""
    best = dict.fromkeys(ways, float("inf"))
    for number in range(rounds):
        for name, way in ways.items():
            started = perf_counter()
            way(number)
            best[name] = min(best[name], perf_counter() - started)
    return best


def main() -> None:
    """Time the three ways and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schools", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        tasks = prepared(Path(folder), chosen.schools)
        best = timed(
            {
                "plain papermill, one by one": lambda number: by_papermill(tasks, number),
                f"skq, {cores} at once": lambda number: by_skq(tasks, number, cores),
                "skq, one by one": lambda number: by_skq(tasks, number + 1000, 1),
                "the cells in a plain loop": lambda number: by_loop(tasks, number),
            },
            chosen.rounds,
        )
    print(f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}; "
          + ", ".join(f"{name} {version(name)}" for name in LIBRARIES))  # fmt: skip
    print(f"{len(tasks)} quality reports of data/demo, best of {chosen.rounds}")
    reference = best["plain papermill, one by one"]
    for name, seconds in best.items():
        print(f"{name:32}{seconds:7.1f} s   {seconds / len(tasks):5.2f} s a report   ×{seconds / reference:.2f}")


if __name__ == "__main__":
    main()
