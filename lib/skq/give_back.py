"""Memory that tables have left behind, given back to the system before the next step asks for more."""

from __future__ import annotations

import ctypes
import gc
import sys

import pyarrow as pa


def give_back_at_once() -> None:
    """Let Arrow give back what it no longer uses as soon as that is so; else it keeps it for later."""
    pa.set_memory_pool(pa.system_memory_pool())


def give_back_memory() -> None:
    """Give the system what this process holds and no longer uses; does nothing where its C library cannot."""
    gc.collect()
    give_back_freed()


def give_back_freed() -> None:
    """Do as `give_back_memory`, without looking for what refers to itself: quick enough to be done between steps."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not every C library has it
        if trim is not None:
            trim(0)
