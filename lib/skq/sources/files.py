"""Every file of a folder of official statistics, known by its content and read by the reader of its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from skq.errors import Problem
from skq.sources import api, kolada, register, siris
from skq.sources.reading import OLE_MAGIC, ZIP_MAGIC, decode, read_bytes_stable, refuse, refuse_locked, sha256, unpack
from skq.sources.siris import Export
from skq.sources.siris_rows import results_of, schools_of
from skq.sources.siris_specs import spec_of
from skq.sources.xlsx import Rows, read_workbook

TABLE_ENDINGS = frozenset({".csv", ".txt", ".json", ".jsonl", ".xlsx", ".xls"})
"""Files with these endings must be readable; others that skq does not know are left alone."""

_ANSWER = re.compile(rb'"schoolUnit"\s*:.*"valueType"\s*:', re.DOTALL)
_SALSA = re.compile(rb'"deviation"\s*:.*"expected"\s*:|"expected"\s*:.*"deviation"\s*:', re.DOTALL)

_CUT = ("no-footnotes", "no explanations after the last row: it may be cut off", "the export as a whole")

Source = dict[str, object]


@dataclass(frozen=True)
class Found:
    """What one file holds: results rows, schools it names, its entries among the sources, and what there is to tell."""

    results: pd.DataFrame = field(default_factory=pd.DataFrame)
    schools: pd.DataFrame = field(default_factory=pd.DataFrame)
    register: pd.DataFrame = field(default_factory=pd.DataFrame)
    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_file(path: Path, *, name: str) -> Found:
    """Return what *path* holds; *name* is how sources and problems call it.

    A file of an unknown kind gives a note among the problems; SourceError for one that cannot be read as what it is.
    """
    packed = read_bytes_stable(path)
    content = unpack(packed, path)
    endings = {ending.lower() for ending in path.suffixes[-2:]} & TABLE_ENDINGS
    source: Source = {"file": name, "sha256": sha256(packed)}
    if not content:
        return _empty(path, name, endings)
    if content.startswith((ZIP_MAGIC, OLE_MAGIC)) or endings & {".xlsx", ".xls"}:
        return _workbook(content, path, source) if endings & {".xlsx", ".xls"} else _not_known(name)
    if endings & {".json", ".jsonl"}:
        return _json(content, path, source)
    if endings and b"\0" in content:
        decode(content, path)
    if siris.BANNER.search(content[:2000]):
        return _exports([siris.read_export(decode(content, path), path)], source)
    return _not_known(name)


def _empty(path: Path, name: str, endings: set[str]) -> Found:
    """A collection of no API answers is an empty file; an empty export has lost its banner."""
    if ".jsonl" in endings:
        return _note(name, "no-rows", "a packed file with nothing in it", "API answers, one on each line")
    raise refuse(
        path,
        code="empty-file",
        found="a packed file with nothing in it",
        expected="a table with a header row",
        next_step="download or copy the file again",
    )


def _not_known(name: str) -> Found:
    return _note(
        name,
        "not-recognised",
        "a file that is no export of Skolverket's, no API answer and no figures of Kolada's; left unread",
        "official statistics that skq knows",
    )


def _note(name: str, code: str, found: str, expected: str) -> Found:
    next_step = "nothing, unless you expected its numbers in the reports"
    return Found(problems=(Problem(name, None, None, code, found, expected, next_step),))


def _json(content: bytes, path: Path, source: Source) -> Found:
    name = str(source["file"])
    if _ANSWER.search(content):
        answers = api.read_answers(decode(content, path), path)
        if answers is not None:
            return Found(results=answers.results, sources=(_answers_source(answers, source),))
    if _SALSA.search(content):
        rows = kolada.read_salsa(decode(content, path), path)
        if rows is not None:
            return Found(results=rows, sources=_salsa_sources(rows, source))
    if b"\0" in content:
        decode(content, path)
    return _not_known(name)


def _answers_source(answers: api.Answers, source: Source) -> Source:
    told = {"id": api.SOURCE, "title": api.TITLE, "publisher": "Skolverket", "url": api.URL}
    return {**told, "retrieved": answers.retrieved, **source, "rows": answers.rows}


def _salsa_sources(rows: pd.DataFrame, source: Source) -> tuple[Source, ...]:
    schools = int(rows["unit"].nunique())
    return tuple(
        {
            "id": f"kolada:{kpi}",
            "title": title,
            "publisher": "Kolada",
            "url": kolada.URL,
            "retrieved": "",
            **source,
            "rows": schools,
        }
        for kpi, title in sorted(kolada.TITLES.items())
    )


def _workbook(content: bytes, path: Path, source: Source) -> Found:
    if not content.startswith(ZIP_MAGIC):
        refuse_locked(content, path)
    book = read_workbook(content, path)
    if register.is_register(book):
        return Found(register=register.read_register(book, path), sources=(_register_source(book, source),))
    sheets = [rows for rows in book.values() if siris.is_export_sheet(rows)]
    exports = [export for rows in sheets if (export := siris.read_export_sheet(rows, path)) is not None]
    return _exports(exports, source) if exports else _not_known(str(source["file"]))


def _register_source(book: dict[str, Rows], source: Source) -> Source:
    told = {"id": "register", "title": register.TITLE, "publisher": "Skolverket", "url": "https://www.skolverket.se"}
    return {**told, "retrieved": "", **source, "rows": len(book[register.SHEET]) - 1}


def _exports(exports: list[Export], source: Source) -> Found:
    """Return what the exports of one file hold: one of a CSV file, several of a workbook's sheets."""
    name = str(source["file"])
    found = [_export(export, source) for export in exports]
    whole = all(export.whole for export in exports) or name.lower().endswith(".xlsx")
    cut = () if whole or not any(len(part.sources) for part in found) else _note(name, *_CUT).problems
    results = [part.results for part in found if len(part.results)]
    return Found(
        results=pd.concat(results, ignore_index=True) if results else pd.DataFrame(),
        schools=next((part.schools for part in found if len(part.schools)), pd.DataFrame()),
        sources=_together([part.sources[0] for part in found if part.sources]),
        problems=(*dict.fromkeys(problem for part in found for problem in part.problems), *cut),
    )


def _together(sources: list[Source]) -> tuple[Source, ...]:
    """One source for all sheets of a workbook, with the rows of the sheet that has most."""
    return (max(sources, key=lambda source: int(str(source["rows"]))),) if sources else ()


def _export(export: Export, source: Source) -> Found:
    spec = spec_of(export)
    if spec is None:
        titled = f"'{export.title}'" if export.title else "without a title"
        about = f"a Skolverket export that skq does not use ({titled}); left unread"
        return _note(str(source["file"]), "not-used", about, "an export named in the manual")
    told: Source = {
        "id": f"siris:{spec.id}",
        "title": f"{export.title}, {export.school_year}",
        "publisher": "Skolverket",
        "url": "https://www.skolverket.se",
        "retrieved": export.retrieved,
        **source,
        "rows": len(export.rows),
    }
    schools = schools_of(export).assign(school_year=export.school_year) if spec.of_schools else pd.DataFrame()
    return Found(results=results_of(export, spec), schools=schools, sources=(told,))
