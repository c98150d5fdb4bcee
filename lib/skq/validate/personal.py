"""What the tables hold about persons beyond what any number needs: told, never refused; and messages without names.

Sources: domain.md §17 (law: data minimisation); docs/personal-data.md tells what each table is needed for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from skq.errors import Problem
from skq.schema import TABLES, Kind, folded
from skq.sources import Tables
from skq.sources.findings import Fault, Finding, Origins, Remark, problems_of, spaced
from skq.sources.surplus import looks_like_name
from skq.terms import SchoolYear

YEARS_USED = 9
"""Five school years in a report, the autumn after them, and three more to compare the same pupils with."""

FREE_TEXT = ("commentary", "commitments", "targets", "assessments")
"""Tables without persons whose texts are read by people, and may be published."""

A_NAME = "a name (not shown)"
LONGEST_NAME = 5
LEAST_ID, MANY_DIGITS = 4, 7

_YEAR = re.compile(r"(\d{4})/\d\d$")
_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def without_names(problems: Sequence[Problem], personal: Mapping[str, Collection[str]]) -> list[Problem]:
    """Return *problems* with every quoted text that is one of the names of *personal*, or part of one, taken out."""
    words = {part for name in personal.get("name", ()) for part in _words(name) if len(part) > 1}

    def hidden(found: re.Match[str]) -> str:
        parts = _words(found[1] or found[2] or "")
        return A_NAME if parts and words.issuperset(parts) else found[0]

    if not words:
        return list(problems)
    return [replace(problem, found=_QUOTED.sub(hidden, problem.found)) for problem in problems]


def surplus_rows(tables: Tables, origins: Mapping[str, Origins], *, class_groups: bool) -> Iterator[Remark]:
    """Yield what is not needed although it stands in columns that the tables have."""
    yield from _old_years(tables, origins)
    if not class_groups:
        yield from _class_groups(tables, origins)
    yield from _class_names(tables, origins)
    yield from _owners(tables, origins)
    persons = _persons(tables.personal)
    for name in FREE_TEXT:
        yield from _named_persons(name, tables, origins, persons)


def _old_years(tables: Tables, origins: Mapping[str, Origins]) -> Iterator[Remark]:
    """Yield, for each file about pupils, the rows of school years that no number of a report rests on any more."""
    starts = {name: _starts(tables[name]["school_year"].unique()) for name in tables if _of_pupils(name)}
    newest = max((start for found in starts.values() for start in found.values()), default=0)
    oldest = SchoolYear(newest - YEARS_USED + 1)
    for name, found in starts.items():
        years = tables[name]["school_year"]
        old = np.flatnonzero(years.isin([text for text, start in found.items() if start < oldest.start]))
        years, file_numbers = years.iloc[old], origins[name].file_numbers[old]
        for number in np.unique(file_numbers):
            of_file = years[file_numbers == number]
            yield Remark(
                origins[name].files[number],
                None,
                origins[name].headers[number].get("school_year"),
                "old-school-years",
                f"{_rows(len(of_file))} of school years before {oldest}: {', '.join(sorted(set(of_file)))}",
                f"reports show five school years and follow the same pupils over three; {oldest} is the first needed",
                "leave the older school years out of the export, and delete them where they are kept no longer",
            )


def _of_pupils(table: str) -> bool:
    return "pupil_id" in TABLES[table].column_names


def _starts(years: Iterable[object]) -> dict[str, int]:
    """Return in which calendar year each of the school years begins that are written as such."""
    found = {text: _YEAR.match(text) for text in map(str, years)}
    return {text: int(match[1]) for text, match in found.items() if match}


def _class_groups(tables: Tables, origins: Mapping[str, Origins]) -> Iterator[Remark]:
    filled = tables["pupils"]["class_group"].notna()
    if filled.any():
        yield _of_column(
            origins["pupils"],
            "class_group",
            "unused-class",
            f"the class of each pupil ({_rows(int(filled.sum()))} filled)",
            "classes are numbered only where the settings say class_groups = true; most are too small to be shown",
            "leave the column out of the export, or ask for class groups in skq.toml",
        )


def _class_names(tables: Tables, origins: Mapping[str, Origins]) -> Iterator[Remark]:
    yield from _looking_like_names(
        tables,
        origins,
        "pupils",
        "class_group",
        "name-as-class",
        "a class is called by a short code such as 9A; a name of a person would become the name of a unit",
        "write the code of the class; if the columns have been shifted, export again",
    )


def _owners(tables: Tables, origins: Mapping[str, Origins]) -> Iterator[Remark]:
    yield from _looking_like_names(
        tables,
        origins,
        "commitments",
        "owner",
        "name-as-owner",
        "who answers for a commitment is told by role, which stays true when the person leaves",
        "write the role, such as rektor or förstelärare",
    )


def _looking_like_names(
    tables: Tables, origins: Mapping[str, Origins], table: str, column: str, code: str, why: str, next_step: str
) -> Iterator[Remark]:
    texts = tables[table][column]
    named = [text for text in texts.dropna().unique() if looks_like_name(str(text))]
    positions = np.flatnonzero(texts.isin(named).to_numpy(dtype=bool))
    yield from _of_rows(origins, Finding(table, column, Fault(code, why, next_step), positions, _looks_like_name))


def _looks_like_name(position: int) -> str:
    return "what looks like a person's full name (not shown)"


def _named_persons(
    name: str, tables: Tables, origins: Mapping[str, Origins], persons: set[tuple[str, ...]]
) -> Iterator[Remark]:
    """Yield the rows of a table whose free text holds the full name or the identifier of one of *persons*."""
    columns = [column.name for column in TABLES[name].columns if column.kind is Kind.TEXT and column.name != "metric"]
    for column in columns if persons and name in tables else ():
        texts = tables[name][column]
        naming = [text for text in texts.dropna().unique() if _names_someone(str(text), persons)]
        positions = np.flatnonzero(texts.isin(naming).to_numpy(dtype=bool))
        fault = Fault(
            "person-in-text",
            "the text is read in reports by others than those who work with the person",
            "write without names and identifiers; a text on single persons belongs in the pupil's own records",
        )
        yield from _of_rows(origins, Finding(name, column, fault, positions, _names_a_person))


def _names_a_person(position: int) -> str:
    return "the name or identifier of a person in the registers (not shown)"


def _persons(personal: Mapping[str, Collection[str]]) -> set[tuple[str, ...]]:
    """Return, as words, every full name and every identifier that is no everyday word or number."""
    names = {_words(name) for name in personal.get("name", ())}
    identifiers = {_words(text) for kind in ("pupil_id", "teacher_id") for text in personal.get(kind, ())}
    return {parts for parts in names if len(parts) > 1} | {parts for parts in identifiers if _is_telling(parts)}


def _is_telling(parts: tuple[str, ...]) -> bool:
    whole = "".join(parts)
    return not whole.isalpha() and len(whole) >= (MANY_DIGITS if whole.isdigit() else LEAST_ID)


def _names_someone(text: str, persons: set[tuple[str, ...]]) -> bool:
    parts = _words(text)
    return any(
        parts[start : start + length] in persons
        for length in range(1, LONGEST_NAME + 1)
        for start in range(len(parts) - length + 1)
    )


def _words(text: str) -> tuple[str, ...]:
    if text.isascii() and text.isalnum():  # as most identifiers are
        return (text.lower(),)
    return tuple(_WORD.findall(folded(text)))


def _of_rows(origins: Mapping[str, Origins], finding: Finding) -> list[Remark]:
    if not len(finding.positions):
        return []
    problems = problems_of(finding, origins[finding.table])
    return [Remark(one.file, one.row, one.column, one.code, one.found, one.expected, one.next_step) for one in problems]


def _of_column(origins: Origins, column: str, code: str, found: str, why: str, next_step: str) -> Remark:
    header = next((headers[column] for headers in origins.headers if column in headers), column)
    return Remark(", ".join(origins.files), None, header, code, found, why, next_step)


def _rows(count: int) -> str:
    return f"{spaced(count)} row{'' if count == 1 else 's'}"
