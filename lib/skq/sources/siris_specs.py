"""Which of the known tables an export is. Its header must hold every column of that table, in any order, and no other.

A renamed column may mean a changed definition, and is refused.
"""

from __future__ import annotations

import re
from dataclasses import replace

from skq.sources.reading import refuse
from skq.sources.siris import Export
from skq.sources.siris_tables import MUNICIPALITY_PLACES, SCHOOL_PLACES, SPECS, TableSpec
from skq.terms import SCHOOL_YEAR_TEXT


def spec_of(export: Export) -> TableSpec | None:
    """Return what *export* is, None where its title is none that skq knows, or its rows are counties or organizers.

    SourceError when the title is known and the header is not the one that belongs to it.
    """
    titled = [spec for spec in SPECS if re.fullmatch(spec.title, export.title)]
    if not titled or export.header[0] in ("Huvudman", "Län"):
        return None
    of_schools = export.header[0] == "Skola"
    fitting = [spec for spec in titled if spec.of_schools == of_schools] or [_with_other_rows(titled[0])]
    _refuse_other_header(export, fitting[0])
    return fitting[0]


def _with_other_rows(spec: TableSpec) -> TableSpec:
    """Return the same table with schools for municipalities, or the other way: the agency names its columns alike."""
    if not spec.other_id:
        return spec
    own, other = (SCHOOL_PLACES, MUNICIPALITY_PLACES) if spec.of_schools else (MUNICIPALITY_PLACES, SCHOOL_PLACES)
    more = tuple(place for place in spec.places if place not in own)
    return replace(spec, id=spec.other_id, places=(*other, *more))


def _refuse_other_header(export: Export, spec: TableSpec) -> None:
    found = set(export.header)
    expected = set(spec.places) | ({spec.items} - {""})
    if not spec.items:
        expected |= set(spec.measures) | set(spec.known) | ({spec.subjects, spec.sexes} - {""})
    years = {name for name in found if SCHOOL_YEAR_TEXT.fullmatch(name)} if spec.items else set()
    lacking = sorted(expected - found)
    unknown = sorted(found - expected - years - spec.optional)
    if lacking or unknown or (spec.items and not years):
        raise refuse(
            export.path,
            row=export.header_row,
            column=(lacking or unknown or [spec.items])[0][:80],
            code="unexpected-header",
            found="; ".join(_listed("unknown columns", unknown)) or "columns are missing",
            expected="; ".join(_listed("the columns", lacking)) or f"only the columns of '{export.title}'",
            next_step="export it again with all columns; if Skolverket has changed the table, tell skq's maintainers",
        )


def _listed(what: str, names: list[str]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return [f"{what} {', '.join(repr(name[:80]) for name in names[:3])}{more}"]
