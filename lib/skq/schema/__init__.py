"""What an organizer's own tables look like: every table, column, header, spelling and limit."""

from skq.schema.columns import DTYPES, ColumnSpec, Kind, TableSpec, folded
from skq.schema.parts import LANGUAGES, SUBJECTS
from skq.schema.tables import TABLES

__all__ = ["DTYPES", "LANGUAGES", "SUBJECTS", "TABLES", "ColumnSpec", "Kind", "TableSpec", "folded"]
