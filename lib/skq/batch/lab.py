"""Protected tables and the seminars' notebooks in one folder, ready for JupyterLab: the very numbers of the reports."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from skq.batch.kernels import KERNEL_NAME
from skq.batch.parameters import check_parameters, declared_parameters
from skq.batch.warm.spec import kernelspec
from skq.errors import SkqError
from skq.files import json_text, new_folder, write_json, write_text
from skq.report.texts import word
from skq.terms import ANNUAL

SEMINAR = Path("seminar") / "merit_and_equity.ipynb"
SAME_PUPILS = Path("seminar") / "same_pupils.ipynb"
SEMINARS = (SEMINAR, SAME_PUPILS)
"""The seminars' notebooks; the first is the one that is opened."""
TABLES = "tabeller"
JUPYTER = ".jupyter"
"""What JupyterLab is told where it is started from here: that the notebooks' kernels are warm ones."""


def prepare_lab(slices: Path, notebooks: Path, folder: Path) -> Path:
    """Make *folder* with the seminars' notebooks and a copy of the protected tables of all schools; return the first.

    A notebook that is there already is kept, it may hold the group's answers; the tables are made anew. SkqError when
    no annual analysis was built, whose tables these are.
    """
    source = slices / ANNUAL
    if not (source / "meta.json").is_file():
        raise SkqError(
            f"{source}: there are no protected tables of all schools yet\n"
            "  next:     run 'skq build' first (with the annual analysis)"
        )
    meta = json.loads((source / "meta.json").read_text(encoding="utf-8"))
    with new_folder(folder / TABLES) as fresh:
        shutil.copytree(source, fresh, dirs_exist_ok=True)
    values = {name: str(meta[name]) for name in ("municipality_code", "school_year")}
    write_json(folder / JUPYTER / "kernels" / KERNEL_NAME / "kernel.json", kernelspec())
    for seminar in SEMINARS:
        if not (folder / seminar.name).exists():
            notebook = filled(notebooks / seminar, {**values, "protected_folder": TABLES})
            write_text(folder / seminar.name, told_for(notebook, str(meta.get("audience", ""))))
    return folder / SEMINAR.name


def filled(template: Path, values: dict[str, str]) -> str:
    """Return *template* with *values* in its cell of parameters; ParameterError when they do not fit."""
    check_parameters(template, values)
    notebook = json.loads(template.read_text(encoding="utf-8"))
    lines = [f"{name}: {kind.__name__} = {values[name]!r}\n" for name, kind in declared_parameters(template).items()]
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            cell["source"] = lines
    return json_text(notebook)


def told_for(notebook: str, audience: str) -> str:
    """Return *notebook* with a line below its title that says whom the tables are for; unchanged where it is not known.

    >>> "allmänheten" in told_for('{"cells": [{"source": ["# A"]}]}', "public")
    True
    """
    if not audience:
        return notebook
    content = json.loads(notebook)
    note = word("audience", "note").format(audience=word("audience", audience))
    content["cells"][0]["source"] += ["\n\n", f"**{note}**"]
    return json_text(content)


def lab_environment(notebook: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return *environment* as JupyterLab is to be started in, so that *notebook* gets a warm kernel."""
    known = [str(notebook.parent.resolve() / JUPYTER), *filter(None, [environment.get("JUPYTER_PATH")])]
    return {**environment, "JUPYTER_PATH": os.pathsep.join(known)}


def lab_command(notebook: Path) -> list[str]:
    """Return the command that opens *notebook* in JupyterLab, with this Python."""
    return [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(notebook.parent), str(notebook)]
