"""Processes that are to be gone, with all that they have started: what they hold in memory, and their end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

import psutil

PATIENCE = 1.5
"""Seconds in which killed processes have to be gone; what is longer about it hangs in the system."""

MEGABYTE = 1 << 20


def descendants(pid: int) -> list[psutil.Process]:
    """Return every process that the process *pid* and its children have started and that runs."""
    with suppress(psutil.Error):
        return list(psutil.Process(pid).children(recursive=True))
    return []


def memory(pid: int) -> float:
    """Return how many megabytes the process *pid* and all that it has started hold; shared memory counts for each."""
    held = 0
    with suppress(psutil.Error):
        for process in (psutil.Process(pid), *descendants(pid)):
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
    psutil.wait_procs(processes, timeout=PATIENCE)
