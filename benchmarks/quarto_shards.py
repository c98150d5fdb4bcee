"""Time, in one run: a staged project by one plain `quarto render`, and by the engine quarto in parts, anew and again.

    python benchmarks/quarto_shards.py _build/project [--reports 12] [--jobs 2] [--rounds 3]

Every way ends with the same site: a plain render gets its pages finished and the search index too, and the bytes of all
ways are compared. The rounds take turns, so that a busy moment hits all alike; the median of each is printed, wall time
and processor time, with the machine and the versions. Needs Quarto on the path.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter

import yaml
from skq.files import folder_checksums
from skq.render.engine import Engine, find_quarto, quarto_version
from skq.render.finish import finish_page
from skq.render.project import SETTINGS, read_project
from skq.render.quarto import render_with_quarto
from skq.render.search import index_site
from skq.render.shards import NOTEBOOK

QUARTO_ONLY = ("search.json", "pagefind/")
"""What a plain render leaves out or has besides, and the index of it."""


@dataclass(frozen=True)
class Time:
    """Seconds on the wall, and seconds of all processors together."""

    wall: float
    cpu: float


class Ways:
    """The ways to make the site of *project* in a new folder below *folder* with *jobs* runs of Quarto at a time."""

    def __init__(self, project: Path, folder: Path, quarto: Path, jobs: int) -> None:
        self.project = project
        self.folder = folder
        self.engine = Engine("quarto", "benchmark", quarto)
        self.jobs = jobs
        self.kept = folder / "kept"

    def plain(self, out: Path) -> None:
        """Let Quarto make the whole project, as its makers mean it."""
        copy = out.with_name(f"{out.name}-project")
        shutil.copytree(self.project, copy)
        command = [str(self.engine.quarto), "render", str(copy), "--no-execute", "--output-dir", str(out)]
        subprocess.run(command, check=True, capture_output=True)
        for page in out.rglob("*.html"):
            finish_page(page, page.relative_to(out).as_posix())
        index_site(out)

    def in_parts(self, out: Path) -> None:
        """Make all pages in parts, and keep them for the two ways below."""
        shutil.rmtree(self.kept, ignore_errors=True)
        self._render(out)

    def unchanged(self, out: Path) -> None:
        """Make the same again."""
        self._render(out)

    def one_changed(self, out: Path) -> None:
        """Make the same again when one report is not there any more."""
        page = next(page for page in read_project(self.project).pages if page.endswith(NOTEBOOK))
        shutil.rmtree(self.kept / "pages" / page.replace("/", ","))
        self._render(out)

    def _render(self, out: Path) -> None:
        out.mkdir()
        rendered = render_with_quarto(
            self.project, out, self.engine, log=self.folder / "quarto.log", jobs=self.jobs, kept=self.kept
        )
        if rendered.failed:
            sys.exit(str(rendered.failed))


def timed(way: Callable[[Path], None], out: Path) -> Time:
    """Return how long *way* takes to fill *out*."""
    started, before = perf_counter(), _cpu()
    way(out)
    return Time(perf_counter() - started, _cpu() - before)


def _cpu() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def some_of(project: Path, reports: int, folder: Path) -> Path:
    """Return a copy of *project* in *folder* with its first *reports* reports; the links to others lead nowhere."""
    shutil.copytree(project, folder)
    settings = yaml.safe_load((folder / SETTINGS).read_text(encoding="utf-8"))
    pages = settings["project"]["render"]
    notebooks = [page for page in pages if page.endswith(NOTEBOOK)]
    settings["project"]["render"] = [page for page in pages if page not in notebooks[reports:]]
    (folder / SETTINGS).write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")
    for page in notebooks[reports:]:
        shutil.rmtree((folder / page).parent)
    return folder


def site_of(out: Path) -> dict[str, str]:
    """Return what a site consists of, without what a plain render has besides."""
    return {name: digest for name, digest in folder_checksums(out).items() if not name.startswith(QUARTO_ONLY)}


def main() -> None:
    """Time the ways in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("--reports", type=int, default=12)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    quarto = find_quarto()
    if quarto is None:
        sys.exit("there is no Quarto on this machine: nothing to compare")
    with tempfile.TemporaryDirectory(prefix="quarto-shards-") as name:
        folder = Path(name).resolve()
        project = some_of(chosen.project, chosen.reports, folder / "project")
        ways = Ways(project, folder, quarto, chosen.jobs)
        table = {
            "one plain quarto render": ways.plain,
            f"in parts, {chosen.jobs} at a time": ways.in_parts,
            "nothing changed": ways.unchanged,
            "one report changed": ways.one_changed,
        }
        times: dict[str, list[Time]] = {way: [] for way in table}
        sites = []
        for number in range(chosen.rounds):
            for way, make in table.items():
                out = folder / f"{number}-{way.replace(' ', '-')}"
                times[way].append(timed(make, out))
                sites.append(site_of(out))
        pages = read_project(project).pages
    reports = sum(page.endswith(NOTEBOOK) for page in pages)
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
          f"Quarto {'.'.join(map(str, quarto_version(quarto)))}, pagefind {version('pagefind-bin')}")  # fmt: skip
    print(f"{len(pages)} pages, {reports} of them reports with a PDF; median of {chosen.rounds} rounds")
    reference = median(time.wall for time in times["one plain quarto render"])
    for way, found in times.items():
        wall, cpu = median(time.wall for time in found), median(time.cpu for time in found)
        print(f"{way:28}{wall:8.1f} s   {cpu:7.1f} s of processors   ×{wall / reference:.2f}")
    print("the same bytes by every way" if all(site == sites[0] for site in sites) else "THE SITES DIFFER")


if __name__ == "__main__":
    main()
