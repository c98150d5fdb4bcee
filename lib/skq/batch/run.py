"""Report tasks -> finished reports: only what changed, several at once, a failing one stops nobody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import as_completed

from skq.batch.pool import Pool
from skq.batch.task import Done, Limits, Outcome, PageTask, ReportTask, Station
from skq.errors import BuildError

__all__ = ["Done", "Limits", "Outcome", "PageTask", "ReportTask", "Station", "run_reports"]


def run_reports(
    tasks: Sequence[ReportTask],
    *,
    pool: Pool,
    is_ready: Callable[[ReportTask], bool] = lambda task: False,
    on_done: Callable[[Done], None] = lambda done: None,
    keep_going: bool = True,
) -> list[Done]:
    """Have every task done by *pool* but those that *is_ready*, and return what became of each, in their order.

    Tasks are handed out in their order. *on_done* is called as each one is ready, by the caller's thread. A failing
    report stops no other unless *keep_going* is off: then the pool is stopped and BuildError tells of the first. The
    pool is stopped too by whatever makes all tasks impossible (a full disk), which is raised. Folders of failed tasks
    keep what they held before.
    """
    finished: dict[tuple[str, str], Done] = {}

    def note(done: Done) -> None:
        finished[done.task.id] = done
        on_done(done)
        if not keep_going and done.outcome is Outcome.FAILED:
            raise BuildError(
                f"{done}\n  the first failure ends the build (--fail-fast); the site is as it was, and reports that "
                "were finished are reused"
            )

    waiting = []
    for task in tasks:
        if is_ready(task):
            note(Done(task, Outcome.REUSED))
        else:
            waiting.append(task)
    try:
        for future in as_completed([pool.submit(task) for task in waiting]):
            note(future.result())
    except BaseException:
        pool.stop()
        raise
    return [finished[task.id] for task in tasks]
