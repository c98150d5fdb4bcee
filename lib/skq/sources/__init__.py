"""Bytes to frames: `read_tables` for an organizer's own registers; nothing here judges what a value says."""

from skq.sources.raw import InputFile, RawTable, RawTables, Unseen
from skq.sources.tables import read_tables
from skq.sources.typed import Tables, empty, typed

__all__ = ["InputFile", "RawTable", "RawTables", "Tables", "Unseen", "empty", "read_tables", "typed"]
