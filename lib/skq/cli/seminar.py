"""`skq lab`: the seminar's notebook on the tables of the last build."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from skq.cli.app import Out
from skq.cli.here import house


def lab(
    out: Out = Path("_build"),
    start: Annotated[
        bool, typer.Option("--start/--no-start", help="Start JupyterLab, or only prepare its folder.")
    ] = True,
) -> None:
    """Open the seminar's notebook in JupyterLab, on the protected tables of the last build."""
    from skq.batch.lab import lab_command, lab_environment, prepare_lab
    from skq.build.request import Places

    notebook = prepare_lab(Places(out).slices, house() / "notebooks", out / "lab")
    typer.echo(f"The seminar's notebook: {notebook}")
    if start:
        environment = lab_environment(notebook, os.environ)
        raise typer.Exit(subprocess.run(lab_command(notebook), env=environment, check=False).returncode)
