"""One warm parent for all processes that make reports: begun early, handed to each worker as it is started.

The parent's imports cost seconds. Begun while the numbers are still being worked out they cost no waiting, and workers
need not repeat them. A worker inherits the socket that asks the parent, nothing else: when the parent dies, each worker
starts one of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress

from skq.batch.environment import PYTHON, kernel_environment
from skq.batch.warm.asked import NoWarmKernel
from skq.batch.warm.owner import parents, why_not

INHERITED = "SKQ_WARM_PARENT"
"""The variable that tells a worker the number of the socket it has inherited."""


def begin() -> None:
    """Start the parent of the reports' kernels, without waiting for it, where there can be one."""
    if not why_not():
        with suppress(NoWarmKernel):
            parents().warm_up(PYTHON, kernel_environment())


def end() -> None:
    """End the parents of this process; the next kernel starts another one."""
    parents().end()


def handed_on() -> tuple[dict[str, str], tuple[int, ...]]:
    """Return environment and descriptors with which a worker is to be started so that it can `adopt` the parent.

    Without one that was begun they are the ordinary ones: a worker that makes pages alone needs no kernel.
    """
    begun = parents().begun(PYTHON, kernel_environment())
    if begun is None:
        return dict(os.environ), ()
    return {**os.environ, INHERITED: str(begun.descriptor)}, (begun.descriptor,)


def adopt(on_kernel: Callable[[int], None]) -> None:
    """In a worker: ask the parent that was handed on, if any was; *on_kernel* is told the number of each new kernel."""
    parents().on_kernel = on_kernel
    if number := os.environ.pop(INHERITED, ""):
        os.set_inheritable(int(number), False)
        parents().adopt(PYTHON, kernel_environment(), int(number))
