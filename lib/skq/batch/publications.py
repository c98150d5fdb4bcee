"""The publications: which template, of which slice, under which name and address."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from skq.report.sv import slug
from skq.terms import ANNUAL, Level

if TYPE_CHECKING:  # what publications there are is asked before a table is read
    import pandas as pd


@dataclass(frozen=True)
class Publication:
    """One kind of report: its name on the command line, its template, and what there is one of."""

    name: str
    template: str
    one_per: Literal["school", "municipality"]
    page: str

    def address(self, key: str, name: str) -> str:
        """Return the page's path in the site without suffix, such as skolor/asskolan-12345678/kvalitetsrapport."""
        return self.page.format(slug=slug(name), code=key)


@dataclass(frozen=True)
class ReportUnit:
    """What one report is about: the key of its slice, and a name for messages and addresses."""

    key: str
    name: str


PUBLICATIONS = {
    publication.name: publication
    for publication in (
        Publication("quality-report", "quality_report.ipynb", "school", "skolor/{slug}-{code}/kvalitetsrapport"),
        Publication("annual-analysis", "annual_analysis.ipynb", "municipality", "arsanalys/arsanalys"),
    )
}
"""Every publication by its name, in the order in which they are built."""


def units_of(publication: Publication, units: pd.DataFrame, *, municipality: str) -> list[ReportUnit]:
    """Return what there shall be a report of: every school of *units* by code, or the municipality."""
    if publication.one_per == "municipality":
        return [ReportUnit(ANNUAL, municipality)]
    schools = units[units["level"] == Level.SCHOOL].sort_values("unit")
    return [ReportUnit(code, name) for code, name in zip(schools["unit"], schools["name"], strict=True)]


def template_path(publication: Publication, notebooks: Path) -> Path:
    """Return where the template of *publication* lies in the folder *notebooks*."""
    return notebooks / publication.template
