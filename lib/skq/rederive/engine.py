"""The second derivation: core metrics as SQL over the registers, without a line of `skq.metrics` or `skq.aggregate`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from skq.errors import SkqError
from skq.give_back import give_back_freed
from skq.keys import by_number, numbered
from skq.schema import TABLES
from skq.terms import RESULT_KEY

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

READS = ("school_units", "pupils", "grades", "national_tests", "survey", "survey_answers")
"""The registers that the SQL reads; one that is absent counts as empty."""

COLUMNS = (*RESULT_KEY, "n", "numerator", "value")

_DTYPES = {"grade_year": "Int64", **dict.fromkeys(("n", "numerator", "value"), "Float64")}
_SQL_TYPES = {"Int64": "BIGINT", "Float64": "DOUBLE", "boolean": "BOOLEAN", "datetime64[us]": "TIMESTAMP"}
SHORT_OF_MEMORY = (
    "there is too little memory to derive the numbers a second time\n"
    "  next:     close other programs, or build with --jobs 1, which needs least"
)


def scripts() -> dict[str, str]:
    """Return the SQL by file name, in the order in which it is run."""
    found = [entry for entry in (files("skq.rederive") / "sql").iterdir() if entry.name.endswith(".sql")]
    return {entry.name: entry.read_text(encoding="utf-8") for entry in sorted(found, key=lambda entry: entry.name)}


def rederived(
    tables: Mapping[str, pd.DataFrame | Path], *, sql: Mapping[str, str] | None = None, threads: int = 1
) -> pd.DataFrame:
    """Return the core metrics of the registers *tables*, derived by SQL: RESULT_KEY, n, numerator and value.

    Texts are categories. A table is a validated frame, or a Parquet file with the columns of its schema; tables outside
    `READS` are not looked at. *sql* stands in for `scripts()`, so that a test can change a rule. SkqError where memory
    is too short.
    Sources: the head of each SQL file.
    """
    import duckdb  # here, so that nothing pays for it that does not derive twice

    with duckdb.connect(config={"threads": threads, "temp_directory": ""}) as connection:  # no pupil's row on disk
        try:
            for name in READS:
                _offer(connection, name, tables.get(name))
            for text in (scripts() if sql is None else sql).values():
                connection.execute(text)
            found = connection.sql("FROM rederived").to_arrow_table()
        except duckdb.OutOfMemoryException as error:
            raise SkqError(SHORT_OF_MEMORY) from error
    rows = _typed(found)  # when the connection is closed, and its tables are gone
    del found
    give_back_freed()
    return by_number(rows, numbered(rows, RESULT_KEY))


def _typed(found: pa.Table) -> pd.DataFrame:
    """Return COLUMNS of *found*, each with its dtype."""
    columns = {name: found[name].to_pandas().astype(_DTYPES.get(name, "category")) for name in COLUMNS}
    return pd.DataFrame(columns, copy=False)


def _offer(connection: DuckDBPyConnection, name: str, table: pd.DataFrame | Path | None) -> None:
    """Let the connection know the register by its name, with every column of its schema and nothing else."""
    source, has = f"{name}_handed", set[str]()
    if isinstance(table, Path):
        handed = connection.read_parquet(str(table))
        handed.create_view(source)
        has = set(handed.columns)
    elif table is not None:
        connection.register(source, pa.Table.from_pandas(table, preserve_index=False))
        has = set(table.columns)
    columns = [
        f"{column.name if column.name in has else 'NULL'}::{_SQL_TYPES.get(column.dtype, 'VARCHAR')} AS {column.name}"
        for column in TABLES[name].columns
    ]
    rows = f"FROM {source}" if has else "WHERE FALSE"
    connection.execute(f"CREATE TEMP VIEW {name} AS SELECT {', '.join(columns)} {rows}")
