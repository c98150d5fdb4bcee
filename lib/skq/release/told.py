"""What the downloads beside a page tell, number by number, as it would be printed.

A published number, what it rests on, its limits, a count worked out from a share, a difference of two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skq import catalog
from skq.release.published import Download
from skq.release.worked_out import OTHER, RESTS_ON, Entry, Key, Numbers, of_row, of_several
from skq.report.download import HEADER

Floats = npt.NDArray[np.float64]
NUMBER = re.compile(r"(?<![\w,/.])([+−-]?)(\d{1,3}(?:[\u00a0\u202f ]\d{3})+|\d+)(?:,(\d+))?(?![\w/,])")
ASIDE = re.compile(
    r"\d{4}/\d{2}|\d{2}/\d{2}|~100|(?:95|99,8)\s*%-|(?:åk|[åÅ]rskurs(?:erna)?|Tabell|Figur|läsår)\s*\d+(?:[–-]\d+)?|\d+\s*till\s*\d+"
)
"""School years, grade years and the like: numbers that count nothing."""
KEYS = ("id", "nivå", "kod", "läsår", "årskurs", "ämneskod", "uppdelning", "kategori")
OF_NO_PUPILS = ("staff", "sick_leave", "assessment")
"""Families of metrics that rest on posts, on employees and on what has been rated."""
LIMITS = re.compile(r"\(([+−]?\d+(?:,\d+)?)[\s\u00a0]+till[\s\u00a0]+([+−]?\d+(?:,\d+)?)\)")
"""A signed interval, whose limits may be told more exactly near zero."""
BEFORE_LIMITS = re.compile(r"(\d+(?:,\d+)?)(?:[\s\u00a0](?:%|[a-zåäö]+))?[\s\u00a0]$", re.IGNORECASE)
"""The number right before a signed interval, perhaps with its unit."""


@dataclass(frozen=True, eq=False)
class Told:
    """What the downloads beside a page tell, as they would be printed: numbers, counts and differences, by metric.

    `row`: of which of `rows` a number is, −1 for differences of two and for what no row names. `persons`: whether it is
    a number of pupils or answers that is told itself, not worked out.
    """

    metric: npt.NDArray[np.str_]
    number: Floats
    decimals: npt.NDArray[np.int64]
    slack: Floats
    kind: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    persons: npt.NDArray[np.bool_]
    rows: Mapping[Key, Numbers]

    def may_be_of_several(self, text: str) -> bool:
        """Whether so many persons may be those of several numbers: not fewer than of any, nor more than of any."""
        those = self.number[self.persons]
        return bool(len(those)) and bool(those.min() <= float(text.replace(",", ".")) <= those.max())

    def explains(self, text: str, sign: str, decimals: int, metrics: set[str], *, least: int = OTHER, finer: int = 0,
                 among: npt.NDArray[np.bool_] | None = None, persons: bool = False,
                 several: bool = False) -> bool:  # fmt: skip
        """Whether a printed number is one of *metrics* (of any, where none is named), as exactly as both are told.

        What is told to fewer decimals than are printed explains nothing, but for *finer* ones: a limit near zero is
        printed more exactly. Without a sign a difference may be meant. *among*: by which of `rows` it may be told.
        *least*: of which kind the number has to be at least. *persons*: only by what `persons` are told. *several*:
        only by what follows from several rows.
        """
        shown = float(text.replace(",", ".")) * (-1.0 if sign in ("−", "-") else 1.0)
        coarser = 0.5 * (10.0**-decimals + 10.0**-self.decimals)
        within = np.where(self.decimals != decimals, coarser, 0.0) + self.slack + 1e-9
        near = np.abs(self.number - shown) <= within
        if not sign:
            near |= np.abs(np.abs(self.number) - shown) <= within
        near &= self.decimals >= decimals - finer
        if metrics:
            near &= np.char.startswith(self.metric[:, None], np.asarray(sorted(metrics))[None, :]).any(axis=1)
        if least:
            near &= self.kind >= least
        if persons:
            near &= self.persons
        if several:
            near &= self.row < 0
        if among is not None:
            near &= (self.row >= 0) & among[self.row]
        return bool(near.any())


def told_by(found: Sequence[Download]) -> Told:
    """Return what the downloads *found* (those beside one page) tell."""
    rows: dict[Key, Numbers] = {}
    places: dict[Key, int] = {}
    entries: list[tuple[Entry, int]] = []
    for one in found:
        if not one.has_key:
            entries += [(("", number, decimals, 0.0, OTHER), -1) for number, decimals in _loose(one)]
            continue
        for _, cells in one.cells():
            key = tuple(cells[name] for name in KEYS)
            value, lower, upper, n = (_plain(cells[name]) for name in ("värde", "nedre", "övre", "antal"))
            rows[key] = (value, lower, upper, n)
            place = places.setdefault(key, len(places))
            entries += [
                ((key[0], number, decimals, 0.0, OTHER), place)
                for name in one.header[len(HEADER) :]
                for number, decimals in _found(cells[name])
            ]
    entries += [(entry, places[key]) for key, numbers in rows.items() for entry in of_row(key[0], *numbers)]
    entries += [(entry, -1) for entry in of_several(rows)]
    columns = list(zip(*(entry for entry, _ in entries), strict=True)) if entries else [()] * 5
    dtypes = (np.str_, np.float64, np.int64, np.float64, np.int64)
    arrays: list[Any] = [np.asarray(column, dtype=dtype) for column, dtype in zip(columns, dtypes, strict=True)]
    arrays.append(np.asarray([place for _, place in entries], dtype=np.int64))
    metric, number, decimals, slack, kind, row = arrays
    return Told(metric, number, decimals, slack, kind, row, (kind == RESTS_ON) & _of_persons(metric), rows)


def finer_at(text: str, place: int) -> int:
    """Return with how many decimals more than usual a number at *place* may be told."""
    return int(any(one.start() < place < one.end() for one in LIMITS.finditer(text)))


def is_limit_of_difference(text: str, place: int) -> bool:
    """Whether at *place* stands a limit of a signed interval that the number right before it lies in, with any sign.

    Limits of differences stand in no download: how they are reckoned depends on what is held against what.
    """
    around = next((one for one in LIMITS.finditer(text) if one.start() < place < one.end()), None)
    before = BEFORE_LIMITS.search(text, 0, around.start()) if around else None
    if around is None or before is None:
        return False
    low, high = (_plain(limit.replace("−", "-")) for limit in around.groups())
    return any(low - 0.5 <= sign * _plain(before[1]) <= high + 0.5 for sign in (1, -1))  # limits are often rounded


def digits_of(found: re.Match[str]) -> tuple[str, str, int]:
    """Return sign, digits and number of decimals of a `NUMBER` that was found."""
    sign, whole, part = found.groups()
    return sign, re.sub(r"\s", "", whole) + (f",{part}" if part else ""), len(part or "")


def _plain(text: str) -> float:
    return float(text.replace(",", ".")) if text else np.nan


def _found(text: str) -> list[tuple[float, int]]:
    """Return the numbers in *text*, each with its decimals."""
    return [(_value(*found.groups()), len(found[3] or "")) for found in NUMBER.finditer(ASIDE.sub(" ", text))]


def _value(sign: str, whole: str, part: str | None) -> float:
    size = float(re.sub(r"\s", "", whole) + (f".{part}" if part else ""))
    return -size if sign in ("−", "-") else size


def _loose(one: Download) -> list[tuple[float, int]]:
    return [told for _, cells in one.cells() for text in cells.values() for told in _found(text)]


def _of_persons(metric: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
    """Return which numbers are of metrics that rest on pupils or answers."""
    those = [name for name in np.unique(metric).tolist() if name and catalog.metric(name).family not in OF_NO_PUPILS]
    return np.asarray(np.isin(metric, those), dtype=np.bool_)
