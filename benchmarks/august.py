"""The August run against the plain stack on the very same notebooks, and what of its time is work.

    python benchmarks/august.py [--schools 80] [--rounds 5] [--work DIR] [--no-plain]

Writes an invented municipality and builds it once, numbers and all. Then, in turns, so that a busy moment hits all
alike: `skq build` from the slices on (all notebooks executed, all pages and PDFs made, the site put together), and the
plain stack: papermill's own command with ordinary kernels, one report after the other, then `quarto render` of the same
project. Without Quarto on the path only the papermill half is there, and says so. Two more passes tell what the work
alone takes: the cells of all reports in plain Python processes, and pandoc and Typst for all pages. Each is done by one
process, and by as many side by side as there are cores, which then work as slowly as they do in a build; of those the
seconds are summed up. Medians of the rounds; nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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
from skq.demo import write_demo
from skq.settings import Settings

ROOT = Path(__file__).parents[1]
LIBRARIES = ("papermill", "ipykernel", "matplotlib", "pandas", "pypandoc-binary", "typst")
MADE_FROM_SLICES = ("reports", "shelf", "site", "project", "state.json")

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
import json, sys, time
from pathlib import Path
from skq.render.embedded import render_report
spent = 0.0
for job in json.loads(sys.stdin.read()):
    start = time.perf_counter()
    render_report(Path(job["report"]), Path(job["folder"]))
    spent += time.perf_counter() - start
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

    def cells(self, processes: int) -> float:
        """Return the seconds inside the cells of all reports, run by so many plain Python *processes*."""
        jobs = [
            {"template": str(task.template), "folder": str(self._elsewhere(task, "cells")),
             "parameters": dict(task.parameters)}
            for task in self.tasks()
        ]  # fmt: skip
        spent = _spent(LOOP, jobs, processes)
        shutil.rmtree(self.out / "cells")
        return spent

    def rendering(self, processes: int) -> float:
        """Return the seconds that pandoc and Typst take for all reports, called by so many *processes*."""
        project = Places(self.out).project
        with tempfile.TemporaryDirectory(prefix="skq-") as folder:
            jobs = [
                {"report": str(page.parent), "folder": str(Path(folder) / page.parent.relative_to(project))}
                for page in sorted(project.rglob("*.ipynb"))
            ]
            return _spent(PAGES, jobs, processes)

    def _elsewhere(self, task: ReportTask, name: str) -> Path:
        """Return where a way puts a report: as deep as the build does, because the slice is named from there."""
        return self.out / name / task.publication / task.key


def _spent(code: str, jobs: list[dict[str, Any]], processes: int) -> float:
    """Return the sum of the seconds that *processes* running *code* side by side print; each does a part of *jobs*."""
    command, quiet = [*PYTHON, "-c", code], {**kernel_environment(), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=quiet)
        for _ in range(processes)
    ]
    with ThreadPoolExecutor(processes) as pool:
        parts = (json.dumps(jobs[number::processes]) for number in range(processes))
        told = list(pool.map(lambda process, part: process.communicate(part)[0], running, parts))
    if any(process.returncode for process in running):
        raise SystemExit("the work alone could not be done; see above")
    return sum(map(float, told))


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
    ways: dict[str, Callable[[], float]] = {"skq from the slices on": run.from_slices}
    if not given.no_plain:
        ways["plain papermill, one by one"] = run.by_papermill
        if shutil.which("quarto"):
            ways["plain quarto render"] = run.by_quarto
    for name, processes in (("alone", 1), ("side by side", cores)):
        ways[f"inside the cells, {name}"] = partial(run.cells, processes)
        ways[f"pandoc and Typst, {name}"] = partial(run.rendering, processes)
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(given.rounds):
        for name, way in ways.items():
            seconds[name].append(way())
            print(f"  round {number + 1}: {name:32} {seconds[name][-1]:8.1f} s", flush=True)
    tell({name: statistics.median(found) for name, found in seconds.items()}, count, cores, given.rounds)


def tell(median: dict[str, float], count: int, cores: int, rounds: int) -> None:
    """Print the medians and the two ratios."""
    ours = median["skq from the slices on"]
    print(f"medians of {rounds}")
    for name, wall in median.items():
        print(f"  {name:32}{wall:8.1f} s {wall / count:7.2f} s a report   x{wall / ours:.2f}")
    plain = [median[name] for name in ("plain papermill, one by one", "plain quarto render") if name in median]
    if plain:
        what = "the plain stack" if len(plain) > 1 else "papermill alone (there is no Quarto here)"
        print(f"{what}: {sum(plain) / ours:.1f} times as long as skq")
    for name in ("alone", "side by side"):
        work = median[f"inside the cells, {name}"] + median[f"pandoc and Typst, {name}"]
        print(f"wall x cores / work done {name}: {ours * cores / work:.2f}")


if __name__ == "__main__":
    main()
