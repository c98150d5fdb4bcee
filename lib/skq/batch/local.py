"""Reports made by processes of this machine: a few at once, within limits, and one that dies harms no other.

Each process is started with the first task that it is to do and replaced when it died, was killed for its limits, has
made many reports or has grown. Nothing is collected: what waits is a list of tasks, what comes back a few lines each.
"""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, BinaryIO, Self, cast

from skq.batch.ending import end_family, memory
from skq.batch.pool import Work
from skq.batch.task import Done, Outcome, ReportTask, Station
from skq.batch.warm import sharing
from skq.batch.worker import read_message, write_message
from skq.errors import SkqError

RENEWED_AFTER = 100
"""A process that has made so many reports gives way to a new one: whatever it has piled up is gone."""

GROWN = 2.0
"""So many times what it held after its first report a process may hold after another one."""

WATCHED_SECONDS = 0.25
"""How often time and memory of the running reports are looked at."""

ERRORS = "errors.txt"
"""What a process says when it dies, in its temporary folder."""

Began = Callable[[ReportTask, Station, int | None], None]
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

    def stop(self) -> None:
        """Give up what runs and what waits; every process is gone when this returns."""
        self._over.set()
        while not self._waiting.empty():
            if item := self._waiting.get():
                item[1].cancel()
        for slot in self._slots:
            slot.end()
        for slot in self._slots:
            slot.join()
        self._slots.clear()
        if self._watch.is_alive():
            self._watch.join()

    def _watched(self) -> None:
        while not self._over.wait(WATCHED_SECONDS):
            for slot in tuple(self._slots):
                slot.hold_to_limits()


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
        self._worker: _Worker | None = None
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

    def hold_to_limits(self) -> None:
        """Kill a process whose report takes longer, or more memory, than its task allows."""
        worker = self._worker
        if worker is not None and (reason := worker.over_limits()):
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

    def _ready_worker(self) -> _Worker:
        with self._lock:
            if self._over.is_set():
                raise CancelledError
            if self._worker is not None and self._worker.is_gone():
                self._worker.close()
                self._worker = None
            self._worker = self._worker or _Worker(self._work)
            return self._worker

    def _drop(self) -> None:
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()


class _Worker:
    """One process, seen from here."""

    def __init__(self, work: Work) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="skq-"))
        self._task: ReportTask | None = None
        self._kernel: int | None = None  # a child of the warm parent, not of this process
        self._killed = threading.Lock()
        self._reason, self._is_ready, self.is_dead = "", False, False
        self._since, self._made, self._first = 0.0, 0, 0.0
        try:
            self._process = self._started(work)
        except BaseException:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise

    def _started(self, work: Work) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "skq.batch.worker", str(self._scratch), *filter(None, sys.path)]
        environment, inherited = sharing.handed_on()
        with (self._scratch / ERRORS).open("wb") as errors:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=self._scratch.parent,
                env=environment, pass_fds=inherited,
                start_new_session=True,  # Ctrl-C is ours to handle
            )  # fmt: skip
        with suppress(OSError):  # it died already, which is seen when it is asked
            write_message(_stream(process.stdin), work)
        return process

    def do(self, task: ReportTask, began: Began, note: Callable[[str], None]) -> Done:
        """Have *task* done and return what became of it; raises what makes every task impossible."""
        station, cell = Station.NOTEBOOK, None
        self._since, self._task = time.monotonic(), task
        try:
            with suppress(OSError):  # a process that is gone says no more, which is all that has to be known
                write_message(_stream(self._process.stdin), task)
            while message := read_message(_stream(self._process.stdout)):
                kind, *content = pickle.loads(message)
                if kind == "began":
                    station, cell = content
                    began(task, station, cell)
                elif kind == "kernel":
                    self._kernel = content[0]
                elif kind == "note":
                    note(content[0])
                elif kind == "ready":
                    self._is_ready = True
                elif kind == "error":
                    raise content[0]
                else:
                    self._made += 1
                    return cast("Done", content[0])
        finally:
            self._task, self._kernel = None, None
        return self._death_of(task, station, cell)

    def _death_of(self, task: ReportTask, station: Station, cell: int | None) -> Done:
        """Return how *task* failed with its process; SkqError where there never was one that works."""
        self.is_dead = True
        status = self._process.wait()
        said = _last_line(self._scratch / ERRORS)
        if not self._is_ready and not self._reason:
            raise SkqError(
                f"the processes that make reports do not start (status {status})\n  found:    {said or 'no message'}\n"
                "  next:     try again with --jobs 1; if it does not help, install skq again"
            )
        place = f"{task.template.name}, cell {cell}: " if station is Station.NOTEBOOK and cell else ""
        why = self._reason or f"its process ended early ({_told_status(status)}){said and f': {said}'}"
        return Done(task, Outcome.FAILED, place + why, station=station, cell=cell)

    def over_limits(self) -> str:
        """Return which limit of its task the running report has passed, "" while it keeps them."""
        task = self._task
        if task is None:
            return ""
        limits = task.limits
        if limits.report_seconds and time.monotonic() - self._since > limits.report_seconds:
            return f"the report took longer than {limits.report_seconds} s (report_seconds in the settings)"
        if limits.memory_mb and self._held() > limits.memory_mb:
            return f"the report took more than {limits.memory_mb} MB of memory (memory_mb in the settings)"
        return ""

    def _held(self) -> float:
        """Return how many megabytes the process holds, with the kernel that a shared parent has forked for it."""
        kernel = self._kernel
        return memory(self._process.pid) + (0.0 if kernel is None else memory(kernel))

    def is_gone(self) -> bool:
        """Whether it ended while nothing was asked of it."""
        return self._process.poll() is not None

    def is_spent(self) -> bool:
        """Whether another process is to take over: this one is dead, has made many reports, or has grown."""
        if self.is_dead or self._made >= RENEWED_AFTER:
            return True
        held = memory(self._process.pid)
        self._first = self._first or held
        return held > GROWN * self._first

    def kill(self, reason: str = "") -> None:
        """End the process and all that it has started, now; *reason* tells why its report failed."""
        with self._killed:
            if self._process.returncode is None:
                self._reason = self._reason or reason
                end_family(self._process)

    def close(self) -> None:
        """End the process and leave nothing of it behind."""
        self.kill()
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                _stream(stream).close()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _stream(stream: IO[bytes] | None) -> BinaryIO:
    assert stream is not None
    return cast("BinaryIO", stream)


def _told_status(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"status {status}"


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")
