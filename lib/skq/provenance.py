"""What a report rests on: checksums of exactly the rows that are the school's.

One pupil's changed grade changes the checksums of that pupil's school and of no other, so only reports that rest on it
become stale. A row is told by its canonical text, the order of rows in a file means nothing: the checksum is of the
rows' texts, sorted. Most texts occur in many rows, so rows are sorted by the ranks of theirs, and no text is made of a
row before it is digested. Columns with few texts are put together beforehand: what they say in a row is one text then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from skq.aggregate.places import newest_codes
from skq.columns import smallest

CELL, ROW = "\x1f", "\x1e"
"""What separates cells and rows in the canonical text; neither occurs in a register."""

PERSONS = ("pupil_id", "teacher_id", "respondent")
"""The columns with pseudonyms."""

PLACED = ["pupil_id", "school_year"]
"""What tells in which units a pupil was."""

LARGEST_KEY = 2**62
MOST_TEXTS = 4096
"""So many texts at most are made of those of several columns."""

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer]
"""Numbers of texts, in four bytes at most: there are millions of them."""


@dataclass(frozen=True)
class Found:
    """The different values of a column, and which of them each row has; -1 where it is missing."""

    codes: Codes
    values: pd.Index

    @classmethod
    def of(cls, column: pd.Series) -> Found:
        """Return them; numbers that are equal and written differently (0.0 and -0.0) are different values."""
        if isinstance(column.dtype, pd.CategoricalDtype):
            return cls(column.cat.codes.to_numpy(), column.cat.categories)
        if not pd.api.types.is_float_dtype(column.dtype):
            codes, values = pd.factorize(column)
            return cls(codes.astype(np.int32), pd.Index(values))
        codes, bits = pd.factorize(column.to_numpy("float64", na_value=np.nan).view("int64"))
        numbers = pd.Series(bits.view("float64")).astype(column.dtype)
        return cls(np.where(column.isna().to_numpy(dtype=bool), -1, codes).astype(np.int32), pd.Index(numbers))


@dataclass(frozen=True)
class Coded:
    """A column, or several side by side, as codes of its different *texts*, which are sorted."""

    codes: Codes
    texts: list[str]

    def beside(self, other: Coded) -> Coded:
        """Return this one and *other* as one; its texts are sorted too: none here begins another, `CELL` ends it."""
        texts = [text + more for text in self.texts for more in other.texts]
        return Coded(self.codes * np.int32(len(other.texts)) + other.codes, texts)


@dataclass(frozen=True)
class Owned:
    """Pairs of a row's place and the number of a unit that it belongs to, -1 for none, and the *names* of these."""

    places: Codes
    units: Codes
    names: pd.Index


