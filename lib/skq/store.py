"""Protected tables -> disk -> report: one slice per report, written whole or not at all.

A slice is a folder `<key>/` with `results.parquet`,
`comparisons.parquet`, `estimates.parquet`, `goals.parquet`, `units.parquet` and `meta.json`; the same numbers give the
same bytes.
A school's slice holds the rows of that school and of the levels above it, never another school's.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from skq.errors import SkqError, SourceError
from skq.files import folder_checksums, json_text, swap_folder, write_json
from skq.forking import has_fork
from skq.judgements import Judgements, nothing_judged, refuse_unshown, stored_estimates, stored_goals
from skq.keys import NOWHERE, Positions, numbered
from skq.protect import Protected, ProtectedTable
from skq.suppression.crew import Crew
from skq.terms import ANNUAL, COMPARISON_COLUMNS, RESULT_KEY, UNIT_DTYPES, Level

RUN_ID_LENGTH = 12
"""Enough to tell any two runs apart, short enough to be read out on the telephone."""

Frames = Mapping[str, pd.DataFrame]
Place = tuple[str, str]
"""Level and unit."""
_NOWHERE: Positions = np.zeros(0, dtype=np.int64)

Wanted = Sequence[Mapping[str, Collection[str]]]
"""The rows of a table that meet any of these: each column that is named has one of its values."""

PARTS = ("results", "comparisons", "estimates", "goals", "units")
"""The tables of a slice, a Parquet file each."""

META = "meta.json"

_COMPARISON_ORDER = [column for column in COMPARISON_COLUMNS if column in ("kind", *RESULT_KEY, "reference")]


@dataclass(frozen=True)
class Slice:
    """What one report is handed: protected numbers, what is said of them, their units, and where they come from.

    `estimates` and `goals` are as `judge.judged` makes them; of a school, only its own.
    """

    results: ProtectedTable
    comparisons: ProtectedTable
    estimates: pd.DataFrame
    goals: pd.DataFrame
    units: pd.DataFrame
    meta: dict[str, Any]


def write_slices(
    protected: Protected,
    units: pd.DataFrame,
    meta: Mapping[str, Mapping[str, Any]],
    folder: Path,
    *,
    judgements: Judgements | None = None,
    needed: Callable[[str, Frames], Frames] = lambda key, frames: frames,
    jobs: int = 1,
) -> list[Path]:
    """Write one slice per key of *meta* below *folder* and return their folders in the order of the keys.

    *units* has the columns of `UNIT_DTYPES`; the key `annual` gets everything, every other key is a school unit code
    (SkqError when *units* does not know it). Slices of earlier builds that *meta* no longer names are removed.
    A slice whose content is unchanged is left untouched. The `run_id` in meta.json is made of all that the slice says:
    the same numbers by the same code and rule have the same id, on every machine and at any time.
    *judgements* (as from `judge.judged`) may be left out; ProtectionError where they speak of a number not shown.
    *needed* may take away what the report of a key does not need of its tables. *jobs* processes write, where they can
    be forked.
    """
    said = judgements or nothing_judged()
    refuse_unshown(said, protected.results.to_frame())
    folder.mkdir(parents=True, exist_ok=True)
    task = _Task(_Whole(protected, units, said), meta, folder, needed)
    with Crew(jobs if has_fork() else 1) as crew:
        kept = crew.answers(task.written, list(meta))
    for stale in sorted(set(folder.iterdir()) - set(kept)):
        shutil.rmtree(stale)
    return kept


@dataclass(frozen=True, eq=False)
class _Task:
    """What every slice is written from."""

    whole: _Whole
    meta: Mapping[str, Mapping[str, Any]]
    folder: Path
    needed: Callable[[str, Frames], Frames]

    def written(self, key: str) -> Path:
        """Write the slice *key* and return its folder."""
        return _write_slice(self.folder / key, self.needed(key, self.whole.rows_for(key)), dict(self.meta[key]))


def read_slice(folder: Path, *, only: Collection[str] = (), rows: Mapping[str, Wanted] = MappingProxyType({})) -> Slice:
    """Return the slice that `write_slices` wrote to *folder*; SourceError when a part of it cannot be read.

    *only*: of the results, the rows of these metrics, and nothing of what rests on results: a list needs no more.
    *rows*: which rows of which parts are wanted; of the others all.
    """
    wanted = {name: [{"metric": only}] if name == "results" else [] for name in PARTS[:-1]} if only else rows
    try:
        found = {name: _read_part(folder / f"{name}.parquet", wanted.get(name)) for name in PARTS}
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{folder.name}: this is not a complete slice of protected tables\n"
            f"  expected: {', '.join(f'{name}.parquet' for name in PARTS)} and meta.json, from 'skq build'\n"
            f"  found:    {type(error).__name__}: {error}\n"
            "  next:     run 'skq build' again"
        ) from error
    return Slice(
        ProtectedTable.from_protected_store(found["results"]),
        ProtectedTable.from_protected_store(found["comparisons"]),
        stored_estimates(found["estimates"]),
        stored_goals(found["goals"]),
        _typed_units(found["units"]),
        meta,
    )


def _read_part(path: Path, wanted: Wanted | None) -> pd.DataFrame:
    """Return what `pandas.read_parquet` does, of the rows that are *wanted* (None: all).

    A text of which a column has thousands is read once, and rows are left out before their texts are written out.
    """
    import pyarrow as pa  # what only writes or lists slices needs none of it
    import pyarrow.parquet as pq

    content = pa.BufferReader(path.read_bytes())
    try:
        with pq.ParquetFile(content) as file:
            form, known = file.schema_arrow, file.metadata
        texts = [field.name for field in form if pa.types.is_large_string(field.type) or pa.types.is_string(field.type)]
        with pq.ParquetFile(content, read_dictionary=texts, metadata=known) as file:
            table = file.read(use_threads=False)
    except (OSError, ValueError) as error:
        raise type(error)(f"Could not open Parquet input source '{path}': {error}") from error
    found: pd.DataFrame = (table if wanted is None else _chosen(table, wanted)).cast(form).to_pandas()
    return found


def _chosen(table: Any, wanted: Wanted) -> Any:
    """Return the rows of the Arrow *table* that meet any of *wanted*."""
    import pyarrow as pa
    import pyarrow.compute as pc

    chosen = pa.nulls(0, pa.bool_())
    for number, criteria in enumerate(wanted):
        met = [pc.is_in(table[column], value_set=pa.array(sorted(values))) for column, values in criteria.items()]
        one = functools.reduce(pc.and_, met)
        chosen = pc.or_(chosen, one) if number else one
    return table.filter(chosen) if wanted else table.slice(0, 0)


def renew_slice(folder: Path, **said: Any) -> dict[str, Any]:
    """Let the slice in *folder* say *said* instead of what it said, and return its `meta.json`; its tables stay.

    The slice is then what `write_slices` would have written with this in its meta.
    """
    meta = json.loads((folder / META).read_text(encoding="utf-8"))
    del meta["run_id"]
    new = _with_run_id({**meta, **said}, folder)
    write_json(folder / META, new)
    return new


def _write_slice(folder: Path, frames: Mapping[str, pd.DataFrame], meta: dict[str, Any]) -> Path:
    with _new_folder_if_changed(folder) as fresh:
        for name, frame in frames.items():
            frame.to_parquet(fresh / f"{name}.parquet", index=False, compression="zstd")
        write_json(fresh / META, _with_run_id(meta, fresh))
    return folder


def _with_run_id(meta: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return *meta* with the run id that is made of it and of the tables in *folder*."""
    files = {name: digest for name, digest in folder_checksums(folder).items() if name != META}
    content = json_text({"meta": meta, "files": files})
    return {**meta, "run_id": sha256(content.encode("utf-8")).hexdigest()[:RUN_ID_LENGTH]}


