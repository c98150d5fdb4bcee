"""The command `skq` itself, and the options that several of its commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

INTERRUPTED_EXIT_CODE, TERMINATED_EXIT_CODE = 130, 143

app = typer.Typer(
    name="skq",
    help="Quality reports for the schools of a Swedish school organizer: registers and official statistics in, "
    "a page and a PDF per school out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Data = Annotated[Path | None, typer.Option("--data", help="Folder with the organizer's own registers.")]
Official = Annotated[Path | None, typer.Option("--official", help="Folder with official statistics, as published.")]
Municipality = Annotated[
    str | None, typer.Option("--municipality", help="Municipality code, such as 1480; needed with --official alone.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for everything that is built.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="Settings file instead of ./skq.toml.")]
SchoolYearOption = Annotated[
    str | None, typer.Option("--school-year", help="School year of the reports, such as 2025/26; newest by default.")
]
Key = Annotated[
    Path | None,
    typer.Option("--key", help="File with the key of the pseudonyms; made on first use. Numbers do not depend on it."),
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", help="Reports at once; 0 = all processor cores.")]


def interrupted(code: int) -> int:
    """Tell that everything was ended from outside, and return the exit code *code*."""
    typer.echo("skq: interrupted; run the same command again to go on", err=True)
    return code
