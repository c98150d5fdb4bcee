"""What the downloads beside a page tell, number by number, as it would be printed.

A published number, what it rests on, its limits, a count worked out from a share, a difference of two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skq.release.published import Download
from skq.report.download import HEADER
from skq.report.texts import texts
from skq.report.wording import form

Floats = npt.NDArray[np.float64]

NUMBER = re.compile(r"(?<![\w,/.])([+−-]?)(\d{1,3}(?:[\u00a0\u202f ]\d{3})+|\d+)(?:,(\d+))?(?![\w/,])")
ASIDE = re.compile(
    r"\d{4}/\d{2}|\d{2}/\d{2}|~100|(?:95|99,8)\s*%-|(?:åk|[åÅ]rskurs(?:erna)?|Tabell|Figur|läsår)\s*\d+(?:[–-]\d+)?|\d+\s*till\s*\d+"
)
"""School years, grade years and the like: numbers that count nothing."""


@dataclass(frozen=True, eq=False)
class Told:
    """What the downloads beside a page tell, as they would be printed: numbers, counts and differences, by metric."""

    metric: npt.NDArray[np.str_]
    number: Floats
    decimals: npt.NDArray[np.int64]
    slack: Floats
    is_n: npt.NDArray[np.bool_]

    def explains(self, text: str, sign: str, decimals: int, metrics: set[str], *, n: bool | None = None,
                 finer: int = 0) -> bool:  # fmt: skip
        """Whether a printed number is one of *metrics* (of any, where none is named), as exactly as both are told.

        What is told to fewer decimals than are printed explains nothing, but for *finer* ones: a limit near zero is
        printed more exactly. Without a sign a difference may be meant.
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
        if n is not None:
            near &= self.is_n == n
        return bool(near.any())


Entry = tuple[str, float, int, float, bool]
"""Metric, number, decimals, what it may be off beyond its rounding, and whether others rest on it."""
Key = tuple[str, ...]
Numbers = tuple[float, float, float, float]
KEYS = ("id", "nivå", "kod", "läsår", "årskurs", "ämneskod", "uppdelning", "kategori")
EXPECTED = {"merit_rating_17": "salsa_expected", "all_subjects_passed_share": "salsa_passed_expected"}
MILLION, PERCENT = 1e6, 100.0
MOST_COMPARED = 60
"""Of more units than so many no table shows how far each lies from each; from those above schools it always may."""
OF_SCHOOLS = tuple(str(texts()["level"][level]) for level in ("school", "group"))


def told_by(found: Sequence[Download]) -> Told:
    """Return what the downloads *found* (those beside one page) tell."""
    rows: dict[Key, Numbers] = {}
    entries: list[Entry] = []
    for one in found:
        if not one.has_key:
            entries += [("", number, places, 0.0, False) for number, places in _loose(one)]
            continue
        for _, cells in one.cells():
            key = tuple(cells[name] for name in KEYS)
            value, lower, upper, n = (_plain(cells[name]) for name in ("värde", "nedre", "övre", "antal"))
            rows[key] = (value, lower, upper, n)
            entries += [(key[0], number, places, 0.0, False) for name in one.header[len(HEADER) :]
                        for number, places in _found(cells[name])]  # fmt: skip
    entries += [entry for key, numbers in rows.items() for entry in _numbers(key[0], *numbers)]
    entries += _differences(rows)
    columns = list(zip(*entries, strict=True)) if entries else [()] * 5
    dtypes = (np.str_, np.float64, np.int64, np.float64, np.bool_)
    return Told(*(np.asarray(column, dtype=dtype) for column, dtype in zip(columns, dtypes, strict=True)))


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
    limits = ((value, shape.decimals), (lower, shape.interval_decimals), (upper, shape.interval_decimals))
    yield from ((metric, number, decimals, 0.0, False) for number, decimals in limits if not np.isnan(number))
    if not np.isnan(n):
        yield metric, n, 0 if n % 1 == 0 else 1, 0.0, True
        if shape.scale == PERCENT and not np.isnan(value):
            yield metric, float(round(value / PERCENT * n)), 0, n * 0.5 * 10.0**-shape.decimals / PERCENT, False
    if not np.isnan(value) and abs(value) >= MILLION / 10:
        yield metric, value / MILLION, 6, 0.0, False


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


def _from_expected(rows: Mapping[Key, Numbers]) -> Iterable[Entry]:
    for key, (value, *_) in rows.items():
        if key[0] in EXPECTED and not np.isnan(value):
            found = (rows.get((EXPECTED[key[0]], *key[1:4], grade, *key[5:])) for grade in (key[4], ""))
            for expected in (one[0] for one in found if one is not None):
                yield key[0], value - expected, 1, 0.5 + 1.0 / 10, False  # what is expected is told to whole points


def _apart(metric: str, first: Sequence[float], second: Sequence[float]) -> Iterable[Entry]:
    """Yield how far each of *first* lies from each of *second*."""
    places = form(metric).decimals
    different = np.unique(np.round(np.asarray(first)[:, None] - np.asarray(second)[None, :], 4))
    yield from ((metric, float(number), places, 10.0**-places, False) for number in different)
