"""A client of a kernel that is ready as soon as the kernel answers.

jupyter_client's own waits another 0.2 s in case of late messages of the start, and up to 0.1 s until it tries sockets
again; whoever executes cells goes by the number of each request and never mistakes other messages for its own.
"""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient

ANSWER_SECONDS = 1.0
"""How long one question to the kernel waits before it is asked again."""

NOTICE_SECONDS = 0.2
"""How long after the answer the first notice may take; it shows that outputs will come."""


RECONNECT_MILLISECONDS = 5
"""How soon a socket that the kernel has not opened yet is tried again; zmq's own 100 would be most of a warm start."""


class ReadyClient(AsyncKernelClient):
    """Waits for a kernel without waiting for silence."""

    def start_channels(self, *given: Any, **options: Any) -> None:
        """Connect to the kernel, which may not listen yet."""
        self.context.setsockopt(zmq.RECONNECT_IVL, RECONNECT_MILLISECONDS)
        super().start_channels(*given, **options)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel answers and its outputs arrive; RuntimeError when it died or took over *timeout* s."""
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._answers():
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answers(self) -> bool:
        """Ask for kernel_info; say whether the reply and a notice of it came."""
        self.kernel_info()
        try:
            reply = await self.get_shell_msg(timeout=ANSWER_SECONDS)
            if reply["msg_type"] != "kernel_info_reply":
                return False
            await self.get_iopub_msg(timeout=NOTICE_SECONDS)
        except Empty:
            return False
        self._handle_kernel_info_reply(reply)
        return True
