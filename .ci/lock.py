"""pyproject.toml -> requirements.lock: exact versions with hashes, for Linux and macOS, Python 3.11 and later.

Run by `make lock` (needs pip-tools). pip-compile resolves for the machine it runs on; what another system or a later
Python needs beside that is resolved in a second run and added with its condition.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
ONLY_MACOS = 'platform_system == "Darwin"'
ONLY_312 = 'python_version == "3.12"'
ELSEWHERE = {"appnope": ONLY_MACOS}  # needed by ipykernel
BUILDS = "setuptools>=77"  # builds skq itself, without a second download
EVERY_311 = "soupsieve<3"  # later ones ask for Python 3.11.5, and Debian 12 has 3.11.2
CONDITION_OF_312 = "aiohttp"  # needed by papermill under Python 3.12 alone


def compiled(sources: list[str], target: Path, *options: str) -> str:
    """Return the text that pip-compile writes for *sources*, without any address in it."""
    command = [sys.executable, "-m", "piptools", "compile", "--generate-hashes", "--allow-unsafe", "--strip-extras"]
    quiet = ["--no-header", "--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-annotate"]
    subprocess.run([*command, *quiet, "--quiet", *options, "-o", str(target), *sources], check=True, cwd=ROOT)
    return target.read_text(encoding="utf-8")


def entries(text: str) -> dict[str, str]:
    """Return each pinned package of a lock file with its lines."""
    found = re.findall(r"^([a-z0-9][\w.-]*)(==(?:.*\\\n)+.*\n)", text, flags=re.MULTILINE)
    return {name: name + rest for name, rest in found}


def with_condition(entry: str, condition: str) -> str:
    """Return the entry, to be installed only where *condition* holds."""
    return re.sub(r"^(\S+) \\", rf"\1 ; {condition} \\", entry, count=1)


def main() -> None:
    """Write requirements.lock beside pyproject.toml."""
    with TemporaryDirectory() as folder:
        main_lock, limits = Path(folder) / "main.lock", Path(folder) / "limits.in"
        limits.write_text(f"{EVERY_311}\n", encoding="utf-8")
        extras = ["--extra", "test", "--extra", "cluster", "-c", str(limits)]
        here = entries(compiled(["pyproject.toml"], main_lock, *extras))
        more_in = Path(folder) / "more.in"
        more_in.write_text("\n".join([*ELSEWHERE, CONDITION_OF_312, BUILDS]) + "\n", encoding="utf-8")
        more = entries(compiled([str(more_in)], Path(folder) / "more.lock", "-c", str(main_lock)))
    for name in sorted(set(more) - set(here)):
        plain = name == "setuptools"
        here[name] = more[name] if plain else with_condition(more[name], ELSEWHERE.get(name, ONLY_312))
    text = "# What was tested, exactly. Made by `make lock`; install with `pip install --require-hashes -r`.\n"
    (ROOT / "requirements.lock").write_text(text + "".join(here[name] for name in sorted(here)), encoding="utf-8")


if __name__ == "__main__":
    main()
