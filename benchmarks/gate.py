"""What it costs to let nothing leak: protection and gate of a whole municipality, part by part.

    python benchmarks/gate.py --schools 80 [--work DIR] [--jobs 2]

Writes an invented municipality of so many schools, protects its numbers, builds its public site (what is there already
is kept) and lets the gate look at it. Wall time and the time of all processes' cores; the ratio is to the time of
everything else that a build computes before protecting, in the same run.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from skq.aggregate import aggregate, memberships, units
from skq.build.edition import rule_named
from skq.build.request import Places
from skq.compare import comparisons
from skq.demo import write_demo
from skq.keyfile import key_of
from skq.memory import released_numbers
from skq.metrics.equity import between_schools
from skq.protect import protect
from skq.release.attack import attack_site
from skq.release.gate import Gate, Machine, accessible, as_built, gate
from skq.release.manifest import read_state
from skq.validate import validated

KEY = b"a key for the benchmark alone, 32"


def timed(name: str, work: Callable[[], Any], base: float = 0.0) -> tuple[Any, float]:
    """Return what *work* gives and its wall seconds; print them, and the ratio to *base*."""
    wall, cores = time.perf_counter(), _cores()
    result = work()
    wall = time.perf_counter() - wall
    ratio = f"  x{wall / base:.2f}" if base else ""
    print(f"{name:34} {wall:7.1f} s wall {_cores() - cores:7.1f} s of cores{ratio}", flush=True)
    return result, wall


def _cores() -> float:
    of = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in of)


def built(data: Path, out: Path, key: Path, jobs: int) -> None:
    """Build the public site of *data* in *out*, as the command line does."""
    options = ["--data", data, "--out", out, "--audience", "public", "--key", key, "--jobs", jobs]
    command = [sys.executable, "-m", "skq", "build", "--engine", "embedded", *map(str, options)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def main() -> None:
    """Protect, build, and look at what would be released."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=80)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--work", type=Path, default=None)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-build", action="store_true", help="protection only")
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="skq-gate-"))
    work.mkdir(parents=True, exist_ok=True)
    data, out, key = work / "data", work / "out", work / "pseudonym.key"
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"pandas {version('pandas')}, highspy {version('highspy')}; {given.schools} schools, {given.years} years")
    if not data.is_dir():
        write_demo(data, schools=given.schools, years=given.years, seed=1)
    (frames, known, results, made), before = timed("read, aggregate, compare", lambda: computed(data))
    belonging = memberships(frames)
    protected, first = timed(
        f"protect {len(results)} results",
        lambda: protect(results, made, units=known, memberships=belonging, between=between_schools, jobs=given.jobs),
        before,
    )
    told = protected.results.frame
    besides = int(told["reason"].eq("complement").sum())
    print(f"  shown {int(told['value'].notna().sum())}, hidden for the sake of others {besides}")
    if given.no_build:
        return
    if not (out / "state.json").is_file():
        timed("build of the site", lambda: built(data, out, key, given.jobs))
    looked = at_the_gate(out, key, given.jobs, before)
    print(f"{'protection and gate together':34} {first + looked:7.1f} s wall")


def computed(data: Path) -> tuple[Any, Any, Any, Any]:
    """Return everything that a build knows before it protects: tables, units, results, comparisons."""
    frames = validated(data, key=KEY).frames
    known, results = units(frames), aggregate(frames)
    return frames, known, results, comparisons(results, units=known)


def at_the_gate(out: Path, key: Path, jobs: int, base: float) -> float:
    """Print what each part of the gate takes by itself, and return the wall time of the whole gate."""
    places, state = Places(out), read_state(Places(out))
    rule = state["parts"]["settings"]["disclosure_rule"]
    asked = Gate(
        out=out, site=places.site, built=state["site"], audience="public", rule=rule,
        earlier=released_numbers(out / "nowhere"),
        machine=Machine(paths=(str(out),), key=key_of(key, apart_from={}), cores=jobs),
    )  # fmt: skip
    files = [path for path in places.site.rglob("*") if path.is_file()]
    print(f"  {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")
    timed("  gate: as built", lambda: as_built(places.site, asked.built), base)
    timed("  gate: links and PDF/UA", lambda: accessible(places.site), base)
    from skq.build.facts import read_facts

    known, belonging = read_facts(out)
    common = {"rule": rule_named(rule), "units": known, "memberships": belonging}
    timed("  gate: the attack", lambda: attack_site(places.site, **common), base)
    refusals, wall = timed("gate, whole", lambda: gate(asked), base)
    print(f"  refusals: {len(refusals)}")
    for one in refusals[:10]:
        print(f"    {one.rule}: {one.where}: {one.what}")
    return wall


if __name__ == "__main__":
    main()
