"""What the downloads beside a page tell, number by number, as it would be printed.

A published number, what it rests on, its limits, a count worked out from a share, a difference of two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skq import catalog
from skq.release.published import Download
from skq.report.download import HEADER
from skq.report.texts import texts
from skq.report.wording import form

Floats = npt.NDArray[np.float64]
Key = tuple[str, ...]
"""What names a row of a download: the texts of `KEYS`."""
Numbers = tuple[float, float, float, float]
"""Value, limits and what they rest on, NaN for what is not told."""

NUMBER = re.compile(r"(?<![\w,/.])([+−-]?)(\d{1,3}(?:[\u00a0\u202f ]\d{3})+|\d+)(?:,(\d+))?(?![\w/,])")
ASIDE = re.compile(
    r"\d{4}/\d{2}|\d{2}/\d{2}|~100|(?:95|99,8)\s*%-|(?:åk|[åÅ]rskurs(?:erna)?|Tabell|Figur|läsår)\s*\d+(?:[–-]\d+)?|\d+\s*till\s*\d+"
)
"""School years, grade years and the like: numbers that count nothing."""


LIMITS = re.compile(r"\([+−]?\d+(?:,\d+)?[\s\u00a0]+till[\s\u00a0]+[+−]?\d+(?:,\d+)?\)")
"""A signed interval, whose limits may be told more exactly near zero."""


OTHER, COUNT, RESTS_ON = 0, 1, 2
"""Kinds of numbers: one that counts nobody, a count, a count that others rest on."""


@dataclass(frozen=True, eq=False)
class Told:
    """What the downloads beside a page tell, as they would be printed: numbers, counts and differences, by metric.

    `row`: of which of `rows` a number is, −1 for differences of two and for what no row names.
    """

    metric: npt.NDArray[np.str_]
    number: Floats
    decimals: npt.NDArray[np.int64]
    slack: Floats
    kind: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    rows: Mapping[Key, Numbers]

    def explains(self, text: str, sign: str, decimals: int, metrics: set[str], *, least: int = OTHER,
                 finer: int = 0, among: npt.NDArray[np.bool_] | None = None) -> bool:  # fmt: skip
        """Whether a printed number is one of *metrics* (of any, where none is named), as exactly as both are told.

        What is told to fewer decimals than are printed explains nothing, but for *finer* ones: a limit near zero is
        printed more exactly. Without a sign a difference may be meant. *among*: by which of `rows` it may be told.
        *least*: of which kind the number has to be at least.
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
        if among is not None:
            near &= (self.row >= 0) & among[self.row]
        return bool(near.any())


Entry = tuple[str, float, int, float, int]
"""Metric, number, decimals, what it may be off beyond its rounding, and its kind."""
KEYS = ("id", "nivå", "kod", "läsår", "årskurs", "ämneskod", "uppdelning", "kategori")
EXPECTED = {"merit_rating_17": "salsa_expected", "all_subjects_passed_share": "salsa_passed_expected"}
MILLION, PERCENT = 1e6, 100.0
MOST_COMPARED = 60
"""Of more units than so many no table shows how far each lies from each; from those above schools it always may."""
OF_SCHOOLS = tuple(str(texts()["level"][level]) for level in ("school", "group"))


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
    entries += [(entry, places[key]) for key, numbers in rows.items() for entry in _numbers(key[0], *numbers)]
    entries += [(entry, -1) for entry in (*_differences(rows), *_means(rows))]
    columns = list(zip(*(entry for entry, _ in entries), strict=True)) if entries else [()] * 5
    dtypes = (np.str_, np.float64, np.int64, np.float64, np.int64)
    arrays: list[Any] = [np.asarray(column, dtype=dtype) for column, dtype in zip(columns, dtypes, strict=True)]
    arrays.append(np.asarray([place for _, place in entries], dtype=np.int64))
    metric, number, decimals, slack, kind, row = arrays
    return Told(metric, number, decimals, slack, kind, row, rows)


