"""For whom a report is, as its first line says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skq.report.texts import word


def marking(meta: Mapping[str, Any]) -> str:
    """Return how the report of the slice with *meta* must be marked on every page; "" where it is for everyone."""
    audience = str(meta.get("audience", ""))
    return word("marking", audience) if audience else ""
