"""What Quarto says while it makes a project -> which document failed, and why, in its own words."""

from __future__ import annotations

import re

TERMINAL_CODE = re.compile(r"\x1b\[[0-9;]*m|\r")
PROGRESS = re.compile(r"^\[\s*\d+/\d+\]\s+(?P<document>\S.*?)\s*$", re.MULTILINE)
STACK = re.compile(r"\n+Stack trace:.*", re.DOTALL)
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
UNKNOWN_REFERENCE = re.compile(r"Unable to resolve crossref (@\S+)")


def plain(said: str) -> str:
    """Return what Quarto *said* without the codes of a terminal."""
    return TERMINAL_CODE.sub("", said)


def document_at(said: str) -> str | None:
    """Return the document that Quarto was at when it stopped, None where it tells of none (or has just one to make).

    >>> document_at("[1/2] index.qmd\\n[2/2] om.qmd\\nERROR: no such filter")
    'om.qmd'
    """
    documents: list[str] = PROGRESS.findall(said)
    return documents[-1] if documents else None


def reason(said: str, *, code: int = 1) -> str:
    """Return why Quarto stopped, by what it *said* (without its own stack) and by its exit *code*.

    >>> reason("[1/1] om.qmd\\nERROR: no such filter\\n\\nStack trace:\\n at x")
    'Quarto could not make it: no such filter'
    """
    before, _, message = said.partition("ERROR:")
    first = STACK.sub("", message).partition("ERROR:")[0]
    killed = f"it was killed by signal {-code}" if code < 0 else ""
    why = BLANK_LINES.sub("\n", first).strip() or killed or before.strip() or "it gave no reason"
    return f"Quarto could not make it: {why}"


def unknown_references(said: str, only: str) -> dict[str, list[str]]:
    """Return by document the references in it that lead nowhere: Quarto warns of them and goes on.

    *only* is the document that is meant where Quarto tells of none, having just one to make.

    >>> unknown_references("WARNING (refs.lua:128) Unable to resolve crossref @fig-a", "om.qmd")
    {'om.qmd': ['@fig-a']}
    """
    pieces = PROGRESS.split(said)
    documents, texts = [only, *pieces[1::2]], pieces[0::2]
    found: dict[str, list[str]] = {}
    for document, text in zip(documents, texts, strict=True):
        if names := list(dict.fromkeys(UNKNOWN_REFERENCE.findall(text))):
            found[document] = names
    return found
