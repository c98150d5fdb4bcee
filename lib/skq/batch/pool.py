"""Who makes the reports: processes of this machine (`skq.batch.local`), or machines of a cluster."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Protocol, Self

from skq.batch.task import Done, ReportTask, Station

Work = Callable[[ReportTask, Callable[[Station, int | None], None]], Done]
"""Makes one report; a function at the top of a module, so that a worker can import it.

It tells its second argument each station, and of a notebook each cell, as it comes to it. A failure of the report is a
`Done`; an error is raised when no report can be made here (a full disk).
"""


class Pool(Protocol):
    """Makes several reports at once; a context manager at whose end nothing of it runs any more."""

    def submit(self, task: ReportTask) -> Future[Done]:
        """Take *task* in hand when there is room for it; what becomes of it is the future's result.

        A task that kills its worker is a `Done` like any other failure. An exception means that no task can be done.
        """

    def stop(self) -> None:
        """Give up at once what runs and what waits: the futures are cancelled, every process is gone."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
