"""The owner's side: starts a parent for each environment, asks it for kernels, replaces it when it died.

One set of parents for each process; the workers of a pool share those of the process that started them
(`skq.batch.warm.sharing`). A parent has imported under the very environment that its kernels are to have, because
libraries read it while they are imported.
"""

from __future__ import annotations

import atexit
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from skq.batch.warm.asked import NoWarmKernel, ParentGone, ParentProcess, ParentSilent, SharedParent, Streams
from skq.batch.warm.kernel import WarmKernel
from skq.batch.warm.wire import Launch

OWN_TO_A_KERNEL = ("IPYTHONDIR", "JPY_INTERRUPT_EVENT", "JPY_PARENT_PID", "JPY_SESSION_NAME", "PYTEST_CURRENT_TEST")
"""Variables that differ from kernel to kernel (from test to test) and that nothing reads before the fork."""

KEPT = 2
"""As many parents stay ready; those for environments not asked for longest end with their last kernel."""

REPLACED = 2
"""So often in a row a parent that dies is replaced: a shared one, then the first of our own."""


def why_not(platform: str = sys.platform) -> str:
    """Return why *platform* can have no warm kernels; "" where it can."""
    if not hasattr(os, "fork"):
        return f"{platform} has no fork"
    if platform == "darwin":
        return "Apple's libraries do not work in a fork of a process that has loaded them"
    return ""


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
