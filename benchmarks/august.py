"""The August run against the plain stack on the very same notebooks, and what of its time is work.

    python benchmarks/august.py [--schools 80] [--rounds 5] [--work DIR] [--no-plain]

Writes an invented municipality and builds it once, numbers and all. Then, in turns, so that a busy moment hits all
alike: `skq build` from the slices on (all notebooks executed, all pages and PDFs made, the site put together), and the
plain stack: papermill's own command with ordinary kernels, one report after the other, then `quarto render` of the same
project. Without Quarto on the path only the papermill half is there, and says so. What of the build is work, the log of
the same run tells: the seconds inside cells, by the clocks of their kernels, and those inside pandoc and Typst. Two
more passes do that work by itself, in one process that is alone on the machine: the cells of all reports in plain
Python, and pandoc and Typst for all pages. Medians of the rounds; nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from skq.batch.environment import PYTHON, kernel_environment
from skq.batch.task import ReportTask
from skq.build import Inputs, Request
from skq.build.ready import read_ready
from skq.build.reports import report_tasks
from skq.build.request import Places
from skq.console import WORK
from skq.demo import write_demo
from skq.settings import Settings

ROOT = Path(__file__).parents[1]
LIBRARIES = ("papermill", "ipykernel", "matplotlib", "pandas", "pypandoc-binary", "typst")
MADE_FROM_SLICES = ("reports", "shelf", "site", "project", "state.json")

OURS, WORK_INSIDE = "skq from the slices on", "inside cells, pandoc and Typst then"
PLAIN = ("plain papermill, one by one", "plain quarto render")
CELLS, RENDERING = "the cells by themselves", "pandoc and Typst by themselves"
WIDTH = 36

LOOP = """
import json, os, sys, time
from skq.batch.warm.preload import preload
preload()  # as a kernel has it: what is loaded once is no work of a cell
spent = 0.0
for job in json.loads(sys.stdin.read()):
    os.makedirs(job["folder"])
    os.chdir(job["folder"])
    names = {}
    for cell in json.load(open(job["template"], encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(job["parameters"])
            continue
        start = time.perf_counter()
        *lines, last = "".join(cell["source"]).strip().splitlines()
        exec("\\n".join(lines), names)
        try:
            shown = eval(last, names)
        except SyntaxError:
            exec(last, names)
        else:
            if hasattr(shown, "_repr_mimebundle_"):
                shown._repr_mimebundle_()
        spent += time.perf_counter() - start
print(spent)
"""


PAGES = """
import json, sys
from pathlib import Path
from skq.render.embedded import render_report
spent = 0.0
for job in json.loads(sys.stdin.read()):
    spent += render_report(Path(job["report"]), Path(job["folder"])).seconds
print(spent)
"""


class Run:
    """One municipality, built once in *work*, and the ways to make its reports again."""

    def __init__(self, work: Path, schools: int, cores: int) -> None:
        self.work, self.cores = work, cores
        self.data, self.out, self.key = work / "data", work / "out", work / "pseudonym.key"
        if not self.data.is_dir():
            write_demo(self.data, schools=schools, years=5, seed=1)

    def build(self) -> float:
        """Run `skq build` as an analyst does and return its wall seconds."""
        options = ["--data", self.data, "--out", self.out, "--key", self.key, "--engine", "embedded"]
        start = perf_counter()
        command = [sys.executable, "-m", "skq", "build", "--jobs", str(self.cores), *map(str, options)]
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
        return perf_counter() - start

    def tasks(self) -> list[ReportTask]:
        """Return every report."""
        settings = Settings(engine="embedded")
        request = Request(Inputs(self.data, None), self.out, ROOT, settings, cores=self.cores)
        ready = read_ready(request)
        return report_tasks(ready.reports, ready.edition, request)

    def from_slices(self) -> float:
        """Make everything again that is made from slices, by skq."""
        for name in MADE_FROM_SLICES:
            path = self.out / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return self.build()

    def work_inside(self) -> float:
        """Return the seconds of the last build that were inside cells, pandoc and Typst, as its log tells them."""
        log = max(Places(self.out).logs.glob("build-*.log")).read_text(encoding="utf-8")
        return sum(float(_found(rf"([\d.]+) s of it {what}$", log)) for what in WORK.values())

    def by_papermill(self) -> float:
        """Run papermill's own command once per report, as a Makefile would."""
        start = perf_counter()
        for task in self.tasks():
            target = self._elsewhere(task, "papermill") / task.target.name
            target.parent.mkdir(parents=True)
            options = [word for name, value in task.parameters.items() for word in ("-r", name, str(value))]
            given = [str(task.template), str(target), "--cwd", str(target.parent), "--no-progress-bar", *options]
            subprocess.run([sys.executable, "-m", "papermill", *given], check=True, capture_output=True)
        shutil.rmtree(self.out / "papermill")
        return perf_counter() - start

    def by_quarto(self) -> float:
        """Run `quarto render` on a copy of the staged project."""
        with tempfile.TemporaryDirectory(prefix="skq-") as folder:
            copy, out = Path(folder) / "project", Path(folder) / "out"
            shutil.copytree(Places(self.out).project, copy)
            start = perf_counter()
            command = ["quarto", "render", str(copy), "--no-execute", "--output-dir", str(out)]
            subprocess.run(command, check=True, capture_output=True)
            return perf_counter() - start

    def cells(self) -> float:
        """Return the seconds inside the cells of all reports, run by one plain Python process."""
        jobs = [
            {"template": str(task.template), "folder": str(self._elsewhere(task, "cells")),
             "parameters": dict(task.parameters)}
            for task in self.tasks()
        ]  # fmt: skip
        spent = _spent(LOOP, jobs)
        shutil.rmtree(self.out / "cells")
        return spent

    def rendering(self) -> float:
        """Return the seconds inside pandoc and Typst for all reports, called by one process."""
        project = Places(self.out).project
        with tempfile.TemporaryDirectory(prefix="skq-") as folder:
            jobs = [
                {"report": str(page.parent), "folder": str(Path(folder) / page.parent.relative_to(project))}
                for page in sorted(project.rglob("*.ipynb"))
            ]
            return _spent(PAGES, jobs)

    def _elsewhere(self, task: ReportTask, name: str) -> Path:
        """Return where a way puts a report: as deep as the build does, because the slice is named from there."""
        return self.out / name / task.publication / task.key


def _spent(code: str, jobs: list[dict[str, Any]]) -> float:
    """Return the seconds that a process running *code* prints, which does all *jobs*."""
    quiet = {**kernel_environment(), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    command = [*PYTHON, "-c", code]
    done = subprocess.run(command, check=True, input=json.dumps(jobs), stdout=subprocess.PIPE, text=True, env=quiet)
    return float(done.stdout)


def _found(pattern: str, text: str) -> str:
    if found := re.search(pattern, text, re.MULTILINE):
        return found[1]
    raise SystemExit(f"the log of the build has no line with {pattern}")


def main() -> None:
    """Time the ways and print them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=80)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=None)
    parser.add_argument("--no-plain", action="store_true", help="leave the plain stack out")
    given = parser.parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    work = given.work or Path(tempfile.mkdtemp(prefix="skq-august-"))
    run = Run(work, given.schools, cores)
    told = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    print(f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}; {told}")
    whole = run.build()
    count = len(run.tasks())
    print(f"{count} reports; the first build, numbers and all: {whole:.1f} s", flush=True)
    ways: dict[str, Callable[[], float]] = {OURS: run.from_slices, WORK_INSIDE: run.work_inside}
    if not given.no_plain:
        ways[PLAIN[0]] = run.by_papermill
        if shutil.which("quarto"):
            ways[PLAIN[1]] = run.by_quarto
    ways |= {CELLS: run.cells, RENDERING: run.rendering}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(given.rounds):
        for name, way in ways.items():
            seconds[name].append(way())
            print(f"  round {number + 1}: {name:{WIDTH}} {seconds[name][-1]:8.1f} s", flush=True)
    overhead = [cores * wall / work for wall, work in zip(seconds[OURS], seconds[WORK_INSIDE], strict=True)]
    tell({name: statistics.median(found) for name, found in seconds.items()}, count, cores, given.rounds)
    print("wall x cores / work inside that run, round by round: " + ", ".join(f"{each:.2f}" for each in overhead))


def tell(median: dict[str, float], count: int, cores: int, rounds: int) -> None:
    """Print the medians and the two ratios."""
    ours = median[OURS]
    print(f"medians of {rounds}")
    for name, wall in median.items():
        print(f"  {name:{WIDTH}}{wall:8.1f} s {wall / count:7.2f} s a report   x{wall / ours:.2f}")
    plain = [median[name] for name in PLAIN if name in median]
    if plain:
        what = "the plain stack" if len(plain) > 1 else "papermill alone (there is no Quarto here)"
        print(f"{what}: {sum(plain) / ours:.1f} times as long as skq")
    for name, work in (("inside that run", median[WORK_INSIDE]), ("by itself", median[CELLS] + median[RENDERING])):
        print(f"wall x cores / work {name}: {ours * cores / work:.2f}")


if __name__ == "__main__":
    main()
