"""Executed notebooks -> the finished site: stage the project, render what changed, put it in place at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from skq.batch.fingerprint import MadeOf
from skq.batch.publications import PUBLICATIONS
from skq.batch.run import Done, Outcome
from skq.build.audience import PRINCIPAL
from skq.build.numbers import Numbers
from skq.build.pages import school_rows, site_facts, site_title
from skq.build.request import Places, Request
from skq.build.shelf import FolderShelf
from skq.errors import RenderError
from skq.render.engine import Engine
from skq.render.glossary import glossary, metric_index
from skq.render.made_of import frame_parts, page_parts
from skq.render.method import metric_texts
from skq.render.pages import site_pages
from skq.render.site import RenderResult, ReportsFailed, render_site
from skq.render.stage import ExecutedReport, stage_project
from skq.report.texts import word
from skq.store import ANNUAL


def made_site(
    done: Sequence[Done],
    numbers: Numbers,
    inputs: Sequence[Mapping[str, Any]],
    metas: Mapping[str, Mapping[str, Any]],
    request: Request,
    engine: Engine,
) -> tuple[RenderResult, dict[str, str]]:
    """Return the finished site of all executed reports, and why the pages of some could not be made, by address.

    The old site stays until the new one is whole. RenderError when there is no report to show, or the site is faulty.
    """
    ready = [item for item in done if item.outcome is not Outcome.FAILED]
    failed: dict[str, str] = {}
    while ready:
        try:
            return _rendered(ready, done, numbers, inputs, metas, request, engine), failed
        except ReportsFailed as error:
            failed |= error.failed
            ready = [item for item in ready if address_of(item) not in failed]
    raise RenderError("not one report could be made; the site is as it was\n" + "\n".join(map(str, done)))


def address_of(done: Done) -> str:
    """Return the address of a report's page."""
    return PUBLICATIONS[done.task.publication].address(done.task.key, done.task.name)


def _rendered(
    ready: Sequence[Done],
    done: Sequence[Done],
    numbers: Numbers,
    inputs: Sequence[Mapping[str, Any]],
    metas: Mapping[str, Mapping[str, Any]],
    request: Request,
    engine: Engine,
) -> RenderResult:
    places = Places(request.out)
    staged(ready, done, numbers, inputs, next(iter(metas.values())), request, places.project)
    shelf = FolderShelf(places.shelf, page_fingerprints(places.project, [address_of(item) for item in ready]))
    result = render_site(places.project, places.site, engine=engine, jobs=request.jobs, reuse=shelf)
    shelf.drop_others()
    return result


def staged(
    ready: Sequence[Done],
    done: Sequence[Done],
    numbers: Numbers,
    inputs: Sequence[Mapping[str, Any]],
    meta: Mapping[str, Any],
    request: Request,
    project: Path,
    *,
    without: Sequence[str] = (),
) -> Path:
    """Stage the site of the *ready* reports in the folder *project* and return it; its list of schools is of *done*.

    *inputs* and *meta* (of a slice) are what its pages tell of sources and rule; *without* are pages left out.
    """
    addresses = {item.task.key: address_of(item) for item in ready}
    schools = {item.task.key: item.task for item in done if item.task.key != ANNUAL}
    title = site_title(numbers, done[0].task.name if numbers.audience == PRINCIPAL else "")
    facts = site_facts(numbers, meta, inputs, annual=addresses.get(ANNUAL, ""), title=title)
    pages = site_pages(school_rows(schools, addresses, Places(request.out)), metric_texts(), facts,
                       house=request.house, words=glossary(), index=metric_index())  # fmt: skip
    return stage_project(
        [ExecutedReport(address_of(item), item.task.target.parent) for item in ready],
        {name: page for name, page in pages.items() if name not in without}, project,
        house=request.house, title=title, footer=word("footer", numbers.audience),
    )  # fmt: skip


def page_fingerprints(project: Path, addresses: Sequence[str]) -> dict[str, MadeOf]:
    """Return what the page at each address is made of: its staged files, theme, frame of the site, renderers."""
    frame = frame_parts(project)
    return {address: page_parts(frame, address, (project / address).parent) for address in addresses}
