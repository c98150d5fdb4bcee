"""The look lives once: what repeats the brand says the same."""

from __future__ import annotations

import re
from pathlib import Path

from skq.render.assets import brand_css
from skq.render.project import palette
from skq.report.style import PALETTE

HOUSE = Path(__file__).parents[2]
BRAND = (HOUSE / "_brand.yml").read_text(encoding="utf-8")
THEME = HOUSE / "reports" / "theme"


def test_figures_have_the_colours_of_the_brand() -> None:
    """Figures draw with the colours of _brand.yml."""
    assert palette(BRAND) == PALETTE


def test_pdfs_have_the_colours_of_the_brand() -> None:
    """The Typst design repeats the colours of _brand.yml under the same names."""
    text = (THEME / "typst" / "skq.typ").read_text(encoding="utf-8")
    colours = dict(re.findall(r'^  (\w+): rgb\("(#[0-9a-f]{6})"\),$', text, re.MULTILINE))
    assert colours
    assert colours.items() <= palette(BRAND).items()


def test_pages_have_the_colours_of_the_brand() -> None:
    """Every colour of the brand is a custom property of the pages, and the style sheet uses no other name."""
    defined = set(re.findall(r"--(\w+): #", brand_css(BRAND)))
    used = set(re.findall(r"var\(--(\w+)\)", (THEME / "css" / "skq.css").read_text(encoding="utf-8")))
    assert defined == set(palette(BRAND))
    assert used <= defined


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1, of a colour like #0b5d7a."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_formula() -> None:
    """Black on white is 21:1 and #767676 on white is 4.54:1, as WCAG's own examples say."""
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_text_colours_reach_aa() -> None:
    """Every colour that text is set in has at least 4.5:1 on white and on the surface."""
    brand = palette(BRAND)
    for name in ("ink", "muted", "accent", "highlight"):
        for ground in ("background", "surface"):
            assert contrast(brand[name], brand[ground]) >= 4.5, (name, ground)


def test_typst_design_can_be_a_pandoc_partial() -> None:
    """The one design file holds no dollar sign, which pandoc would take for a variable."""
    assert "$" not in (THEME / "typst" / "skq.typ").read_text(encoding="utf-8")
