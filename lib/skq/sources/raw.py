"""What was read of a folder before it is typed: tables as text, the files, and what must stay out of sight."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from skq.errors import Problem
from skq.schema import TableSpec
from skq.sources.findings import Finding, Origins, Remark

Item = TypeVar("Item")


class Unseen(dict[str, Item]):
    """A mapping that stays in memory: neither shown, nor pickled or copied with what holds it."""

    def __repr__(self) -> str:
        return f"<{len(self)} entries, not shown>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), ())


@dataclass(frozen=True)
class InputFile:
    """One file that was read: for the provenance of every report."""

    table: str
    file: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class RawTable:
    """One table as text: a column of categories for each known column, and from where each row came.

    Persons have pseudonyms; *findings* tells where an identifier was refused, and is blank instead.
    """

    spec: TableSpec
    texts: pd.DataFrame
    origins: Origins
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class RawTables:
    """All that was read of a folder, with everything that was wrong with the form of a file.

    *named*: every table that has a file, readable or not. *remarks*: personal data that was handed in and dropped.
    *personal* (kind to raw texts) and *unkeyed* (pseudonym to checksum of the identifier) never leave the memory.
    """

    tables: dict[str, RawTable] = field(default_factory=dict)
    files: tuple[InputFile, ...] = ()
    problems: tuple[Problem, ...] = ()
    named: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    personal: Unseen[frozenset[str]] = field(default_factory=Unseen, repr=False, compare=False)
    unkeyed: Unseen[str] = field(default_factory=Unseen, repr=False, compare=False)
