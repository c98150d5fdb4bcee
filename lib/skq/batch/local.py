"""Reports made by processes of this machine: a few at once, within limits, and one that dies harms no other.

Each process is started with the first task that it is to do and replaced when it died, was killed for its limits, has
made many reports or has grown. Nothing is collected: what waits is a list of tasks, what comes back a few lines each.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from itertools import count
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from skq.batch.pool import Work
from skq.batch.process import Began, WorkerProcess
from skq.batch.task import Done, ReportTask

WATCHED_SECONDS = 0.25
"""How often time and memory of the running reports are looked at."""

WHOLE_FAMILIES = 4
"""Every so many looks go to all that their processes have started too, which few reports do."""

Waiting = SimpleQueue[tuple[ReportTask, Future[Done]] | None]


class LocalPool:
    """A `Pool` of *jobs* processes that do *work*.

    *began* is told each station of each report as it comes to it, and *note* what workers log; both by other threads
    than the caller's.
    """

    def __init__(
        self,
        jobs: int,
        work: Work,
        *,
        began: Began = lambda task, station, cell: None,
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._jobs, self._work, self._began, self._note = max(jobs, 1), work, began, note
        self._waiting: Waiting = SimpleQueue()
        self._slots: list[_Slot] = []
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._watched, name="report-limits", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def submit(self, task: ReportTask) -> Future[Done]:
        """Take *task* in hand when a process is free for it; see `Pool`."""
        future: Future[Done] = Future()
        self._waiting.put((task, future))
        if len(self._slots) < self._jobs:
            self._slots.append(_Slot(self._work, self._waiting, self._over, self._began, self._note))
        if not self._watch.is_alive() and not self._over.is_set():
            self._watch.start()
        return future

    def begin(self) -> None:
        """Start the processes before there is a task, so that they have loaded what they need when one comes."""
        while len(self._slots) < self._jobs:
            self._slots.append(_Slot(self._work, self._waiting, self._over, self._began, self._note, at_once=True))

    def rest(self) -> None:
        """End the processes, which have nothing to do, until there is a task again."""
        for slot in self._slots:
            slot.end()
        for slot in self._slots:
            slot.join()
        self._slots.clear()

    def stop(self) -> None:
        """Give up what runs and what waits; every process is gone when this returns."""
        self._over.set()
        while not self._waiting.empty():
            if item := self._waiting.get():
                item[1].cancel()
        self.rest()
        if self._watch.is_alive():
            self._watch.join()

    def _watched(self) -> None:
        for look in count():
            if self._over.wait(WATCHED_SECONDS):
                return
            for slot in tuple(self._slots):
                slot.hold_to_limits(alone=look % WHOLE_FAMILIES != 0)


class _Slot:
    """A place for one process: takes tasks one by one and has them done."""

    def __init__(
        self,
        work: Work,
        waiting: Waiting,
        over: threading.Event,
        began: Began,
        note: Callable[[str], None],
        *,
        at_once: bool = False,
    ) -> None:
        self._work, self._waiting, self._over, self._began, self._note = work, waiting, over, began, note
        self._at_once = at_once
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="report-slot", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Kill the process; the pool is over, so the thread ends too."""
        self._waiting.put(None)
        with self._lock:
            if self._worker is not None:
                self._worker.kill()

    def join(self) -> None:
        """Wait until the thread of this place is done."""
        self._thread.join()

    def hold_to_limits(self, *, alone: bool) -> None:
        """Kill a process whose report takes longer, or more memory, than its task allows; *alone* as there."""
        worker = self._worker
        if worker is not None and (reason := worker.over_limits(alone=alone)):
            worker.kill(reason)

    def _serve(self) -> None:
        if self._at_once:
            with suppress(OSError, CancelledError):  # whoever has a task for it hears of it then
                self._ready_worker()
        while (item := self._waiting.get()) is not None:
            task, future = item
            if self._over.is_set():
                future.cancel()
            elif future.set_running_or_notify_cancel():
                self._do(task, future)
        self._drop()

    def _do(self, task: ReportTask, future: Future[Done]) -> None:
        try:
            worker = self._ready_worker()
            done = worker.do(task, self._began, self._note)
            if self._over.is_set() and worker.is_dead:
                raise CancelledError
        except BaseException as error:  # noqa: BLE001 - it is the future's
            future.set_exception(CancelledError() if self._over.is_set() else error)
        else:
            future.set_result(done)
        if self._worker is not None and self._worker.is_spent():
            self._drop()

    def _ready_worker(self) -> WorkerProcess:
        with self._lock:
            if self._over.is_set():
                raise CancelledError
            if self._worker is not None and self._worker.is_gone():
                self._worker.close()
                self._worker = None
            self._worker = self._worker or WorkerProcess(self._work)
            return self._worker

    def _drop(self) -> None:
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()
