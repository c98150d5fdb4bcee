"""Every PDF declares that it is accessible."""

from __future__ import annotations

from pathlib import Path


def check_pdfs(site: Path) -> int:
    return len(list(site.rglob("*.pdf")))
