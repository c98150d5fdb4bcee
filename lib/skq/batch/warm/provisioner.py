"""What Jupyter sees: a kernel provisioner that has kernels forked from a warm parent, or starts ordinary ones.

Registered as `skq-warm` among the entry points of `jupyter_client.kernel_provisioners`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool

from skq.batch.warm.asked import NoWarmKernel, Streams
from skq.batch.warm.owner import parents, why_not
from skq.batch.warm.wire import Launch

NAME = "skq-warm"
"""The entry point, for a kernelspec's `metadata.kernel_provisioner.provisioner_name`."""

ORDINARY = "local-provisioner"
"""jupyter_client's own."""

LAUNCHERS = ("ipykernel_launcher", "ipykernel")
"""Modules whose kernels a parent can fork."""

UNDERSTOOD = {"cwd", "env", "stdin", "stdout", "stderr", "independent", "kernel_id", "extra_arguments"}
"""What may be said about a launch."""

DYING_SECONDS, DYING_POLLS = 0.1, 50
"""How long, and how often in that time, a killed kernel is looked after."""

_log = logging.getLogger(__name__)
_told: set[str] = set()


class WarmProvisioner(LocalProvisioner):
    """Starts kernels by forking a parent that has imported the libraries; ordinary ones where that cannot be."""

    private_sockets = Bool(False, help="talk over Unix sockets in a private folder where the manager would take TCP")
    _folder = ""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare the launch; with `private_sockets` the kernel gets sockets that only this user can open."""
        if self.private_sockets and self.parent is not None and sys.platform != "win32":
            self._use_private_sockets(self.parent)
        return dict(await super().pre_launch(**kwargs))

    def _use_private_sockets(self, manager: Any) -> None:
        """Have *manager* talk over sockets in a folder of mode 0700, unless its owner chose a transport."""
        if (self._folder or manager.transport == "tcp") and not os.path.isdir(self._folder):
            self._folder = tempfile.mkdtemp(prefix="skq-")
            manager.transport, manager.ip = "ipc", os.path.join(self._folder, "k")

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the sockets when the kernel will not come back."""
        await super().cleanup(restart)
        if self._folder and not restart:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel that *cmd* describes and return how to reach it."""
        try:
            self.process = await _warm_kernel(cmd, kwargs)
        except NoWarmKernel as reason:
            _tell(str(reason))
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.process.pid
        self.pgid = None  # the parent signals the whole group, and never a stranger that got the same number
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and give it a moment to be gone, which spares jupyter_client's own slower polling."""
        await super().kill(restart)
        for _ in range(DYING_POLLS):
            if await self.poll() is not None:
                return
            await asyncio.sleep(DYING_SECONDS / DYING_POLLS)


@cache
def registered(name: str = NAME) -> str:
    """Return *name* when Jupyter knows a provisioner of that name, otherwise the ordinary one's."""
    if entry_points(group="jupyter_client.kernel_provisioners", name=name):
        return name
    _tell(f"no provisioner {name} is installed; install skq again")
    return ORDINARY


async def _warm_kernel(command: Sequence[str], options: Mapping[str, Any]) -> Any:
    if reason := why_not():
        raise NoWarmKernel(reason)
    python, arguments = split_command(command)
    if unknown := sorted(set(options) - UNDERSTOOD):
        raise NoWarmKernel(f"the kernel is started with {', '.join(unknown)}")
    if options.get("independent"):
        raise NoWarmKernel("the kernel is to outlive its owner")
    environment = {**(options.get("env") or os.environ), "JPY_PARENT_PID": str(os.getpid())}
    paths = environment.get("PYTHONPATH")
    if paths and not all(map(os.path.isabs, paths.split(os.pathsep))):
        raise NoWarmKernel("PYTHONPATH has folders that mean another one in each notebook's folder")
    launch = Launch(arguments, os.path.abspath(options.get("cwd") or "."), environment)
    with _streams(options) as streams:
        return await parents().kernel(python, launch, streams)


def split_command(command: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the Python with its options, and ipykernel's arguments; NoWarmKernel when *command* is no ipykernel."""
    place = list(command).index("-m") if "-m" in command else len(command)
    if place == 0 or place + 1 >= len(command) or command[place + 1] not in LAUNCHERS:
        raise NoWarmKernel(f"the kernel is not an ipykernel: {' '.join(command)[:200]}")
    return [os.path.expanduser(part) for part in command[:place]], tuple(command[place + 2 :])


@contextmanager
def _streams(options: Mapping[str, Any]) -> Iterator[Streams]:
    """Give the descriptors that the kernel is to have as its input, output and errors."""
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        chosen = [_descriptor(options.get(name), nothing) for name in ("stdin", "stdout", "stderr")]
        standard = (nothing, 1, 2)  # as jupyter_client does: no input, and the owner's own output
        yield tuple(own if value is None else value for value, own in zip(chosen, standard, strict=True))  # type: ignore[misc]
    finally:
        os.close(nothing)


def _descriptor(stream: Any, nothing: int) -> int | None:
    if stream in (subprocess.PIPE, subprocess.STDOUT):
        raise NoWarmKernel("the kernel's output is to go through a pipe")
    if stream == subprocess.DEVNULL:
        return nothing
    return stream if stream is None or isinstance(stream, int) else int(stream.fileno())


def _tell(reason: str) -> None:
    """Note once for each reason that kernels are ordinary ones."""
    level = logging.DEBUG if reason in _told else logging.WARNING
    _told.add(reason)
    _log.log(level, "ordinary kernels instead of warm ones: %s", reason)
