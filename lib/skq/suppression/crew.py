"""Several processes for many independent questions; without them, the same questions one after the other."""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

from skq import forking

Job = TypeVar("Job")
Answer = TypeVar("Answer")

FEWEST = 2
"""For fewer questions than that the processes are not worth being started."""


class Crew:
    """As many processes as *size* says, started when there are *fewest* questions to answer; of size 1 or 0, none.

    Answers come in the order of the questions and are the same whatever the size.
    """

    def __init__(self, size: int, *, fewest: int = FEWEST) -> None:
        self._size, self._fewest = size, fewest
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def answers(self, ask: Callable[[Job], Answer], jobs: Sequence[Job]) -> list[Answer]:
        """Return *ask* of each of *jobs*; *ask* is a function of a module, jobs and answers can be pickled."""
        if self._size < 2 or (self._pool is None and len(jobs) < self._fewest):
            return [ask(job) for job in jobs]
        if forking.has_fork():
            return self._of_forks(ask, jobs)
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._size, mp_context=multiprocessing.get_context("spawn"))
        return list(self._pool.map(ask, jobs))

    def _of_forks(self, ask: Callable[[Job], Answer], jobs: Sequence[Job]) -> list[Answer]:
        """Return the answers of processes that begin with what is in memory here: no imports, only answers travel."""
        size, context = min(self._size, len(jobs)), multiprocessing.get_context("fork")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the threads that are here ask and hold nothing
            pool = ProcessPoolExecutor(size, mp_context=context, initializer=_begin, initargs=(ask, jobs))
            try:
                return list(pool.map(_answer, range(len(jobs))))
            finally:
                pool.shutdown(cancel_futures=True)


_remembered: list[Any] = []
"""In a forked process: what is asked, of which jobs."""


def _begin(ask: Callable[[Job], Answer], jobs: Sequence[Job]) -> None:
    """In the new process: remember the jobs."""
    forking.begin()
    _remember(ask, jobs)


def _remember(ask: Callable[[Job], Answer], jobs: Sequence[Job]) -> None:
    _remembered[:] = [ask, jobs]


def _answer(place: int) -> Any:
    ask, jobs = _remembered
    return ask(jobs[place])
