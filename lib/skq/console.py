"""What a build says while it runs: a bar with the time left in a terminal, a line per report elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID


class Console:
    """Steps as lines, reports as a bar with the time left; without a terminal every report is a line."""

    def __init__(self, *, terminal: bool | None = None) -> None:
        self._terminal = sys.stderr.isatty() if terminal is None else terminal
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_bar()

    def say(self, message: str) -> None:
        """Say one step of the build."""
        self._end_bar()
        typer.echo(message, err=True)

    def advance(self, done: int, total: int, text: str) -> None:
        """Say that *done* of *total* reports are ready, *text* being the newest."""
        if not self._terminal:
            typer.echo(f"  {done}/{total}  {text}", err=True)
            return
        progress = self._progress or self._start_bar()
        if self._task is None:
            self._task = progress.add_task("", total=total)
        progress.update(self._task, completed=done, description=text[:60])

    def _start_bar(self) -> Progress:
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        told = TextColumn("{task.description}")
        columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TimeRemainingColumn(), told)
        self._progress = Progress(*columns, console=RichConsole(stderr=True), transient=True)
        self._progress.start()
        return self._progress

    def _end_bar(self) -> None:
        if self._progress is not None:
            self._progress.stop()
        self._progress, self._task = None, None
