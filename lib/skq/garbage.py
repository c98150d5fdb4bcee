"""Python's search for garbage in work that is over soon: seldom, and not among what was there before."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (100_000, 20, 100)
"""How much is made before it is looked for, a hundred times what Python does by itself."""


def look_seldom() -> None:
    """Look for garbage seldom in this process from now on; loading libraries makes a great deal and none of it is."""
    gc.set_threshold(*SELDOM)


@contextmanager
def seldom() -> Iterator[None]:
    """Within the block look seldom, also when asked to, at nothing that was there before: code, mostly."""
    before = gc.get_threshold()
    look_seldom()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
