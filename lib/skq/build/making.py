"""Tasks -> executed notebooks with their pages, by a pool; the annual analysis first, which takes longest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from skq.batch.local import LocalPool
from skq.batch.pool import Pool
from skq.batch.run import run_reports
from skq.batch.task import Done, Limits, Outcome, ReportTask, Station
from skq.batch.warm import sharing
from skq.build.edition import Edition
from skq.build.request import Request
from skq.build.site import in_menu, with_pages
from skq.render.engine import Engine
from skq.render.unit import is_ready, make_report

Began = Callable[[ReportTask, Station, int | None], None]


def pool_of(
    request: Request, pool: Pool | None, *, began: Began, note: Callable[[str], None]
) -> AbstractContextManager[Pool]:
    """Return *pool*, which whoever made it ends, or else processes of this machine that end with the block."""
    if pool is not None:
        return nullcontext(pool)
    return LocalPool(request.jobs, make_report, began=began, note=note)


def begin_kernels(pool: Pool) -> None:
    """Start the one parent of all kernels of *pool*; a cluster's workers have their own."""
    if isinstance(pool, LocalPool):
        sharing.begin()


def get_ready(pool: Pool) -> None:
    """Let processes of this machine start before there is a report to make; a cluster's workers have long done so."""
    begin_kernels(pool)
    if isinstance(pool, LocalPool):
        pool.begin()


def let_go(pool: Pool) -> None:
    """End again what `get_ready` has started; the first report starts it anew."""
    if isinstance(pool, LocalPool):
        pool.rest()
        sharing.end()


def made_reports(
    tasks: Sequence[ReportTask],
    edition: Edition,
    request: Request,
    engine: Engine,
    pool: Pool,
    *,
    on_done: Callable[[Done], None],
    say: Callable[[str], None],
) -> list[Done]:
    """Return what became of each of *tasks*, in their order; *on_done* is called as each one is ready.

    Where the report that the menu leads to fails, the pages of all others are made a second time, without that link.
    """
    limits = Limits(**vars(request.settings.limits))
    todo = [replace(task, limits=limits) for task in tasks]
    done: dict[tuple[str, str], Done] = {}
    tell = on_done
    while todo:
        framed = with_pages(sorted(todo, key=lambda task: not in_menu(task)), edition, request, engine)
        for item in run_reports(framed, pool=pool, is_ready=is_ready, on_done=tell, keep_going=request.keep_going):
            done[item.task.id] = _both(done.get(item.task.id), item)
        whole = [task for task in todo if done[task.id].outcome is not Outcome.FAILED]
        if engine.name == "quarto" or all(task in whole for task in todo if in_menu(task)):
            break
        say("the menu of every page loses the link to what could not be made; pages are made again")
        todo, tell = whole, lambda item: None
    return [done[task.id] for task in tasks]


def _both(before: Done | None, now: Done) -> Done:
    """Return what became of a report in two goes: it was built if it was in either."""
    if before is None or now.outcome is not Outcome.REUSED:
        return now
    return replace(now, outcome=before.outcome, made=before.made)
