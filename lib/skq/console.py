"""What a build says while it runs: a bar with the time left in a terminal, steps and failures elsewhere, a log file.

The clock is read here and by whoever calls; nothing below knows the time.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

    from skq.batch.task import Done, ReportTask, Station

KEPT_LOGS = 20
"""So many log files of earlier runs stay."""

FAILED, REUSED = "failed", "reused"

WORK = {"notebook": "inside the cells", "page": "inside pandoc and Typst"}
"""What of a station is its work itself; the rest is getting ready, handing over and putting away."""


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class RunLog:
    """The log file of one run: every step with its time, every report with the seconds of its stations.

    It is begun when the first report is, or else at the end, if there is a folder of the build then: a run that is
    refused leaves nothing in a new place. A log that cannot be written stops nobody.
    """

    def __init__(self, folder: Path, title: str, *, now: Callable[[], datetime] = utc_now) -> None:
        self._folder, self._now, self._started = folder, now, now()
        self._lock = threading.RLock()
        self._file: TextIO | None = None
        self._lines: list[str] = []
        self._stations: dict[tuple[str, str], list[tuple[str, datetime]]] = {}
        self._sums: dict[str, float] = {}
        self._work: dict[str, float] = {}
        self.write(title)

    def write(self, text: str) -> None:
        """Write *text* as a line with its time, and the seconds since the run began."""
        with self._lock:
            now = self._now()
            since = (now - self._started).total_seconds()
            self._lines.append(f"{now:%Y-%m-%dT%H:%M:%SZ} {since:8.1f} s  {text}\n")
            if self._file is not None:
                self._flush()

    def began(self, task: ReportTask, station: Station, cell: int | None) -> None:
        """Note that *task* came to *station*; its cells are not noted."""
        with self._lock:
            if cell is None:
                self._stations.setdefault(task.id, []).append((str(station), self._now()))
            if self._file is None:
                self._open()

    def done(self, item: Done) -> None:
        """Write what became of a report, and how long each of its stations took."""
        with self._lock:
            times = [*self._stations.pop(item.task.id, []), ("", self._now())]
            told = ""
            for (station, start), (_, end) in zip(times, times[1:], strict=False):
                seconds = (end - start).total_seconds()
                self._sums[station] = self._sums.get(station, 0.0) + seconds
                told += f"  {station} {seconds:.1f} s"
            for name, seconds in item.seconds.items():
                self._work[name] = self._work.get(name, 0.0) + seconds
            self.write(f"{item}{told}")

    def close(self, ending: str) -> None:
        """Write how the run ended, and how long the stations of all reports took together."""
        with self._lock:
            for station, seconds in sorted(self._sums.items()):
                self.write(f"all reports together: {station} {seconds:.1f} s{self._of_it(station)}")
            self.write(ending)
            if self._file is None and self._folder.parent.is_dir():
                self._open()
            if self._file is not None:
                with suppress(OSError):
                    self._file.close()

    def _of_it(self, station: str) -> str:
        return f", {self._work[station]:.1f} s of it {WORK[station]}" if station in self._work else ""

    def _open(self) -> None:
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = (self._folder / f"build-{self._started:%Y%m%dT%H%M%S%f}.log").open("w", encoding="utf-8")
            self._flush()
            for old in sorted(self._folder.glob("build-*.log"))[:-KEPT_LOGS]:
                old.unlink()

    def _flush(self) -> None:
        with suppress(OSError, ValueError):
            assert self._file is not None
            self._file.writelines(self._lines)
            self._lines.clear()
            self._file.flush()


class Console:
    """Steps as lines, reports as a bar with the time left; without a terminal only failures are lines.

    All of it, and more, goes to *log*.
    """

    def __init__(self, *, terminal: bool | None = None, log: RunLog | None = None) -> None:
        self._terminal = sys.stderr.isatty() if terminal is None else terminal
        self._log = log
        self._lock = threading.RLock()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_bar()
        if self._log is not None:
            self._log.close("ended" if kind is None else f"ended early, {kind.__name__}: {error}".rstrip(": "))

    def say(self, message: str) -> None:
        """Say one step of the build, or a note of a worker."""
        with self._lock:
            self._line(message)
        if self._log is not None:
            self._log.write(message)

    def began(self, task: ReportTask, station: Station, cell: int | None) -> None:
        """Note that a report came to a station; only the log tells of it."""
        if self._log is not None:
            self._log.began(task, station, cell)

    def advance(self, done: int, total: int, item: Done | None = None) -> None:
        """Show that *done* of *total* reports are ready; *item* is the newest of them, a line if it failed."""
        if item is not None and self._log is not None:
            self._log.done(item)
        with self._lock:
            if item is not None and item.outcome == FAILED:
                self._line(f"failed: {item}")
            if self._terminal:
                progress = self._progress or self._start_bar()
                if self._task is None:
                    self._task = progress.add_task("", total=total)
                progress.update(self._task, completed=done, description=str(item or "")[:60])

    def _line(self, text: str) -> None:
        if self._progress is None:
            typer.echo(text, err=True)
        else:
            self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _start_bar(self) -> Progress:
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        told = TextColumn("{task.description}", markup=False)
        columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TimeRemainingColumn(), told)
        self._progress = Progress(*columns, console=RichConsole(stderr=True), transient=True)
        self._progress.start()
        return self._progress

    def _end_bar(self) -> None:
        with self._lock:
            if self._progress is not None:
                self._progress.stop()
            self._progress, self._task = None, None
