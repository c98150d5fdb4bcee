"""To which school units each row belongs: to its own, or to all in which its pupil was that school year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.provenance.texts import Codes, Found

PLACED = ["pupil_id", "school_year"]
"""What tells in which units a pupil was."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Owned:
    """Pairs of a row's place and the number of a unit that it belongs to, -1 for none, and the *names* of these."""

    places: Codes
    units: Codes
    names: pd.Index


class Homes:
    """In which units each pupil was each school year."""

    def __init__(self, pupils: pd.DataFrame) -> None:
        rows = pupils[[*PLACED, "school_unit_code"]].dropna(subset=PLACED).drop_duplicates()
        self._known = [Found.of(rows[name]) for name in PLACED]
        self._units = Found.of(rows["school_unit_code"])
        numbers = self._number([one.codes for one in self._known])
        self._order = np.argsort(numbers, kind="stable")
        many = np.bincount(numbers, minlength=len(self._known[0].values) * len(self._known[1].values) + 1)
        self._many, self._first = many.astype(np.int32), (np.cumsum(many) - many).astype(np.int32)

    def owned(self, found: Mapping[str, Found]) -> Owned:
        """Return the units of the pupil of each row, whose columns are *found*."""
        ranks = [
            _places(found[name].values, known.values)[found[name].codes]
            for name, known in zip(PLACED, self._known, strict=True)
        ]
        mine = self._number(ranks)
        mine[np.minimum(*ranks) < 0] = -1  # the last number is nobody's
        del ranks
        many = self._many[mine]
        first = self._first[mine]
        del mine
        first -= np.cumsum(many, dtype=np.int32) - many
        places = np.repeat(np.arange(len(many), dtype=np.int32), many)
        at = np.repeat(first, many)
        at += np.arange(len(at), dtype=np.int32)
        return Owned(places, self._units.codes[self._order][at], self._units.values)

    def _number(self, codes: Sequence[Codes]) -> Ints:
        return codes[0].astype(np.int64) * len(self._known[1].values) + codes[1]


def owners_of(found: Mapping[str, Found], homes: Homes | None, size: int) -> Owned:
    """Return to which units each of *size* rows belongs (several, several pairs), whose columns are *found*."""
    everywhere = np.arange(size, dtype=np.int32)
    if "school_unit_code" in found:
        return Owned(everywhere, found["school_unit_code"].codes, found["school_unit_code"].values)
    if homes is None or not set(PLACED) <= set(found):
        return Owned(everywhere, np.zeros(size, dtype=np.int32), pd.Index([""]))
    return homes.owned(found)


def of_newest(owned: Owned, newest: Mapping[str, str]) -> Owned:
    """Return the same with units under their newest code, sorted."""
    codes, names = pd.factorize(pd.Index([newest.get(name, name) for name in owned.names], dtype=object), sort=True)
    return Owned(owned.places, np.append(codes, -1).astype(np.int32)[owned.units], names)


def _places(values: pd.Index, known: pd.Index) -> Codes:
    """Return the place of each of *values* among the *known* ones, -1 for none, and a last -1 for what is missing."""
    found = np.arange(len(values)) if values is known else known.get_indexer(values)
    return np.append(found, -1).astype(np.int32)
