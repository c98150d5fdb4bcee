"""A client of a kernel that is ready as soon as the kernel answers.

jupyter_client's own waits another 0.2 s in case of late messages of the start; whoever executes cells goes by the
number of each request and never mistakes them for its own.
"""

from __future__ import annotations

import time
from queue import Empty

from jupyter_client.asynchronous.client import AsyncKernelClient

ANSWER_SECONDS = 1.0
"""How long one question to the kernel waits before it is asked again."""

NOTICE_SECONDS = 0.2
"""How long after the answer the first notice may take; it shows that outputs will come."""


class ReadyClient(AsyncKernelClient):
    """Waits for a kernel without waiting for silence."""

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
