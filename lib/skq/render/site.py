"""The finished site from a staged project: made in a folder of its own, checked, then put in place at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from skq.aside import aside
from skq.errors import RenderError, counted
from skq.files import new_folder
from skq.render.assets import write_assets
from skq.render.embedded import page_address, render_page, render_report
from skq.render.engine import Engine
from skq.render.links import check_links
from skq.render.pdfua import check_pdfs
from skq.render.project import read_project
from skq.render.search import index_site

SEARCH = "sok.qmd"
"""The page that the search index is for."""


class Shelf(Protocol):
    """Where finished pages are kept between builds; what makes one reusable is the shelf's own affair."""

    def take(self, address: str, out_folder: Path) -> bool:
        """Put the finished files of the page at *address* into *out_folder*; False where there are none."""

    def keep(self, address: str, files: Sequence[Path]) -> None:
        """Keep the *files* that were just made for the page at *address*."""


@dataclass(frozen=True)
class RenderResult:
    """What was made: addresses of the reports made and reused, number of pages and PDFs in the site."""

    site: Path
    made: tuple[str, ...]
    reused: tuple[str, ...]
    pages: int
    pdfs: int


class ReportsFailed(RenderError):
    """Some reports could not be made; `failed` tells why, by address.

    The others are on the shelf, and no site was changed.
    """

    def __init__(self, failed: dict[str, str]) -> None:
        self.failed = failed
        lines = [f"  {address}: {message}" for address, message in sorted(failed.items())]
        super().__init__(
            "\n".join([f"{counted(len(failed), 'report')} could not be rendered; the site is as it was", *lines])
        )


def render_site(
    project: Path, site: Path, *, engine: Engine, jobs: int = 1, reuse: Shelf | None = None, kept: Path | None = None
) -> RenderResult:
    """Make the site of the staged *project* and put it at *site* in one step; what was there is replaced whole.

    Every link is checked and every PDF must be PDF/UA-1 before that. *jobs* pages are made at once. Raises
    ReportsFailed when reports could not be made: stage without them and call again, what is done is taken from *reuse*,
    and what Quarto has made from the folder *kept*. Raises RenderError for everything else.
    """
    reused: list[str] = []
    with new_folder(site) as fresh:
        if engine.name == "quarto":
            made, reused = _render_by_quarto(project, fresh, engine, jobs=jobs, kept=kept)
        else:
            made, reused = _render_embedded(project, fresh, jobs=jobs, reuse=reuse)
        # The index is the work of another program: meanwhile the rest is looked at.
        with aside(partial(check_links, fresh), at_once=jobs > 1) as links, ThreadPoolExecutor(1) as other:
            index = other.submit(index_site, fresh) if engine.name != "quarto" and _is_searched(project) else None
            pdfs = check_pdfs(fresh)
            pages = len(list(fresh.rglob("*.html")))
            links.result()
        if index:
            index.result()
    return RenderResult(site, tuple(made), tuple(reused), pages, pdfs)


def _render_by_quarto(
    project: Path, fresh: Path, engine: Engine, *, jobs: int, kept: Path | None
) -> tuple[list[str], list[str]]:
    from skq.render.quarto import render_with_quarto

    rendered = render_with_quarto(project, fresh, engine, log=project.parent / "quarto.log", jobs=jobs, kept=kept)
    if rendered.failed:
        raise ReportsFailed(rendered.failed)
    return list(rendered.made), list(rendered.reused)


def report_addresses(project: Path) -> list[str]:
    """Return the addresses of the reports of a staged *project*, in the order of its list."""
    return [page.removesuffix(".ipynb") for page in read_project(project).pages if page.endswith(".ipynb")]


def _render_embedded(project: Path, fresh: Path, *, jobs: int, reuse: Shelf | None) -> tuple[list[str], list[str]]:
    """Make the pages around the reports, *jobs* at once, while those of the reports are put beside them.

    Each is a process of pandoc that somebody waits for.
    """
    pages = [page for page in read_project(project).pages if page.endswith(".qmd")]
    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        around = [pool.submit(_put_page, page, project, fresh, reuse) for page in pages]
        made, reused = _render_reports(project, fresh, jobs=jobs, reuse=reuse)
        write_assets(project, fresh / "assets")
        for page in around:
            page.result()
    return made, reused


def _put_page(page: str, project: Path, fresh: Path, reuse: Shelf | None) -> None:
    address = page.removesuffix(".qmd")
    if not (reuse and reuse.take(address, fresh)):
        made = render_page(project / page, fresh / page_address(page))
        if reuse:
            reuse.keep(address, [made])


def _render_reports(project: Path, fresh: Path, *, jobs: int, reuse: Shelf | None) -> tuple[list[str], list[str]]:
    addresses = report_addresses(project)
    reused = _taken(addresses, fresh, reuse, jobs=jobs) if reuse else []
    made = [address for address in addresses if address not in set(reused)]
    failed: dict[str, str] = {}
    for address, outcome in _outcomes(made, project, fresh, jobs=jobs):
        if isinstance(outcome, str):
            failed[address] = outcome
        elif reuse:
            reuse.keep(address, outcome)
    if failed:
        raise ReportsFailed(failed)
    return made, reused


def _taken(addresses: Sequence[str], fresh: Path, reuse: Shelf, *, jobs: int) -> list[str]:
    """Return those of *addresses* whose files *reuse* had; *jobs* are looked at and put in place at once."""
    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        there = pool.map(lambda address: reuse.take(address, (fresh / address).parent), addresses)
        return [address for address, is_there in zip(addresses, there, strict=True) if is_there]


def _outcomes(
    addresses: Sequence[str], project: Path, fresh: Path, *, jobs: int
) -> Iterator[tuple[str, list[Path] | str]]:
    """Give every report's files, or the message of its error, in the order of *addresses*."""
    folders = [((project / address).parent, (fresh / address).parent) for address in addresses]
    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        yield from zip(addresses, pool.map(_attempt, folders), strict=True)


def _attempt(folders: tuple[Path, Path]) -> list[Path] | str:
    try:
        return render_report(*folders).files
    except RenderError as problem:
        return str(problem)


def _is_searched(project: Path) -> bool:
    return SEARCH in read_project(project).pages
