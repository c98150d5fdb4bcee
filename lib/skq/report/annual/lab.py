"""What a report's cell gives back -> the same for JupyterLab, which knows neither Quarto's blocks nor its labels."""

from __future__ import annotations

import re

from skq.report.emit import Passage, Picture, Table

FENCE = re.compile(r"^:{3,}.*\n?", re.MULTILINE)
IMAGE = re.compile(r"^!\[(.*)\]\((.*)\)\{#fig-.*\}$", re.MULTILINE)
CAPTION = re.compile(r"^: (?:\[[^\]]*\]\{\.float-number\} )?(.*) \{#(?:tbl|page)-.*\}$", re.MULTILINE)


def shown(thing: Passage | Picture | Table) -> Passage:
    """Return *thing* as plain Markdown: the same words, picture and numbers, captions as lines of their own."""
    text = FENCE.sub("", thing.markdown())
    text = IMAGE.sub(r"![\1](\2)\n\n*\1*", text)
    return Passage(CAPTION.sub(r"*\1*", text).strip())
