"""Seconds per figure, before and after: what every cell of the reports costs in the code of two commits.

    python benchmarks/figures.py SLICES --before COMMIT --worktree FOLDER [--turns 5]

SLICES are those of a build (`_build/tables/protected`). COMMIT is checked out as a git worktree in FOLDER, which is
removed afterwards; the code after is that of this checkout. Before and after take turns, each report in a fork of a
process that has loaded its libraries, as in a warm kernel. Told are medians over the turns of processor seconds per
report, and how many of the written files (SVG, CSV, front matter) and texts are the same byte for byte.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
LIBRARIES = ("matplotlib", "pandas", "pyarrow", "numpy")
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MPLBACKEND": "agg", "PYTHONHASHSEED": "0", "TZ": "UTC"}
REPORTS = {"quality-report": "quality_report.ipynb", "annual-analysis": "annual_analysis.ipynb"}
LEAST = 0.005
"""Cells that take less on either side are summed up in one line."""


def cells_of(template: Path) -> list[str]:
    """Return the sources of the code cells of *template*."""
    cells = json.loads(template.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def executed(sources: list[str], parameters: dict[str, str], shown: list[Any]) -> dict[str, float]:
    """Execute the cells one after the other and show what they give, as a kernel does; return seconds of each."""
    space: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    for number, source in enumerate(sources):
        begun = time.process_time()
        lines = ast.parse(source).body
        last = lines.pop() if lines and isinstance(lines[-1], ast.Expr) else None
        exec(compile(ast.Module(lines, []), "cell", "exec"), space)
        if last is not None and (value := eval(compile(ast.Expression(last.value), "cell", "eval"), space)) is not None:
            shown.append(value._repr_mimebundle_())
        seconds[source.split("\n")[-1] if number else "parameters"] = time.process_time() - begun
        space.update(parameters if number == 0 else {})
    return seconds


def one_report(folder: Path, checkout: Path) -> dict[str, Any]:
    """Execute the report of the slice in *folder*; return seconds per cell and a checksum of all that it wrote."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    unit = "municipality_code" if meta["publication"] == "annual-analysis" else "school_unit_code"
    parameters = {unit: meta[unit], "school_year": meta["school_year"], "protected_folder": str(folder)}
    shown: list[Any] = []
    with tempfile.TemporaryDirectory(prefix="skq-") as place:
        os.chdir(place)
        seconds = executed(cells_of(checkout / "notebooks" / REPORTS[meta["publication"]]), parameters, shown)
        written = {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(Path(place).iterdir())}
        os.chdir("/")
    written["texts"] = sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()
    return {"publication": meta["publication"], "seconds": seconds, "written": written}


def in_a_fork(folder: Path, checkout: Path) -> dict[str, Any]:
    """Execute one report in a fork of this process, which has loaded the libraries."""
    receiver, sender = os.pipe()
    if (child := os.fork()) == 0:
        with os.fdopen(sender, "w", encoding="utf-8") as stream:
            json.dump(one_report(folder, checkout), stream)
        os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, encoding="utf-8") as stream:
        told = stream.read()
    os.waitpid(child, 0)
    return dict(json.loads(told))


def measure(checkout: Path, folder: Path) -> None:
    """Print, as JSON, what every report of *folder* costs with the code of *checkout*; run in a process of its own."""
    from skq.batch.warm.preload import preload

    preload()
    found = [in_a_fork(path.parent.resolve(), checkout) for path in sorted(folder.glob("*/meta.json"))]
    print(json.dumps(found))


def measured(checkout: Path, folder: Path) -> list[dict[str, Any]]:
    """Have the reports of *folder* executed with the code of *checkout*."""
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(checkout / "lib")}
    command = [sys.executable, "-P", __file__, str(folder), "--measure", str(checkout)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return list(json.loads(done.stdout))


@contextmanager
def checked_out(commit: str, folder: Path) -> Any:
    """Give *folder* with a worktree of *commit*; it is gone at the end."""
    subprocess.run(["git", "-C", ROOT, "worktree", "add", "-q", "--detach", folder, commit], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", folder], check=True)


def per_cell(turns: list[list[dict[str, Any]]], publication: str) -> dict[str, float]:
    """Return for every cell the median over the turns of its mean seconds over the reports of *publication*."""
    means: dict[str, list[float]] = {}
    for turn in turns:
        reports = [report["seconds"] for report in turn if report["publication"] == publication]
        for cell in reports[0]:
            means.setdefault(cell, []).append(sum(report.get(cell, 0.0) for report in reports) / len(reports))
    return {cell: median(found) for cell, found in means.items()}


def tell(publication: str, before: dict[str, float], after: dict[str, float]) -> None:
    """Print a line per cell of *publication* with its milliseconds before and after, and their ratio."""
    print(f"\n{publication + ', ms of processor time':<78}{'before':>8}{'after':>8}{'ratio':>7}")
    small = [cell for cell in after if max(before.get(cell, 0.0), after[cell]) < LEAST]
    lines = [(cell, before.get(cell, 0.0), after[cell]) for cell in after if cell not in small]
    lines += [("all others", sum(before.get(cell, 0.0) for cell in small), sum(after[cell] for cell in small))]
    for cell, old, new in [*lines, ("together", sum(before.values()), sum(after.values()))]:
        print(f"{cell[:77]:<78}{old * 1000:>8.1f}{new * 1000:>8.1f}{old / new:>7.2f}")


def main() -> None:
    """Measure and print a table with the machine, the versions and the ratios."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("slices", type=Path)
    arguments.add_argument("--before", metavar="COMMIT")
    arguments.add_argument("--worktree", type=Path, metavar="FOLDER")
    arguments.add_argument("--turns", type=int, default=5)
    arguments.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.measure:
        measure(chosen.measure, chosen.slices)
        return
    if not (chosen.before and chosen.worktree):
        arguments.error("--before and --worktree are needed")
    turns: dict[str, list[list[dict[str, Any]]]] = {"before": [], "after": []}
    with checked_out(chosen.before, chosen.worktree.resolve()) as worktree:
        for _ in range(chosen.turns):
            turns["before"].append(measured(worktree, chosen.slices))
            turns["after"].append(measured(ROOT, chosen.slices))
    report(turns, chosen.before)


def report(turns: dict[str, list[list[dict[str, Any]]]], commit: str) -> None:
    """Print what was measured."""
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, ", end="")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    print(f"before: {commit}; medians of {len(turns['after'])} turns")
    for publication in REPORTS:
        if any(one["publication"] == publication for one in turns["after"][0]):
            tell(publication, per_cell(turns["before"], publication), per_cell(turns["after"], publication))
    equal = same_bytes(turns["before"][-1], turns["after"][-1])
    print("\nthe same byte for byte, of what both wrote:", ", ".join(equal))


def same_bytes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """Return for each kind of file how many of those that both commits wrote are equal."""
    kinds: dict[str, list[bool]] = {}
    for old, new in zip(before, after, strict=True):
        for name in sorted(old["written"].keys() & new["written"].keys()):
            equal = old["written"][name] == new["written"][name]
            kinds.setdefault(Path(name).suffix.removeprefix(".") or name, []).append(equal)
    return [f"{sum(found)} of {len(found)} {kind}" for kind, found in sorted(kinds.items())]


if __name__ == "__main__":
    main()
