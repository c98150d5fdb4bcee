"""What a worker of a cluster does: lays a task's inputs out, has it done by its own processes, hands back the outputs.

Runs in a worker of `distributed`, which has skq installed as we have. Nothing stays there but an idle process or two,
and those only until the build ends.
"""

from __future__ import annotations

import atexit
import platform
import tempfile
import threading
import time
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import skq
from skq.batch.carry import Parcel, brought, laid_out
from skq.batch.fingerprint import DRAWN_WITH, RENDERED_WITH, package_version, versions
from skq.batch.local import LocalPool
from skq.batch.pool import Work
from skq.batch.task import Done, ReportTask

FORGOTTEN_SECONDS = 600
"""A session that nobody has asked anything of for so long has been left by whoever began it."""

TALKS_WITH = ("cloudpickle", "distributed")
"""Libraries in which both sides have to be of one version to understand each other."""


@dataclass(frozen=True)
class Errand:
    """A task, its inputs, who does it, the machine that it has to be done on, and the build that it is part of."""

    task: ReportTask
    parcel: Parcel
    work: Work
    machine: dict[str, str]
    session: str


@dataclass(frozen=True)
class Answer:
    """What became of an errand on the worker *where*, with its outputs; or why it was not done (`refused`).

    `unfit`: that worker can make none at all.
    """

    where: str
    done: Done | None = None
    parcel: Parcel | None = None
    refused: str = ""
    unfit: bool = False


@dataclass
class _Session:
    pool: LocalPool
    asked: float


_sessions: dict[str, _Session] = {}
_lock = threading.Lock()


@cache
def machine() -> dict[str, str]:
    """Return everything of this machine that can change the bytes of a report: system, Python, skq, libraries."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "skq": package_version(Path(skq.__file__).parent, skq.__version__),
        **versions((*DRAWN_WITH, *RENDERED_WITH, *TALKS_WITH)),
    }


def differences(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """Return a line for each thing in which *theirs* is another machine than *ours*, sorted.

    >>> differences({"python": "3.11.9", "skq": "1"}, {"python": "3.12.1", "skq": "1"})
    ['python: here 3.11.9, there 3.12.1']
    """
    names = sorted({*ours, *theirs})
    return [
        f"{name}: here {ours.get(name) or 'none'}, there {theirs.get(name) or 'none'}"
        for name in names
        if ours.get(name) != theirs.get(name)
    ]


def run_errand(errand: Errand) -> Answer:
    """Do one errand and return what became of it; what makes every report impossible here is `refused`, not raised."""
    worker = _worker()
    if lacking := differences(errand.machine, machine()):
        return Answer(worker.where, refused="; ".join(lacking), unfit=True)
    root = ""
    try:
        with tempfile.TemporaryDirectory(prefix="skq-", dir=worker.folder, ignore_cleanup_errors=True) as root:
            here = laid_out(errand.task, errand.parcel, Path(root))
            done = _pool(errand, worker.threads).submit(here).result()
            told = replace(done, task=errand.task, message=done.message.replace(f"{root}/", ""))
            return Answer(worker.where, told, brought(done))
    except CancelledError:
        return Answer(worker.where, refused="the build was given up")
    except Exception as error:  # noqa: BLE001 - a full disk, no right to write: another worker may do it
        return Answer(worker.where, refused=f"{type(error).__name__}: {error}".replace(f"{root}/", ""))


def end_session(session: str) -> None:
    """End all that runs here for the build *session*, at once."""
    with _lock:
        own = _sessions.pop(session, None)
    if own is not None:
        own.pool.stop()


def _pool(errand: Errand, jobs: int) -> LocalPool:
    """Return the processes that work for the errand's build, *jobs* at once."""
    now = time.monotonic()
    with _lock:
        left = [name for name, one in _sessions.items() if now - one.asked > FORGOTTEN_SECONDS]
        if errand.session not in _sessions:
            _sessions[errand.session] = _Session(LocalPool(jobs, errand.work), now)
        _sessions[errand.session].asked = now
        pool = _sessions[errand.session].pool
    for name in left:
        if name != errand.session:
            end_session(name)
    return pool


def _end_all() -> None:
    for session in list(_sessions):
        end_session(session)


atexit.register(_end_all)


@dataclass(frozen=True)
class _Worker:
    """The worker of the cluster that this is: address, tasks at once, and its own folder.

    What an earlier worker that was killed left in such a folder is cleared away by the next one.
    """

    where: str
    threads: int
    folder: str | None


def _worker() -> _Worker:
    """Return the worker whose thread this is."""
    from distributed import get_worker

    worker = get_worker()
    return _Worker(worker.address, int(worker.state.nthreads), str(worker.local_directory))