def finer_at(text: str, place: int) -> int:
    """Return with how many decimals more than usual a number at *place* may be told."""
    return int(any(one.start() < place < one.end() for one in LIMITS.finditer(text)))


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


def _numbers(metric: str, value: float, lower: float, upper: float, n: float) -> Iterable[Entry]:
    shape = form(metric)
    if not np.isnan(value):
        yield metric, value, shape.decimals, 0.0, _kind(metric)
    yield from ((metric, limit, shape.interval_decimals, 0.0, OTHER) for limit in (lower, upper) if not np.isnan(limit))
    if not np.isnan(n):
        yield metric, n, 0 if n % 1 == 0 else 1, 0.0, RESTS_ON
        if shape.scale == PERCENT and not np.isnan(value):
            yield metric, float(round(value / PERCENT * n)), 0, n * 0.5 * 10.0**-shape.decimals / PERCENT, COUNT
    if not np.isnan(value) and abs(value) >= MILLION / 10:
        yield metric, value / MILLION, 6, 0.0, OTHER


def _kind(metric: str) -> int:
    """Return the kind of the values of a metric."""
    return COUNT if catalog.metric(metric).unit == "count" else OTHER


def _differences(rows: Mapping[Key, Numbers]) -> Iterable[Entry]:
    """Yield differences of two shown numbers of one metric: of years, of groups, of a unit and one above schools."""
    alike: dict[Key, list[float]] = {}
    apart: dict[Key, tuple[list[float], list[float]]] = {}
    for key, (value, *_) in rows.items():
        if np.isnan(value):
            continue
        metric, level, unit, year, *rest = key
        alike.setdefault((metric, "", year, *rest[:2]), []).append(value)
        alike.setdefault((metric, level, unit, *rest), []).append(value)
        alike.setdefault((metric, level, unit, year, "", *rest[:2]), []).append(value)
        every, above = apart.setdefault((metric, year, *rest), ([], []))
        every.append(value)
        if level not in OF_SCHOOLS:
            above.append(value)
    yield from _from_expected(rows)
    for (metric, *_), values in alike.items():
        if 1 < len(values) <= MOST_COMPARED:
            yield from _apart(metric, values, values)
    for (metric, *_), (every, above) in apart.items():
        yield from _apart(metric, every, above)


def _means(rows: Mapping[Key, Numbers]) -> Iterable[Entry]:
    """Yield the mean of all pupils of the schools that are shown, by metric and group: the middle line of a figure."""
    shown: dict[Key, list[tuple[float, float]]] = {}
    for (metric, level, _, *rest), (value, _, _, n) in rows.items():
        if level == OF_SCHOOLS[0] and not np.isnan(value) and not np.isnan(n):
            shown.setdefault((metric, *rest), []).append((value, n))
    for (metric, *_), found in shown.items():
        if len(found) > 1:
            mean = sum(value * n for value, n in found) / sum(n for _, n in found)
            yield metric, mean, form(metric).decimals, 10.0 ** -form(metric).decimals, OTHER


def _from_expected(rows: Mapping[Key, Numbers]) -> Iterable[Entry]:
    for key, (value, *_) in rows.items():
        if key[0] in EXPECTED and not np.isnan(value):
            found = (rows.get((EXPECTED[key[0]], *key[1:4], grade, *key[5:])) for grade in (key[4], ""))
            for expected in (one[0] for one in found if one is not None):
                yield key[0], value - expected, 1, 0.5 + 1.0 / 10, OTHER  # what is expected is told to whole points


def _apart(metric: str, first: Sequence[float], second: Sequence[float]) -> Iterable[Entry]:
    """Yield how far each of *first* lies from each of *second*."""
    places = form(metric).decimals
    different = np.unique(np.round(np.asarray(first)[:, None] - np.asarray(second)[None, :], 4))
    yield from ((metric, float(number), places, 10.0**-places, OTHER) for number in different)
