"""Reports -> the finished site: the frame that their pages are made in, the pages around them, all in place at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from skq.aside import aside
from skq.batch.fingerprint import MadeOf
from skq.batch.publications import PUBLICATIONS
from skq.batch.task import Done, Outcome, PageTask, ReportTask
from skq.build.claim import PRINCIPAL
from skq.build.edition import Edition
from skq.build.pages import school_rows, site_facts, site_title
from skq.build.request import Places, Request
from skq.build.shelf import FolderShelf
from skq.errors import BuildError
from skq.render.engine import Engine
from skq.render.frame import ANALYSES
from skq.render.glossary import glossary, metric_index
from skq.render.made_of import around_parts, frame_parts, page_parts
from skq.render.method import metric_texts
from skq.render.pages import site_pages
from skq.render.site import SEARCH, RenderResult, ReportsFailed, render_site
from skq.render.stage import ExecutedReport, stage_around, stage_frame, stage_reports
from skq.report.texts import word
from skq.terms import ANNUAL

Item = TypeVar("Item")

FIRST = {one.name for one in {each.one_per: each for each in reversed(PUBLICATIONS.values())}.values()}
"""The publications that lists lead to: of schools, and of the municipality, the first that there is."""


def with_pages(tasks: Sequence[ReportTask], edition: Edition, request: Request, engine: Engine) -> list[ReportTask]:
    """Return *tasks* with what making their pages needs, its frame staged; Quarto makes pages by itself, afterwards.

    The menu of all pages leads to the annual analysis if that is among *tasks*; nothing else of a page depends on which
    others there are. Principals get a frame per school.
    """
    if engine.name == "quarto":
        return [replace(task, page=None) for task in tasks]
    places = Places(request.out)
    if edition.audience != PRINCIPAL:
        return _in_frame(tasks, places.project, edition, request)
    schools = by_school(tasks, lambda task: task)
    framed = [_in_frame(own, own_project(own[0], places), edition, request, (SEARCH,)) for own in schools]
    return [task for own in framed for task in own]


def _in_frame(
    tasks: Sequence[ReportTask],
    project: Path,
    edition: Edition,
    request: Request,
    without: Sequence[str] = (),
) -> list[ReportTask]:
    stage_frame(
        [address_of(task) for task in tasks],
        [name for name in page_names(request.house) if name not in without],
        project, house=request.house, title=_title(edition, tasks), footer=word("footer", edition.audience),
    )  # fmt: skip
    common, shelf = frame_parts(project), Places(request.out).shelf
    return [replace(task, page=PageTask(address_of(task), project, shelf, common)) for task in tasks]


def made_site(
    done: Sequence[Done],
    edition: Edition,
    inputs: Sequence[Mapping[str, Any]],
    metas: Mapping[str, Mapping[str, Any]],
    request: Request,
    engine: Engine,
) -> tuple[RenderResult, dict[str, str]]:
    """Return the finished site of all executed reports, and why the pages of some could not be made, by address.

    The old site stays until the new one is whole. BuildError when there is no report to show, RenderError when the site
    is faulty.
    """
    ready = [item for item in done if item.outcome is not Outcome.FAILED]
    failed: dict[str, str] = {}
    while ready:
        try:
            return _rendered(ready, done, edition, inputs, metas, request, engine), failed
        except ReportsFailed as error:
            failed |= error.failed
            ready = [item for item in ready if address_of(item.task) not in failed]
    raise none_made(done, failed)


def none_made(done: Sequence[Done], failed: Mapping[str, str]) -> BuildError:
    """Return the error that tells that there is nothing to show: why each of *done* failed, or its page (*failed*)."""
    why = [f"{item.task}: {failed[address_of(item.task)]}" if item.outcome is not Outcome.FAILED else str(item)
           for item in done]  # fmt: skip
    return BuildError("\n  ".join(["not one report could be made; the site is as it was", *why]))


def address_of(task: ReportTask) -> str:
    """Return the address of a report's page."""
    return PUBLICATIONS[task.publication].address(task.key, task.name)


def in_menu(task: ReportTask) -> bool:
    """Whether the menu of every page leads to the report: to the annual analysis, not to schools."""
    return address_of(task).startswith(ANALYSES)


def folder_of(task: ReportTask) -> str:
    """Return the name of a school's folder, such as asskolan-12345678."""
    return Path(address_of(task)).parts[1]


def by_school(items: Iterable[Item], task_of: Callable[[Item], ReportTask]) -> list[list[Item]]:
    """Return *items* school by school, schools and items in their order; *task_of* tells the task of each."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(folder_of(task_of(item)), []).append(item)
    return list(found.values())


def own_project(task: ReportTask, places: Places) -> Path:
    """Return where the project of a principal's own site is staged."""
    return places.project / folder_of(task)


def _rendered(
    ready: Sequence[Done],
    done: Sequence[Done],
    edition: Edition,
    inputs: Sequence[Mapping[str, Any]],
    metas: Mapping[str, Mapping[str, Any]],
    request: Request,
    engine: Engine,
) -> RenderResult:
    places = Places(request.out)
    staged(ready, done, edition, inputs, metas[ANNUAL], request, places.project)
    made_of = page_fingerprints(places.project, [item.task for item in ready])
    shelf = FolderShelf(places.shelf, {**made_of, **_around_fingerprints(places.project)})
    result = render_site(places.project, places.site, engine=engine, jobs=request.jobs, reuse=shelf, kept=places.quarto)
    shelf.drop_others()
    return result


def staged(
    ready: Sequence[Done],
    done: Sequence[Done],
    edition: Edition,
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
    addresses = {item.task.key: address_of(item.task) for item in ready if item.task.publication in FIRST}
    schools = {item.task.key: item.task for item in done if item.task.key != ANNUAL}
    title = _title(edition, [item.task for item in done])
    facts = site_facts(edition, meta, inputs, annual=addresses.get(ANNUAL, ""), title=title)
    reports = [ExecutedReport(address_of(item.task), item.task.target.parent) for item in ready]
    listed = partial(school_rows, schools, addresses, Places(request.out))
    with aside(listed, at_once=request.jobs > 1 and len(schools) > 1) as rows:
        names = stage_reports(reports, project)
        pages = site_pages(rows.result(), metric_texts(), facts, house=request.house, words=glossary(),
                           index=metric_index())  # fmt: skip
    return stage_around(
        names, [report.address for report in reports],
        {name: page for name, page in pages.items() if name not in without}, project,
        house=request.house, title=title, footer=word("footer", edition.audience),
    )  # fmt: skip


def page_fingerprints(project: Path, tasks: Sequence[ReportTask]) -> dict[str, MadeOf]:
    """Return what the page at each address is made of: its executed report, theme, frame of the site, renderers."""
    frame = frame_parts(project)
    return {address_of(task): page_parts(frame, address_of(task), task.target.parent) for task in tasks}


def _around_fingerprints(project: Path) -> dict[str, MadeOf]:
    """Return what each page around the reports is made of, by its name."""
    frame = frame_parts(project)
    return {source.stem: around_parts(frame, source) for source in sorted(project.glob("*.qmd"))}


def page_names(house: Path) -> list[str]:
    """Return the names of the pages around the reports."""
    return sorted(path.name for path in (house / "reports").glob("*.qmd"))


def _title(edition: Edition, tasks: Sequence[ReportTask]) -> str:
    return site_title(edition, tasks[0].name if edition.audience == PRINCIPAL else "")
