"""One report to be made, within which limits, and what became of it: what travels to a worker and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a worker is to know its task soon, and pandas only when it needs it
    from skq.batch.fingerprint import MadeOf


class Outcome(StrEnum):
    """What became of one task."""

    BUILT = "built"
    REUSED = "reused"
    FAILED = "failed"


class Station(StrEnum):
    """Where a report is on its way."""

    NOTEBOOK = "notebook"
    PAGE = "page"


@dataclass(frozen=True)
class Limits:
    """What one report may take: seconds for a cell, seconds for all of it, megabytes of memory; 0 for no limit."""

    cell_seconds: int = 300
    report_seconds: int = 900
    memory_mb: int = 4000


@dataclass(frozen=True)
class PageTask:
    """What making a report's page and PDF needs besides its executed notebook.

    *address* is that of the page, without suffix; *project* the folder of the staged project with its theme and
    settings; *shelf* the folder of finished pages (this one's is *shelf*/*address*); *common* what the pages of a site
    are all made of (JSON values). None of it depends on which other reports there are.
    """

    address: str
    project: Path
    shelf: Path
    common: Mapping[str, Any]

    @property
    def kept(self) -> Path:
        """The folder of the finished page, PDF, figures and tables."""
        return self.shelf / self.address


@dataclass(frozen=True)
class ReportTask:
    """One report to be made: what, from which template, to which notebook, and what it rests on.

    Without *page* the notebook is executed and no more (the engine of Quarto makes pages by itself, afterwards).
    """

    publication: str
    key: str
    name: str
    template: Path
    target: Path
    parameters: Mapping[str, Any]
    made_of: MadeOf
    page: PageTask | None = None
    limits: Limits = Limits()

    @property
    def id(self) -> tuple[str, str]:
        """What tells it from all others of a build."""
        return self.publication, self.key

    def __str__(self) -> str:
        return f"{self.name} ({self.key}), {self.publication}"


@dataclass(frozen=True)
class Done:
    """A task and what became of it.

    *made* are the stations that were really passed, the others were there already; *seconds* those of a station that
    were its work itself: inside the cells, inside pandoc and Typst. Of a failure: *station*, *cell* (as
    the template counts them, None where no cell is to blame) and *message*.
    """

    task: ReportTask
    outcome: Outcome
    message: str = ""
    station: Station = Station.NOTEBOOK
    cell: int | None = None
    made: tuple[Station, ...] = ()
    seconds: Mapping[Station, float] = field(default_factory=dict)

    def __str__(self) -> str:
        where = ", page" if self.outcome is Outcome.FAILED and self.station is Station.PAGE else ""
        return f"{self.task}{where}: {self.message or self.outcome}"
