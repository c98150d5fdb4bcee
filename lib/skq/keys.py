"""Keys of rows as whole numbers, which are sorted, compared and looked up much faster than words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.columns import smallest

Positions = npt.NDArray[np.int64]
Ranks = npt.NDArray[np.signedinteger]
"""Small whole numbers, in as few bytes as they need: there are millions of them."""

NOWHERE = -1
"""The place, or the number, of what does not occur."""
AT_A_TIME = 1 << 18
"""So many rows are ranked together."""
MOST = 2**62
"""No number of a key reaches this."""


def ranks(column: pd.Series) -> tuple[Ranks, pd.Index]:
    """Return the rank of each value of *column* among its different ones, missing ones last, and these in order."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return _ranked(column)
    codes, texts = column.cat.codes.to_numpy(), column.cat.categories
    there = np.zeros(len(texts) + 1, dtype=bool)
    there[codes] = True
    used = np.flatnonzero(there[:-1])
    used = used[texts[used].argsort()]
    rank = np.full(len(texts) + 1, len(used), dtype=smallest(len(used)))
    rank[used] = np.arange(len(used))
    return rank[codes], texts[used]


def _ranked(column: pd.Series) -> tuple[Ranks, pd.Index]:
    """Return the same of a *column* of no categories, so many rows at a time: pandas ranks in eight bytes each."""
    _, values = pd.factorize(column.drop_duplicates(), sort=True)
    ranked = np.empty(len(column), dtype=smallest(len(values)))
    for start in range(0, len(column), AT_A_TIME):
        found, own = pd.factorize(column.iloc[start : start + AT_A_TIME])
        rank = np.append(values.get_indexer(own), len(values)).astype(ranked.dtype)
        ranked[start : start + AT_A_TIME] = rank[found]
    return ranked, values


def numbered(rows: pd.DataFrame, columns: Sequence[str]) -> Positions:
    """Return a number per row, in the order of *columns* (the first weighs most, missing values come last).

    Rows with the same key have the same number.
    """
    number, most = np.zeros(len(rows), dtype=np.int64), 1
    for name in columns:
        codes, values = ranks(rows[name])
        if most * (len(values) + 1) >= MOST:  # begin again with as few numbers as there are keys so far
            number = np.unique(number, return_inverse=True)[1].astype(np.int64)
            most = len(rows)
        number *= len(values) + 1
        number += codes
        most *= len(values) + 1
    return number


def rising(numbers: Positions) -> bool:
    """Return whether each of *numbers* is greater than the one before."""
    return bool((numbers[1:] > numbers[:-1]).all())


def by_number(rows: pd.DataFrame, number: Positions) -> pd.DataFrame:
    """Return *rows* in the order of their *number*, with a clean index 0…; what is in order is not moved."""
    moved = rows if (number[1:] >= number[:-1]).all() else rows.iloc[np.argsort(number, kind="stable")]
    return moved.reset_index(drop=True)


def portions(groups: npt.NDArray[np.integer], most: int) -> Iterator[Positions]:
    """Yield the places of the rows of whole *groups* (of each row, numbered from 0), in the order of the groups.

    As many groups together as have *most* rows at most; one that has more comes alone. Yields at least once.
    """
    number, held, numbers = 0, 0, []
    for size in np.bincount(groups, minlength=1).tolist():
        if held and held + size > most:
            number, held = number + 1, 0
        held += size
        numbers.append(number)
    portion = np.array(numbers, dtype=smallest(number))[groups]
    yield from (np.flatnonzero(portion == one) for one in range(number + 1))


