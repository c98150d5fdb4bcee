"""Which table a file holds, told by its name alone."""

from __future__ import annotations

import unicodedata

from skq.schema.columns import TableSpec, folded
from skq.schema.tables import TABLES


def table_of(stem: str) -> str | None:
    """Return the table that a file named *stem* (without ending) holds: its name, alone or followed by `-` or `_`.

    >>> table_of("betyg-2024"), table_of("national_tests_9"), table_of("Elever"), table_of("elevvard")
    ('grades', 'national_tests', 'pupils', None)
    """
    spelling = {plain: spec.name for spec in TABLES.values() for plain in spellings(spec)}
    words = folded(stem)
    for known in sorted(spelling, key=len, reverse=True):
        if words == known or words.startswith(known + " "):
            return spelling[known]
    return None


def spellings(spec: TableSpec) -> set[str]:
    """Return the folded names of a table's files, with and without å, ä, ö."""
    names = {folded(name) for name in (spec.name, *spec.file_names)}
    return names | {
        "".join(sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign))
        for name in names
    }
