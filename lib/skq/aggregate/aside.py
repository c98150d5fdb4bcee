"""Work that may be done beside other work: here in turn, elsewhere perhaps in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

Work = Callable[[], pd.DataFrame]


class Done(Protocol):
    """What is or will be done."""

    def result(self) -> pd.DataFrame:
        """Return what the work returns, once."""


Aside = Callable[[Work], AbstractContextManager[Done]]
"""Starts a work, which ends with the block, and gives what it will return."""


@dataclass(frozen=True)
class InTurn:
    """A work that is done when its result is asked for."""

    result: Work


@contextmanager
def in_turn(work: Work) -> Iterator[Done]:
    """Give *work*, done when its result is asked for."""
    yield InTurn(work)
