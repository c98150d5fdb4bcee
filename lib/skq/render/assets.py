"""What every page of the site shares: style sheets, scripts, type and the colours of `_brand.yml`."""

from __future__ import annotations

from pathlib import Path

from skq.render.project import palette

WEB_FACES = ("Regular", "It", "Semibold", "Bold")


def write_assets(project: Path, folder: Path) -> list[Path]:
    """Write the shared files of the staged *project* into *folder* and return them, sorted."""
    theme = project / "theme"
    files = {path.name: path.read_bytes() for kind in ("css", "js") for path in sorted((theme / kind).glob(f"*.{kind}"))}
    files["icon.svg"] = (theme / "icon.svg").read_bytes()
    files["brand.css"] = brand_css(project).encode()
    for face in WEB_FACES:
        files[f"fonts/SourceSansPro-{face}.ttf"] = (theme / "fonts" / f"SourceSansPro-{face}.ttf").read_bytes()
    for name, content in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return sorted(folder / name for name in files)


def brand_css(project: Path) -> str:
    """Return the colours of the brand as custom properties."""
    lines = [f"  --{name}: {colour};" for name, colour in palette(project).items()]
    return ":root {\n" + "\n".join(lines) + "\n}\n"
