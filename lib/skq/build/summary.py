"""What a build tells at its end: where to look, how many of each were made, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skq.errors import counted

AUDIENCES = {
    "public": "public: everyone",
    "internal": "internal: the organizer; every page is marked",
    "principal": "principal: a folder per school, for its own principal alone; every report is marked",
}


@dataclass(frozen=True)
class Summary:
    """The outcome of one build; `failed` has a line per report that could not be made."""

    site: Path
    school: int
    annual: int
    pages: int
    pdfs: int
    built: int
    reused: int
    failed: tuple[str, ...]
    engine: str
    seconds: float = 0.0
    audience: str = "internal"

    @classmethod
    def of(cls, site: Path, told: Mapping[str, Any], failed: tuple[str, ...] = ()) -> Summary:
        """Return the summary that says what is *told* by the names of its fields (as `state.json` keeps it)."""
        return cls(site=site, failed=failed, **told)

    @property
    def exit_code(self) -> int:
        """0 when everything was made, 1 when some reports failed."""
        return 1 if self.failed else 0

    def __str__(self) -> str:
        reports = (
            f"{counted(self.school, 'quality report')} and {counted(self.annual, 'annual analysis', 'annual analyses')}"
        )
        lines = [
            "",
            f"Look at   {self.site if self.audience == 'principal' else self.site / 'index.html'}",
            f"Audience  {AUDIENCES[self.audience]}",
            f"Reports   {reports}: {counted(self.pages, 'page')} and {counted(self.pdfs, 'PDF')} in the site",
            f"Work      built {self.built}, reused {self.reused}, failed {len(self.failed)}, in {self.seconds:.1f} s",
            f"Engine    {self.engine}",
        ]
        if self.failed:
            lines += ["", "Failed; everything else was made:", *(f"  {line}" for line in self.failed)]
        return "\n".join(lines)
