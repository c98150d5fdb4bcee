"""The warm parent: imports once, then forks a kernel for every request of its owner, and buries them.

A process of one thread. It holds no path and no port: what it is asked comes over a socket that only its owner has,
so nobody else can ask, and it ends when that socket does. Run as `python -m skq.batch.warm.parent FD`.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from skq.batch.warm.wire import DESCRIPTORS, NEW_KERNEL, Launch, Lines, packed

GROWN = 2.0
"""A parent that holds so many times what it held when it was ready gives way to a new one."""

PATIENCE = 10.0
"""Seconds in which an owner must say what kernel it wants once it said that it wants one."""


@dataclass
class Forked:
    """A kernel that runs, and the socket over which its owner signals to it and hears of its end."""

    pid: int
    handle: socket.socket
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        self.handle.setblocking(False)
        self.lines = Lines(self.handle)


@dataclass(frozen=True)
class Kernel:
    """What a fork has in hand when it is to become a kernel; `imported` is what imports put into the environment."""

    launch: Launch
    lifeline: int
    streams: tuple[int, int, int]
    imported: Mapping[str, str]


class Parent:
    """Serves one owner."""

    def __init__(self, control: socket.socket, *, trouble: str, imported: Mapping[str, str]) -> None:
        self._control: socket.socket | None = control
        self._trouble, self._imported = trouble, imported
        self._kernels: dict[int, Forked] = {}
        self._first = held()
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._woken.setblocking(False)

    def serve(self) -> Kernel | None:
        """Fork kernels until the owner is gone and the last kernel buried; in a fork, return what it is to become."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        while self._control is not None or self._kernels:
            if self._readable(self._control) and (kernel := self._asked()):
                return kernel
            for forked in list(self._kernels.values()):
                self._obey(forked)
            self._bury()
        return None

    def close(self) -> None:
        """Let go of what wakes it up; for whoever does not let it serve to the end."""
        self._wake.close()
        self._woken.close()

    def _readable(self, control: socket.socket | None) -> bool:
        """Wait for whatever comes first and say whether it is the owner wanting a kernel."""
        with selectors.PollSelector() as selector:  # one that needs no descriptor of its own
            for watched in (control, self._wake, *(forked.handle for forked in self._kernels.values())):
                if watched is not None:
                    selector.register(watched, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in selector.select()}
        if self._wake in ready:
            self._wake.recv(1 << 12)
        return control in ready

    def _asked(self) -> Kernel | None:
        """Fork a kernel; hear no more where the owner is gone or this process has grown, so that it is replaced."""
        assert self._control is not None
        said, received, *_ = socket.recv_fds(self._control, len(NEW_KERNEL), len(DESCRIPTORS))
        if said != NEW_KERNEL or len(received) != len(DESCRIPTORS) or held() > GROWN * self._first:
            for descriptor in received:
                os.close(descriptor)
            self._control.close()
            self._control = None
            return None
        return self._start(socket.socket(fileno=received[0]), received[1:])

    def _start(self, handle: socket.socket, received: list[int]) -> Kernel | None:
        launch = _told(handle)
        if launch is None or self._trouble:
            with suppress(OSError):
                handle.sendall(packed({"error": self._trouble or "the request did not come"}))
            handle.close()
        elif (pid := _fork()) == 0:
            self._forget(handle)
            return Kernel(launch, received[0], (received[1], received[2], received[3]), self._imported)
        else:
            self._kernels[pid] = Forked(pid, handle)
            with suppress(OSError):
                handle.send(packed({"pid": pid}))
        for descriptor in received:
            os.close(descriptor)
        return None

    def _forget(self, handle: socket.socket) -> None:
        """In a fork: let go of everything that is the parent's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        others = (kernel.handle for kernel in self._kernels.values())
        for held in (handle, self._wake, self._woken, self._control, *others):
            if held is not None:
                held.close()
        self._kernels.clear()

    def _obey(self, forked: Forked) -> None:
        """Pass on the owner's signals; a kernel whose owner is gone is killed."""
        for message in forked.lines.receive():
            _signal_group(forked.pid, int(message["signal"]))
        if forked.lines.ended:
            _signal_group(forked.pid, signal.SIGKILL)

    def _bury(self) -> None:
        """Take the exit status of every kernel that ended and tell its owner."""
        for pid, forked in list(self._kernels.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                del self._kernels[pid]
                with suppress(OSError):
                    forked.handle.send(packed({"exit": os.waitstatus_to_exitcode(status)}))
                forked.handle.close()


def held() -> int:
    """Return how many kilobytes this process holds; 0 where the system does not tell, which is never grown."""
    try:
        with open("/proc/self/statm", "rb") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except OSError:
        return 0


def _told(handle: socket.socket) -> Launch | None:
    """Return what kernel the owner wants; None when it is gone or silent."""
    handle.settimeout(PATIENCE)
    lines = Lines(handle)
    while not lines.ended:
        for message in lines.receive():
            return Launch.of(message)
    return None


def _fork() -> int:
    with warnings.catch_warnings():
        # Python counts the threads of libraries too (pyarrow's allocator has one); those rest over a fork by themselves
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _signal_group(pid: int, number: int) -> None:
    """Signal a kernel not yet buried and all that it started; alone while it has no group of its own yet."""
    try:
        os.killpg(pid, number)
    except OSError:
        with suppress(OSError):
            os.kill(pid, number)


def _trouble() -> str:
    """Load everything; return what went wrong, which every request is answered with."""
    from skq.batch.warm.preload import preload

    try:
        with _quiet():
            preload()
    except Exception as error:  # noqa: BLE001 - whatever it is, the owner takes an ordinary kernel and tells why
        return f"{type(error).__name__}: {error}"
    return ""


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to ourselves what libraries say while they are imported (debugpy warns); it is nobody's question."""
    errors = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    os.close(nothing)
    try:
        yield
    finally:
        os.dup2(errors, 2)
        os.close(errors)


def main() -> None:
    """Serve the owner at the other end of the socket whose number is the last argument."""
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder this was started in, as ipykernel's own launcher does
    control = socket.socket(fileno=int(sys.argv[-1]))
    os.set_inheritable(control.fileno(), False)
    before = dict(os.environ)
    trouble = _trouble()
    imported = {name: value for name, value in os.environ.items() if before.get(name) != value}
    kernel = Parent(control, trouble=trouble, imported=imported).serve()
    del control
    if kernel is not None:
        from skq.batch.warm.child import become

        become(kernel)


if __name__ == "__main__":
    main()
