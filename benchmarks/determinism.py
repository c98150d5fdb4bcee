"""Change an invented municipality again and again, build after each change, and compare with a build from nothing.

    python benchmarks/determinism.py [--changes 20] [--seed 1] [--schools 12] [--years 5] [--work DIR]

After every change the folder that has seen all changes before is built again, and a folder of another name from
nothing, by another process with another hash seed, time zone, language, mask of new files and number of jobs, on
inputs written in another order. Printed per change: what was built and reused, seconds of both, and whether every file
of site, reports and slices is the same, byte for byte. Exit code 1 when any differs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from skq.build import Inputs, Request, Summary, build_all
from skq.demo import write_demo
from skq.files import folder_checksums
from skq.settings import PeerSettings, Settings

HOUSE = Path(__file__).parents[1]
HOUSE_PARTS = ("notebooks", "reports", "_quarto.yml", "_brand.yml")
KEY = bytes(range(32))
COMPARED = ("site", "reports", "tables/protected")
"""What has to be the same in both folders."""

OTHERWISE = {
    "PYTHONHASHSEED": "4711",
    "TZ": "Pacific/Kiritimati",
    "LANG": "sv_SE.UTF-8",
    "LC_ALL": "C",
    "MPLBACKEND": "svg",
}
"""The surroundings of the build from nothing."""


def _read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _write_csv(rows: pd.DataFrame, path: Path) -> None:
    rows.to_csv(path, sep=";", index=False)


CODE, YEAR = ("school_unit_code", "Skolenhetskod"), ("school_year", "Läsår")
"""The columns of a register that tell the school unit and the school year."""

READERS: dict[str, tuple[Callable[[Path], pd.DataFrame], Callable[[pd.DataFrame, Path], object]]] = {
    ".parquet": (pd.read_parquet, lambda rows, path: rows.to_parquet(path, index=False)),
    ".csv": (_read_csv, _write_csv),
    ".xlsx": (
        lambda path: pd.read_excel(path, dtype=str, engine="openpyxl"),
        lambda rows, path: rows.to_excel(path, index=False),
    ),
}
"""How registers are read as texts and written again, by the ending of the file."""


@dataclass(frozen=True)
class Town:
    """Registers, templates with theme, and settings: all that a build is made of, and all that a change may touch."""

    folder: Path
    settings: Settings = Settings(municipality_name="Ekmora", engine="embedded")

    @property
    def register(self) -> Path:
        """The folder of own registers."""
        return self.folder / "register"

    @property
    def house(self) -> Path:
        """The folder of templates and theme."""
        return self.folder / "house"

    def request(self, out: Path, *, jobs: int = 1) -> Request:
        """Return the build of all of it into *out*."""
        return Request(Inputs(self.register, None), out, self.house, self.settings, cores=jobs, key=KEY)


def new_town(folder: Path, *, schools: int, years: int, seed: int) -> Town:
    """Write an invented municipality and a copy of templates and theme into *folder*."""
    write_demo(folder / "register", schools=schools, years=years, seed=seed)
    (folder / "house").mkdir()
    for name in HOUSE_PARTS:
        copy = shutil.copytree if (HOUSE / name).is_dir() else shutil.copyfile
        copy(HOUSE / name, folder / "house" / name)
    return Town(folder)


def grade(town: Town, rng: random.Random) -> Town:
    """One pupil gets another grade."""
    path = town.register / "grades.parquet"
    grades = pd.read_parquet(path)
    row = rng.choice(list(grades.index[grades["grade"].isin(["B", "C", "D"])]))
    grades.loc[row, "grade"] = "E"
    grades.to_parquet(path, index=False)
    return town


def renamed(town: Town, rng: random.Random) -> Town:
    """A school gets another name."""
    path = town.register / "skolenheter.xlsx"
    units = pd.read_excel(path, dtype=str, engine="openpyxl")
    school = rng.choice(sorted(units["Skolenhetskod"].unique()))
    units.loc[units["Skolenhetskod"].eq(school), "Namn"] = f"Nya Ärtskolan {rng.randrange(1000)}"
    units.to_excel(path, index=False)
    return town


def theme(town: Town, rng: random.Random) -> Town:
    """The theme of pages says something else."""
    return _with_line(town, "reports/theme/html/page.html", f"<!-- {rng.random()} -->\n")


def style(town: Town, rng: random.Random) -> Town:
    """The style sheet says something else, which is in no page."""
    return _with_line(town, "reports/theme/css/skq.css", f"/* {rng.random()} */\n")


def page(town: Town, rng: random.Random) -> Town:
    """A hand-written page says something else."""
    return _with_line(town, "reports/om.qmd", f"\nSe även anteckning {rng.randrange(1000)}.\n")


def template(town: Town, rng: random.Random) -> Town:
    """The template of the schools' reports has another heading."""
    path = town.house / "notebooks" / "quality_report.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    texts = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    chosen = rng.choice(texts)
    chosen["source"] = "".join(chosen["source"]) + f"\n\nTillägg {rng.randrange(1000)}."
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    return town


def peers(town: Town, rng: random.Random) -> Town:
    """Other schools are taken for alike."""
    return replace(town, settings=replace(town.settings, peers=PeerSettings(count=rng.choice([3, 4, 5]))))


def name(town: Town, rng: random.Random) -> Town:
    """The municipality is called otherwise."""
    return replace(town, settings=replace(town.settings, municipality_name=f"Ekmora{rng.randrange(1000)}"))


