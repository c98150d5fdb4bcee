"""What a report rests on: checksums of exactly the rows that are the school's.

One pupil's changed grade changes the checksums of that pupil's school and of
no other, so only reports that rest on it become stale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from hashlib import sha256
from typing import Any

import pandas as pd

from skq.aggregate.places import newest_codes

CELL, ROW = "\x1f", "\x1e"
"""What separates cells and rows in the canonical text; neither occurs in a register."""

PERSONS = ("pupil_id", "teacher_id", "respondent")
"""The columns with pseudonyms."""


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
        rows = _owned(frames[table], frames.get("pupils"), persons)
        units = rows["unit"].map(newest).fillna(rows["unit"])
        for code, lines in rows["line"].groupby(units, sort=True):
            entry = {"table": table, "file": ", ".join(file_names.get(table, ())), **rows_checksum(list(lines))}
            inputs.setdefault(str(code), []).append(entry)
    return inputs


def rows_checksum(lines: list[str]) -> dict[str, Any]:
    """Return the number of *lines* and the sha256 of them sorted: the order of rows in a file means nothing."""
    digest = sha256(ROW.join(sorted(lines)).encode("utf-8", "surrogatepass"))
    return {"rows": len(lines), "sha256": digest.hexdigest()}


def canonical_lines(rows: pd.DataFrame) -> pd.Series:
    """Return each row as one line of text: column names with their values, in the order of the columns' names."""
    cells = [name + "=" + _text(rows[name]) for name in sorted(rows.columns)]
    return reduce(lambda line, cell: line + CELL + cell, cells)


def _owned(rows: pd.DataFrame, pupils: pd.DataFrame | None, persons: Mapping[str, str]) -> pd.DataFrame:
    """Return columns `line` and `unit`: every row as text, and the unit that it belongs to (several, several rows)."""
    named = {column: rows[column].map(persons) for column in PERSONS if column in rows.columns}
    lines = canonical_lines(rows.assign(**named))
    if "school_unit_code" in rows.columns:
        return pd.DataFrame({"line": lines, "unit": rows["school_unit_code"]})
    key = ["pupil_id", "school_year"]
    if pupils is None or not set(key) <= set(rows.columns):
        return pd.DataFrame({"line": lines, "unit": ""})
    homes = pupils[[*key, "school_unit_code"]].drop_duplicates().rename(columns={"school_unit_code": "unit"})
    return rows[key].assign(line=lines).merge(homes, on=key, how="left", validate="many_to_many")[["line", "unit"]]


def _text(column: pd.Series) -> pd.Series:
    return column.astype("str").where(column.notna(), "")
