"""Typst source to an accessible PDF, the same bytes every time."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import typst

from skq.errors import RenderError

PDF_STANDARD: Final = "ua-1"
NO_TIME = 0
"""Seconds since 1970 that a PDF is stamped with: a report carries its school year and run id, never a clock."""


@cache
def _fonts(folder: Path) -> typst.Fonts:
    # Searching the fonts takes longer than setting a page, so a process does it once.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def typeset(source: str, *, root: Path, fonts: Path, name: str) -> bytes:
    """Return the PDF/UA-1 that *source* makes; figures are found below *root*, type in the folder *fonts*.

    RenderError naming *name* with Typst's own message and hints when it cannot be set or would not be accessible.
    A warning is an error too: it means a font or a glyph is missing.
    """
    compiler = typst.Compiler(root=str(root), font_paths=_fonts(fonts))
    try:
        pdf, warnings = compiler.compile_with_warnings(
            input=source.encode(), format="pdf", pdf_standards=[PDF_STANDARD], timestamp=NO_TIME
        )
    except typst.TypstError as problem:
        raise RenderError(f"{name}: no accessible PDF: {_told(problem)}") from problem
    if warnings:
        raise RenderError(f"{name}: the PDF has faults: " + "; ".join(map(_told, warnings)))
    if not isinstance(pdf, bytes):
        raise RenderError(f"{name}: Typst gave no PDF")
    return pdf


def _told(problem: typst.TypstError | typst.TypstWarning) -> str:
    return problem.diagnostic.strip() or "\n".join([problem.message, *problem.hints])
