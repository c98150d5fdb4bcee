"""A build with something to do, from beginning to end, in the order in which things happen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from skq.batch.fingerprint import is_current
from skq.batch.pool import Pool
from skq.batch.task import Done, Outcome, ReportTask, Station
from skq.build.claim import PRINCIPAL
from skq.build.decisions import remember_decisions, to_make, why_made
from skq.build.leftovers import sweep
from skq.build.making import begin_kernels, get_ready, let_go, made_reports, pool_of
from skq.build.own_sites import own_sites
from skq.build.ready import Ready, ready_there, retold, uncounted_moved
from skq.build.reports import Report, is_asked_for, refuse_unasked, report_tasks
from skq.build.request import Places, Request
from skq.build.site import address_of, made_site
from skq.build.state import numbers_parts, remember
from skq.build.summary import Summary
from skq.garbage import seldom
from skq.render.engine import Engine
from skq.terms import ANNUAL

Say = Callable[[str], None]
Advance = Callable[[int, int, Done | None], None]
Began = Callable[[ReportTask, Station, int | None], None]


def built_anew(
    request: Request,
    engine: Engine,
    parts: dict[str, Any],
    *,
    say: Say,
    advance: Advance,
    began: Began,
    pool: Pool | None,
) -> Summary:
    """Build what *request* asks for and is not there as it should be; *parts*: what it all is made of.

    The folder is locked and no finished build of the same is in it; all else is as for `whole.build_all`.
    """
    places = Places(request.out)
    with pool_of(request, pool, began=began, note=say) as workers:
        ready = _written(request, parts, say, workers)
        tasks = tasks_at_hand(ready.reports, report_tasks(ready.reports, ready.edition, request), request)
        why = why_made(tasks)
        if any(why.values()):
            begin_kernels(workers)  # where that was not done beside the numbers
        tidy(places, ready.reports)
        hands = f", {'on the cluster' if pool else f'{request.jobs} at once'}" if any(why.values()) else ""
        say(f"{to_make(why)}{hands}")
        advance(0, len(tasks), None)
        so_far = count(1)
        try:
            done = made_reports(
                tasks, ready.edition, request, engine, workers, say=say,
                on_done=lambda item: advance(next(so_far), len(tasks), item),
            )  # fmt: skip
        finally:
            if pool is None:
                workers.stop()
            sweep(places)  # after workers that were killed
    remember_decisions(places, done, why)
    return _finished(done, ready, request, engine, parts, say)


def _written(request: Request, parts: Mapping[str, Any], say: Say, workers: Pool) -> Ready:
    """Return what reports are made of, its slices on disk; nothing is computed where all that it rests on is as it was.

    *parts*: what the build is made of. From now on there is no finished build in the folder until the end of this one.
    *workers* get ready meanwhile.
    """
    places, wanted = Places(request.out), numbers_parts(parts)
    if there := ready_there(request, wanted):
        say("the numbers are those of the last build: nothing to compute")
        refuse_unasked(request, there.reports)
        if uncounted_moved(there, parts):
            from skq.build.uncounted import read_again  # the libraries that read and check

            there = read_again(there, request, say=say)
        places.state.unlink(missing_ok=True)
        sweep(places)
        return retold(there, request, wanted)
    get_ready(workers)  # while the numbers are worked out
    from skq.build.computed import computed  # the libraries that compute: no page or picture needs them

    with seldom():
        return computed(request, wanted, say=say, make_room=lambda: let_go(workers))


def _finished(
    done: Sequence[Done], ready: Ready, request: Request, engine: Engine, parts: dict[str, object], say: Say
) -> Summary:
    """Put the site of what is *done* in place, remember what it was made of if nothing failed, and sum it up."""
    places = Places(request.out)
    say(f"putting the site together; {engine.reason}")
    make = own_sites if ready.edition.audience == PRINCIPAL else made_site
    result, failed_pages = make(done, ready.edition, ready.inputs, ready.metas, request, engine)
    failed = _failures(done, failed_pages)
    told = _facts(done, failed_pages, pages=result.pages, pdfs=result.pdfs, made=result.made, engine=engine.reason)
    told["audience"] = ready.edition.audience
    if not failed:
        remember(places, parts, told)
    return Summary.of(places.site, told, failed)


def tasks_at_hand(reports: Sequence[Report], tasks: Sequence[ReportTask], request: Request) -> list[ReportTask]:
    """Return the tasks that are asked for, and those whose report is there and current, so that the site keeps it."""
    pairs = zip(reports, tasks, strict=True)
    return [
        task for report, task in pairs if is_asked_for(report, request) or is_current(task.target.parent, task.made_of)
    ]


def tidy(places: Places, reports: Sequence[Report]) -> None:
    """Remove folders of reports that there are no more, and what an interrupted build left behind."""
    kept = {places.reports / publication.name / unit.key for publication, unit in reports}
    for folder in sorted(places.reports.glob("*/*")):
        if folder not in kept:
            shutil.rmtree(folder)


def _failures(done: Sequence[Done], failed_pages: dict[str, str]) -> tuple[str, ...]:
    notebooks = [str(item) for item in done if item.outcome is Outcome.FAILED]
    pages = [f"{item.task}, page: {failed_pages[address_of(item.task)]}" for item in done
             if address_of(item.task) in failed_pages]  # fmt: skip
    return (*notebooks, *pages)


def _facts(
    done: Sequence[Done], failed_pages: dict[str, str], *, pages: int, pdfs: int, made: Sequence[str], engine: str
) -> dict[str, object]:
    """Return the numbers of the summary: a report counts as built when its notebook or its page was made anew."""
    shown = [item for item in done if item.outcome is not Outcome.FAILED and address_of(item.task) not in failed_pages]
    built = [item for item in shown if item.outcome is Outcome.BUILT or address_of(item.task) in made]
    annual = sum(item.task.key == ANNUAL for item in shown)
    return {
        "school": len(shown) - annual,
        "annual": annual,
        "pages": pages,
        "pdfs": pdfs,
        "built": len(built),
        "reused": len(shown) - len(built),
        "engine": engine,
    }