def unit_inputs(
    frames: Mapping[str, pd.DataFrame], file_names: Mapping[str, Sequence[str]], persons: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Return for each school unit one entry per table: table, file, number of its rows, sha256 of those rows.

    *frames* are the validated tables by name, *file_names* the files of each. Tables of pupils' results belong to every
    unit in which the pupil is enrolled that school year; a unit that changed its code has its rows under the newest.
    *persons* tells what stands for each pseudonym in a checksum (`Tables.unkeyed`): with another key the same rows have
    other pseudonyms and the same checksum.
    """
    newest = newest_codes(frames["school_units"])
    inputs: dict[str, list[dict[str, Any]]] = {code: [] for code in sorted(set(newest.values()))}
    homes = Homes(frames["pupils"]) if "pupils" in frames else None
    told = Told(persons)
    for table in sorted(frames):
        rows = frames[table]
        if not len(rows):
            continue
        found = {name: Found.of(_alike(rows[name], name)) for name in sorted(rows.columns)}
        owned = _of_newest(_owned(found, homes, len(rows)), newest)
        for code, entry in _checksums(found, owned, told):
            inputs.setdefault(code, []).append({"table": table, "file": ", ".join(file_names.get(table, ())), **entry})
    return inputs


def canonical_lines(rows: pd.DataFrame) -> pd.Series:
    """Return each row as one line of text: column names with their values, in the order of the columns' names."""
    cells = [name + "=" + _text(rows[name]) for name in sorted(rows.columns)]
    return reduce(lambda line, cell: line + CELL + cell, cells)


def _text(column: pd.Series) -> pd.Series:
    return column.astype("str").where(column.notna(), "")


def _alike(column: pd.Series, name: str) -> pd.Series:
    """Return *column*, or its texts where values that are equal may be written differently."""
    kind, types = column.dtype, pd.api.types
    told = isinstance(kind, (pd.StringDtype, pd.CategoricalDtype)) or types.is_datetime64_any_dtype(kind)
    return column if told or types.is_numeric_dtype(kind) or name in PERSONS else _text(column)


class Told:
    """Columns as codes of their texts; of pseudonyms the texts that *persons* has, which many tables share."""

    def __init__(self, persons: Mapping[str, str]) -> None:
        self._persons = persons
        self._last: tuple[str, bool, pd.Index, Coded] | None = None

    def coded(self, name: str, found: Found, *, is_last: bool) -> Coded:
        """Return a column as codes of its texts, with its *name* and their end."""
        if name not in PERSONS:
            ranked = _ranked(name, pd.Series(found.values), is_last=is_last)
        elif self._last is not None and self._last[:2] == (name, is_last) and self._last[2] is found.values:
            ranked = self._last[3]
        else:
            ranked = _ranked(name, pd.Series(found.values).map(self._persons), is_last=is_last)
            self._last = (name, is_last, found.values, ranked)
        return Coded(ranked.codes[found.codes], ranked.texts)


def _ranked(name: str, values: pd.Series, *, is_last: bool) -> Coded:
    """Return the rank of the text of each of *values*, and last that of a missing one, among these."""
    plain = [*_text(values), ""]
    ended = plain if is_last else [text + CELL for text in plain]
    texts, ranks = np.unique(np.array(ended, dtype=object), return_inverse=True)
    return Coded(ranks.astype(np.int32), [f"{name}={text}{ROW if is_last else ''}" for text in texts])


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


def _places(values: pd.Index, known: pd.Index) -> Codes:
    """Return the place of each of *values* among the *known* ones, -1 for none, and a last -1 for what is missing."""
    found = np.arange(len(values)) if values is known else known.get_indexer(values)
    return np.append(found, -1).astype(np.int32)


def _owned(found: Mapping[str, Found], homes: Homes | None, size: int) -> Owned:
    """Return to which units each of *size* rows belongs (several, several pairs), whose columns are *found*."""
    everywhere = np.arange(size, dtype=np.int32)
    if "school_unit_code" in found:
        return Owned(everywhere, found["school_unit_code"].codes, found["school_unit_code"].values)
    if homes is None or not set(PLACED) <= set(found):
        return Owned(everywhere, np.zeros(size, dtype=np.int32), pd.Index([""]))
    return homes.owned(found)


def _of_newest(owned: Owned, newest: Mapping[str, str]) -> Owned:
    """Return the same with units under their newest code, sorted."""
    codes, names = pd.factorize(pd.Index([newest.get(name, name) for name in owned.names], dtype=object), sort=True)
    return Owned(owned.places, np.append(codes, -1).astype(np.int32)[owned.units], names)


def _checksums(found: Mapping[str, Found], owned: Owned, told: Told) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give for every unit that has rows, in order, their number and the sha256 of their texts."""
    columns = _joined(found, told)
    cells = [(column.codes, pa.array(column.texts, pa.string())) for column in columns]
    unit = owned.units.astype(smallest(len(owned.names)))
    by_unit = np.argsort(unit, kind="stable")  # the rows of a unit are sorted by themselves: all at once would be large
    ends = np.cumsum(np.bincount(unit + 1, minlength=len(owned.names) + 1))  # what belongs to none comes first
    for name, start, end in zip(owned.names, ends, ends[1:], strict=False):
        if start < end:
            rows = owned.places[by_unit[start:end]]
            block = rows[_order([Coded(column.codes[rows], column.texts) for column in columns])]
            yield str(name), {"rows": len(block), "sha256": _digest(cells, block)}


def _joined(found: Mapping[str, Found], told: Told) -> list[Coded]:
    """Return the columns of *found* in order, neighbours with few texts put together; the last text ends a row."""
    last = list(found)[-1]
    columns: list[Coded] = []
    for name, values in found.items():
        column = told.coded(name, values, is_last=name == last)
        if columns and len(columns[-1].texts) * len(column.texts) <= MOST_TEXTS:
            columns[-1] = columns[-1].beside(column)
        else:
            columns.append(column)
    return columns


def _order(columns: Sequence[Coded]) -> Ints:
    """Return the places of rows sorted by their *columns*; which of equal rows is first is not told."""
    keys, size = [np.zeros(len(columns[0].codes), dtype=np.int64)], 1
    for column in columns:
        if size * len(column.texts) > LARGEST_KEY:
            keys.append(np.zeros_like(keys[0]))
            size = 1
        keys[-1] *= len(column.texts)
        keys[-1] += column.codes
        size *= len(column.texts)
    return np.lexsort(keys[::-1]) if len(keys) > 1 else np.argsort(keys[0])


def _digest(cells: Sequence[tuple[Codes, pa.Array]], block: Codes) -> str:
    """Return the sha256 of the texts of the rows at the places *block*, with `ROW` between them."""
    lines = pc.binary_join_element_wise(*(texts.take(pa.array(codes[block])) for codes, texts in cells), "")
    offsets, content = lines.buffers()[1:]
    length = int(np.frombuffer(offsets, dtype=np.int32)[len(block)])
    return sha256(memoryview(content)[: length - len(ROW)]).hexdigest()
