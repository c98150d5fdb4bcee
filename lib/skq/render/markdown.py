"""Plain text and small tables as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

NONE = "–"
_SPECIAL = re.compile(r"""([\\`*_{}\[\]<>#|$^~@'"])""")
_LIST_START = re.compile(r"^(\d+)([.)])(?=\s|$)")
_BULLET_START = re.compile(r"^([-+:])(?=\s|$)")


def escaped(text: str) -> str:
    r"""Return *text* so that Markdown shows it as it is, on one line.

    >>> escaped("~100 [a] *b*"), escaped("1. x")
    ('\\~100 \\[a\\] \\*b\\*', '1\\. x')
    """
    text = _SPECIAL.sub(r"\\\1", " ".join(text.split("\n")))
    return _BULLET_START.sub(r"\\\1", _LIST_START.sub(r"\1\\\2", text))


def quoted(text: str) -> str:
    """Return *text* for use between double quotes in a YAML block, shown as it is by Markdown."""
    return escaped(text).replace("\\", "\\\\").replace('"', '\\"')


def pipe_table(head: Sequence[str], rules: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table of cells that are Markdown already; an empty cell becomes a dash."""
    lines = [head, rules, *rows]
    return "\n".join("| " + " | ".join(cell or NONE for cell in line) + " |" for line in lines)
