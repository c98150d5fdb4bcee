"""How rows and tables fit together."""

from __future__ import annotations

from collections.abc import Iterator

from skq.sources import RawTables, Tables
from skq.sources.findings import Finding


def cross_findings(raw: RawTables, tables: Tables) -> Iterator[Finding]:
    """Yield every finding of every check that looks at more than one value."""
    yield from ()
