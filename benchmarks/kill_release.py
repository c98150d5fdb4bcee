"""Kill a release at random moments, and see that readers always have the old site or the new one, whole.

    python benchmarks/kill_release.py [--times 50] [--files 300] [--seed 1]

Two sites take turns. Each time a process of its own releases the one that readers do not have, and is killed (SIGKILL,
which nothing can catch) at a random moment: every other time anywhere in its duration, every other time in its last
part, which begins when the copy is checked and about to get its name, and ends when the link is turned, the log tells
of it and the release is settled. Then `current` must lead to one of the two sites, byte for byte; the memory and the
log must be readable; and the same command must end well. One time in three that second run is killed too.

The gate is left out, because it writes nothing; all that writes is the real thing.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from skq.files import folder_checksums, write_json  # noqa: E402
from skq.memory import released_numbers  # noqa: E402
from skq.release import candidate, log, switch  # noqa: E402
from skq.release.manifest import faults, read_manifest  # noqa: E402
from skq.release.target import Target  # noqa: E402
from skq.released import PENDING  # noqa: E402

from tests.released_by_hand import number, open_gate, released, write_build  # noqa: E402

BEGINS, LAST_PART = "begins", "last part"
"""What a releasing process says when it begins to write, and when its copy is whole and about to get its name."""


def write_site(out: Path, value: float, code: str, files: int) -> None:
    """Write a build whose site has *files* files of 1 to 60 kB, different in every site."""
    write_build(out, number(value), code=code)
    chance = random.Random(f"{code}")
    for index in range(files):
        path = out / "site" / "skolor" / f"skola-{index % 40}" / f"file-{index}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(chance.randbytes(chance.randint(1000, 60_000)))
    state = json.loads((out / "state.json").read_text(encoding="utf-8"))
    write_json(out / "state.json", {**state, "site": folder_checksums(out / "site")})


def child(out: Path, to: Path) -> None:
    """Release *out* to *to* in this process; say when it begins, when its last part does, and how long both took."""
    patch, named, move = pytest.MonkeyPatch(), [0.0], switch.move
    open_gate(patch)
    patch.setattr(candidate, "gate", lambda asked: [])

    def told_move(source: Path, folder: Path) -> None:
        print(LAST_PART, flush=True)
        named[0] = time.perf_counter()
        move(source, folder)

    patch.setattr(switch, "move", told_move)
    print(BEGINS, flush=True)
    began = time.perf_counter()
    said = released(out, to)
    ended = time.perf_counter()
    print(f"took {ended - began} {ended - named[0]}", flush=True)
    raise SystemExit(said.exit_code)


def start(out: Path, to: Path, *, until: str = BEGINS) -> subprocess.Popen[str]:
    """Return a process that releases *out* to *to* and has just come to the moment *until*."""
    arguments = [sys.executable, __file__, "--child", str(out), str(to)]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == until:
            break
    return process


def finish(out: Path, to: Path) -> tuple[float, float]:
    """Release *out* to *to* to the end; return how many seconds that took, and its last part."""
    said, _ = (process := start(out, to)).communicate()
    assert process.returncode == 0, f"the release failed:\n{said}"
    whole, last = said.split()[-2:]
    return float(whole), float(last)


def kill(out: Path, to: Path, moment: float, *, until: str = BEGINS) -> None:
    """Release *out* and kill the process *moment* seconds after it has come to *until*."""
    process = start(out, to, until=until)
    time.sleep(moment)
    process.kill()
    process.communicate()


def ids(target: Target) -> set[str]:
    """Return the ids of all releases that have got their name."""
    return {path.name for path in target.releases.glob("[!.]*")}


def phase(target: Target, before: set[str], had: str) -> str:
    """Return how far a killed release had come, by what it left; *before* were the releases, *had* what readers had."""
    now = target.current_id()
    if now != had:
        told = log.served(log.entries(target.root), target.audience)[-1:] == [now]
        return (
            "switched and told" if told and not (target.releases / now / PENDING).exists() else "switched, not all told"
        )
    if ids(target) - before:
        return "whole, not switched"
    return "copying" if list(target.releases.glob(".*.part")) else "before the copy"


def check(target: Target, out: Path) -> None:
    """Raise AssertionError unless readers have the site of the build *out*, byte for byte, and all is remembered."""
    name = target.current_id()
    assert folder_checksums(target.current / "site") == folder_checksums(out / "site"), f"{name} is not whole"
    assert faults(target.releases / name, read_manifest(target.releases / name)) == []
    assert len(released_numbers(target.root)) >= 1
    log.entries(target.root)


def renew(out: Path, turn: int) -> None:
    """Let the build *out* be another one than before, of the same files: its release is made from the beginning."""
    state = json.loads((out / "state.json").read_text(encoding="utf-8"))
    state["parts"]["code"] = f"0.1.0+turn{turn}"
    write_json(out / "state.json", state)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", nargs=2, type=Path)
    asked = parser.parse_args()
    if asked.child:
        child(*asked.child)
    with tempfile.TemporaryDirectory(prefix="skq-kill-") as folder:
        trials(Path(folder), asked)


def trials(folder: Path, asked: argparse.Namespace) -> None:
    """Kill as often as asked, check each time, and print the figures."""
    to, chance, seconds = folder / "to", random.Random(asked.seed), []
    target = Target(to, "public")
    served, other = folder / "one", folder / "two"
    for out, value in ((other, 250.0), (served, 251.0)):
        write_site(out, value, out.name, asked.files)
        seconds.append(finish(out, to))
    whole, last = (max(times) for times in zip(*seconds, strict=True))
    size = sum(path.stat().st_size for path in (served / "site").rglob("*") if path.is_file())
    print(f"a site of {asked.files} files and {size / 1e6:.1f} MB; a release of it takes {whole:.2f} s,", end=" ")
    print(f"of which {last * 1000:.0f} ms from the whole copy to the end", flush=True)
    phases: Counter[str] = Counter()
    readers: Counter[str] = Counter()
    for turn in range(asked.times):
        renew(other, turn)
        had, before, log_before = target.current_id(), ids(target), (to / "log.jsonl").read_bytes()
        if turn % 2:
            kill(other, to, last * chance.random(), until=LAST_PART)
        else:
            kill(other, to, whole * chance.random())
        phases[phase(target, before, had)] += 1
        readers["old" if target.current_id() == had else "new"] += 1
        check(target, served if target.current_id() == had else other)
        assert (to / "log.jsonl").read_bytes().startswith(log_before), "the log was not only added to"
        if turn % 3 == 0:
            kill(other, to, whole * chance.random())
            phases["of second kills: " + phase(target, before, had)] += 1
            check(target, served if target.current_id() == had else other)
        seconds.append(finish(other, to))
        check(target, other)
        assert target.current_id() != had, "the rerun did not release the new site"
        assert not [*to.rglob(".*.part"), *to.rglob(PENDING), *to.rglob("current.new")], "something was left behind"
        shutil.rmtree(target.releases / had / "site")  # as `skq retain` does; its numbers stay
        served, other = other, served
    told = f"the old site {readers['old']} times, the new one {readers['new']} times"
    print(f"{asked.times} kills: readers had {told}; whole each time")
    for name, count in sorted(phases.items()):
        print(f"  {count:3d}  {name}")
    reruns = [times for times, _ in seconds[2:]]
    print(f"every rerun ended well, in {min(reruns):.2f} to {max(reruns):.2f} s")


if __name__ == "__main__":
    main()
