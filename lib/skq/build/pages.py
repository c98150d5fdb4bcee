"""Slices and catalogue -> what the pages around the reports show; every word from `report/texts_sv/`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from skq.batch.run import ReportTask
from skq.build.claim import INTERNAL
from skq.build.edition import Edition, rule_of
from skq.build.listed import MERIT, PUPILS, listed_schools
from skq.build.request import Places
from skq.render.pages import InputFile, SchoolListRow, SiteFacts, Source
from skq.render.protection import Edition as Told
from skq.render.protection import HiddenCount
from skq.report import sv
from skq.report.context import SchoolReport
from skq.report.texts import word
from skq.report.wording import value_text

GRADE_YEAR_OF_LIST = 9
SOURCE_FACTS = ("title", "publisher", "url", "retrieved")


def site_title(edition: Edition, school: str = "") -> str:
    """Return the title of the site, or of that of one *school*."""
    if school:
        return word("site", "title_of_school").format(school=school)
    return word("site", "title").format(municipality=edition.municipality_name)


def school_rows(tasks: Mapping[str, ReportTask], addresses: Mapping[str, str], places: Places) -> list[SchoolListRow]:
    """Return one row per school of *tasks* (by unit code), in Swedish alphabetical order of names.

    *addresses* gives the page of every school whose report was made.
    """
    years = {code: str(task.parameters["school_year"]) for code, task in tasks.items()}
    rows = [
        _school_row(report, addresses.get(report.school_unit_code, ""))
        for report in listed_schools(years, places.slices)
    ]
    return sorted(rows, key=lambda row: (sv.order(row.name), row.address))


def _school_row(report: SchoolReport, address: str) -> SchoolListRow:
    pupils, merit = report.point(PUPILS), report.point(MERIT, grade_year=GRADE_YEAR_OF_LIST)
    return SchoolListRow(
        name=report.name,
        area=report.area,
        organizer=report.organizer,
        grade_years=sv.grade_years(*report.grade_years),
        pupils=value_text(pupils) if pupils.recorded else "",
        merit_rating=value_text(merit) if merit.recorded else "",
        address=address,
    )


def site_facts(
    edition: Edition, meta: Mapping[str, Any], inputs: Sequence[Mapping[str, Any]], *, annual: str, title: str
) -> SiteFacts:
    """Return what the pages say of the whole build.

    *meta* is that of any slice (what they share is said here), *inputs* the files that were read, *annual* the address
    of the annual analysis or "", *title* that of the site.
    """
    rule, published = rule_of(edition), {item["id"] for item in meta["sources"]}
    return SiteFacts(
        title=title,
        subtitle=word("site", "subtitle").format(school_year=edition.school_year),
        annual=annual,
        rule=word("site", "rule").format(school=rule.min_pupils, above=rule.min_pupils_above),
        provenance=_provenance(meta),
        inputs=tuple(
            InputFile(str(item["table"]), str(item["file"]), int(item["rows"]), str(item["sha256"]))
            for item in inputs
            if edition.audience == INTERNAL or item["table"] in published  # rows of registers are the organizer's own
        ),
        sources=tuple(Source(*(str(item[fact]) for fact in SOURCE_FACTS)) for item in meta["sources"]),
        hidden=hidden_counts(meta["hidden"]),
        edition=Told(edition.audience, rule.as_dict()),
    )


def hidden_counts(hidden: Sequence[Mapping[str, Any]]) -> tuple[HiddenCount, ...]:
    """Return how many numbers are shown as which symbol and why, the most frequent first.

    *hidden* are the rows of `Protected.hidden`.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for item in hidden:
        why = word("hidden_reason", str(item["reason"]))
        counted[word("status_symbol", str(item["status"])), why] += int(item["count"])
    ordered = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(HiddenCount(symbol, why, count) for (symbol, why), count in ordered)


def _provenance(meta: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return (
        (word("site", "origin"), word("origin", str(meta["origin"]))),
        (word("site", "code_version"), f"skq {meta['code_version']}"),
        (word("site", "rule_version"), f"{meta['rule']['id']} {meta['rule_version']}"),
    )
