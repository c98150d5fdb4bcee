"""Names of modules -> the files of skq that run when these are used: found by reading code, never by running it.

A report depends on the modules that its template reaches, not on the command line or the gate. What is reached is told
rather too generously: imports inside functions count, and so does every text that is exactly the name of a module (a
module may be loaded by such a name). Not followed are imports for the type checker alone.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from skq.files import checksum

SHORT = 16
"""Letters of a checksum that are kept of each file: enough to tell its versions apart, and readable."""


def reached_code(names: Iterable[str], package: Path, *, but_for: Iterable[str] = ()) -> dict[str, str]:
    """Return a short checksum of every file that the modules *names* reach within *package*, by path below its parent.

    *names* are dotted (`skq.report.figures`), those of other packages reach nothing. Data files (all but Python) count
    for every module of the package in whose folder they lie. What lies in or below *but_for* is left out, and so is
    all that is reached through it alone. The order of *names* means nothing.
    """
    modules = _reached(names, package, frozenset(but_for))
    found = set(modules.values())
    for folder in {path.parent for path in found}:
        found |= set(_data_files(folder))
    return {path.relative_to(package.parent).as_posix(): checksum(path)[:SHORT] for path in sorted(found)}


def template_names(template: Path) -> set[str]:
    """Return the dotted names that the code cells of the notebook *template* import."""
    cells = json.loads(template.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return {name for source in sources for name in _names(ast.parse(source), package="")}


def _reached(names: Iterable[str], package: Path, but_for: frozenset[str]) -> dict[str, Path]:
    """Return every module that *names* reach, and where it lies; as in Python the packages above one are run too."""
    modules: dict[str, Path] = {}
    waiting = sorted(set(names))
    while waiting:
        for name in _with_parents(waiting.pop()):
            path = _place(name, package)
            if path is None or name in but_for:
                break
            if name not in modules:
                modules[name] = path
                waiting += sorted(_named_in(path.read_bytes(), package.name))
    return modules


@cache
def _named_in(source: bytes, package: str) -> frozenset[str]:
    return frozenset(_names(ast.parse(source), package=package))  # a build asks several times, and parsing takes long


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _place(name: str, package: Path) -> Path | None:
    """Return the file of the module *name* of *package*, None where there is none."""
    if name.partition(".")[0] != package.name:
        return None
    place = package.parent.joinpath(*name.split("."))
    return next((path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file()), None)


def _names(tree: ast.AST, *, package: str) -> set[str]:
    """Return every dotted name that *tree* imports, or writes as a text that begins with *package* (none if "")."""
    written = re.compile(rf"{re.escape(package)}(\.\w+)+") if package else None
    found: set[str] = set()
    for node in _nodes(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif written and isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {node.value} if written.fullmatch(node.value) else set()
    return found


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Give *tree* and all below it that can be run: what stands under `if TYPE_CHECKING` cannot."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test).rpartition(".")[2] == "TYPE_CHECKING":
            for other in child.orelse:
                yield from _nodes(other)
        else:
            yield from _nodes(child)


def _data_files(folder: Path) -> Iterator[Path]:
    """Give every data file of the package in *folder*, down to the packages within it."""
    for path in folder.iterdir():
        if path.is_dir():
            if not (path / "__init__.py").is_file() and path.name != "__pycache__":
                yield from _data_files(path)
        elif path.suffix != ".py" and not path.name.startswith("."):
            yield path
