"""What `_quarto.yml` and `_brand.yml` of a staged project say, for the engine that reads them without Quarto."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml  # type: ignore[import-untyped]  # no stubs are among the locked libraries

from skq.errors import RenderError
from skq.render.yamltext import loaded

SETTINGS = "_quarto.yml"
BRAND = "_brand.yml"


@dataclass(frozen=True)
class MenuItem:
    """One entry of the navigation: the page of the project it leads to, and its text."""

    page: str
    text: str


@dataclass(frozen=True)
class Project:
    """A staged Quarto project: where it is, what it is called, its menu and its pages in order."""

    folder: Path
    title: str
    footer: str
    menu: tuple[MenuItem, ...]
    pages: tuple[str, ...]

    @property
    def theme(self) -> Path:
        """The folder of templates, filters, style sheets and type."""
        return self.folder / "theme"


def read_project(folder: Path) -> Project:
    """Return the project staged in *folder*; RenderError when it is none."""
    path = folder / SETTINGS
    try:
        settings = loaded(path.read_text(encoding="utf-8"))
        website = settings["website"]
        return Project(
            folder=folder,
            title=str(website["title"]),
            footer=str(website.get("page-footer", "")),
            menu=tuple(MenuItem(str(item["href"]), str(item["text"])) for item in website["navbar"]["left"]),
            pages=tuple(settings["project"].get("render", [])),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError) as problem:
        raise RenderError(f"{path}: not a staged project ({problem!r}); stage it again") from problem


def project_of(folder: Path) -> Path:
    """Return the nearest folder at or above *folder* that holds a staged project."""
    for candidate in (folder, *folder.parents):
        if (candidate / SETTINGS).is_file():
            return candidate
    raise RenderError(f"{folder}: is in no staged project (no {SETTINGS} at or above it)")


def palette(brand: str) -> dict[str, str]:
    """Return colour by name as the text of `_brand.yml` gives it."""
    return dict(loaded(brand)["color"]["palette"])
