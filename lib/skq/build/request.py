"""What is asked of a build, and where everything of it lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from skq.batch.publications import PUBLICATIONS
from skq.errors import SettingsError
from skq.settings import Settings

if TYPE_CHECKING:
    from skq.aggregate.partition import Run


@dataclass(frozen=True)
class Inputs:
    """The folders that are read: own registers, official statistics, or both."""

    own: Path | None
    official: Path | None

    def __post_init__(self) -> None:
        if self.own is None and self.official is None:
            raise SettingsError(
                "there is nothing to build from\n"
                "  expected: --data with a folder of own registers, --official with official statistics, or both\n"
                "  next:     skq build --data data/demo   builds the invented municipality"
            )


@dataclass(frozen=True)
class Request:
    """One build: inputs, target folder, the house of templates and theme, settings, and what to limit it to.

    *house* holds `notebooks/`, `reports/`, `_quarto.yml` and `_brand.yml`. *schools* are unit codes, *publications*
    names; empty means all. Reports that are not asked for stay in the site as long as they are current. *key*: of the
    pseudonyms; nothing that is built depends on it. Without *keep_going* the first report that fails ends the build.
    *run_parts* makes numbers organizer by organizer, elsewhere; they are the same.
    """

    inputs: Inputs
    out: Path
    house: Path
    settings: Settings
    cores: int
    schools: tuple[str, ...] = ()
    publications: tuple[str, ...] = ()
    key: bytes | None = field(default=None, repr=False)
    keep_going: bool = True
    run_parts: Run | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.publications) - set(PUBLICATIONS)):
            raise SettingsError(
                f"unknown publication {', '.join(unknown)}\n  expected: one or more of {', '.join(PUBLICATIONS)}"
            )

    @property
    def jobs(self) -> int:
        """How many reports are worked on at once."""
        return self.settings.jobs or self.cores


@dataclass(frozen=True)
class Places:
    """Where the parts of a build lie below its folder."""

    out: Path

    @property
    def slices(self) -> Path:
        """One folder of protected tables per report."""
        return self.out / "tables" / "protected"

    @property
    def slices_made_of(self) -> Path:
        """What all slices together were made of."""
        return self.out / "tables" / "made-of.json"

    @property
    def bundles(self) -> Path:
        """What became of bundles of numbers when they were protected: status and reason, no number."""
        return self.out / "tables" / "bundles"

    @property
    def decisions(self) -> Path:
        """Why the last build made each report anew, or did not."""
        return self.out / "decisions.json"

    @property
    def reports(self) -> Path:
        """One folder per report with its executed notebook, figures and tables."""
        return self.out / "reports"

    @property
    def shelf(self) -> Path:
        """Finished pages and PDFs, kept for the next build."""
        return self.out / "shelf"

    @property
    def project(self) -> Path:
        """The staged Quarto project."""
        return self.out / "project"

    @property
    def quarto(self) -> Path:
        """Finished pages of the engine quarto, kept between builds."""
        return self.out / "quarto"

    @property
    def site(self) -> Path:
        """The finished site."""
        return self.out / "site"

    @property
    def state(self) -> Path:
        """What the last whole build was made of."""
        return self.out / "state.json"

    @property
    def audience(self) -> Path:
        """Whom everything here is built for."""
        return self.out / "gate" / "audience.json"

    @property
    def units(self) -> Path:
        """Who belongs to whom, for the attackers of the gate."""
        return self.out / "gate" / "units.parquet"

    @property
    def memberships(self) -> Path:
        """Which unit was part of which each school year; absent where no own registers were read."""
        return self.out / "gate" / "memberships.parquet"

    @property
    def notes(self) -> Path:
        """What was odd about official files without stopping the build."""
        return self.out / "notes.txt"

    @property
    def logs(self) -> Path:
        """A file per run: what was done when."""
        return self.out / "logs"

    @property
    def lock(self) -> Path:
        """Held while a build runs in this folder."""
        return self.out / ".lock"
