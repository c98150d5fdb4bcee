"""A running parent, as those see it who ask it for kernels: their own, or one that another process has started."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

from skq.batch.warm.kernel import WarmKernel
from skq.batch.warm.wire import NEW_KERNEL, Launch, Lines, packed

Streams = tuple[int, int, int]

START_SECONDS = 60.0
"""A parent that has not answered by then, imports included, is given up."""

GRACE = 5.0
"""Seconds that a parent gets to bury its kernels when its owner ends."""


class NoWarmKernel(Exception):
    """There is no warm kernel to be had; the message says why."""


class ParentGone(NoWarmKernel):
    """The parent died before it gave a kernel; another one may do better."""


class ParentSilent(NoWarmKernel):
    """The parent hangs; another one would too."""


class SharedParent:
    """A running parent that this process may ask, whoever started it."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control

    @property
    def descriptor(self) -> int:
        """What a process is to inherit that shall ask this parent too."""
        return self._control.fileno()

    def lives(self) -> bool:
        """Whether the parent listens."""
        try:
            # told by a flag: whether a socket blocks is shared with the processes that have inherited it
            return self._control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    async def kernel(self, launch: Launch, streams: Streams) -> WarmKernel:
        """Have a kernel forked; NoWarmKernel when the parent dies, is silent or has reasons."""
        handle, their_handle = socket.socketpair()
        lifeline, their_lifeline = socket.socketpair()
        try:
            with their_handle, their_lifeline:
                descriptors = [their_handle.fileno(), their_lifeline.fileno(), *streams]
                socket.send_fds(self._control, [NEW_KERNEL], descriptors)
            lines = Lines(handle)
            pid = await asyncio.wait_for(_pid(handle, lines, launch), START_SECONDS)
        except BaseException as error:
            handle.close()
            lifeline.close()
            if isinstance(error, TimeoutError):
                self.kill()
                raise ParentSilent(f"the parent did not answer within {START_SECONDS:.0f} s") from error
            if isinstance(error, OSError):
                raise ParentGone(self.how_it_ended()) from error
            raise
        return WarmKernel(pid, handle=handle, lines=lines, lifeline=lifeline)

    def how_it_ended(self) -> str:
        """Say how the parent ended."""
        return "the parent that was shared has ended"

    def kill(self) -> None:
        """Have nothing to do with the parent any more; it is not ours to kill."""

    def close(self) -> None:
        """Let the parent end when nobody else asks it: at once, or with its last kernel."""
        self._control.close()

    def end(self) -> None:
        """Be done with the parent."""
        self.close()


class ParentProcess(SharedParent):
    """A running parent, seen by its owner."""

    def __init__(self, python: Sequence[str], environment: Mapping[str, str]) -> None:
        control, theirs = socket.socketpair()
        super().__init__(control)
        with theirs:
            command = [*python, "-m", "skq.batch.warm.parent", str(theirs.fileno())]
            try:
                self.process = subprocess.Popen(
                    command,
                    env=dict(environment),
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,  # Ctrl-C is the owner's to handle
                )
            except OSError as error:
                control.close()
                raise NoWarmKernel(f"the parent did not start: {error}") from error
        # buries the parent as soon as it ends, whenever that is
        threading.Thread(target=self.process.wait, name="warm-parent", daemon=True).start()

    def lives(self) -> bool:
        """Whether the parent runs and listens."""
        return self.process.poll() is None and super().lives()

    def how_it_ended(self) -> str:
        """Say how the parent ended."""
        with suppress(subprocess.TimeoutExpired):
            return f"the parent ended with status {self.process.wait(GRACE)}"
        return "the parent does not answer"

    def kill(self) -> None:
        """End a parent that hangs; its kernels go on."""
        self.process.kill()

    def end(self) -> None:
        """Have the parent end now and bury it."""
        self.close()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


async def _pid(handle: socket.socket, lines: Lines, launch: Launch) -> int:
    """Tell the parent what kernel is wanted and return its number."""
    loop = asyncio.get_running_loop()
    handle.setblocking(False)
    await loop.sock_sendall(handle, packed(launch))
    while data := await loop.sock_recv(handle, 1 << 12):
        for answer in lines.feed(data):
            if "error" in answer:
                raise NoWarmKernel(answer["error"])
            return int(answer["pid"])
    raise ConnectionResetError("the parent ended before it answered")
