"""What became of a bundle before: a bundle that is the same, by the same rule and code, need not be judged again."""

from __future__ import annotations

from hashlib import sha256
from typing import Protocol

import numpy as np
import pandas as pd

from skq.protect.conclude import Bundle, Concluded


class Memo(Protocol):
    """Where outcomes are kept; whoever keeps them sees to it that they are of the same code and libraries."""

    def take(self, digest: str) -> Concluded | None:
        """Return the outcome of the bundle with this digest, None where it is not known."""

    def keep(self, digest: str, outcome: Concluded) -> None:
        """Keep the outcome of the bundle with this digest."""


class NoMemo:
    """Nothing is known and nothing is kept."""

    def take(self, digest: str) -> None:
        """Know nothing."""

    def keep(self, digest: str, outcome: Concluded) -> None:
        """Keep nothing."""


def digest(bundle: Bundle) -> str:
    """Return the sha256 of everything in *bundle* that its outcome depends on."""
    told = sha256(repr(bundle.rule).encode())
    told.update(np.packbits(bundle.own).tobytes())
    for frame in (bundle.rows, bundle.units, bundle.memberships, bundle.earlier):
        told.update(b"none" if frame is None else _content(frame))
    return told.hexdigest()


def _content(frame: pd.DataFrame) -> bytes:
    """Return what tells *frame*: names, types and values of its columns, each different value once."""
    told = sha256(repr([(name, str(dtype)) for name, dtype in frame.dtypes.items()]).encode())
    for name in frame.columns:
        codes, values = pd.factorize(frame[name])
        told.update(codes.tobytes())
        told.update(repr(values.tolist()).encode())
    return told.digest()
