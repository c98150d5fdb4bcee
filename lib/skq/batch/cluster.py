"""Reports made by the machines of a cluster: the same tasks as here, handed to a Dask scheduler.

Tasks carry their inputs as bytes and bring their outputs back as bytes (`skq.batch.carry`), so that the machines need
no disk in common; what runs there is `skq.batch.far`. Only as many tasks travel at once as keep the workers busy.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from skq.aggregate.partition import Run
from skq.batch.carry import packed, put_in_place
from skq.batch.divide import on_workers
from skq.batch.far import Answer, Errand, end_session, machine, run_errand
from skq.batch.pool import Work
from skq.batch.scheduler import ALONE_SECONDS, connected, lost, no_workers, refuse_other_machines, workers_of
from skq.batch.task import Done, Outcome, ReportTask, Station
from skq.errors import storage_error

SILENT_SECONDS = 5
"""How long the scheduler may be out of reach; one that is back after that knows nothing of our tasks."""

WATCHED_SECONDS = 0.5
ENDING_SECONDS = 0.5
FETCHED_SECONDS = 300

WAITING_PER_THREAD = 2
"""So many tasks are with the cluster for each that it can do at once: the next is there when one is done."""

CHANCES = 2
"""So often a task may be there when as many workers die as the scheduler allows, the last time alone; so often it may
be refused, and so many tasks in a row a worker may refuse."""

Began = Callable[[ReportTask, Station, int | None], None]


@dataclass
class _Job:
    """One task on its way."""

    task: ReportTask
    future: Future[Done] = field(default_factory=Future)
    sent: int = 0
    deaths: int = 0
    refusals: int = 0

    def end(self, done: Done | Exception) -> None:
        """Tell whoever waits for it, unless nobody does any more."""
        with suppress(InvalidStateError):
            if isinstance(done, Exception):
                self.future.set_exception(done)
            else:
                self.future.set_result(replace(done, task=self.task))


class ClusterPool:
    """A `Pool` whose reports are made by the workers of the Dask scheduler at *address* (`tcp://host:8786`).

    Entering it raises ClusterError where there is no scheduler, no worker, or one that would make other bytes. *began*
    is told of each task that is sent, and *note* what may be worth a line in the log; both by another thread than the
    caller's.
    """

    def __init__(
        self,
        address: str,
        work: Work,
        *,
        began: Began = lambda task, station, cell: None,
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._address, self._work, self._began, self._note = address, work, began, note
        self._client: Any = None
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._suspects: deque[_Job] = deque()
        self._running: dict[Any, _Job] = {}
        self._refusing: Counter[str] = Counter()
        self._unfit: dict[str, str] = {}
        self._arrived: SimpleQueue[Any] = SimpleQueue()
        self._over = threading.Event()
        self._error: Exception | None = None
        self._porter = threading.Thread(target=self._serve, name="cluster-porter", daemon=True)

    def __enter__(self) -> Self:
        self._client = connected(self._address)
        try:
            refuse_other_machines(self._client, self._address)
        except BaseException:
            self._client.close(timeout=ENDING_SECONDS)
            raise
        self._porter.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def run_parts(self) -> Run:
        """What makes numbers on the same workers (`aggregate.partition`)."""
        return on_workers(self._client, self._address)

    def submit(self, task: ReportTask) -> Future[Done]:
        """Take *task* in hand when a worker is free for it; see `Pool`."""
        job = _Job(task)
        with self._lock:
            if self._error is None:
                self._waiting.append(job)
        if self._error is not None:
            job.end(self._error)
        self._arrived.put(None)
        return job.future

    def stop(self) -> None:
        """Give up what runs and what waits; the workers end their processes for it at once."""
        if self._over.is_set():
            return
        self._over.set()
        self._arrived.put(None)
        for job in self._taken_back():
            job.future.cancel()
        teller = threading.Thread(target=self._leave, name="cluster-end", daemon=True)
        teller.start()
        teller.join(ENDING_SECONDS)
        self._porter.join(ENDING_SECONDS)

    def _leave(self) -> None:
        """Tell scheduler and workers that nothing more is wanted, if they can be reached."""
        with suppress(Exception):
            if self._client.status == "running":
                self._client.run(end_session, self._client.id, on_error="return")
        with suppress(Exception):
            self._client.close(timeout=ENDING_SECONDS)  # its tasks are cancelled with it

    def _taken_back(self) -> list[_Job]:
        with self._lock:
            jobs = [*self._running.values(), *self._suspects, *self._waiting]
            for held in (self._running, self._suspects, self._waiting):
                held.clear()
        return jobs

    def _serve(self) -> None:
        """Put in place what came back and hand out what waits, until the pool is over or the cluster is lost."""
        seen = heard = time.monotonic()
        try:
            while not self._over.is_set():
                for arrived in self._arrivals():
                    self._receive(arrived)
                now = time.monotonic()
                heard = now if self._client.status == "running" else heard
                seen = now if self._threads() or not self._is_asked() else seen
                if now - heard > SILENT_SECONDS:
                    raise lost(self._address)
                if now - seen > ALONE_SECONDS:
                    raise no_workers(self._address, self._unfit)
                self._hand_out()
        except Exception as error:  # noqa: BLE001 - it is every future's; nobody else would hear of it
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        with self._lock:
            self._error = error
        for job in self._taken_back():
            job.end(error)

    def _is_asked(self) -> bool:
        """Whether anybody waits for a report."""
        with self._lock:
            return bool(self._running or self._suspects or self._waiting)

    def _arrivals(self) -> Iterator[Any]:
        """Wait a moment and give what came back."""
        with suppress(Empty):
            arrived = self._arrived.get(timeout=WATCHED_SECONDS)
            if arrived is not None:
                yield arrived

    def _workers(self) -> Mapping[str, Any]:
        """Return the workers that can make reports, as the scheduler told last."""
        return {where: one for where, one in workers_of(self._client).items() if where not in self._unfit}

    def _threads(self) -> int:
        return sum(int(told["nthreads"]) for told in self._workers().values())

    def _hand_out(self) -> None:
        """Send what the workers have room for; a suspect goes alone."""
        while (job := self._next(self._threads() * WAITING_PER_THREAD)) is not None:
            job.sent += 1
            task, parcel = packed(job.task)
            errand = Errand(task, parcel, self._work, machine(), self._client.id)
            key = f"skq-{task.publication}-{task.key}-{job.sent}-{self._client.id}"
            fit = {"workers": list(self._workers())} if self._unfit else {}
            sent = self._client.submit(run_errand, errand, key=key, pure=False, **fit)
            with self._lock:
                self._running[sent] = job
            sent.add_done_callback(self._arrived.put)
            self._began(job.task, Station.NOTEBOOK, None)

    def _next(self, room: int) -> _Job | None:
        with self._lock:
            if self._over.is_set():
                return None
            if self._waiting and len(self._running) < room:
                return self._waiting.popleft()
            if self._suspects and not self._running and not self._waiting:
                return self._suspects.popleft()
        return None

    def _receive(self, arrived: Any) -> None:
        """Put in place what a worker made, or have it made again where the worker is to blame."""
        if arrived.status == "cancelled":
            raise lost(self._address)
        with self._lock:
            job = self._running.get(arrived)
        if job is None:
            return
        if arrived.status == "error":
            self._died(job, arrived.exception())
        else:
            self._answered(job, arrived.result(timeout=FETCHED_SECONDS))
        with self._lock:
            self._running.pop(arrived, None)

    def _answered(self, job: _Job, answer: Answer) -> None:
        if answer.done is None or answer.parcel is None:
            self._refused(job, answer)
            return
        self._refusing[answer.where] = 0
        try:
            put_in_place(job.task, answer.parcel)
        except OSError as error:
            raise storage_error(error) or error from error
        job.end(answer.done)

    def _refused(self, job: _Job, answer: Answer) -> None:
        """Have a task made again; who refuses often, a worker or a task with all of them, is to blame itself."""
        self._note(f"{job.task}: not made by {answer.where}: {answer.refused}")
        self._refusing[answer.where] += 1
        if answer.unfit or self._refusing[answer.where] >= CHANCES:
            self._unfit[answer.where] = answer.refused
        if not self._workers():
            raise no_workers(self._address, self._unfit)
        job.refusals += not answer.unfit
        if job.refusals >= CHANCES:
            job.end(Done(job.task, Outcome.FAILED, f"the workers of the cluster could not make it: {answer.refused}"))
            return
        with self._lock:
            self._waiting.append(job)

    def _died(self, job: _Job, error: BaseException) -> None:
        """Give a task whose workers died another chance, alone: it may have been there by accident."""
        job.deaths += 1
        self._note(f"{job.task}: {error}")
        if job.deaths < CHANCES:
            with self._lock:
                self._suspects.append(job)
            return
        job.end(Done(job.task, Outcome.FAILED, f"every worker that was to make it died: {error}"))
