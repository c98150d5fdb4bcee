"""What a report rests on: checksums of exactly the rows that are the school's.

One pupil's changed grade changes the checksums of that pupil's school and of no other, so only reports that rest on it
become stale. A row is told by its canonical text, the order of rows in a file means nothing: the checksum is of the
rows' texts, sorted. Most texts occur in many rows, so rows are sorted by the ranks of theirs, and no text is made of a
row before it is digested. Columns with few texts are put together beforehand: what they say in a row is one text then.
"""

from skq.provenance.checksums import unit_inputs
from skq.provenance.texts import canonical_lines

__all__ = ["canonical_lines", "unit_inputs"]
