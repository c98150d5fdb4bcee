"""A folder of official statistics as one results table, a list of units, its sources, and what there is to tell.

    official = read_official(Path("official"), municipality_code="1480")

The folder is read in place, every file known by its content. Numbers stay as published; what two files both publish is
compared. The nation is worked out from the municipal figures (`derive`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from skq.errors import Problem, SourceError, ValidationError, no_folder
from skq.sources.derive import NATION, municipalities_of, nation_of
from skq.sources.files import Found, Source, read_file
from skq.sources.merge import merged, with_cohorts, with_intervals
from skq.sources.reading import RefusedFile, refuse
from skq.sources.units import municipal_organizers, places_of, units_of
from skq.terms import RESULT_COLUMNS, RESULT_KEY, UNIT_DTYPES, Level

_PUPILS_OF_SCHOOLS = "siris:6"
_FLOATS = ("n", "numerator", "value", "lower", "upper")


@dataclass(frozen=True)
class Official:
    """Official statistics as read.

    `results` has the columns of `terms.RESULT_COLUMNS`, `units` those of `terms.UNIT_DTYPES`. `sources` are
    dictionaries with id, title, publisher, url, retrieved, file, sha256 and rows. `problems` are notes: files left
    unread, numbers on which two files disagree, schools that no file places in a municipality. `agreements` counts,
    for each pair of sources that publish the same numbers, how many of them are equal.
    """

    results: pd.DataFrame
    units: pd.DataFrame
    sources: list[Source]
    problems: list[Problem]
    agreements: dict[tuple[str, str], int]


def read_official(folder: Path, *, municipality_code: str | None = None) -> Official:
    """Return the official statistics in *folder* and the folders in it.

    With *municipality_code* (four digits) only that municipality, its schools, its municipal organizer and the nation;
    without it everything. SourceError for a folder or file that cannot be used, ValidationError where several cannot.
    """
    found = _found(folder)
    problems = [problem for part in found for problem in part.problems]
    schools = places_of([part.schools for part in found], [part.register for part in found])
    rows = _placed(pd.concat([part.results for part in found if len(part.results)], ignore_index=True), schools)
    rows, disagreements, agreements = merged(rows)
    derived = _derived(rows)
    kept = _of_municipality(pd.concat([rows, derived], ignore_index=True), schools, municipality_code, folder)
    problems += disagreements + _unplaced(rows, schools)
    results = _typed(with_intervals(with_cohorts(kept)))
    sources = [source for part in found for source in part.sources]
    return Official(
        results=results,
        units=units_of(results, schools)[list(UNIT_DTYPES)],
        sources=[*sources, *_derived_sources(derived, sources)],
        problems=problems,
        agreements=agreements,
    )


def _found(folder: Path) -> list[Found]:
    """Read every file of *folder*, and raise what is wrong with any of them at once."""
    if not folder.is_dir():
        raise no_folder(folder, expected="a folder with official statistics")
    refused: list[Problem] = []
    found: list[Found] = []
    for path in _files(folder):
        try:
            found.append(read_file(path, name=path.relative_to(folder).as_posix()))
        except RefusedFile as error:
            refused.append(error.problem)
    if len(refused) == 1:
        raise RefusedFile(refused[0])
    if refused:
        raise ValidationError(refused)
    if not any(len(part.results) for part in found):
        raise SourceError(_nothing(folder, [problem for part in found for problem in part.problems]))
    return found


def _files(folder: Path) -> list[Path]:
    """Every file below *folder* in a fixed order, without hidden ones and the lock files of spreadsheet programs."""
    paths = sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix())
    return [path for path in paths if path.is_file() and not _hidden(path.relative_to(folder))]


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)


def _nothing(folder: Path, notes: Sequence[Problem]) -> str:
    files = "\n".join(f"    {problem.file}: {problem.found}" for problem in notes[:10])
    return str(
        Problem(
            str(folder),
            None,
            None,
            "no-statistics",
            f"no official statistics among {len(notes)} file(s)" + (f":\n{files}" if files else ""),
            "exports of Skolverket's statistics database, answers of its API, or Kolada's SALSA figures",
            "put the exported files into the folder as they are",
        )
    )


def _placed(rows: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Return *rows* with the municipality of every school, and municipal organizers under their organization number."""
    of_school = rows["unit"].map(dict(schools["municipality_code"])).astype("str").fillna("")
    own = rows["municipality_code"].astype("str")
    placed = rows.assign(municipality_code=own.where(own != "", of_school))
    organizers = municipal_organizers(schools)
    of_organizer = placed["level"] == Level.ORGANIZER
    numbers = placed["unit"].map(organizers).astype("str").fillna("")
    return placed.assign(unit=numbers.where(of_organizer, placed["unit"]))


