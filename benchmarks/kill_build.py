"""Kill a build at random moments, run it again, and see the same bytes as of an undisturbed one.

    python benchmarks/kill_build.py [--times 30] [--schools 2] [--years 1] [--seed 1]

Each time `skq build` begins in an empty folder or, every third time, in one whose registers, theme or reports changed
since the last build. It is killed (SIGKILL, its whole family of processes at once, or the first process alone) at a
random moment of its duration; then the site there must be an old one, whole, or none. The same command must then end
well and leave site, slices and notebooks byte for byte as the undisturbed build did, and no process of the killed one
may be left. Exit code 1 when any of that fails.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil
from skq.demo import write_demo
from skq.files import folder_checksums

ROOT = Path(__file__).parents[1]
COMPARED = ("site", "tables/protected", "reports")
PATIENCE = 10.0


def command(data: Path, out: Path, key: Path) -> list[str]:
    """The command line of a build."""
    options = ["--data", data, "--out", out, "--key", key, "--engine", "embedded", "--jobs", 2]
    return [sys.executable, "-m", "skq", "build", *map(str, options)]


def built(data: Path, out: Path, key: Path) -> float:
    """Build to the end and return the seconds that it took."""
    start = time.perf_counter()
    subprocess.run(command(data, out, key), check=True, cwd=ROOT, capture_output=True)
    return time.perf_counter() - start


def content(out: Path) -> dict[str, dict[str, str]]:
    """The checksums of everything that must be the same."""
    return {name: folder_checksums(out / name) for name in COMPARED}


def killed(data: Path, out: Path, key: Path, after: float, *, family: bool) -> bool:
    """Start a build and kill it *after* so many seconds; return whether it was still running."""
    process = subprocess.Popen(
        command(data, out, key), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(after)
    running = process.poll() is None
    if running and family:
        os.killpg(process.pid, signal.SIGKILL)
    elif running:
        process.kill()
    process.wait()
    return running


def left_behind(out: Path) -> list[str]:
    """The processes that still work in the folder of the build after some patience."""
    until = time.monotonic() + PATIENCE
    while True:
        found = [one.info["cmdline"] for one in psutil.process_iter(["cmdline"]) if _works_in(one, out)]
        if not found or time.monotonic() > until:
            return [" ".join(words)[:120] for words in found]
        time.sleep(0.2)


def _works_in(process: psutil.Process, out: Path) -> bool:
    try:
        return process.pid != os.getpid() and str(out) in " ".join([*(process.info["cmdline"] or []), process.cwd()])
    except (psutil.Error, OSError):
        return False


def main() -> int:
    """Kill, build again and compare, so many times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--schools", type=int, default=2)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    work = Path(tempfile.mkdtemp(prefix="skq-kill-"))
    key, first, second = work / "pseudonym.key", work / "first", work / "second"
    write_demo(first, schools=given.schools, years=given.years, seed=1)
    write_demo(second, schools=given.schools, years=given.years, seed=2)
    undisturbed = {data: work / f"{data.name}-whole" for data in (first, second)}
    lasts = {data: built(data, out, key) for data, out in undisturbed.items()}
    expected = {data: content(out) for data, out in undisturbed.items()}
    print(f"{given.schools} schools; an undisturbed build takes {lasts[first]:.1f} s")
    told: Counter[str] = Counter()
    for number in range(given.times):
        out, data = work / f"killed-{number}", first
        before = None
        if number % 3 == 2:  # a folder that holds another build
            shutil.copytree(undisturbed[second], out)
            before = content(out)["site"]
        family = chance.random() < 0.7
        moment = chance.uniform(0.2, lasts[first] * 1.02)
        running = killed(data, out, key, moment, family=family)
        orphans = left_behind(out)
        site = folder_checksums(out / "site") or None
        whole = site in (None, before, expected[first]["site"])
        built(data, out, key)
        same = content(out) == expected[first]
        told["killed while it ran" if running else "had ended already"] += 1
        told["the whole family" if family else "the first process alone"] += running
        told["site was old or none, whole"] += whole
        told["same bytes after the second run"] += same
        told["nothing left running"] += not orphans
        if not (whole and same) or orphans:
            print(f"  {number}: after {moment:.2f} s, family {family}: whole {whole}, same {same}, left {orphans}")
        shutil.rmtree(out)
    print("\n".join(f"  {name:36} {count:4} of {given.times}" for name, count in told.items()))
    shutil.rmtree(work)
    good = ("site was old or none, whole", "same bytes after the second run", "nothing left running")
    return int(any(told[name] < given.times for name in good))


if __name__ == "__main__":
    sys.exit(main())
