"""Ctrl-C and a polite kill end everything soon, whatever is being computed, with every process that was started."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import psutil

from skq.batch.ending import descendants

PATIENCE = 1.5
"""Seconds that this process has to leave by itself; a computation in a library may not hear of the signal in time."""

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM") if hasattr(signal, name))


class Terminated(KeyboardInterrupt):
    """The process was asked to end by SIGTERM."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGINT and SIGTERM end the block with KeyboardInterrupt (`Terminated`); for the main thread alone.

    The processes that this one has started are killed at once, so that nobody waits for them; when the block has not
    ended after `PATIENCE` seconds this process is, with the exit code of a shell.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard, ours = socket.socketpair()
    ours.setblocking(False)
    over = threading.Event()
    before = {number: signal.signal(number, _raise) for number in SIGNALS}
    wakeup = signal.set_wakeup_fd(ours.fileno(), warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(heard, over), name="signals", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        ours.close()
        watcher.join()
        heard.close()


def _raise(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated


def _watch(heard: socket.socket, over: threading.Event) -> None:
    """Wait for a signal, whose number comes over *heard*, or for the end of the block, which closes it."""
    while (said := heard.recv(1)) and said[0] not in SIGNALS:
        pass
    if not said:
        return
    for process in descendants(os.getpid()):
        with suppress(psutil.Error):
            process.kill()
    if not over.wait(PATIENCE):
        os._exit(128 + said[0])
