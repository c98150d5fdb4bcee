"""Which rows of results are parts of which totals: kinds of pupils, years of a period, units of the unit above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from skq.belonging import belonging
from skq.keys import NOWHERE, Keys, Positions, matched, numbered, places
from skq.terms import Breakdown, Level, SchoolYear

PERIOD_OF_YEARS = "years of period"
UNIT_YEAR = ["level", "unit", "school_year"]
_CELL = ["metric", "school_year", "grade_year", "subject", "breakdown", "category"]
_SERIES = _CELL[:4]
_ALL = {"breakdown": str(Breakdown.ALL), "category": str(Breakdown.ALL)}


@dataclass(frozen=True)
class OwnRows:
    """Own rows of some metrics that add up: what each tells (`cell`, a row of `cells`), and who of (`place`, `year`).

    Texts are categories, `place` and `year` numbers that they share with all results.
    """

    rows: pd.DataFrame
    cells: pd.DataFrame
    cell: Positions
    place: Positions
    year: Positions


@dataclass(frozen=True)
class Parts:
    """The rows of a kind that are parts, and the cell and place of the total of each.

    `outside` has the place and year of totals that hold schools outside all parts.
    """

    kind: str
    row: Positions
    cell: Positions
    place: Positions
    outside: pd.MultiIndex | None = None


def own_rows(rows: pd.DataFrame) -> OwnRows:
    """Return *rows* of results (`RESULT_KEY`, n, numerator; texts as categories) with the numbers of `OwnRows`."""
    rows = rows.reset_index(drop=True).astype({"n": "float64", "numerator": "float64"})
    cell, _ = pd.factorize(numbered(rows, _CELL))
    first = rows.loc[~pd.Series(cell).duplicated(), _CELL].reset_index(drop=True)
    codes = {name: np.asarray(rows[name].cat.codes, dtype=np.int64) for name in UNIT_YEAR}
    return OwnRows(rows, first, cell, _places(codes, rows["unit"].cat.categories), codes["school_year"])


def by_pupil(own: OwnRows) -> Iterator[Parts]:
    """Yield the sexes and the educations as parts of all pupils."""
    keys = Keys(own.cells, _CELL)
    for breakdown in (Breakdown.SEX, Breakdown.PARENTAL_EDUCATION):
        parts = np.flatnonzero(own.cells["breakdown"].eq(str(breakdown)))
        whole = keys.changed(parts, {name: keys.code(name, text) for name, text in _ALL.items()})
        of_whole = np.full(len(own.cells), NOWHERE)
        of_whole[parts] = places(keys.own, whole)
        yield _of_cells(own, str(breakdown), [of_whole])


def by_year(own: OwnRows) -> Iterator[Parts]:
    """Yield single years as parts of the periods that hold them."""
    cells = own.cells.rename_axis("cell").reset_index()
    period = cells[cells["breakdown"].eq(str(Breakdown.PERIOD))]
    single = cells[cells["breakdown"].eq(str(Breakdown.ALL))]
    of_period = [np.full(len(cells), NOWHERE) for _ in range(3)]
    for back, of_year in enumerate(of_period):
        years = {text: str(SchoolYear(SchoolYear.parse(text).start - back)) for text in period["school_year"].unique()}
        wanted = period.assign(school_year=period["school_year"].map(years).astype("str"))
        pairs = wanted.merge(single, on=_SERIES, how="inner", suffixes=("_period", ""))
        of_year[pairs["cell"].to_numpy()] = pairs["cell_period"].to_numpy()
    yield _of_cells(own, PERIOD_OF_YEARS, of_period)


def _of_cells(own: OwnRows, kind: str, totals: list[Positions]) -> Parts:
    """Return the rows whose cell has a total of the same unit; each of *totals* has a place per cell."""
    found = [total[own.cell] for total in totals]
    rows = np.concatenate([np.flatnonzero(total != NOWHERE) for total in found])
    return Parts(kind, rows, np.concatenate([total[total != NOWHERE] for total in found]), own.place[rows])


def by_unit(own: OwnRows, tree: pd.DataFrame) -> Iterator[Parts]:
    """Yield the units of a level as parts of the unit above, and beside them the schools that are in none of them."""
    years = len(own.rows["school_year"].cat.categories)
    of_level = {level: own.rows["level"].eq(level).to_numpy(dtype=bool) for level in map(str, Level)}
    for kind, pairs in tree.groupby("kind", sort=True):
        row, pair = matched(own.place * years + own.year, pairs["place"].to_numpy() * years + pairs["year"].to_numpy())
        level = str(kind).split(" of ")[0]
        divided = np.zeros(len(own.cells), dtype=bool)
        divided[own.cell[row[of_level[level][row]]]] = True  # told at that level at all
        row, pair = row[divided[own.cell[row]]], pair[divided[own.cell[row]]]
        outside = pairs[pairs["level"].eq(str(Level.SCHOOL))] if level != str(Level.SCHOOL) else pairs.iloc[:0]
        beside = pd.MultiIndex.from_frame(outside[["parent", "year"]]) if len(outside) else None
        yield Parts(str(kind), row, own.cell[row], pairs["parent"].to_numpy()[pair], beside)


def tree_of(rows: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame) -> pd.DataFrame:
    """Return which units make up which (`belonging`), with place, year and parent as numbers; *rows* has `UNIT_YEAR`.

    Parents that no result is of are left out.
    """
    names = {name: rows[name].cat.categories for name in UNIT_YEAR}
    known = belonging(rows.drop_duplicates().astype("str"), units, memberships)
    codes = {name: names[name].get_indexer(pd.Index(known[name])) for name in UNIT_YEAR}
    above = known["kind"].str.split(" of ", n=1).str[1], known["parent"]
    of_parent = {name: names[name].get_indexer(pd.Index(texts)) for name, texts in zip(UNIT_YEAR, above, strict=False)}
    known["place"], known["year"] = _places(codes, names["unit"]), codes["school_year"]
    known["parent"] = _places(of_parent, names["unit"])
    return known[known["parent"].ne(NOWHERE)]


def _places(codes: dict[str, Positions], units: pd.Index) -> Positions:
    """Return the number of each level and unit, `NOWHERE` where one of them is; *units* are the different ones."""
    level, unit = codes["level"], codes["unit"]
    return np.where((level < 0) | (unit < 0), NOWHERE, level * len(units) + unit)
