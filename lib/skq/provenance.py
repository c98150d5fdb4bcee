"""What a report rests on: checksums of exactly the rows that are the school's.

One pupil's changed grade changes the checksums of that pupil's school and of no other, so only reports that rest on it
become stale. A row is told by its canonical text, the order of rows in a file means nothing: the checksum is of the
rows' texts, sorted. Most texts occur in many rows, so rows are sorted by the ranks of theirs, and no text is made of a
row before it is digested.
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

CELL, ROW = "\x1f", "\x1e"
"""What separates cells and rows in the canonical text; neither occurs in a register."""

PERSONS = ("pupil_id", "teacher_id", "respondent")
"""The columns with pseudonyms."""

PLACED = ["pupil_id", "school_year"]
"""What tells in which units a pupil was."""

LARGEST_KEY = 2**62

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Coded:
    """A column as codes of its different *texts*; what is missing has the text ""."""

    codes: Ints
    texts: npt.NDArray[np.object_]

    def ranked(self, end: str) -> Coded:
        """Return the same with *end* after every text, and the codes in the order of these."""
        texts, ranks = np.unique(np.array([text + end for text in self.texts], dtype=object), return_inverse=True)
        return Coded(ranks.astype(np.int64)[self.codes], texts)


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
    for table in sorted(frames):
        rows = frames[table]
        if not len(rows):
            continue
        columns = {name: _coded(rows[name], persons if name in PERSONS else None) for name in sorted(rows.columns)}
        places, units = _owned(rows, frames.get("pupils"))
        for code, found in _checksums(columns, places, units, newest):
            inputs.setdefault(code, []).append({"table": table, "file": ", ".join(file_names.get(table, ())), **found})
    return inputs


def canonical_lines(rows: pd.DataFrame) -> pd.Series:
    """Return each row as one line of text: column names with their values, in the order of the columns' names."""
    cells = [name + "=" + _text(rows[name]) for name in sorted(rows.columns)]
    return reduce(lambda line, cell: line + CELL + cell, cells)


def _text(column: pd.Series) -> pd.Series:
    return column.astype("str").where(column.notna(), "")


def _coded(column: pd.Series, persons: Mapping[str, str] | None) -> Coded:
    """Return *column* as codes of its texts; of pseudonyms the texts are those that *persons* has for them."""
    kind = column.dtype
    # Numbers that are equal may be written differently (-0.0), and times by what else is in their column.
    alike = isinstance(kind, (pd.StringDtype, pd.CategoricalDtype)) or pd.api.types.is_integer_dtype(kind)
    codes, values = pd.factorize(column if alike or persons is not None else _text(column))
    known = pd.Series(values)
    texts = list(_text(known if persons is None else known.map(persons)))
    return Coded(np.where(codes < 0, len(texts), codes).astype(np.int64), np.array([*texts, ""], dtype=object))


def _owned(rows: pd.DataFrame, pupils: pd.DataFrame | None) -> tuple[Ints, pd.Series]:
    """Return pairs of a row's place in *rows* and a unit that it belongs to (several, several pairs)."""
    everywhere = np.arange(len(rows))
    if "school_unit_code" in rows.columns:
        return everywhere, rows["school_unit_code"].reset_index(drop=True)
    if pupils is None or not set(PLACED) <= set(rows.columns):
        return everywhere, pd.Series("", index=range(len(rows)))
    homes = pupils[[*PLACED, "school_unit_code"]].drop_duplicates().reset_index(drop=True)
    mine, theirs = _keys(rows, homes)
    order = np.argsort(theirs, kind="stable")
    first, last = (np.searchsorted(theirs[order], mine, side) for side in ("left", "right"))
    many = last - first
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    found = order[np.repeat(first, many) + within]
    return np.repeat(everywhere, many), homes["school_unit_code"].iloc[found].reset_index(drop=True)


def _keys(rows: pd.DataFrame, homes: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return a number for pupil and school year of each of *rows* and of *homes*; -1 for one that *homes* has not."""
    mine, theirs = np.zeros(len(rows), dtype=np.int64), np.zeros(len(homes), dtype=np.int64)
    for name in PLACED:
        codes, values = pd.factorize(homes[name])
        own, texts = pd.factorize(rows[name])
        place = np.append(pd.Index(values).get_indexer(pd.Index(texts)), -1)[own]
        mine = np.where((mine < 0) | (place < 0), -1, mine * len(values) + place)
        theirs = theirs * len(values) + codes
    return mine, theirs


def _checksums(
    columns: Mapping[str, Coded], places: Ints, units: pd.Series, newest: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give for every unit, in order, the number of its rows and the sha256 of their texts."""
    last = list(columns)[-1]
    ranked = [column.ranked("" if name == last else CELL) for name, column in columns.items()]
    ends = [ROW if name == last else "" for name in columns]
    cells = [
        (column.codes, pa.array([f"{name}={text}{end}" for text in column.texts], pa.string()))
        for name, column, end in zip(columns, ranked, ends, strict=True)
    ]
    codes, names = pd.factorize(units.map(newest).fillna(units), sort=True)
    ranks = np.empty(len(ranked[0].codes), dtype=np.int64)
    ranks[_order(ranked)] = np.arange(len(ranks))
    order = np.lexsort((ranks[places], codes))
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    for name, start, end in zip(names, bounds, bounds[1:], strict=False):
        block = places[order[start:end]]
        yield str(name), {"rows": len(block), "sha256": _digest(cells, block)}


def _order(ranked: Sequence[Coded]) -> Ints:
    """Return the places of rows sorted by their columns, the first first."""
    keys = [np.zeros(len(ranked[0].codes), dtype=np.int64)]
    size = 1
    for column in ranked:
        if size * len(column.texts) > LARGEST_KEY:
            keys.append(np.zeros_like(keys[0]))
            size = 1
        keys[-1] = keys[-1] * len(column.texts) + column.codes
        size *= len(column.texts)
    return np.lexsort(keys[::-1])


def _digest(cells: Sequence[tuple[Ints, pa.Array]], block: Ints) -> str:
    """Return the sha256 of the texts of the rows at the places *block*, with `ROW` between them."""
    lines = pc.binary_join_element_wise(*(texts.take(pa.array(codes[block])) for codes, texts in cells), "")
    offsets, content = lines.buffers()[1:]
    length = int(np.frombuffer(offsets, dtype=np.int32)[len(block)])
    return sha256(memoryview(content)[: length - len(ROW)]).hexdigest()
