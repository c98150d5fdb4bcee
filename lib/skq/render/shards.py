"""The staged project in parts that Quarto makes side by side, each of them an ordinary Quarto project of its own.

What makes that safe, and what a page of a part has in common with one of the whole, is in docs/quarto.md.
"""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml  # type: ignore[import-untyped]  # no stubs are among the locked libraries

from skq.render.assets import FOLDER as ASSETS
from skq.render.embedded import page_address
from skq.render.project import BRAND, SETTINGS

MOST_PAGES = 24
"""So many pages at most in one part: what is lost when Quarto is stopped or fails, and its start is still little."""

WORK_FILES = (".quarto", "_site", "*_files")
"""What an earlier `quarto preview` of the project may have left in it; none of it belongs to the project."""

NOTEBOOK = ".ipynb"
LINK = re.compile(r"\]\((?P<page>[^)\s#:]+\.(?:qmd|ipynb))(?=[)#])")
"""A link to another page of the project, as the hand-written pages write it."""


def dealt(pages: Sequence[str], weights: Mapping[str, int], *, jobs: int) -> list[tuple[str, ...]]:
    """Return *pages* in parts of about the same weight, each in the order given: *jobs* of them, or more.

    No part has more than `MOST_PAGES`. *weights* is how much work each page is, in any unit.
    """
    count = min(len(pages), max(jobs, -(-len(pages) // MOST_PAGES)))
    parts: list[list[str]] = [[] for _ in range(count)]
    for page in sorted(pages, key=lambda page: (-weights[page], page)):
        open_parts = [part for part in parts if len(part) < MOST_PAGES]
        min(open_parts, key=lambda part: (sum(weights[each] for each in part), len(part))).append(page)
    order = {page: number for number, page in enumerate(pages)}
    return [tuple(sorted(part, key=order.__getitem__)) for part in parts]


def work_in(project: Path, page: str) -> int:
    """Return about how much work the *page* is: the size of its text, twice where Quarto makes a PDF of it too."""
    size = (project / page).stat().st_size
    return 2 * size if page.endswith(NOTEBOOK) else size


def write_shard(project: Path, pages: Sequence[str], folder: Path) -> Path:
    """Write the part of the staged *project* that makes *pages* into the new *folder* and return it.

    Its pages come out byte for byte as those of the whole project: they lead to the same addresses, though the pages
    there may be of another part. A notebook comes with its folder.
    """
    folder.mkdir(parents=True)
    settings = yaml.safe_load((project / SETTINGS).read_text(encoding="utf-8"))
    known = set(settings["project"]["render"])
    settings["project"]["render"] = list(pages)
    for entry in settings["website"]["navbar"]["left"]:
        # Quarto finds the page of a notebook only in its own project; what is a page's address already, it keeps.
        entry["href"] = page_address(entry["href"]) if entry["href"] in known else entry["href"]
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, width=120)
    (folder / SETTINGS).write_text(text, encoding="utf-8", newline="\n")
    shutil.copyfile(project / BRAND, folder / BRAND)
    for shared in ("theme", ASSETS):
        shutil.copytree(project / shared, folder / shared)
    for page in pages:
        _copy_page(project, page, folder, known)
    return folder


def command_for(program: Path, shard: Path, out: Path) -> list[str]:
    """Return the command by which the Quarto *program* makes the pages and PDFs of *shard* in the new folder *out*."""
    # The `render` of the quarto package tells neither the exit code nor what Quarto said, so it is called directly.
    return [str(program), "render", str(shard), "--no-execute", "--output-dir", str(out)]


def _copy_page(project: Path, page: str, folder: Path, known: set[str]) -> None:
    source, target = project / page, folder / page
    if page.endswith(NOTEBOOK):
        ignored = shutil.ignore_patterns(*WORK_FILES)
        shutil.copytree(source.parent, target.parent, ignore=ignored, dirs_exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    text = with_addresses(source.read_text(encoding="utf-8"), page, known)
    target.write_text(text, encoding="utf-8", newline="\n")


def with_addresses(text: str, page: str, known: set[str]) -> str:
    """Return the Markdown *text* of *page* with links to *known* pages of the project as addresses from its root.

    >>> with_addresses("[a](om.qmd#b), [c](d.qmd)", "index.qmd", {"om.qmd"})
    '[a](/om.html#b), [c](d.qmd)'
    """

    def address(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), link["page"]))
        return f"](/{page_address(target)}" if target in known else link[0]

    return LINK.sub(address, text)