@contextmanager
def _new_folder_if_changed(target: Path) -> Iterator[Path]:
    """Do as `new_folder`, but leave *target* untouched when the new folder holds the same bytes."""
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    os.chmod(fresh, 0o755)
    try:
        yield fresh
        if folder_checksums(fresh) != folder_checksums(target):
            swap_folder(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


class _Whole:
    """The tables that slices are taken from, each in order once, and where in them the rows of every unit stand."""

    def __init__(self, protected: Protected, units: pd.DataFrame, said: Judgements) -> None:
        self.frames = {
            "results": _in_order(protected.results.to_frame(), RESULT_KEY),
            "comparisons": _in_order(protected.comparisons.to_frame(), _COMPARISON_ORDER),
            "estimates": _in_order(said.estimates, RESULT_KEY),
            "goals": _in_order(said.goals, [*RESULT_KEY, "origin", "title"]),
            "units": _in_order(_typed_units(units), ["level", "unit"]),
        }
        self._places = {name: _unit_places(frame) for name, frame in self.frames.items()}

    def rows_for(self, key: str) -> dict[str, pd.DataFrame]:
        """Return the rows of every part that the slice *key* holds; of judgements a school gets only its own."""
        if key == ANNUAL:
            return dict(self.frames)
        seen = _seen_by(key, self.frames["units"])
        own = {place for place in seen if place[0] == Level.SCHOOL}
        return {name: self._taken(name, own if name in ("estimates", "goals") else seen) for name in PARTS}

    def _taken(self, name: str, units: Collection[Place]) -> pd.DataFrame:
        places = self._places[name]
        at = np.sort(np.concatenate([_NOWHERE, *(places[unit] for unit in units if unit in places)]))
        return self.frames[name].iloc[at].reset_index(drop=True)


def _in_order(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return *rows* sorted *by* these columns, missing values last, with a clean index; what is in order stays."""
    number = numbered(rows, by)
    moved = rows if (np.diff(number) >= 0).all() else rows.iloc[np.argsort(number, kind="stable")]
    return moved.reset_index(drop=True)


def _unit_places(rows: pd.DataFrame) -> dict[Place, Positions]:
    """Return the positions of the rows of each unit, by its level and name, ascending."""
    number = numbered(rows, ["level", "unit"])
    order = np.argsort(number, kind="stable")
    first = np.flatnonzero(np.diff(number[order], prepend=NOWHERE))
    names = rows[["level", "unit"]].iloc[order[first]].itertuples(index=False, name=None)
    return dict(zip(names, np.split(order, first[1:]), strict=False))


def _seen_by(school: str, units: pd.DataFrame) -> set[Place]:
    """Return what the report of *school* may see, by level and unit: itself and what is above it."""
    rows = units[(units["level"] == Level.SCHOOL) & (units["unit"] == school)]
    if len(rows) != 1:
        raise SkqError(f"school unit {school}: {len(rows)} rows in the list of units, expected one")
    own = rows.iloc[0]
    organizers = units[units["level"] == Level.ORGANIZER]
    of_school = organizers[(organizers["unit"] == own["organizer"]) | (organizers["name"] == own["organizer"])]
    former = own["predecessor_code"]
    groups = units.loc[units["level"] == Level.GROUP, "unit"]
    allowed = {
        str(Level.GROUP): list(groups[groups.str.startswith(f"{school}/")]),
        str(Level.SCHOOL): [school, former] if isinstance(former, str) and former else [school],
        str(Level.AREA): [f"{own['municipality_code']}:{own['area']}"],
        str(Level.ORGANIZER): list(of_school["unit"]),
        str(Level.MUNICIPALITY): [own["municipality_code"]],
        str(Level.NATION): ["SE"],
    }
    return {(level, name) for level, names in allowed.items() for name in names}


def _typed_units(units: pd.DataFrame) -> pd.DataFrame:
    if missing := [column for column in UNIT_DTYPES if column not in units.columns]:
        raise SkqError(f"the list of units lacks the column(s) {', '.join(missing)}")
    return units[list(UNIT_DTYPES)].astype(UNIT_DTYPES).reset_index(drop=True)
