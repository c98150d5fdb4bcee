"""A fresh fork of the parent becomes an ordinary ipykernel: own session, streams, folder, environment and chance."""

from __future__ import annotations

import os
import random
import signal
import socket
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skq.batch.warm.parent import Kernel

SEED = 0
"""Every notebook starts with the same random numbers, so that one that forgets its seed is repeated all the same."""

NO_PARENT_TO_POLL = 1
"""ipykernel's own way to watch its parent looks at the wrong process here; the lifeline does it."""


def become(kernel: Kernel) -> None:
    """Turn this process into the ipykernel that *kernel* describes, and return when it is shut down."""
    os.setsid()
    for number, stream in enumerate(kernel.streams):
        os.dup2(stream, number)
    for stream in kernel.streams:
        os.close(stream)
    os.chdir(kernel.launch.folder)
    os.environ.clear()
    os.environ.update({**kernel.launch.environment, **kernel.imported})
    _watch(socket.socket(fileno=_lowest(kernel.lifeline)))
    _run(kernel.launch.arguments)


def _lowest(descriptor: int) -> int:
    """Return *descriptor* under the lowest free number, the same for every kernel however many run beside it."""
    lowest = os.dup(descriptor)
    os.close(max(descriptor, lowest))
    return min(descriptor, lowest)


def _seed() -> None:
    from numpy import random as numpy_random

    random.seed(SEED)
    numpy_random.seed(SEED)


def _watch(lifeline: socket.socket) -> None:
    """End this process, and what it started, as soon as its owner is gone, whatever cell is running."""

    def watch() -> None:
        with suppress(OSError):
            lifeline.recv(1)  # nobody ever writes: it returns when the other side is closed
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def _run(arguments: tuple[str, ...]) -> None:
    from ipykernel.kernelapp import IPKernelApp

    launcher = find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin) if launcher else "ipykernel_launcher", *arguments]
    app: Any = IPKernelApp.instance(parent_handle=NO_PARENT_TO_POLL)
    app.initialize(list(arguments))
    _seed()
    app.start()
