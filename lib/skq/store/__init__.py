"""Protected tables -> disk -> report: one slice per report, written whole or not at all.

A slice is a folder `<key>/` with `results.parquet`,
`comparisons.parquet`, `estimates.parquet`, `goals.parquet`, `units.parquet` and `meta.json`; the same numbers give the
same bytes.
A school's slice holds the rows of that school and of the levels above it, never another school's.
"""

from skq.store.parts import META, PARTS, Wanted
from skq.store.reading import Slice, read_slice
from skq.store.rows import Needed
from skq.store.writing import renew_slice, write_slices

__all__ = ["META", "PARTS", "Needed", "Slice", "Wanted", "read_slice", "renew_slice", "write_slices"]
