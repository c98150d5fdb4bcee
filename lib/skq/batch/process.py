"""One process that makes reports, as the pool sees it: tasks go in, what became of them comes out, limits are kept."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO, cast

from skq.batch.ending import end_family, memory
from skq.batch.pool import Work
from skq.batch.task import Done, Outcome, ReportTask, Station
from skq.batch.warm import sharing
from skq.batch.worker import read_message, write_message
from skq.errors import SkqError

RENEWED_AFTER = 100
"""A process that has made so many reports gives way to a new one: whatever it has piled up is gone."""

ROOM = 256.0
"""So many megabytes a process may hold after a report: what Typst remembers of the reports of schools levels off below,
one large report can leave more behind.
"""

GROWN = 3.0
"""Or so many times what it held when it was ready, where the libraries alone take more."""

ERRORS = "errors.txt"
"""What a process says when it dies, in its temporary folder."""

Began = Callable[[ReportTask, Station, int | None], None]


class WorkerProcess:
    """A process of this machine that makes one report at a time, seen from here."""

    def __init__(self, work: Work) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="skq-"))
        self._task: ReportTask | None = None
        self._kernel: int | None = None  # a child of the warm parent, not of this process
        self._killed = threading.Lock()
        self._reason, self._is_ready, self.is_dead = "", False, False
        self._since, self._made, self._at_ready = 0.0, 0, 0.0
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
                    self._is_ready, self._at_ready = True, memory(self._process.pid)
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

    def over_limits(self, *, alone: bool = False) -> str:
        """Return which limit of its task the running report has passed, "" while it keeps them.

        *alone*: the memory of what process and kernel have started is left out, which takes long to find.
        """
        task = self._task
        if task is None:
            return ""
        limits = task.limits
        if limits.report_seconds and time.monotonic() - self._since > limits.report_seconds:
            return f"the report took longer than {limits.report_seconds} s (report_seconds in the settings)"
        if limits.memory_mb and self._held(alone=alone) > limits.memory_mb:
            return f"the report took more than {limits.memory_mb} MB of memory (memory_mb in the settings)"
        return ""

    def _held(self, *, alone: bool) -> float:
        """Return how many megabytes the process holds, with the kernel that a shared parent has forked for it."""
        both = (self._process.pid, self._kernel)
        return sum(memory(pid, alone=alone) for pid in both if pid is not None)

    def is_gone(self) -> bool:
        """Whether it ended while nothing was asked of it."""
        return self._process.poll() is not None

    def is_spent(self) -> bool:
        """Whether another process is to take over: this one is dead, has made many reports, or has grown."""
        if self.is_dead or self._made >= RENEWED_AFTER:
            return True
        return memory(self._process.pid) > max(ROOM, GROWN * self._at_ready)

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
