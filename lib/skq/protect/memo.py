"""What became of rows before: what is the same, by the same rule and code, need not be judged again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, Protocol, TypeVar

import numpy as np
import pandas as pd

from skq.columns import as_categories, as_texts
from skq.protect.conclude import Bundle, Concluded
from skq.protect.standing import Booleans

Outcome = TypeVar("Outcome")


class Memo(Protocol):
    """Where outcomes are kept; whoever keeps them sees to it that they are of the same code and libraries."""

    def take(self, digest: str) -> pd.DataFrame | None:
        """Return the outcome (texts and flags, a row for each) of what has this digest, None where it is not known."""

    def keep(self, digest: str, outcome: pd.DataFrame) -> None:
        """Keep the outcome of what has this digest."""


class NoMemo:
    """Nothing is known and nothing is kept."""

    def take(self, digest: str) -> None:
        """Know nothing."""

    def keep(self, digest: str, outcome: pd.DataFrame) -> None:
        """Keep nothing."""


@dataclass(frozen=True)
class Form(Generic[Outcome]):
    """How outcomes of one kind are written as a table of texts and flags, and read again."""

    write: Callable[[Outcome], pd.DataFrame]
    read: Callable[[pd.DataFrame], Outcome]


def _read(kept: pd.DataFrame) -> Concluded:
    flags = (kept[name].to_numpy(dtype=bool) for name in ("hidden", "shown"))
    return Concluded(as_categories(kept["status"]), as_categories(kept["reason"]), *flags)


def _write(one: Concluded) -> pd.DataFrame:
    texts = {"status": as_texts(one.status), "reason": as_texts(one.reason)}
    return pd.DataFrame({**texts, "hidden": one.hidden, "shown": one.shown})


CONCLUDED = Form(_write, _read)


def outcomes(
    digests: Sequence[str],
    answers: Callable[[list[int]], Iterable[Outcome]],
    form: Form[Outcome],
    memo: Memo,
) -> list[Outcome]:
    """Return the outcome for each of *digests*, in their order; those that *memo* does not know it keeps.

    *answers* gives the outcomes of those at the places that it is handed.
    """
    known = {name: form.read(kept) for name in digests if (kept := memo.take(name)) is not None}
    fresh = {name: place for place, name in enumerate(digests) if name not in known}
    for name, outcome in zip(fresh, answers(list(fresh.values())), strict=True):
        memo.keep(name, form.write(outcome))
        known[name] = outcome
    return [known[name] for name in digests]


def digest(bundle: Bundle, *flags: Booleans) -> str:
    """Return the sha256 of everything in *bundle* that its outcome depends on, and of *flags* of its rows."""
    told = sha256(repr(bundle.rule).encode())
    for flag in (bundle.own, *flags):
        told.update(np.packbits(flag).tobytes())
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
