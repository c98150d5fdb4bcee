"""Report tasks -> executed notebooks: only what changed, several at once, a failing one stops nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from skq.batch.fingerprint import MadeOf, is_current
from skq.batch.notebook import run_notebook
from skq.errors import SkqError


class Outcome(StrEnum):
    """What became of one task."""

    BUILT = "built"
    REUSED = "reused"
    FAILED = "failed"


@dataclass(frozen=True)
class ReportTask:
    """One report to be executed: what, from which template, to which notebook, and what it rests on."""

    publication: str
    key: str
    name: str
    template: Path
    target: Path
    parameters: Mapping[str, Any]
    made_of: MadeOf


@dataclass(frozen=True)
class Done:
    """A task and what became of it; `message` says why it failed."""

    task: ReportTask
    outcome: Outcome
    message: str = ""

    def __str__(self) -> str:
        return f"{self.task.name} ({self.task.key}), {self.task.publication}: {self.message or self.outcome}"


def run_reports(
    tasks: Sequence[ReportTask], *, jobs: int, on_done: Callable[[Done], None] = lambda done: None
) -> list[Done]:
    """Execute every task whose notebook is not current, *jobs* at once, and return what became of each, in their order.

    *on_done* is called as each one is ready. Folders of failed tasks keep what they held before.
    """
    waiting = [task for task in tasks if not is_current(task.target.parent, task.made_of)]
    finished: dict[tuple[str, str], Done] = {}
    for done in chain(_reused(tasks, waiting), _executed(waiting, jobs)):
        finished[_key(done.task)] = done
        on_done(done)
    return [finished[_key(task)] for task in tasks]


def _key(task: ReportTask) -> tuple[str, str]:
    return task.publication, task.key


def _reused(tasks: Sequence[ReportTask], waiting: Sequence[ReportTask]) -> Iterator[Done]:
    stale = {_key(task) for task in waiting}
    return (Done(task, Outcome.REUSED) for task in tasks if _key(task) not in stale)


def _executed(tasks: Sequence[ReportTask], jobs: int) -> Iterator[Done]:
    """Give each task's result as it is ready; one at a time needs no processes of its own."""
    if min(jobs, len(tasks)) <= 1:
        yield from map(execute, tasks)
        return
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn")) as pool:
        running = {pool.submit(execute, task): task for task in tasks}
        for future in as_completed(running):
            yield _result(future, running[future])


def _result(future: Future[Done], task: ReportTask) -> Done:
    """Return the result, also of a process that died (out of memory, killed): that is a failure of its task."""
    if error := future.exception():
        return Done(task, Outcome.FAILED, f"its process ended early ({type(error).__name__}: {error})")
    return future.result()


def execute(task: ReportTask) -> Done:
    """Execute one task and say what became of it; whatever a notebook does, the others go on."""
    try:
        run_notebook(task.template, task.target, task.parameters, made_of=task.made_of)
    except SkqError as error:
        return Done(task, Outcome.FAILED, str(error))
    except Exception as error:  # noqa: BLE001 - a kernel that dies or a full disk may raise anything
        return Done(task, Outcome.FAILED, f"{type(error).__name__}: {error}")
    return Done(task, Outcome.BUILT)
