"""Processes forked from this one to work beside it: whether there can be any, and how they begin and end."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import wait


def has_fork() -> bool:
    """Whether a process can be forked here without harm: not on Windows, nor where system libraries forbid it."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def begin() -> None:
    """In a new process: leave signals to the first one, and end with it, even if it is killed.

    A fork holds the pipes of the first process open, so that it would never hear of its end by them. What it has been
    handed is in memory once as long as neither touches it; so its collector leaves alone what was there before.
    """
    gc.freeze()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    first = multiprocessing.parent_process()
    if first is not None:
        threading.Thread(target=_end_with, args=(first.sentinel,), name="first-process", daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
