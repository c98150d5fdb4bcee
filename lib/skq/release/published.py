"""What the finished files of a site tell as numbers: every cell of every CSV that lies beside its pages.

The files themselves are read, nothing that they were made of. Each row names its number (`terms.RESULT_KEY`); what
stands several times is returned as often, with the place of each.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from skq.errors import SkqError, SourceError
from skq.report.download import HEADER
from skq.report.texts import texts
from skq.report.wording import form
from skq.terms import RESULT_DTYPES, RESULT_KEY, CellStatus

NUMBERS = {"värde": "value", "nedre": "lower", "övre": "upper"}
COLUMNS = (*RESULT_KEY, "n", "value", "lower", "upper", "status", "own", "step", "where")
"""`own`: from the organizer's registers; `step`: to how much the value is rounded; `where`: file and line."""

DTYPES = {column: RESULT_DTYPES.get(column, "str") for column in COLUMNS} | {"own": "bool", "step": "float64"}
WITHOUT_KEY = (("Stämmer nivåerna?", "Summor", "Stämmer", "Övriga"),)
"""Headers of downloads that count the summing up itself and tell of no unit."""
NUMBER = re.compile(r"-?\d+(?:,\d+)?")


@dataclass(frozen=True)
class Download:
    """One CSV of a site: its place, its header and its rows as texts."""

    where: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def has_key(self) -> bool:
        """Whether its rows name their numbers."""
        return self.header[: len(HEADER)] == HEADER

    @property
    def is_known(self) -> bool:
        """Whether it has a form that can be read: the one of all downloads, or one that tells of no unit."""
        return self.has_key or self.header in WITHOUT_KEY

    def cells(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Yield line number and cells by header of each row."""
        for line, row in enumerate(self.rows, start=2):
            if len(row) != len(self.header):
                raise SourceError(
                    f"{self.where}:{line}: the row has {len(row)} cells\n"
                    f"  expected: {len(self.header)}, as the header\n"
                    "  next:     build again; a site is never edited by hand"
                )
            yield line, dict(zip(self.header, row, strict=True))


def published(site: Path) -> pd.DataFrame:
    """Return every number that the CSV files of *site* tell, one row per place where it stands, sorted by place.

    Columns `COLUMNS`: values as in results (shares 0–1), as precise as the files have them; hidden numbers stand with
    their status. SourceError for a file that cannot be read.
    """
    return numbers_of(downloads(site))


def downloads(site: Path) -> list[Download]:
    """Return all CSV files of *site*, sorted by place; SourceError for one that is no text."""
    return [_download(path, path.relative_to(site).as_posix()) for path in sorted(site.rglob("*.csv"))]


def numbers_of(found: list[Download]) -> pd.DataFrame:
    """Return the numbers of the downloads *found* that name them, as `published`."""
    rows = [_row(cells, f"{one.where}:{line}") for one in found if one.has_key for line, cells in one.cells()]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(DTYPES)


def _download(path: Path, where: str) -> Download:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = list(csv.reader(stream, delimiter=";"))
    except (OSError, UnicodeError, csv.Error) as error:
        raise SourceError(
            f"{where}: the file cannot be read\n  found:    {type(error).__name__}\n"
            "  next:     build again; a site is never edited by hand"
        ) from error
    header, *rows = lines or [[]]
    return Download(where, tuple(header), tuple(map(tuple, rows)))


def _row(cells: Mapping[str, str], where: str) -> tuple[object, ...]:
    try:
        shape = form(cells["id"])
        value, lower, upper = (_scaled(cells[name], shape.scale) for name in NUMBERS)
        return (
            cells["id"], _levels()[cells["nivå"]], cells["kod"], cells["läsår"],
            int(cells["årskurs"]) if cells["årskurs"] else None, cells["ämneskod"], cells["uppdelning"],
            cells["kategori"], _scaled(cells["antal"], 1.0), value, lower, upper, str(CellStatus(cells["status"])),
            cells["källa"] == str(texts()["source"]["register"]), 10.0**-shape.decimals / shape.scale, where,
        )  # fmt: skip
    except (KeyError, ValueError, SkqError) as error:
        raise SourceError(
            f"{where}: the row is no number of a report\n  found:    {type(error).__name__}\n"
            "  next:     build again; a site is never edited by hand"
        ) from error


@cache
def _levels() -> Mapping[str, str]:
    return {str(word): level for level, word in texts()["level"].items()}


def _scaled(text: str, scale: float) -> float | None:
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text.replace(",", ".")) / scale
