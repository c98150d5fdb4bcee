"""Slice on disk -> what a report is handed."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from skq.errors import SourceError
from skq.judgements import stored_estimates, stored_goals
from skq.protect import ProtectedTable
from skq.store.parts import PARTS, Wanted, typed_units


@dataclass(frozen=True)
class Slice:
    """What one report is handed: protected numbers, what is said of them, their units, and where they come from.

    `estimates` and `goals` are as `judge.judged` makes them; of a school, only its own.
    """

    results: ProtectedTable
    comparisons: ProtectedTable
    estimates: pd.DataFrame
    goals: pd.DataFrame
    units: pd.DataFrame
    meta: dict[str, Any]


def read_slice(folder: Path, *, only: Collection[str] = (), rows: Mapping[str, Wanted] = MappingProxyType({})) -> Slice:
    """Return the slice that `write_slices` wrote to *folder*; SourceError when a part of it cannot be read.

    *only*: of the results, the rows of these metrics, and nothing of what rests on results: a list needs no more.
    *rows*: which rows of which parts are wanted; of the others all.
    """
    wanted = {name: [{"metric": only}] if name == "results" else [] for name in PARTS[:-1]} if only else rows
    try:
        found = {name: _read_part(folder / f"{name}.parquet", wanted.get(name)) for name in PARTS}
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{folder.name}: this is not a complete slice of protected tables\n"
            f"  expected: {', '.join(f'{name}.parquet' for name in PARTS)} and meta.json, from 'skq build'\n"
            f"  found:    {type(error).__name__}: {error}\n"
            "  next:     run 'skq build' again"
        ) from error
    return Slice(
        ProtectedTable.from_protected_store(found["results"]),
        ProtectedTable.from_protected_store(found["comparisons"]),
        stored_estimates(found["estimates"]),
        stored_goals(found["goals"]),
        typed_units(found["units"]),
        meta,
    )


def _read_part(path: Path, wanted: Wanted | None) -> pd.DataFrame:
    """Return what `pandas.read_parquet` does, of the rows that are *wanted* (None: all).

    A text of which a column has thousands is read once, and rows are left out, a group of rows at a time, before their
    texts are written out.
    """
    import pyarrow as pa  # what only writes or lists slices needs none of it
    import pyarrow.parquet as pq

    content = pa.BufferReader(path.read_bytes())
    try:
        with pq.ParquetFile(content) as file:
            form, known = file.schema_arrow, file.metadata
        texts = [field.name for field in form if pa.types.is_large_string(field.type) or pa.types.is_string(field.type)]
        with pq.ParquetFile(content, read_dictionary=texts, metadata=known) as file:
            if wanted is None:
                table = file.read(use_threads=False).cast(form)
            else:
                read = range(file.num_row_groups if wanted else 0)
                groups = (file.read_row_group(number, use_threads=False) for number in read)
                table = pa.concat_tables([form.empty_table(), *(_chosen(rows, wanted).cast(form) for rows in groups)])
                pa.default_memory_pool().release_unused()  # of millions of rows a few are left
    except (OSError, ValueError) as error:
        raise type(error)(f"Could not open Parquet input source '{path}': {error}") from error
    found: pd.DataFrame = table.to_pandas()
    return found


def _chosen(table: Any, wanted: Wanted) -> Any:
    """Return the rows of the Arrow *table* that meet any of *wanted*, of which there is one at least."""
    import pyarrow as pa
    import pyarrow.compute as pc

    chosen = pa.nulls(0, pa.bool_())
    for number, criteria in enumerate(wanted):
        met = [pc.is_in(table[column], value_set=pa.array(sorted(values))) for column, values in criteria.items()]
        one = functools.reduce(pc.and_, met)
        chosen = pc.or_(chosen, one) if number else one
    return table.filter(chosen)
