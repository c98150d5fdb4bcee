"""Numbers that tell of each other stay in one bundle; bundles are protected apart, and several at once.

Every line, window and group of rows that are hidden together lies within one metric and subject, but for the pairs of
metrics that tell of each other by name. So the table falls into blocks, which are put together to bundles of a size
that is worth a process. The blocks depend on the table alone, so the outcome does not depend on how many processes
there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq import catalog
from skq.columns import alike, named
from skq.protect.inference import TELLS_OF, TELLS_OF_FORECAST, TELLS_OF_OUTCOME
from skq.protect.lines import CHANGE, CHANGE_PARTS
from skq.protect.primary import POSTS, RESPONSE, SALARIES
from skq.protect.together import COHORT_COUNTS, ENGAGEMENT, SHARES_OF_ONE

Positions = npt.NDArray[np.int64]
Groups = npt.NDArray[np.intp]
Value = TypeVar("Value", bound=np.generic)

ROWS = 4_000
"""About so many rows make a bundle: few enough for a changed number to reach little, enough to be worth the start."""

BY_SUBJECT = ("subject_grades", "tests", "test_relation")
"""Families whose numbers of one subject tell nothing of another subject's."""

BY_METRIC = ("merit", "salsa")
"""Families of which a metric tells of another only where a tie says so."""

TIES = (
    *(TELLS_OF | TELLS_OF_OUTCOME | TELLS_OF_FORECAST).items(),
    *RESPONSE.items(),
    (SALARIES, POSTS),
    *((CHANGE, part) for part in (*CHANGE_PARTS, *COHORT_COUNTS)),
    *((SHARES_OF_ONE[0], other) for other in SHARES_OF_ONE[1:]),
    *((ENGAGEMENT[0], other) for other in ENGAGEMENT[1:]),
    ("girls_share", "pupil_count"),
)
"""Metrics of different families that tell of each other."""


def blocks(rows: pd.DataFrame) -> Groups:
    """Return the number of each row's block (rows,), from 0: nothing of one block tells anything of another.

    *rows* are results. Blocks are numbered as they first occur.
    """
    metric, metrics = pd.factorize(rows["metric"])
    subject, _ = pd.factorize(rows["subject"])
    family = [catalog.metric(name).family for name in metrics]
    named = [_named(name) for name in metrics]
    joined = _joined(named)
    apart = np.array([name in BY_SUBJECT for name in family], dtype=bool)
    name = pd.factorize(np.array([joined[one] for one in named], dtype=object))[0]
    number = name[metric] * (len(rows) + 1) + np.where(apart[metric], subject + 1, 0)
    return np.asarray(pd.factorize(number)[0], dtype=np.intp)


def bundles(rows: pd.DataFrame, size: int = ROWS) -> list[Positions]:
    """Return the positions of the rows of each bundle, ascending: blocks in their order, up to about *size* rows.

    A block larger than that is a bundle by itself.
    """
    number = blocks(rows)
    sizes = np.bincount(number)
    bundle_of, waiting, current = np.zeros(len(sizes), dtype=np.int64), 0, 0
    for block in np.argsort(-sizes, kind="stable"):  # the largest first: what is left fills the last one
        if waiting and waiting + sizes[block] > size:
            waiting, current = 0, current + 1
        bundle_of[block] = current
        waiting += int(sizes[block])
    of_row = bundle_of[number]
    return [np.flatnonzero(of_row == one) for one in range(current + 1)]


def in_place(parts: Sequence[Positions], pieces: Sequence[npt.NDArray[Value]]) -> npt.NDArray[Value]:
    """Return what was found of each bundle (*pieces* of one type, parallel to *parts*) as one array of the whole."""
    whole = np.empty(sum(map(len, parts)), dtype=pieces[0].dtype)
    for part, piece in zip(parts, pieces, strict=True):
        whole[part] = piece
    return whole


class Told(Protocol):
    """What is found of a bundle: status and reason of each of its rows, as categories."""

    @property
    def status(self) -> pd.Series: ...
    @property
    def reason(self) -> pd.Series: ...


def told_in_place(parts: Sequence[Positions], found: Sequence[Told]) -> dict[str, pd.Series]:
    """Return `status` and `reason` that were *found* of each bundle, as `in_place` does, as sorted categories."""
    whole = {}
    for name in ("status", "reason"):
        codes, dtype = alike([getattr(one, name) for one in found])
        whole[name] = named(in_place(parts, codes), dtype.categories)
    return whole


def _named(metric: str) -> str:
    """Return the name of what *metric* shares a block with: its family, or itself."""
    family = catalog.metric(metric).family
    return metric if family in BY_METRIC else family


def _joined(names: Iterable[str]) -> dict[str, str]:
    """Return for each of *names* the name of those that tell of each other: the first of them by alphabet."""
    name = {one: one for one in names}
    pairs = [(_named(first), _named(second)) for first, second in TIES]
    known = [(first, second) for first, second in pairs if first in name and second in name]
    for _ in known:  # so many rounds are always enough
        for first, second in known:
            name[first] = name[second] = min(name[first], name[second])
    return name