def commentary(town: Town, rng: random.Random) -> Town:
    """A principal writes something else."""
    path = town.register / "kommentarer.csv"
    texts = pd.read_csv(path, sep=";", dtype=str)
    texts.loc[rng.choice(list(texts.index)), "Text"] = f"Vi följer läsningen {rng.randrange(1000)}."
    texts.to_csv(path, sep=";", index=False)
    return town


def commitment(town: Town, rng: random.Random) -> Town:
    """A commitment is called otherwise."""
    path = town.register / "commitments.csv"
    texts = pd.read_csv(path, sep=";", dtype=str)
    texts.loc[rng.choice(list(texts.index)), "commitment"] = f"Mer läsning {rng.randrange(1000)}"
    texts.to_csv(path, sep=";", index=False)
    return town


def closed(town: Town, rng: random.Random) -> Town:
    """A school has closed: nothing of the newest school year is known of it, nor of its pupils."""
    pupils = _read_csv(town.register / "pupils.csv")
    newest = pupils[pupils["school_year"].eq(pupils["school_year"].max())]
    school, year = rng.choice(sorted(newest["school_unit_code"].unique())[:-1]), newest["school_year"].iloc[0]
    persons = newest.loc[newest["school_unit_code"].eq(school), "pupil_id"]
    for path in sorted(town.register.iterdir()):
        if path.suffix not in READERS:
            continue
        read, write = READERS[path.suffix]
        rows = read(path)
        code, told = (next((name for name in names if name in rows), None) for names in (CODE, YEAR))
        mine = rows[code].eq(school) if code else rows["pupil_id"].isin(persons) if "pupil_id" in rows else None
        if mine is not None and told and (gone := mine & rows[told].eq(year)).any():
            write(rows[~gone], path)
    return town


def untouched(town: Town, rng: random.Random) -> Town:
    """Every register is written anew with the same content, at another time."""
    for path in sorted(town.register.iterdir()):
        path.write_bytes(path.read_bytes())
        os.utime(path, (rng.randrange(10**9), rng.randrange(10**9)))
    return town


CHANGES: tuple[Callable[[Town, random.Random], Town], ...] = (
    grade, renamed, theme, style, page, template, peers, name, commentary, commitment, untouched, grade, closed,
)  # fmt: skip


def fresh(town: Town, folder: Path, *, jobs: int) -> dict[str, str]:
    """Build *town* from nothing into *folder*, in quite other surroundings, and return its content."""
    inputs = folder / "Kopia åäö"
    for part in ("register", "house"):
        files = sorted((path for path in (town.folder / part).rglob("*") if path.is_file()), reverse=True)
        for path in files:  # another order of files on the disk
            target = inputs / path.relative_to(town.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    told = {
        "folder": str(inputs), "out": str(folder / "ut"), "jobs": jobs,
        "name": town.settings.municipality_name, "peers": town.settings.peers.count,
    }  # fmt: skip
    command = [sys.executable, str(Path(__file__).resolve()), "--build", json.dumps(told)]
    done = subprocess.run(command, env={**os.environ, **OTHERWISE}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return content(folder / "ut")


def content(out: Path) -> dict[str, str]:
    """Return a checksum of every file that has to be the same."""
    return {f"{part}/{path}": digest for part in COMPARED for path, digest in folder_checksums(out / part).items()}


def _build(told: str) -> int:
    given = json.loads(told)
    os.umask(0o077)
    settings = Settings(municipality_name=given["name"], engine="embedded", peers=PeerSettings(count=given["peers"]))
    build_all(Town(Path(given["folder"]), settings).request(Path(given["out"]), jobs=given["jobs"]))
    return 0


def _with_line(town: Town, file: str, line: str) -> Town:
    path = town.house / file
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")
    return town


def _timed(act: Callable[[], Summary]) -> tuple[Summary, float]:
    started = time.perf_counter()
    return act(), time.perf_counter() - started


def main() -> int:
    """Make the changes and print a line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schools", type=int, default=12)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--work", type=Path, default=None)
    parser.add_argument("--build", default="")
    given = parser.parse_args()
    if given.build:
        return _build(given.build)
    work = given.work or Path(tempfile.mkdtemp(prefix="skq-determinism-"))
    rng = random.Random(given.seed)
    town = new_town(work / "town", schools=given.schools, years=given.years, seed=given.seed)
    out, differing = work / "out", 0
    print(f"{'change':<12}{'built':>7}{'reused':>8}{'s':>8}{'from nothing, s':>17}  equal", flush=True)
    order = [CHANGES[place % len(CHANGES)] for place in range(given.changes)]
    rng.shuffle(order)
    for place, change in enumerate([None, *order]):
        town = change(town, rng) if change else town
        summary, seconds = _timed(lambda: build_all(town.request(out)))  # noqa: B023 - called at once
        started = time.perf_counter()
        wanted = fresh(town, work / f"fresh-{place}", jobs=2)
        whole = time.perf_counter() - started
        found = content(out)
        wrong = sorted(file for file in {*wanted, *found} if wanted.get(file) != found.get(file))
        differing += bool(wrong)
        called = change.__name__ if change else "(first)"
        line = f"{called:<12}{summary.built:>7}{summary.reused:>8}{seconds:>8.1f}{whole:>17.1f}"
        print(f"{line}  {f'NO: {len(wrong)}, {wrong[0]}' if wrong else f'yes, {len(found)} files'}", flush=True)
        shutil.rmtree(work / f"fresh-{place}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
