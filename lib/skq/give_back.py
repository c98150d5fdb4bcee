"""Memory that tables have left behind, given back to the system before the next step asks for more."""

from __future__ import annotations

import ctypes
import gc
import sys

M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
"""From how many bytes on memory is asked of the system for one column alone, and how many heaps a process may have at
most; the numbers are of glibc's `malloc.h`."""

LARGE = 4 << 20


def give_back_at_once() -> None:
    """Let Arrow give back what it no longer uses as soon as that is so; else it keeps it for later."""
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())


def give_back_large_at_once() -> None:
    """Let this process and its forks give back every large column as soon as it is let go of.

    The C library would raise its own limit with what it sees, and keep columns between others that are still needed.
    Each new one costs a little more for it.
    """
    _ask_library("mallopt", M_MMAP_THRESHOLD, LARGE)


def share_one_heap() -> None:
    """Let all threads take from one heap: of one of its own, what a thread has left on top is never given back.

    For the beginning of a process: a thread that has one keeps it.
    """
    _ask_library("mallopt", M_ARENA_MAX, 1)


def give_back_memory() -> None:
    """Give the system what this process holds and no longer uses; does nothing where its C library cannot."""
    gc.collect()
    give_back_freed()


def give_back_freed() -> None:
    """Do as `give_back_memory`, without looking for what refers to itself: quick enough to be done between steps.

    Arrow is asked where it is loaded: what only makes pages does without it.
    """
    if arrow := sys.modules.get("pyarrow"):
        arrow.default_memory_pool().release_unused()
    _ask_library("malloc_trim", 0)


def _ask_library(name: str, *given: int) -> None:
    function = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    if function is not None:  # not every C library has it
        function(*given)
