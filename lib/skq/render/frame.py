"""What is around the reports of a project: theme, colours, shared files, and Quarto's settings with the menu."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml  # type: ignore[import-untyped]  # no stubs are among the locked libraries

from skq.errors import RenderError
from skq.render.assets import FOLDER as ASSETS
from skq.render.assets import asset_files
from skq.render.project import BRAND, SETTINGS
from skq.render.yamltext import loaded

ANALYSES = "arsanalys/"
"""Where the report of all schools together is: the menu leads there, and its PDF begins with a list of contents."""
FONT_FACES = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")
PAGE_ORDER = ("index.qmd", "metod.qmd", "skydd.qmd", "om.qmd", "sok.qmd", "404.qmd")


def frame_files(
    house: Path, addresses: Sequence[str], pages: Iterable[str], *, title: str, footer: str
) -> dict[str, bytes]:
    """Return theme, colours, shared files and settings by name."""
    theme = _theme_files(house / "reports" / "theme")
    files = {f"theme/{path}": content for path, content in theme.items()}
    files[BRAND] = (house / BRAND).read_bytes()
    # In the project, not only in the site, so that Quarto finds them too.
    files |= {f"{ASSETS}/{name}": content for name, content in asset_files(theme, files[BRAND].decode()).items()}
    files[SETTINGS] = _settings(house / SETTINGS, addresses, pages, title=title, footer=footer)
    return files


def _theme_files(theme: Path) -> dict[str, bytes]:
    files = {
        path.relative_to(theme).as_posix(): path.read_bytes() for path in sorted(theme.rglob("*")) if path.is_file()
    }
    if not files:
        raise RenderError(f"no theme in {theme}; the folder reports/theme of skq is missing")
    return files | {f"fonts/{path.name}": path.read_bytes() for path in _font_files()}


def _font_files() -> list[Path]:
    import font_source_sans_pro

    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return [folder / f"SourceSansPro-{face}.ttf" for face in FONT_FACES]


def _settings(path: Path, addresses: Sequence[str], pages: Iterable[str], *, title: str, footer: str) -> bytes:
    settings = loaded(path.read_text(encoding="utf-8"))
    listed = sorted(pages, key=lambda name: (PAGE_ORDER.index(name) if name in PAGE_ORDER else len(PAGE_ORDER), name))
    settings["project"]["render"] = listed + sorted(f"{address}.ipynb" for address in addresses)
    settings["website"]["title"] = title
    menu = settings["website"]["navbar"]["left"]
    menu[:] = [entry for entry in menu if entry["href"] in pages]
    settings["website"]["page-footer"] = footer
    for address in sorted(addresses):
        if address.startswith(ANALYSES):
            entry = {"href": f"{address}.ipynb", "text": "Årsanalys"}
            menu.insert(1, entry)
    text: str = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, width=120)
    return text.encode()