def _derived(rows: pd.DataFrame) -> pd.DataFrame:
    """The nation from municipalities; municipalities and the nation from schools where only those are exported."""
    schools = rows[rows["source"] == _PUPILS_OF_SCHOOLS]
    parts = [
        nation_of(_municipal(rows), parts="municipalities"),
        municipalities_of(schools),
        nation_of(schools, parts="schools"),
    ]
    return pd.concat(parts, ignore_index=True).assign(rank=0)


def _municipal(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows from which the nation is worked out: municipalities, and for costs their own organizers."""
    costs = (rows["level"] == Level.ORGANIZER) & (rows["metric"] == "cost_per_pupil")
    return rows[(rows["level"] == Level.MUNICIPALITY) | costs]


def _of_municipality(rows: pd.DataFrame, schools: pd.DataFrame, code: str | None, folder: Path) -> pd.DataFrame:
    named = rows[(rows["level"] != Level.ORGANIZER) | (rows["unit"] != "")]
    if code is None:
        return named
    if not (schools["municipality_code"] == code).any():
        known = sorted(set(schools["municipality_code"]) - {""})
        raise refuse(
            folder,
            code="unknown-municipality",
            found=f"no school of municipality {code!r} in the files",
            expected=f"one of {len(known)} four-digit codes" + (f", such as {', '.join(known[:3])}" if known else ""),
            next_step="check the code, and that the folder holds a school export (pupils or final grades)",
        )
    return named[(named["municipality_code"] == code) | (named["level"] == Level.NATION)]


def _unplaced(rows: pd.DataFrame, schools: pd.DataFrame) -> list[Problem]:
    at_school = rows[rows["level"] == Level.SCHOOL]
    unknown = sorted(set(at_school.loc[at_school["municipality_code"] == "", "unit"]))
    if not unknown:
        return []
    listed = ", ".join(unknown[:10]) + (" …" if unknown[10:] else "")
    return [
        Problem(
            "all files",
            None,
            "Skolenhetskod",
            "school-without-municipality",
            f"{len(unknown)} school(s) with figures that no export and no register places in a municipality: {listed}",
            "every school in the export of pupils or of final grades, or in the register of school units",
            "nothing, unless one of them is yours; then add an export that names it",
        )
    ]


def _derived_sources(derived: pd.DataFrame, sources: Sequence[Source]) -> list[Source]:
    """Return one source for each export that the nation was worked out from, saying how many parts of it entered."""
    nation = derived[derived["level"] == Level.NATION]
    return [_derived_source(str(name), rows, sources) for name, rows in nation.groupby("source")]


def _derived_source(name: str, rows: pd.DataFrame, sources: Sequence[Source]) -> Source:
    originals = [source for source in sources if source["id"] == name.removeprefix("derived:")]
    least, most, of = int(rows["entered"].min()), int(rows["entered"].max()), int(rows["of"].max())
    entered = f"{least}–{most}" if least < most else str(most)
    whole, parts = ("Kommunen och riket", "skolor") if name.endswith(_PUPILS_OF_SCHOOLS) else ("Riket", "kommuner")
    title = str(originals[0]["title"]).rpartition(", ")[0]
    return {
        "id": name,
        "title": f"{whole}, beräknat ur publicerade uppgifter för {entered} av {of} {parts}: {title}",
        "publisher": "beräkning ur Skolverkets statistik",
        "url": originals[0]["url"],
        "retrieved": "",
        "file": ", ".join(sorted({str(source["file"]) for source in originals})),
        "sha256": "",
        "rows": len(rows),
    }


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    texts = [name for name in RESULT_COLUMNS if name not in (*_FLOATS, "grade_year")]
    types = {**dict.fromkeys(texts, "str"), **dict.fromkeys(_FLOATS, "Float64"), "grade_year": "Int64"}
    ordered = rows.assign(numerator=float("nan")).sort_values(list(RESULT_KEY), ignore_index=True)
    return ordered[list(RESULT_COLUMNS)].astype(types)


__all__ = ["NATION", "Official", "read_official"]
