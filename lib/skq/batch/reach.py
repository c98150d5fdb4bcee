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

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Where the statements below a statement stand."""

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
    return set(_named_in_cells(template.read_bytes()))


@cache
def _named_in_cells(notebook: bytes) -> frozenset[str]:
    sources = ["".join(cell["source"]) for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    return frozenset(name for source in sources for name in _names(source.encode(), package=""))


def _reached(names: Iterable[str], package: Path, but_for: frozenset[str]) -> dict[str, Path]:
    """Return every module that *names* reach, and where it lies; as in Python the packages above one are run too."""
    places = _places(package)
    modules: dict[str, Path] = {}
    waiting = set(names)
    while waiting:
        for name in _with_parents(waiting.pop()):
            if name not in places or name in but_for:
                break
            if name not in modules:
                modules[name] = places[name]
                waiting |= _named_in(places[name].read_bytes(), package.name) - modules.keys()
    return modules


@cache
def _named_in(source: bytes, package: str) -> frozenset[str]:
    return frozenset(_names(source, package=package))  # a build asks several times, and parsing takes long


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _places(package: Path) -> dict[str, Path]:
    """Return the file of every module of *package* by its dotted name; a package goes before a module of its name."""
    found = {}
    for path in sorted(package.rglob("*.py"), key=lambda path: path.name == "__init__.py"):
        place = path.parent if path.name == "__init__.py" else path.with_suffix("")
        found[".".join(place.relative_to(package.parent).parts)] = path
    return found


def _names(source: bytes, *, package: str) -> set[str]:
    """Return every dotted name that *source* imports, or writes as a text that begins with *package* (none if "")."""
    written = re.compile(rf"{re.escape(package)}(\.\w+)+") if package else None
    if written and not re.search(rb"(?<!from )(?<!import )\b" + package.encode() + rb"\b", source):
        written = None  # no such text: it is not even spelled, and looking into every expression takes long
    found: set[str] = set()
    for node in _nodes(ast.parse(source), statements_only=written is None):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif written and isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {node.value} if written.fullmatch(node.value) else set()
    return found


def _nodes(tree: ast.AST, *, statements_only: bool) -> Iterator[ast.AST]:
    """Give *tree* and all below it that can be run: what stands under `if TYPE_CHECKING` cannot."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and _last_name(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        yield node
        waiting += (
            [child for block in _BLOCKS for child in getattr(node, block, ())]
            if statements_only
            else ast.iter_child_nodes(node)
        )


def _last_name(test: ast.expr) -> str:
    return test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""


def _data_files(folder: Path) -> Iterator[Path]:
    """Give every data file of the package in *folder*, down to the packages within it."""
    for path in folder.iterdir():
        if path.is_dir():
            if not (path / "__init__.py").is_file() and path.name != "__pycache__":
                yield from _data_files(path)
        elif path.suffix != ".py" and not path.name.startswith("."):
            yield path
