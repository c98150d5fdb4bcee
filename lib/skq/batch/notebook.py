"""One template and its parameters -> one executed notebook and what it drew, whole or not at all.

The only module that calls papermill. What papermill leaves behind (paths, times, half-run files) does not get out.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from skq.batch.fingerprint import MadeOf, seal
from skq.batch.parameters import check_parameters
from skq.errors import NotebookError
from skq.files import json_text, new_folder, write_text

CELL_SECONDS = 300
"""A cell that takes longer has lost its way; reports take a second."""

NOT_NEEDED = ("rfc3987_syntax",)
"""What jsonschema does without where it is not installed: it compiles grammars for addresses, which takes a second."""

ALLOWED_OUTPUT = {"text/markdown", "text/plain"}
"""What a cell may emit; an HTML twin would be taken instead and lose numbering, alt texts and the PDF."""

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def run_notebook(
    template: Path,
    target: Path,
    parameters: Mapping[str, Any],
    *,
    made_of: MadeOf = "",
    cell_seconds: int = CELL_SECONDS,
    on_cell: Callable[[int], None] = lambda number: None,
) -> float:
    """Execute a copy of *template* with *parameters* as the notebook *target*, with all it wrote beside it.

    Returns the seconds that its kernel was inside its cells.

    The notebook runs in a fresh folder next to that of *target*, which takes its place only when every cell ran; the
    parts *made_of* are written there last. Raises ParameterError when the template does not declare exactly these
    parameters, NotebookError when a cell fails, takes longer than *cell_seconds* (0: no limit), kills its kernel or
    emits anything but Markdown. *on_cell* is told the number of every cell as it begins.
    """
    check_parameters(template, parameters)
    with new_folder(target.parent) as folder:
        executed = _executed(template, folder, parameters, cell_seconds, on_cell)
        _refuse_other_output(executed, template)
        write_text(folder / target.name, json_text(_bare(executed)))
        seal(folder, made_of)
    return sum(map(_seconds, executed["cells"]))


def get_ready() -> None:
    """Load what executes notebooks, which takes a second: for a process that has nothing to do yet."""
    left_out = [name for name in NOT_NEEDED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(left_out))  # type: ignore[arg-type]  # None stands for one that is not there
    try:
        import papermill  # noqa: F401
    finally:
        for name in left_out:
            sys.modules.pop(name, None)


def _executed(
    template: Path, folder: Path, parameters: Mapping[str, Any], cell_seconds: int, on_cell: Callable[[int], None]
) -> dict[str, Any]:
    get_ready()
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from skq.batch.kernels import KERNEL_NAME, kernel_options

    logging.getLogger("papermill").setLevel(logging.ERROR)
    reached = 0

    def begin(cell: object, cell_index: int) -> None:
        nonlocal reached
        reached = cell_index  # counts from 0, but also the cell of parameters that papermill put in
        on_cell(reached)

    with kernel_options() as options:
        try:
            notebook = papermill.execute_notebook(
                str(template),
                None,
                parameters=dict(parameters),
                cwd=str(folder),
                kernel_name=KERNEL_NAME,
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
                execution_timeout=cell_seconds or None,
                on_cell_start=begin,
                **options,
            )
        except PapermillExecutionError as error:
            message = _ANSI.sub("", str(error.evalue))
            raise _failed(template, error.cell_index, f"{error.ename}: {message}") from error
        except CellTimeoutError as error:
            what = f"took longer than {cell_seconds} s (cell_seconds in the settings)"
            raise _failed(template, reached, what) from error
        except DeadKernelError as error:
            raise _failed(template, reached, "the kernel died; most often it ran out of memory") from error
    return dict(notebook)


def _seconds(cell: Mapping[str, Any]) -> float:
    """Return how long the kernel was inside *cell*, by its own clock: from taking it up to being idle again."""
    noted = cell["metadata"].get("execution", {})
    if not {"iopub.execute_input", "iopub.status.idle"} <= set(noted):
        return 0.0
    begin, end = (datetime.fromisoformat(noted[moment]) for moment in ("iopub.execute_input", "iopub.status.idle"))
    return (end - begin).total_seconds()


def _failed(template: Path, cell: int, what: str) -> NotebookError:
    return NotebookError(f"{template.name}, cell {cell}: {what}", cell)


def _refuse_other_output(notebook: Mapping[str, Any], template: Path) -> None:
    """Raise NotebookError when a cell printed, warned or showed anything but Markdown."""
    own = [cell for cell in notebook["cells"] if "injected-parameters" not in cell["metadata"].get("tags", [])]
    for number, cell in enumerate(own, start=1):
        for output in cell.get("outputs", []):
            if wrong := _wrong_output(output):
                raise _failed(template, number, f"a cell may emit Markdown and nothing else\n  found:    {wrong}")


def _wrong_output(output: Mapping[str, Any]) -> str | None:
    if output["output_type"] == "stream":
        return f"{output['name']}: {''.join(output['text']).strip()[:500]}"
    kinds = set(output.get("data", {}))
    if "text/markdown" not in kinds or not kinds <= ALLOWED_OUTPUT:
        return ", ".join(sorted(kinds)) or str(output["output_type"])
    return None


def _bare(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notebook without times, paths and papermill's notes: same numbers, same bytes."""
    cells = [_bare_cell(cell, number) for number, cell in enumerate(notebook["cells"], start=1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _bare_cell(cell: Mapping[str, Any], number: int) -> dict[str, Any]:
    tags = list(cell.get("metadata", {}).get("tags", []))
    bare: dict[str, Any] = {
        "cell_type": cell["cell_type"],
        "id": f"cell-{number}",
        "metadata": {"tags": tags} if tags else {},
        "source": cell["source"],
    }
    if cell["cell_type"] == "code":
        outputs = [_bare_output(output) for output in cell["outputs"]]
        bare |= {"execution_count": cell["execution_count"], "outputs": outputs}
    return bare


def _bare_output(output: Mapping[str, Any]) -> dict[str, Any]:
    bare = {key: output[key] for key in ("output_type", "execution_count", "data") if key in output}
    return {**bare, "metadata": {}}
