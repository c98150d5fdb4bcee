"""A template notebook -> the parameters it declares; refuses every other set.

papermill only warns about a misspelt parameter and runs with the default, so that the report of one school could
show the numbers of another. Here it is an error before a kernel is started.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skq.errors import ParameterError

_TYPES = {"str": str, "int": int, "float": float, "bool": bool}


def declared_parameters(template: Path) -> dict[str, type]:
    """Return name and type of every parameter that the cell tagged `parameters` of *template* declares.

    Each line of that cell is `name: type = default`; ParameterError when the cell is absent, doubled or says more.
    """
    cells = [cell for cell in _cells(template) if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(cells) != 1:
        raise _refused(template, "one cell tagged 'parameters'", f"{len(cells)} such cells")
    return dict(_declared(line, template) for line in ast.parse("".join(cells[0]["source"])).body)


def check_parameters(template: Path, parameters: Mapping[str, Any]) -> None:
    """Raise ParameterError unless *parameters* are exactly those that *template* declares, each of its type."""
    declared = declared_parameters(template)
    if unknown := sorted(set(parameters) - set(declared)):
        raise _refused(template, _names(declared), f"the unknown parameter(s) {', '.join(unknown)}")
    if missing := sorted(set(declared) - set(parameters)):
        raise _refused(template, _names(declared), f"no value for {', '.join(missing)}")
    for name, kind in declared.items():
        if type(parameters[name]) is not kind:
            raise _refused(template, f"{name}: {kind.__name__}", f"{name} = {parameters[name]!r}")


def _cells(template: Path) -> list[dict[str, Any]]:
    try:
        notebook = json.loads(template.read_text(encoding="utf-8"))
        return list(notebook["cells"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _refused(template, "a Jupyter notebook", f"{type(error).__name__}: {error}") from error


def _declared(line: ast.stmt, template: Path) -> tuple[str, type]:
    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None:
        kind = _TYPES.get(ast.unparse(line.annotation))
        if kind is not None:
            return line.target.id, kind
    raise _refused(template, f"lines 'name: type = default' with a type of {', '.join(_TYPES)}", ast.unparse(line))


def _names(declared: Mapping[str, type]) -> str:
    return "exactly the parameters " + ", ".join(f"{name}: {kind.__name__}" for name, kind in declared.items())


def _refused(template: Path, expected: str, found: str) -> ParameterError:
    return ParameterError(
        f"{template.name}: the notebook and what it is handed do not fit\n"
        f"  expected: {expected}\n  found:    {found}\n"
        "  next:     correct the parameters cell of the notebook or skq/batch/publications.py"
    )
