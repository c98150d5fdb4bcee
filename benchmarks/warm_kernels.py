"""What a warm kernel saves: seconds per quality report with plain papermill, an ordinary and a warm kernel.

    python benchmarks/warm_kernels.py [FOLDER OF SLICES] [--notebooks 5]

Slices are those of a build (`_build/tables/protected`); without them an invented one is written. The three ways take
turns with each notebook, so that whatever else the machine does hits all alike; ratios are medians over the turns.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import papermill  # noqa: E402
from skq.batch import kernels  # noqa: E402
from skq.batch.notebook import run_notebook  # noqa: E402
from skq.batch.warm.provisioner import NAME, ORDINARY  # noqa: E402

from tests.notebooks import slices  # noqa: E402

TEMPLATE = ROOT / "notebooks" / "quality_report.ipynb"
WAYS = ("plain papermill", "ordinary kernel", "warm kernel")
LIBRARIES = ("ipykernel", "jupyter_client", "papermill", "pandas", "matplotlib")


def plain(parameters: dict[str, str], folder: Path) -> float:
    """Execute with papermill as its manual says, an ordinary kernel over TCP; return the seconds inside the cells."""
    notebook = papermill.execute_notebook(
        str(TEMPLATE), str(folder / "plain.ipynb"), parameters, cwd=str(folder), kernel_name="python3",
        progress_bar=False,
    )  # fmt: skip
    return sum(cell["metadata"]["papermill"]["duration"] or 0 for cell in notebook["cells"])


def with_kernel(provisioner: str) -> Callable[[dict[str, str], Path], float]:
    """Return a function that executes as the batch does, with kernels of *provisioner*."""

    def run(parameters: dict[str, str], folder: Path) -> float:
        kernels.PROVISIONER = provisioner
        cells: list[float] = []
        real = papermill.execute_notebook

        def told(*given: Any, **options: Any) -> Any:
            notebook = real(*given, **options)
            cells.append(sum(cell["metadata"]["papermill"]["duration"] or 0 for cell in notebook["cells"]))
            return notebook

        papermill.execute_notebook = told
        try:
            run_notebook(TEMPLATE, folder / provisioner / "report.ipynb", parameters)
        finally:
            papermill.execute_notebook = real
        return cells[0]

    return run


def turn(parameters: dict[str, str]) -> dict[str, tuple[float, float]]:
    """Execute one notebook in all three ways; return wall seconds and seconds inside the cells of each."""
    runs = dict(zip(WAYS, (plain, with_kernel(ORDINARY), with_kernel(NAME)), strict=True))
    measured = {}
    for way, run in runs.items():
        with tempfile.TemporaryDirectory(prefix="skq-") as folder:
            begun = time.perf_counter()
            cells = run(parameters, Path(folder))
            measured[way] = (time.perf_counter() - begun, cells)
    return measured


def parameters_of(folder: Path) -> dict[str, str]:
    """Return what the template is handed for the slice in *folder*."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    names = ("school_unit_code", "school_year")
    return {**{name: meta[name] for name in names}, "protected_folder": str(folder.resolve())}


def main() -> None:
    """Measure and print a table with the machine, the versions and the ratios."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("slices", type=Path, nargs="?")
    arguments.add_argument("--notebooks", type=int, default=5)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="skq-") as written:
        folder = chosen.slices or slices.write("normal", Path(written) / "normal").parent
        found = sorted(path.parent for path in folder.glob("*/meta.json") if path.parent.name != "annual")
        handed = [parameters_of(found[number % len(found)]) for number in range(chosen.notebooks)]
        begun = time.perf_counter()
        with_kernel(NAME)(handed[0], Path(written) / "first")
        first = time.perf_counter() - begun
        turns = [turn(parameters) for parameters in handed]
    report(turns, first)


def report(turns: list[dict[str, tuple[float, float]]], first: float) -> None:
    """Print what was measured."""
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, ", end="")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    print(f"{len(turns)} notebooks; the first warm one, with the start of the parent: {first:.2f} s\n")
    print(f"{'':<18}{'wall s':>8}{'cells s':>9}{'beside cells s':>16}{'wall / warm':>13}{'beside / warm':>15}")
    for way in WAYS:
        walls, cells = zip(*(one[way] for one in turns), strict=True)
        beside = [wall - cell for wall, cell in zip(walls, cells, strict=True)]
        ratio = median(one[way][0] / one[WAYS[-1]][0] for one in turns)
        waste = median((one[way][0] - one[way][1]) / (one[WAYS[-1]][0] - one[WAYS[-1]][1]) for one in turns)
        print(f"{way:<18}{median(walls):>8.2f}{median(cells):>9.2f}{median(beside):>16.2f}{ratio:>13.2f}{waste:>15.2f}")


if __name__ == "__main__":
    main()