class Keys:
    """The keys of some rows in *columns*, and the numbers of other keys beside them.

    `own` is a number per row, as from `numbered`.
    """

    def __init__(self, rows: pd.DataFrame, columns: Sequence[str]) -> None:
        coded = {name: ranks(rows[name]) for name in columns}
        self._codes = {name: codes for name, (codes, _) in coded.items()}
        self._values = {name: values for name, (_, values) in coded.items()}
        self._steps: dict[str, int] = {}
        step = 1
        for name in reversed(list(columns)):
            self._steps[name] = step
            step *= len(self._values[name]) + 1
        if step >= MOST:
            raise OverflowError(f"too many different values in {', '.join(columns)} to be numbered")
        self.own = self._joined(self._codes)

    def codes(self, column: str) -> Ranks:
        """Return the rank of each row in *column*."""
        return self._codes[column]

    def values(self, column: str) -> pd.Index:
        """Return the different values of *column*, in order, without the missing one."""
        return self._values[column]

    def texts(self, column: str) -> npt.NDArray[np.object_]:
        """Return *column* as plain objects, missing values as None."""
        return np.array([*self._values[column], None], dtype=object)[self._codes[column]]

    def code(self, column: str, value: str | int) -> int:
        """Return the rank of *value* in *column*, `NOWHERE` where it does not occur."""
        return int(self._values[column].get_indexer(pd.Index([value]))[0])

    def known(self, column: str, others: pd.Series) -> Ranks:
        """Return the rank of each of *others* in *column*, `NOWHERE` where it does not occur."""
        if isinstance(others.dtype, pd.CategoricalDtype):
            codes, values = others.cat.codes.to_numpy(), others.cat.categories
        else:
            codes, values = pd.factorize(others)
        ranked, many = self._values[column].get_indexer(values), len(self._values[column])
        return np.append(ranked, many).astype(smallest(many))[codes]

    def of(self, others: pd.DataFrame) -> Positions:
        """Return the number of the key of each of *others*, `NOWHERE` where one of its values does not occur."""
        return self.number({name: self.known(name, others[name]) for name in self._steps})

    def hold(self, others: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Return whether the key of each of *others* occurs among the rows."""
        return occur(self.own, self.of(others))

    def number(self, codes: Mapping[str, Ranks]) -> Positions:
        """Return the number of each key of *codes*, ranks by column; `NOWHERE` where one of them is."""
        number = self._joined(codes)
        for name in self._steps:
            number[codes[name] == NOWHERE] = NOWHERE
        return number

    def changed(self, rows: Positions, to: Mapping[str, Ranks | int]) -> Positions:
        """Return the numbers of the keys of *rows* with the ranks *to* in some columns; `NOWHERE` goes nowhere."""
        number, there = self.own[rows], np.ones(len(rows), dtype=bool)
        for column, code in to.items():
            number += (code - self._codes[column][rows].astype(np.int64)) * self._steps[column]
            there &= np.not_equal(code, NOWHERE)
        number[~there] = NOWHERE
        return number

    def _joined(self, codes: Mapping[str, Ranks]) -> Positions:
        number = np.zeros(len(next(iter(codes.values()))), dtype=np.int64)
        for name, step in self._steps.items():
            number += codes[name].astype(np.int64) * step
        return number


def places(numbers: Positions, wanted: Positions) -> Positions:
    """Return at which place of *numbers* each of *wanted* is, one of them where there are several, else `NOWHERE`."""
    if not len(numbers):
        return np.full(len(wanted), NOWHERE)
    order = None if rising(numbers) else np.argsort(numbers, kind="stable")
    at = np.minimum(np.searchsorted(numbers, wanted, sorter=order), len(numbers) - 1)
    at = at if order is None else order[at]
    at[numbers[at] != wanted] = NOWHERE
    return at


def matched(left: Positions, right: Positions) -> tuple[Positions, Positions]:
    """Return the places in *left* and *right* of every pair of the same number, ordered by *left*, then *right*."""
    order = np.argsort(right, kind="stable")
    first, last = (np.searchsorted(right, left, side=side, sorter=order) for side in ("left", "right"))
    many = last - first
    at = np.repeat(np.arange(len(left)), many)
    step = np.arange(len(at)) - np.repeat(np.cumsum(many) - many, many)
    return at, order[np.repeat(first, many) + step]


def occur(numbers: Positions, wanted: Positions) -> npt.NDArray[np.bool_]:
    """Return whether each of *wanted* is among *numbers*."""
    return np.not_equal(places(numbers, wanted), NOWHERE)
