"""A small site per school for its principal: the own report, the pages that explain it, nothing of other schools."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from skq.batch.fingerprint import MadeOf
from skq.batch.task import Done, Outcome
from skq.build.edition import Edition
from skq.build.request import Places, Request
from skq.build.shelf import FolderShelf
from skq.build.site import address_of, by_school, folder_of, none_made, own_project, page_fingerprints, staged
from skq.files import new_folder
from skq.render.engine import Engine
from skq.render.site import SEARCH, RenderResult, ReportsFailed, render_site


def own_sites(
    done: Sequence[Done],
    edition: Edition,
    inputs: Sequence[Mapping[str, Any]],
    metas: Mapping[str, Mapping[str, Any]],
    request: Request,
    engine: Engine,
) -> tuple[RenderResult, dict[str, str]]:
    """Return the finished folder of all principals' sites, and why some could not be made, by address.

    One folder per school, named as in the address of its report, which can be handed over as it is: its links lead
    nowhere outside. *inputs* are left aside, each site names its own (from *metas*). The old folder stays until the new
    one is whole. BuildError when there is no report to show, RenderError when a site is faulty.
    """
    places = Places(request.out)
    made_of: dict[str, MadeOf] = {}
    failed: dict[str, str] = {}
    results: list[RenderResult] = []
    with new_folder(places.site) as fresh:
        for items in by_school(done, lambda item: item.task):
            meta = metas[items[0].task.key]
            while ready := [item for item in items if _is_ready(item, failed)]:
                try:
                    results.append(_own_site(ready, items, fresh, edition, meta, request, engine, made_of))
                    break
                except ReportsFailed as error:
                    failed |= error.failed
        if not results:
            raise none_made(done, failed)
    _drop_others(places, {folder_of(item.task) for item in done})
    FolderShelf(places.shelf, made_of).drop_others()
    return _together(results, places.site), failed


def _is_ready(item: Done, failed: Mapping[str, str]) -> bool:
    return item.outcome is not Outcome.FAILED and address_of(item.task) not in failed


def _own_site(
    ready: Sequence[Done],
    items: Sequence[Done],
    fresh: Path,
    edition: Edition,
    meta: Mapping[str, Any],
    request: Request,
    engine: Engine,
    made_of: dict[str, MadeOf],
) -> RenderResult:
    """Make the site of one school in its folder of *fresh*, with those of its reports, *items*, that are *ready*.

    What they are made of is added to *made_of*.
    """
    places = Places(request.out)
    own = own_project(items[0].task, places)
    project = staged(ready, items, edition, meta["inputs"], meta, request, own, without=(SEARCH,))
    mine = page_fingerprints(project, [item.task for item in ready])
    made_of |= mine
    shelf, kept = FolderShelf(places.shelf, mine), places.quarto / own.name
    return render_site(project, fresh / own.name, engine=engine, jobs=request.jobs, reuse=shelf, kept=kept)


def _drop_others(places: Places, kept: set[str]) -> None:
    """Remove the staged projects of schools that there are no more, and the pages that Quarto has made of them."""
    folders = [*places.project.glob("*"), *places.quarto.glob("*")]
    for folder in sorted(path for path in folders if path.is_dir() and path.name not in kept):
        shutil.rmtree(folder)


def _together(results: Sequence[RenderResult], site: Path) -> RenderResult:
    return RenderResult(
        site,
        made=tuple(address for result in results for address in result.made),
        reused=tuple(address for result in results for address in result.reused),
        pages=sum(result.pages for result in results),
        pdfs=sum(result.pdfs for result in results),
    )
