"""A kernel forked by a parent, as whoever asked for it sees it."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from contextlib import suppress

from skq.batch.warm.wire import Lines, packed


class WarmKernel:
    """A kernel forked by a parent, with the part of `subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, *, handle: socket.socket, lines: Lines, lifeline: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._handle, self._lines, self._lifeline = handle, lines, lifeline

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal, or None while the kernel runs.

        A kernel outlives a parent that was killed; its status is then told as killed once it is gone.
        """
        if self.returncode is None:
            for message in self._lines.receive():
                self._end(int(message["exit"]))
            if self.returncode is None and self._lines.ended and _is_closed(self._lifeline):
                self._end(-9)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status when the kernel has ended; TimeoutExpired when that takes longer than *timeout*."""
        pause = threading.Event()
        waited = 0.0
        while self.poll() is None:
            if timeout is not None and waited >= timeout:
                raise subprocess.TimeoutExpired("warm kernel", timeout)
            pause.wait(0.01)
            waited += 0.01
        return int(self.returncode or 0)

    def send_signal(self, number: int) -> None:
        """Signal the kernel and all that it started, unless it has ended."""
        if self.poll() is not None:
            return
        try:
            self._handle.sendall(packed({"signal": int(number)}))
        except OSError:  # the parent is dead, so nobody else can have buried the kernel
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(15)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(9)

    def _end(self, status: int) -> None:
        self.returncode = status
        self._handle.close()
        self._lifeline.close()


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other side of *connection* is gone; nobody ever writes on it."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
