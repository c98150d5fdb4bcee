"""What every page of the site shares: style sheets, scripts, type and the colours of `_brand.yml`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from skq.render.project import palette

FOLDER = "assets"
WEB_FACES = ("Regular", "It", "Semibold", "Bold")


def asset_files(theme: Mapping[str, bytes], brand: str) -> dict[str, bytes]:
    """Return the shared files by name, from the files of the *theme* by path and the text of `_brand.yml`."""
    shared = [path for path in sorted(theme) if PurePosixPath(path).suffix in (".css", ".js")]
    files = {PurePosixPath(path).name: theme[path] for path in [*shared, "icon.svg"]}
    files["brand.css"] = brand_css(brand).encode()
    for face in WEB_FACES:
        files[f"fonts/SourceSansPro-{face}.ttf"] = theme[f"fonts/SourceSansPro-{face}.ttf"]
    return files


def write_assets(project: Path, folder: Path) -> list[Path]:
    """Write the shared files of the staged *project* into *folder* and return them, sorted."""
    shutil.copytree(project / FOLDER, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def brand_css(brand: str) -> str:
    """Return the colours of the text of `_brand.yml` as custom properties."""
    lines = [f"  --{name}: {colour};" for name, colour in palette(brand).items()]
    return ":root {\n" + "\n".join(lines) + "\n}\n"
