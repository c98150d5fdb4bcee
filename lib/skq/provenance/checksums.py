"""Validated tables -> for each school unit the checksums of exactly the rows that are its own, table by table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from skq.aggregate.places import newest_codes
from skq.columns import smallest
from skq.provenance.owners import Homes, Owned, of_newest, owners_of
from skq.provenance.texts import ROW, Coded, Codes, Found, Told, alike, joined

LARGEST_KEY = 2**62

Ints = npt.NDArray[np.int64]


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
        found = {name: Found.of(alike(rows[name], name)) for name in sorted(rows.columns)}
        owned = of_newest(owners_of(found, homes, len(rows)), newest)
        for code, entry in _checksums(found, owned, told):
            inputs.setdefault(code, []).append({"table": table, "file": ", ".join(file_names.get(table, ())), **entry})
    return inputs


def _checksums(found: Mapping[str, Found], owned: Owned, told: Told) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give for every unit that has rows, in order, their number and the sha256 of their texts."""
    columns = joined(found, told)
    cells = [(column.codes, pa.array(column.texts, pa.string())) for column in columns]
    unit = owned.units.astype(smallest(len(owned.names)))
    by_unit = np.argsort(unit, kind="stable")  # the rows of a unit are sorted by themselves: all at once would be large
    ends = np.cumsum(np.bincount(unit + 1, minlength=len(owned.names) + 1))  # what belongs to none comes first
    for name, start, end in zip(owned.names, ends, ends[1:], strict=False):
        if start < end:
            rows = owned.places[by_unit[start:end]]
            block = rows[_order([Coded(column.codes[rows], column.texts) for column in columns])]
            yield str(name), {"rows": len(block), "sha256": _digest(cells, block)}


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
