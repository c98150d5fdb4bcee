"""The owner's side: starts a parent for each environment, asks it for kernels, replaces it when it died.

One set of parents for each process; the workers of a pool share those of the process that started them
(`skq.batch.warm.sharing`). A parent has imported under the very environment that its kernels are to have, because
libraries read it while they are imported.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from skq.batch.warm.wire import NEW_KERNEL, Launch, Lines, packed

Streams = tuple[int, int, int]

START_SECONDS = 60.0
"""A parent that has not answered by then, imports included, is given up."""

OWN_TO_A_KERNEL = ("IPYTHONDIR", "JPY_INTERRUPT_EVENT", "JPY_PARENT_PID", "JPY_SESSION_NAME", "PYTEST_CURRENT_TEST")
"""Variables that differ from kernel to kernel (from test to test) and that nothing reads before the fork."""

KEPT = 2
"""As many parents stay ready; those for environments not asked for longest end with their last kernel."""

REPLACED = 2
"""So often in a row a parent that dies is replaced: a shared one, then the first of our own."""

GRACE = 5.0
"""Seconds that a parent gets to bury its kernels when its owner ends."""


class NoWarmKernel(Exception):
    """There is no warm kernel to be had; the message says why."""


class ParentGone(NoWarmKernel):
    """The parent died before it gave a kernel; another one may do better."""


class ParentSilent(NoWarmKernel):
    """The parent hangs; another one would too."""


def why_not(platform: str = sys.platform) -> str:
    """Return why *platform* can have no warm kernels; "" where it can."""
    if not hasattr(os, "fork"):
        return f"{platform} has no fork"
    if platform == "darwin":
        return "Apple's libraries do not work in a fork of a process that has loaded them"
    return ""


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


class Parents:
    """The parents of one process, one for each Python and environment."""

    def __init__(self) -> None:
        self._parents: dict[Any, SharedParent] = {}
        self._retired: list[SharedParent] = []
        self._hopeless: dict[Any, str] = {}
        self._lock = threading.Lock()
        self.on_kernel: Callable[[int], None] = lambda pid: None  # told of kernels that a shared parent forked
        atexit.register(self.end)

    def warm_up(self, python: Sequence[str], environment: Mapping[str, str]) -> SharedParent:
        """Return the parent for *python* and *environment*, started without waiting where there is none or it died."""
        key, kept = _key(python, environment), _kept(environment)
        with self._lock:
            parent = self._parents.pop(key, None)
            if parent is not None and not parent.lives():
                parent.close()
                parent = None
            self._parents[key] = parent or ParentProcess(python, kept)
            self._retire()
            return self._parents[key]

    def begun(self, python: Sequence[str], environment: Mapping[str, str]) -> SharedParent | None:
        """Return the living parent for *python* and *environment*, None where there is none."""
        with self._lock:
            parent = self._parents.get(_key(python, environment))
        return parent if parent is not None and parent.lives() else None

    def adopt(self, python: Sequence[str], environment: Mapping[str, str], descriptor: int) -> None:
        """Ask the parent behind the inherited *descriptor* for kernels as long as it lives."""
        with self._lock:
            self._parents[_key(python, environment)] = SharedParent(socket.socket(fileno=descriptor))

    def _retire(self) -> None:
        """Let parents beyond the newest few end, and bury those that have."""
        for key in list(self._parents)[:-KEPT]:
            retired = self._parents.pop(key)
            retired.close()
            self._retired.append(retired)
        self._retired = [parent for parent in self._retired if parent.lives()]

    async def kernel(self, python: Sequence[str], launch: Launch, streams: Streams) -> WarmKernel:
        """Return a new kernel; a parent that dies meanwhile is replaced once. NoWarmKernel when there is none."""
        key = _key(python, launch.environment)
        if key in self._hopeless:
            raise NoWarmKernel(self._hopeless[key])
        try:
            return await self._kernel(python, launch, streams)
        except (ParentGone, ParentSilent) as error:
            self._hopeless[key] = str(error)
            raise

    async def _kernel(
        self, python: Sequence[str], launch: Launch, streams: Streams, *, again: int = REPLACED
    ) -> WarmKernel:
        """Return a new kernel; a parent that dies meanwhile is replaced *again* times, then ParentGone."""
        parent = self.warm_up(python, launch.environment)
        try:
            found = await parent.kernel(launch, streams)
        except ParentGone:
            if not again:
                raise
            return await self._kernel(python, launch, streams, again=again - 1)
        if not isinstance(parent, ParentProcess):
            self.on_kernel(found.pid)
        return found

    def end(self) -> None:
        """End all parents, together."""
        ending = [*self._parents.values(), *self._retired]
        for parent in ending:
            parent.close()
        for parent in ending:
            parent.end()
        self._parents.clear()
        self._retired.clear()


def _kept(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in OWN_TO_A_KERNEL}


def _key(python: Sequence[str], environment: Mapping[str, str]) -> Any:
    return tuple(python), frozenset(_kept(environment).items())


@cache
def _parents_of(process: int) -> Parents:
    return Parents()


def parents() -> Parents:
    """Return the parents of this process; a fork of it begins with none."""
    return _parents_of(os.getpid())


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other side of *connection* is gone; nobody ever writes on it."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
