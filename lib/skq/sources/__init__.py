"""Bytes to frames: `read_tables` for an organizer's own registers; nothing here judges what a value says."""

from skq.sources.tables import InputFile, RawTable, RawTables, read_tables
from skq.sources.typed import Tables, empty, typed

__all__ = ["InputFile", "RawTable", "RawTables", "Tables", "empty", "read_tables", "typed"]
