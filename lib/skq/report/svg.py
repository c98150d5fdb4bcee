"""A figure -> its SVG, the same bytes as `Figure.savefig` gives, in a third of the time.

`savefig` draws a figure whose layout is constrained twice, the first time only to lay it out, and measures every text
anew for each of three renderers. Here it is laid out and drawn once, by one renderer that shares what it knows of
texts with those before it. A test holds the bytes equal to those of `savefig`.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.textpath import TextToPath, text_to_path

POINTS_PER_INCH = 72
"""An SVG of matplotlib is measured in points."""

TEXTS_REMEMBERED = 4096

HEIGHTS = (("OS/2", "sTypoLineGap", "sTypoAscender", "sTypoDescender"), ("hhea", "lineGap", "ascent", "descent"))
"""Where a font tells how high its lines are, in the order in which it is asked."""


def svg_bytes(figure: Figure) -> bytes:
    """Return *figure* as SVG, laid out under the rcParams in force; without date, so the same figure, the same bytes.

    The figure's resolution is 72 dpi afterwards, and it belongs to another canvas.
    """
    figure.dpi = POINTS_PER_INCH
    text = io.StringIO()
    width, height = figure.get_size_inches() * POINTS_PER_INCH
    metadata = {"Date": None, "Creator": None}
    renderer: Any = _Renderer(width, height, text, image_dpi=POINTS_PER_INCH, metadata=metadata)
    _Canvas(figure, renderer)
    _place_empty_labels(figure)
    figure.draw(renderer)
    renderer.finalize()
    return text.getvalue().encode("utf-8")


def _place_empty_labels(figure: Figure) -> None:
    """Spare the layout looking for room for the labels of axes that have none: it measures every tick for each."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.label.get_text():
                axis.set_label_coords(0.0, 0.0)


class _Canvas(FigureCanvasSVG):
    """A canvas that lays its figure out with the very renderer that draws it."""

    def __init__(self, figure: Figure, renderer: RendererSVG) -> None:
        super().__init__(figure)
        self._renderer = renderer

    def get_renderer(self) -> RendererSVG:
        """Return what the layout measures texts with."""
        return self._renderer


class _Outlines(TextToPath):
    """Finds the glyphs of each text once in a process, not once each time that it is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, str], tuple[Any, dict[str, Any]]] = {}

    def get_glyphs_with_font(
        self, font: Any, s: str, glyph_map: Any = None, return_new_glyphs_only: bool = False, **how: Any
    ) -> Any:
        """Return the glyphs of *s* with their places, the outlines of those not in *glyph_map*, and no rectangles."""
        if not return_new_glyphs_only or any(how.values()):
            return super().get_glyphs_with_font(font, s, glyph_map, return_new_glyphs_only, **how)
        if (font.fname, s) not in self._known:
            self._known[font.fname, s] = super().get_glyphs_with_font(font, s)[:2]
        glyphs, outlines = self._known[font.fname, s]
        return glyphs, {name: outline for name, outline in outlines.items() if name not in glyph_map}, []


_outlines = _Outlines()


class _Renderer(RendererSVG):
    """A renderer that measures and outlines each text once in a process, not once in a figure."""

    def __init__(self, *given: Any, **how: Any) -> None:
        super().__init__(*given, **how)  # type: ignore[no-untyped-call]
        self._text2path = _outlines

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Return width, height and descent of *s* in points."""
        return _measured(s, prop.copy(), ismath)  # a copy: the caller may change its own, and with it its hash

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float | None, float | None, float | None]:
        """Return how far lines of *prop* reach above and below, and the gap between; a `Text` asks this first.

        It would look for the font and read two of its tables for each text, and each time a text is laid out.
        """
        return _heights(prop.copy())


@lru_cache(TEXTS_REMEMBERED)
def _measured(text: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
    return text_to_path.get_text_width_height_descent(text, prop, ismath)


@lru_cache(TEXTS_REMEMBERED)
def _heights(prop: FontProperties) -> tuple[float | None, float | None, float | None]:
    """Return ascent, descent and gap of *prop* in points, by the very arithmetic of `Text`; None where not known."""
    font: Any = get_font(fontManager._find_fonts_by_props(prop))
    for name, gap, ascent, descent in HEIGHTS:
        if (table := font.get_sfnt_table(name)) is not None:
            scale = 1 / font.get_sfnt_table("head")["unitsPerEm"] * prop.get_size_in_points() * POINTS_PER_INCH / 72
            return table[ascent] * scale, -table[descent] * scale, table[gap] * scale
    return None, None, None
