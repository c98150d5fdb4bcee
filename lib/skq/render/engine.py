"""Which engine makes the site: the Quarto command line where it is found, ours otherwise."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from skq.errors import RenderError, SettingsError

ENGINES = ("auto", "quarto", "embedded")
OLDEST_QUARTO = (1, 9)
"""The first Quarto whose Typst format knows `pdf-standard`; an older one would make PDFs that are not PDF/UA-1."""


@dataclass(frozen=True)
class Engine:
    """The engine taken (`quarto` or `embedded`), why in one line, and where Quarto is if it is to be used."""

    name: str
    reason: str
    quarto: Path | None = None


def choose_engine(name: str) -> Engine:
    """Return the engine for the option *name*; SettingsError for an unknown one, or for Quarto where there is none."""
    if name not in ENGINES:
        raise SettingsError(f"--engine {name}: unknown\n  expected: one of {', '.join(ENGINES)}")
    if name == "embedded":
        return Engine("embedded", "engine embedded: asked for")
    found = find_quarto()
    if found is not None and (reason := unusable(found)):
        if name == "quarto":
            raise SettingsError(f"--engine quarto: {reason}")
        return Engine("embedded", f"engine embedded: {reason.splitlines()[0]}")
    if found is not None:
        why = "asked for" if name == "quarto" else "found"
        return Engine("quarto", f"engine quarto: {why} ({found})", found)
    if name == "quarto":
        raise SettingsError(
            "--engine quarto: there is no Quarto on this machine\n"
            "  expected: the command quarto on the path\n"
            "  next:     install Quarto, or take --engine embedded, which needs nothing more"
        )
    return Engine("embedded", "engine embedded: no Quarto was found on this machine")


def quarto_version(program: Path) -> tuple[int, ...]:
    """Return the version of the Quarto command line *program*, such as (1, 9, 38); RenderError if it gives none."""
    try:
        run = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
        answer = run.stdout if run.returncode == 0 else run.stderr
    except OSError as problem:
        answer = str(problem)
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", answer.strip())
    if numbers is None:
        raise RenderError(
            f"{program} does not answer 'quarto --version' as Quarto does\n"
            f"  found:    {answer.strip() or 'no answer'}\n"
            "  next:     install Quarto again, or use --engine embedded"
        )
    return tuple(map(int, numbers.groups()))


def unusable(program: Path) -> str:
    """Return why the Quarto *program* cannot be used, with what to do; "" when it can."""
    try:
        version = quarto_version(program)
    except RenderError as problem:
        return str(problem)
    if version >= OLDEST_QUARTO:
        return ""
    return (
        f"Quarto {'.'.join(map(str, version))} ({program}) is too old to make accessible PDFs\n"
        "  expected: 1.9 or later\n"
        "  next:     update Quarto, or use --engine embedded"
    )


def find_quarto() -> Path | None:
    """Return where the Quarto command line is, None where there is none."""
    found = shutil.which("quarto")
    if found is None:
        found = _quarto_of_package()
    return Path(found) if found else None


def _quarto_of_package() -> str | None:
    # The package quarto holds no Quarto, it looks for one in more places than the path.
    import quarto

    try:
        path = quarto.path()
    except FileNotFoundError:
        return None
    return str(path) if path else None
