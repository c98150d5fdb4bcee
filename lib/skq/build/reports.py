"""Slices -> executed notebooks: which reports there shall be, and what each rests on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from skq.batch.publications import PUBLICATIONS, Publication, ReportUnit, template_path, units_of
from skq.batch.run import ReportTask
from skq.build.claim import PRINCIPAL
from skq.build.edition import Edition
from skq.build.made_of import notebook_parts
from skq.build.request import Places, Request
from skq.build.unknown import refuse_unknown
from skq.errors import SettingsError
from skq.terms import ANNUAL, Level

if TYPE_CHECKING:  # which reports there are is asked of numbers; how one is made, without any
    import pandas as pd

    from skq.build.numbers import Numbers
    from skq.build.raw import Raw

Report = tuple[Publication, ReportUnit]


def all_reports(numbers: Numbers, raw: Raw) -> list[Report]:
    """Return every report that the data allow: one per school of the school year, and the annual analysis.

    Principals get the report of their school alone.
    """
    schools = set(present_schools(numbers.units, raw, numbers.school_year))
    return [
        (publication, unit)
        for publication in PUBLICATIONS.values()
        for unit in units_of(publication, numbers.units, municipality=numbers.municipality_name)
        if unit.key in schools or (unit.key == ANNUAL and numbers.audience != PRINCIPAL)
    ]


def is_asked_for(report: Report, request: Request) -> bool:
    """Whether *request* wants this report made; with --school the annual analysis is not."""
    publication, unit = report
    of_publication = not request.publications or publication.name in request.publications
    return of_publication and (not request.schools or unit.key in request.schools)


def refuse_unasked(request: Request, reports: Sequence[Report]) -> None:
    """Raise SettingsError where a school that was asked for is not in the data, or none of *reports* is asked for."""
    schools = {key: name for key, name in names_of(reports).items() if key != ANNUAL}
    refuse_unknown(request.schools, schools)
    if not any(is_asked_for(report, request) for report in reports):
        raise SettingsError("nothing to build: with --school and for principals only quality reports are made")


def names_of(reports: Sequence[Report]) -> dict[str, str]:
    """Return the name of each unit that one of *reports* is of, by its key."""
    return {unit.key: unit.name for _, unit in reports}


def present_schools(units: pd.DataFrame, raw: Raw, school_year: str) -> list[str]:
    """Return the codes of those of *units* that are schools on which a report is written, sorted.

    Own registers say which schools there are in the school year; official statistics name every school with figures.
    """
    known = sorted(units.loc[units["level"] == Level.SCHOOL, "unit"])
    if raw.own is None:
        return known
    register = raw.own["school_units"]
    open_now = set(register.loc[register["school_year"] == school_year, "school_unit_code"])
    return [code for code in known if code in open_now]


def report_tasks(reports: Sequence[Report], edition: Edition, request: Request) -> list[ReportTask]:
    """Return one task per report, with all that it rests on."""
    places = Places(request.out)
    return [report_task(report, edition, places, request.house) for report in reports]


def report_task(
    report: Report, edition: Edition, places: Places, house: Path, *, source: Path | None = None
) -> ReportTask:
    """Return the task of one *report* with all that it rests on; *source* is its slice if not that in *places*."""
    publication, unit = report
    template = template_path(publication, house / "notebooks")
    target = places.reports / publication.name / unit.key / f"{Path(publication.page).name}.ipynb"
    kept = places.slices / unit.key
    subject = {
        "school": ("school_unit_code", unit.key),
        "municipality": ("municipality_code", edition.municipality_code),
    }
    name, value = subject[publication.one_per]
    parameters = {
        name: value,
        "school_year": edition.school_year,
        # From the report's own folder, so that the executed notebook says nothing about this machine.
        "protected_folder": Path(os.path.relpath(kept, target.parent)).as_posix(),
    }
    made_of = notebook_parts(publication, house, parameters, source or kept)
    return ReportTask(publication.name, unit.key, unit.name, template, target, parameters, made_of)
