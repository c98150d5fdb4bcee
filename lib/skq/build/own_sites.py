"""A small site per school for its principal: the own report, the pages that explain it, nothing of other schools."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from skq.batch.fingerprint import MadeOf
from skq.batch.task import Done, Outcome
from skq.build.numbers import Edition
from skq.build.request import Places, Request
from skq.build.shelf import FolderShelf
from skq.build.site import folder_of, none_made, own_project, page_fingerprints, staged
from skq.render.engine import Engine
from skq.render.site import SEARCH, RenderResult, ReportsFailed, render_site
from skq.store import new_folder


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
        for item in done:
            if item.outcome is Outcome.FAILED:
                continue
            try:
                results.append(_own_site(item, fresh, edition, metas[item.task.key], request, engine, made_of))
            except ReportsFailed as error:
                failed |= error.failed
        if not results:
            raise none_made(done, failed)
    _drop_others(places, {folder_of(item.task) for item in done})
    FolderShelf(places.shelf, made_of).drop_others()
    return _together(results, places.site), failed


def _own_site(
    item: Done,
    fresh: Path,
    edition: Edition,
    meta: Mapping[str, Any],
    request: Request,
    engine: Engine,
    made_of: dict[str, MadeOf],
) -> RenderResult:
    """Make the site of one school in its folder of *fresh*; what its report is made of is added to *made_of*."""
    places = Places(request.out)
    own = own_project(item.task, places)
    project = staged([item], [item], edition, meta["inputs"], meta, request, own, without=(SEARCH,))
    mine = page_fingerprints(project, [item.task])
    made_of |= mine
    shelf = FolderShelf(places.shelf, mine)
    return render_site(project, fresh / folder_of(item.task), engine=engine, reuse=shelf, kept=places.quarto / own.name)


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
