"""What a column and a table of an organizer's own registers are, as plain values.

Pure: neither pandas nor pandera is imported here, so that a table can be named at no cost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What the text of a column is read as."""

    CODE = "code"  # identifiers: text without blanks inside, never a number
    TEXT = "text"
    CHOICE = "choice"  # one of a closed set, in Swedish or English spelling
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    SCHOOL_YEAR = "school_year"


DTYPES: Mapping[Kind, str] = {
    Kind.CODE: "str",
    Kind.TEXT: "str",
    Kind.CHOICE: "str",
    Kind.INTEGER: "Int64",
    Kind.DECIMAL: "Float64",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "datetime64[us]",
    Kind.SCHOOL_YEAR: "str",
}
"""The pandas dtype of each kind of column."""


def folded(text: str) -> str:
    """Return *text* as headers, file names and spellings are compared: NFC, lower case, single blanks, no `_`.

    >>> folded("La\\u030asa\\u030ar ") == folded("LÅSÅR"), folded("school_year")
    (True, 'school year')
    """
    composed = unicodedata.normalize("NFC", text).casefold().replace("_", " ").replace("-", " ")
    return " ".join(composed.split())


@dataclass(frozen=True)
class ColumnSpec:
    """One column: how it is called, what it may hold, and how it is read.

    *spellings* maps each allowed value to what people write for it (compared by `folded`); the first spelling
    is the one we write ourselves. *minimum* and *maximum* are inclusive. *pattern* must match the whole value.
    *is_person*: names a person; on reading it becomes a pseudonym, and what was read is never shown.
    """

    name: str
    headers: tuple[str, ...]
    kind: Kind
    about: str
    example: str
    required: bool = True
    nullable: bool = False
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    pattern_means: str = ""
    is_person: bool = False

    @property
    def header(self) -> str:
        """The Swedish header that we write ourselves."""
        return self.headers[0]

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column."""
        return DTYPES[self.kind]

    @property
    def allowed(self) -> tuple[str, ...]:
        """Its allowed values, empty where the set is open."""
        return tuple(self.spellings)

    def swedish(self, value: str) -> str:
        """Return *value*, one of the allowed, as a Swedish register writes it."""
        written = self.spellings.get(value, ())
        return written[0] if written else value


@dataclass(frozen=True)
class TableSpec:
    """One table: its names on disk, its columns in order, and the columns that no two rows share."""

    name: str
    file_names: tuple[str, ...]
    about: str
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]

    @property
    def file_name(self) -> str:
        """The Swedish file name (without ending) that we write ourselves."""
        return self.file_names[0]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The English column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which the table is refused."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def of_persons(self) -> bool:
        """Whether a row is about one person: a pupil, a teacher, someone who answered."""
        return any(column.is_person for column in self.columns)

    @property
    def dtypes(self) -> dict[str, str]:
        """The pandas dtype of every column; texts are categories where a row is about a person or counts answers."""
        coded = {"str": "category"} if self.of_persons or "answer" in self.column_names else {}
        return {column.name: coded.get(column.dtype, column.dtype) for column in self.columns}

    def __getitem__(self, name: str) -> ColumnSpec:
        return next(column for column in self.columns if column.name == name)

    def by_header(self) -> dict[str, str]:
        """Return the English name for every folded header, English or Swedish."""
        return self._by_header

    @cached_property
    def _by_header(self) -> dict[str, str]:
        return {folded(header): column.name for column in self.columns for header in (column.name, *column.headers)}
