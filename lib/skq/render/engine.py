"""Which engine makes the site: the Quarto command line where it is found, ours otherwise."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from skq.errors import SettingsError

ENGINES = ("auto", "quarto", "embedded")


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
