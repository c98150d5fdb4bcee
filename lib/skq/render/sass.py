"""One compilation of the style sheet for all parts of a project: stands in for the Sass that Quarto comes with.

Quarto keeps what it has compiled of Bootstrap for one run of its own, and no other run can use it. It asks for its
Sass by the variable QUARTO_DART_SASS: there we give a small program which compiles what it has not seen yet and hands
out the same bytes afterwards. That program is this file, run by itself, so it imports nothing of skq:

    python sass.py PROGRAM FOLDER INPUT OUTPUT OPTION...
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

VARIABLE = "QUARTO_DART_SASS"
LOAD_PATH = "--load-path="


def one_sass(quarto: Path, folder: Path) -> dict[str, str]:
    """Return the environment in which *quarto* compiles each style sheet once, however often it is run.

    What is compiled is kept in *folder*, for runs on copies of one project. Empty where it cannot be done: each
    run compiles for itself then. That is so on Windows, where Quarto's Sass does not lie where its makers put it, where
    nothing may be executed in *folder*, and where somebody has chosen another Sass already.
    """
    found = sorted((quarto.resolve().parent / "tools").glob("*/dart-sass/sass"))
    if os.name != "posix" or len(found) != 1 or os.environ.get(VARIABLE):
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "sass"
    words = shlex.join([sys.executable, "-I", "-S", __file__, str(found[0]), str(folder)])
    script.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8", newline="\n")
    script.chmod(0o700)
    return {VARIABLE: str(script)} if os.access(script, os.X_OK) else {}


def compiled(program: str, folder: Path, source: Path, target: Path, options: Sequence[str]) -> int:
    """Write the style sheet of *source* to *target*, by *program* or as kept in *folder*; return the exit code.

    Where to look for imports does not count as a difference: copies of one project have the same there.
    """
    import fcntl

    told = [option for option in options if not option.startswith(LOAD_PATH)]
    kept = folder / sha256("\0".join([source.read_text(encoding="utf-8"), *told]).encode()).hexdigest() / target.name
    kept.parent.mkdir(exist_ok=True)
    with (kept.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes meanwhile waits for the first, and finds it done
        if not kept.is_file():
            fresh = kept.with_name(f"new-{kept.name}")
            code = subprocess.run([program, str(source), str(fresh), *options], check=False).returncode
            if code != 0:
                return code
            fresh.replace(kept)
    # At once, since Quarto's own cache of style sheets is shared by all its runs: none may read half a file.
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    beside.write_bytes(kept.read_bytes())
    beside.replace(target)
    return 0


def main(arguments: Sequence[str]) -> int:
    """Do as Quarto's Sass would do with *arguments* (after PROGRAM and FOLDER); return the exit code."""
    program, folder, *rest = arguments
    if len(rest) < 2 or rest[0].startswith("-") or rest[1].startswith("-"):
        return subprocess.run([program, *rest], check=False).returncode
    return compiled(program, Path(folder), Path(rest[0]), Path(rest[1]), rest[2:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
