"""Processes that are to be gone, with all that they have started: what they hold in memory, and their end."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress

import psutil

PATIENCE = 1.5
"""Seconds in which killed processes have to be gone; what is longer about it hangs in the system."""

PAUSE = 0.01

MEGABYTE = 1 << 20


def descendants(pid: int) -> list[psutil.Process]:
    """Return every process that the process *pid* and its children have started and that runs."""
    with suppress(psutil.Error):
        return list(psutil.Process(pid).children(recursive=True))
    return []


def memory(pid: int, *, alone: bool = False) -> float:
    """Return how many megabytes the process *pid* and all that it has started hold; shared memory counts for each.

    *alone*: without what it has started, for which every process of the machine is looked at.
    """
    held = 0
    with suppress(psutil.Error):
        for process in (psutil.Process(pid), *([] if alone else descendants(pid))):
            with suppress(psutil.Error):
                held += process.memory_info().rss
    return held / MEGABYTE


def end_family(process: subprocess.Popen[bytes]) -> int:
    """Kill our child *process*, which leads a session of its own, and all that it has started; return its status."""
    family = descendants(process.pid) if process.poll() is None else []
    if process.poll() is None:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
    status = process.wait()
    end_all(family)
    return status


def end_all(processes: Sequence[psutil.Process]) -> None:
    """Kill *processes*, none of them our own child, and wait until they are gone."""
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
    pause = threading.Event()
    for _ in range(round(PATIENCE / PAUSE)):
        if not any(map(_lives, processes)):
            return
        pause.wait(PAUSE)


def _lives(process: psutil.Process) -> bool:
    """Whether *process* still does something; one that is dead and not yet buried does not."""
    with suppress(psutil.Error):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False
