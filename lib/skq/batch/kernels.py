"""How a notebook gets its kernel: this Python, a private transport, a fixed environment.

A kernel is a process of its own for every notebook, so nothing is carried from school A to school B; `skq.batch.warm`
tells how it comes by its libraries so soon.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets.config import Config

from skq.batch.environment import PYTHON, kernel_environment
from skq.batch.warm.provisioner import NAME, registered

KERNEL_NAME = "python3"
"""The name papermill writes parameters for; the kernel behind it is always the Python that runs skq."""

PROVISIONER = NAME
"""The entry point of `jupyter_client.kernel_provisioners` that starts the kernels: forks of a warm parent."""

CLIENT = "skq.batch.warm.client.ReadyClient"
"""What nbclient talks to them with."""

LONGEST_SOCKET = 90
"""Longer paths of Unix sockets are refused by some systems (macOS: 104 bytes with name and number)."""


class OwnPython(KernelSpecManager):
    """Knows one kernel: ipykernel under the Python that runs skq, whatever is registered on the machine."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the specification of the only kernel."""
        argv = [*PYTHON, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        quiet = ["--HistoryManager.enabled=False", "--InteractiveShellApp.exec_PYTHONSTARTUP=False"]
        return KernelSpec(
            argv=[*argv, *quiet],
            display_name="Python 3",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": registered(PROVISIONER)}},
        )


class ReportKernel(AsyncKernelManager):
    """A kernel manager whose kernels run this Python in a fixed environment."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**{"kernel_spec_manager": OwnPython(), "client_class": CLIENT, **traits})

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]  # as in the base class
        """Start the kernel in the fixed environment, with no start-up files of the user."""
        profile = {"IPYTHONDIR": str(Path(self.connection_file).parent / "ipython")}
        environment = {**kernel_environment(), **profile}
        # What a cell prints comes as a message; on its own output a kernel only tells that it was asked to stop.
        silent = {"stdout": DEVNULL, "stderr": DEVNULL}
        await self._async_start_kernel(**{**options, **silent, "env": environment})

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:  # type: ignore[override]  # as there
        """End the kernel at once, whatever *now* says: its outputs have come and its files are written."""
        await self._async_shutdown_kernel(now=True, restart=restart)


@contextmanager
def kernel_options() -> Iterator[dict[str, Any]]:
    """Give the options with which nbclient starts one kernel; its sockets vanish with the block.

    Unix sockets where the system has them and their path is short enough, otherwise TCP on this machine.
    """
    folder = Path(tempfile.mkdtemp(prefix="skq-"))
    try:
        config = Config()
        config.KernelManager.connection_file = str(folder / "kernel.json")
        if sys.platform != "win32" and len(str(folder)) <= LONGEST_SOCKET:
            config.KernelManager.transport = "ipc"
            config.KernelManager.ip = str(folder / "k")
        yield {"kernel_manager_class": ReportKernel, "config": config}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
