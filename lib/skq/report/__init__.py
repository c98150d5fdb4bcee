"""The report room: protected tables in, pictures, tables and passages in Swedish out.

Heavy names are loaded when asked for, so that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "open_report": "skq.report.opening",
    "SchoolReport": "skq.report.context",
    "Picture": "skq.report.emit",
    "Table": "skq.report.emit",
    "Passage": "skq.report.emit",
    "front_matter": "skq.report.front",
    "write_front_matter": "skq.report.front",
    "figures": "skq.report.figures",
    "tables": "skq.report.tables",
    "passages": "skq.report.passages",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(_HOME[name])
    return module if _HOME[name].endswith(f".{name}") else getattr(module, name)


def __dir__() -> list[str]:
    return list(__all__)
