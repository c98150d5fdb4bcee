"""Pages that Quarto has made, kept between builds: taken again when all that Quarto reads for them is the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from skq.batch.fingerprint import STAMP, is_current, seal
from skq.batch.reach import SHORT, reached_code
from skq.errors import RenderError
from skq.files import checksum, folder_checksums, new_folder
from skq.render.embedded import page_address
from skq.render.links import read_page
from skq.render.project import BRAND, SETTINGS
from skq.render.shards import NOTEBOOK
from skq.render.yamltext import loaded

PACKAGE = Path(__file__).parents[1]
CODE = ("skq.render.shards", "skq.render.finish")
"""The modules that make of a staged page what Quarto reads, and of what Quarto gives a page of the site."""

LIBRARIES = "site_libs"
"""Where Quarto puts the scripts and style sheets that it shares among pages."""

PAGES = "pages"


def shared_parts(project: Path, version: str) -> dict[str, Any]:
    """Return what all pages of the staged *project* are made of by Quarto *version*: frame, theme, brand, code.

    The list of pages is no part of any page.
    """
    settings = loaded((project / SETTINGS).read_text(encoding="utf-8"))
    settings["project"].pop("render", None)
    return {
        "brand": checksum(project / BRAND)[:SHORT],
        "code": reached_code(CODE, PACKAGE),
        "quarto": version,
        "settings": settings,
        "theme": {path: digest[:SHORT] for path, digest in folder_checksums(project / "theme").items()},
    }


class KeptPages:
    """Finished pages below *folder*, each in a folder of its own with its seal, and what they share.

    *shared* is as from `shared_parts`; another Quarto, theme or frame makes all that is kept useless.
    """

    def __init__(self, folder: Path, project: Path, shared: Mapping[str, Any]) -> None:
        self.folder = folder
        self.project = project
        self.shared = dict(shared)
        self._has_libraries = is_current(folder / LIBRARIES, self.shared)

    def has(self, page: str) -> bool:
        """Whether *page* (`om.qmd`, `skolor/…/kvalitetsrapport.ipynb`) need not be made again."""
        return self._has_libraries and is_current(self._place(page), self._parts(page))

    def keep(self, page: str, made: Path) -> None:
        """Keep what Quarto has made of *page* in the site at *made*, and what the page shares with others."""
        self._keep_libraries(made / LIBRARIES)
        with new_folder(self._place(page)) as fresh:
            target = fresh / page_address(page)
            target.parent.mkdir(parents=True, exist_ok=True)
            if page.endswith(NOTEBOOK):
                shutil.copytree((made / page).parent, target.parent, dirs_exist_ok=True)
            else:
                shutil.copyfile(made / page_address(page), target)
            seal(fresh, self._parts(page))

    def put(self, pages: Iterable[str], out: Path) -> None:
        """Copy the kept *pages* to *out*, and of what Quarto shares among pages all that one of them uses."""
        used: set[str] = set()
        for page in pages:
            shutil.copytree(
                self._place(page), out, ignore=shutil.ignore_patterns(STAMP), dirs_exist_ok=True,
                copy_function=shutil.copyfile,
            )  # fmt: skip
            used |= libraries_of((out / page_address(page)).read_text(encoding="utf-8"))
        for name in sorted(used):
            shutil.copytree(
                self.folder / LIBRARIES / name, out / LIBRARIES / name, copy_function=shutil.copyfile,
                dirs_exist_ok=True,
            )  # fmt: skip

    def drop_others(self, pages: Iterable[str]) -> None:
        """Remove what is kept of any page but *pages*."""
        kept = {self._place(page) for page in pages}
        for folder in sorted((self.folder / PAGES).glob("*")):
            if folder not in kept:
                shutil.rmtree(folder)

    def _place(self, page: str) -> Path:
        return self.folder / PAGES / page.replace("/", ",")

    def _parts(self, page: str) -> dict[str, Any]:
        path = self.project / page
        files = folder_checksums(path.parent) if page.endswith(NOTEBOOK) else {path.name: checksum(path)}
        return {**self.shared, "page": page, "files": {name: digest[:SHORT] for name, digest in files.items()}}

    def _keep_libraries(self, made: Path) -> None:
        """Add the folder of libraries *made* to the kept ones; those of another theme or Quarto are forgotten."""
        kept = self.folder / LIBRARIES
        new = folder_checksums(made)
        old = folder_checksums(kept) if self._has_libraries else {}
        if new.items() <= old.items():
            return
        if differing := sorted(name for name in new.keys() & old.keys() if new[name] != old[name]):
            raise RenderError(f"Quarto made two different files of one name: {LIBRARIES}/{differing[0]}")
        with new_folder(kept) as fresh:
            for source in [kept, made] if old else [made]:
                shutil.copytree(source, fresh, dirs_exist_ok=True, ignore=shutil.ignore_patterns(STAMP))
            seal(fresh, self.shared)
        self._has_libraries = True


def libraries_of(text: str) -> set[str]:
    """Return the names of the shared libraries that the HTML *text* of a page loads."""
    loaded = (address.partition(f"{LIBRARIES}/")[2] for address in read_page(text).loads)
    return {name.partition("/")[0] for name in loaded if name}
