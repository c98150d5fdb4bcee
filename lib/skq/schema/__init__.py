"""What an organizer's own tables look like: every table, column, header, spelling and limit."""

from skq.schema.columns import DTYPES, ColumnSpec, Kind, TableSpec, folded
from skq.schema.parts import LANGUAGES, SUBJECTS
from skq.schema.scales import GRADES, REGISTER_SCALES, RegisterScale
from skq.schema.tables import TABLES, UNCOUNTED

__all__ = [
    "DTYPES",
    "GRADES",
    "LANGUAGES",
    "REGISTER_SCALES",
    "SUBJECTS",
    "TABLES",
    "UNCOUNTED",
    "ColumnSpec",
    "Kind",
    "RegisterScale",
    "TableSpec",
    "folded",
]
