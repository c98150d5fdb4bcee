"""The same published numbers with the lowest and the newest permitted pandas, numpy, statsmodels and scipy.

Run by `make test-versions`. Makes two environments outside the project, computes every protected number of data/demo
in each, rounded as the reports print it, and tells each one that differs. Everything else is as in requirements.lock.
"""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
VARIED = ("numpy", "pandas", "scipy", "statsmodels")
PRINT = """
import sys
from importlib.metadata import version
from pathlib import Path
from skq.build.numbers import protected_numbers, read
from skq.build.request import Inputs, Request
from skq.report.wording import form
from skq.settings import Settings
from skq.settingsfile import read_settings
from skq.terms import COMPARISON_COLUMNS, RESULT_KEY, round_half_up

data, out = Path(sys.argv[1]), Path(sys.argv[2])
given = data / "skq.toml"
settings = read_settings(given) if given.is_file() else Settings()
request = Request(Inputs(data, None), out, data, settings, cores=1)
numbers = protected_numbers(read(request), request).protected
shapes = {}

def printed(value, metric, decimals):
    shape = shapes.setdefault(metric, form(metric))
    return "" if value != value else f"{round_half_up(value * shape.scale, getattr(shape, decimals))}"

with (out / "numbers.txt").open("w", encoding="utf-8") as stream:
    for table, keys in ((numbers.results, RESULT_KEY), (numbers.comparisons, ("kind", *RESULT_KEY, "reference"))):
        frame = table.to_frame()
        words = ("|".join(map(str, row)) for row in frame[[*keys, "status"]].itertuples(index=False))
        values = frame[["value", "lower", "upper"]].astype("float64").to_numpy()
        for words_, metric, (value, lower, upper) in zip(words, frame["metric"], values, strict=True):
            limits = [printed(limit, metric, "interval_decimals") for limit in (lower, upper)]
            print(words_, printed(value, metric, "decimals"), *limits, sep="|", file=stream)
print(*(f"{name} {version(name)}" for name in ("numpy", "pandas", "scipy", "statsmodels")), sep=", ")
"""


def lowest() -> dict[str, str]:
    """Return the lowest version that pyproject.toml permits of each of `VARIED`."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return {name: re.search(rf'"{name}>=([\d.]+)"', text)[1] for name in VARIED}  # type: ignore[index]


def locked() -> list[str]:
    """Return everything that requirements.lock pins, `VARIED` excepted."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", text, flags=re.MULTILINE)
    return [f"{name}=={version}" for name, version in found if name not in VARIED]


def numbers(folder: Path, pins: list[str], upgrade: bool) -> list[str]:
    """Return the printed numbers of data/demo, computed in a new environment with *pins*."""
    venv.create(folder / "env", with_pip=True)
    python = str(folder / "env/bin/python")
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join([*locked(), *pins]) + "\n", encoding="utf-8")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(constraints)]
    subprocess.run([*install, *(["--upgrade"] if upgrade else []), str(ROOT), *VARIED], check=True)
    script = folder / "published.py"
    script.write_text(PRINT, encoding="utf-8")
    subprocess.run([python, str(script), str(ROOT / "data/demo"), str(folder)], check=True, cwd=folder)
    return (folder / "numbers.txt").read_text(encoding="utf-8").splitlines()


def main() -> int:
    """Compare both; 1 where a number differs."""
    with TemporaryDirectory() as low, TemporaryDirectory() as high:
        pins = [f"{name}=={version}" for name, version in lowest().items()]
        first, second = numbers(Path(low), pins, upgrade=False), numbers(Path(high), [], upgrade=True)
    differing = sorted(set(first) ^ set(second))
    print(f"{len(first)} numbers with the lowest, {len(second)} with the newest, {len(differing)} lines differ")
    print(*differing[:20], sep="\n")
    return 1 if differing or not first else 0


if __name__ == "__main__":
    sys.exit(main())
