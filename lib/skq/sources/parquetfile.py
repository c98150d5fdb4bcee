"""A Parquet file of an own table to columns of text, so that one set of rules reads all three kinds of file."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from skq.sources import reading
from skq.sources.grid import Grid, categories


def read_parquet(content: bytes, *, path: Path) -> Grid:
    """Return the cells of a Parquet file as text; SourceError when it is damaged or holds lists or structs."""
    try:
        names = _names(content)
        columns = _by_column(content, names)
        if columns is None:
            table = pa.parquet.read_table(io.BytesIO(content), read_dictionary=names)
            names, columns = list(table.column_names), [_texts(column) for column in table.columns]
    except (pa.ArrowException, OSError) as error:
        raise reading.refuse(
            path,
            code="not-parquet",
            found=f"content that cannot be read as a Parquet table ({str(error).splitlines()[0]})",
            expected="a whole Parquet file with plain columns",
            next_step="write the file again",
        ) from error
    size = len(columns[0]) if columns else 0
    return Grid([names], pd.DataFrame(dict(enumerate(columns)), index=pd.RangeIndex(2, 2 + size), copy=False), ())


def _names(content: bytes) -> list[str]:
    """Return the names of all columns, so that texts are read as codes; none where reading will tell what is wrong."""
    try:
        return list(pa.parquet.read_schema(io.BytesIO(content)).names)
    except (pa.ArrowException, OSError):
        return []


def _by_column(content: bytes, names: list[str]) -> list[pd.Categorical] | None:
    """Return the columns, each read by itself, which takes least; None where that cannot be, and reading tells why."""
    try:
        plain = pa.parquet.read_metadata(pa.BufferReader(content)).schema.names
        if plain != names or len(set(names)) < len(names) or any("." in name for name in names):
            return None
        file = pa.parquet.ParquetFile(pa.BufferReader(content), read_dictionary=names)
        return [_texts(file.read(columns=[name], use_threads=False).column(0)) for name in names]
    except (pa.ArrowException, OSError):
        return None


def _texts(column: pa.ChunkedArray) -> pd.Categorical:
    """Return *column* as categories of text: only the different values are converted."""
    plain = column.combine_chunks()
    coded = plain if pa.types.is_dictionary(plain.type) else pc.dictionary_encode(plain)
    different = pc.dictionary_encode(pc.fill_null(_as_text(coded.dictionary), ""))
    shared = len(different.dictionary) < len(different)  # two values may share a text, as decimals of many digits do
    codes = different.indices.take(coded.indices) if shared else coded.indices
    return categories(pa.DictionaryArray.from_arrays(codes, different.dictionary))


def _as_text(values: pa.Array) -> pa.Array:
    """Return *values* as a Swedish export writes them: decimal comma, no needless decimals, ja and nej, days."""
    kind = values.type
    if pa.types.is_boolean(kind):
        return pc.if_else(values, "ja", "nej")
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = values.to_numpy(zero_copy_only=False)
        return pa.array(["" if number != number else _positional(number) for number in numbers], type=pa.string())
    if pa.types.is_timestamp(kind):
        text = pc.strftime(values, format="%Y-%m-%dT%H:%M:%S")
        return pc.replace_substring_regex(text, r"T00:00:00(\.0+)?$", "")
    return pc.cast(values, pa.string())


def _positional(number: np.floating | Decimal) -> str:
    """Return the shortest text that gives *number* back, never with an exponent, with decimal comma."""
    text = np.format_float_positional(float(number) if isinstance(number, Decimal) else number, trim="-")
    return text.replace(".", ",")
