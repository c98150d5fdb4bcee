"""The look of every figure: palette, type, sizes.

`_brand.yml` says the same to pages and PDFs; a test holds them equal.
"""

from __future__ import annotations

from functools import cache
from typing import Any

INK = "#1d2733"
MUTED = "#5b6770"
SCHOOL = "#0b5d7a"
COMPARISON = "#7d8890"
HIGHLIGHT = "#b5472f"
GIRLS = "#6d4a94"
BOYS = "#a8650a"
SURFACE = "#f3f6f7"
LINE = "#d5dde1"
BACKGROUND = "#ffffff"

PALETTE: dict[str, str] = {
    "ink": INK,
    "muted": MUTED,
    "accent": SCHOOL,
    "comparison": COMPARISON,
    "highlight": HIGHLIGHT,
    "girls": GIRLS,
    "boys": BOYS,
    "surface": SURFACE,
    "line": LINE,
    "background": BACKGROUND,
}
"""Colour by its name in `_brand.yml`."""

FONT = "Source Sans Pro"
TEXT_SIZE = 9.0
SMALL_SIZE = 8.0

COLUMN_WIDTH = 16.0 / 2.54
"""Width of the text column on A4, in inches."""

RC: Any = {
    "font.family": FONT,
    "font.size": TEXT_SIZE,
    "axes.titlesize": TEXT_SIZE,
    "axes.titleweight": "semibold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.titley": 1.0,  # not looked for: no figure has ticks above its axes and a title too
    "axes.labelsize": SMALL_SIZE,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": LINE,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": SMALL_SIZE,
    "ytick.labelsize": SMALL_SIZE,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "figure.facecolor": BACKGROUND,
    "axes.facecolor": BACKGROUND,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "path",
    "legend.frameon": False,
}


@cache
def register_fonts() -> None:
    """Tell matplotlib where the package's Source Sans Pro is; once per process, whatever the machine has installed."""
    from font_source_sans_pro import font_files_ttf
    from matplotlib import font_manager

    for file in sorted(font_files_ttf.values()):
        font_manager.fontManager.addfont(file)


def rc() -> Any:
    """Return the settings for `matplotlib.rc_context`, with the type ready to use."""
    register_fonts()
    return RC
