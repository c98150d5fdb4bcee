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
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from skq.errors import SkqError, SourceError
from skq.files import folder_checksums, json_text, swap_folder, write_text
from skq.forking import has_fork
from skq.judgements import Judgements, nothing_judged, refuse_unshown, stored_estimates, stored_goals
from skq.keys import NOWHERE, Positions, numbered
from skq.protect import Protected, ProtectedTable
from skq.suppression.crew import Crew
from skq.terms import ANNUAL, COMPARISON_COLUMNS, RESULT_KEY, UNIT_DTYPES, Level

if TYPE_CHECKING:
    import pyarrow as pa
    from pandas.api.extensions import ExtensionArray

RUN_ID_LENGTH = 12
"""Enough to tell any two runs apart, short enough to be read out on the telephone."""

Frames = Mapping[str, pd.DataFrame]
Place = tuple[str, str]
"""Level and unit."""
_NOWHERE: Positions = np.zeros(0, dtype=np.int64)

Wanted = Sequence[Mapping[str, Collection[str]]]
"""The rows of a table that meet any of these: each column that is named has one of its values."""

class Needed(Protocol):
    """What the reports of schools need of the whole tables, whose rows are told by their places."""

    def shown(self, name: str, at: Positions) -> Positions:
        """Return those of the places *at*, a school's in the part *name*, that its report shows."""
        ...

    def written(self, name: str, whole: pd.DataFrame, at: Positions) -> Mapping[str, ExtensionArray]:
        """Return the columns that stand otherwise at the places *at* of *whole*, the part *name*."""
        ...


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
    needed: Callable[[Frames], Needed] | None = None,
    jobs: int = 1,
) -> list[Path]:
    """Write one slice per key of *meta* below *folder* and return their folders in the order of the keys.

    *units* has the columns of `UNIT_DTYPES`; the key `annual` gets everything, every other key is a school unit code
    (SkqError when *units* does not know it). Slices of earlier builds that *meta* no longer names are removed.
    A slice whose content is unchanged is left untouched. The `run_id` in meta.json is made of all that the slice says:
    the same numbers by the same code and rule have the same id, on every machine and at any time.
    *judgements* (as from `judge.judged`) may be left out; ProtectionError where they speak of a number not shown.
    *needed* tells of the whole tables what the report of a school needs of its rows; without it, all. *jobs* processes
    write, where they can be forked; the annual slice, which is by far the largest, first.
    """
    said = judgements or nothing_judged()
    refuse_unshown(said, protected.results.to_frame())
    folder.mkdir(parents=True, exist_ok=True)
    task = _Task(_Whole(protected, units, said, needed), meta, folder)
    with Crew(jobs if has_fork() else 1) as crew:
        kept = crew.answers(task.written, sorted(meta, key=lambda key: key != ANNUAL))
    for stale in sorted(set(folder.iterdir()) - set(kept)):
        shutil.rmtree(stale)
    return [folder / key for key in meta]


@dataclass(frozen=True, eq=False)
class _Task:
    """What every slice is written from."""

    whole: _Whole
    meta: Mapping[str, Mapping[str, Any]]
    folder: Path

    def written(self, key: str) -> Path:
        """Write the slice *key* and return its folder."""
        return _write_slice(self.folder / key, self.whole.rows_for(key), dict(self.meta[key]))


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
    text = _with_run_id({**meta, **said}, folder)
    write_text(folder / META, text)
    new: dict[str, Any] = json.loads(text)
    return new


def _write_slice(folder: Path, tables: Mapping[str, pa.Table], meta: dict[str, Any]) -> Path:
    import pyarrow.parquet as pq  # what only lists slices needs none of it

    with _new_folder_if_changed(folder) as fresh:
        for name, table in tables.items():
            pq.write_table(table, fresh / f"{name}.parquet", compression="zstd")
        write_text(fresh / META, _with_run_id(meta, fresh))
    return folder


def _with_run_id(meta: dict[str, Any], folder: Path) -> str:
    """Return *meta* as JSON with the run id that is made of it and of the tables in *folder*.

    It is that of `json_text({"files": ..., "meta": ...})`; what *meta* says is put into words once for both.
    """
    files = {name: digest for name, digest in folder_checksums(folder).items() if name != META}
    said = {key: json_text(value).rstrip("\n") for key, value in meta.items()}
    content = _object({"files": json_text(files).rstrip("\n"), "meta": _object(said)}) + "\n"
    run_id = sha256(content.encode("utf-8")).hexdigest()[:RUN_ID_LENGTH]
    return _object({**said, "run_id": json.dumps(run_id)}) + "\n"


def _object(entries: Mapping[str, str]) -> str:
    """Return what `json_text` makes of an object whose entries are these texts, without the newline at the end."""
    if not entries:
        return "{}"
    lines = (f"{json.dumps(key, ensure_ascii=False)}: {entries[key]}" for key in sorted(entries))
    return "{\n  " + ",\n".join(lines).replace("\n", "\n  ") + "\n}"


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
    """The tables that slices are taken from, each in order once, and where in them the rows of every unit stand.

    Processes that are forked to write see them without a copy; each copies the rows of one school at a time.
    """

    def __init__(
        self, protected: Protected, units: pd.DataFrame, said: Judgements, needed: Callable[[Frames], Needed] | None
    ) -> None:
        import pyarrow as pa

        self._frames = {
            "results": _in_order(protected.results.to_frame(), RESULT_KEY),
            "comparisons": _in_order(protected.comparisons.to_frame(), _COMPARISON_ORDER),
            "estimates": _in_order(said.estimates, RESULT_KEY),
            "goals": _in_order(said.goals, [*RESULT_KEY, "origin", "title"]),
            "units": _in_order(_typed_units(units), ["level", "unit"]),
        }
        self._tables = {
            name: pa.Table.from_pandas(frame, preserve_index=False, nthreads=1) for name, frame in self._frames.items()
        }
        self._places = {name: _unit_places(frame) for name, frame in self._frames.items()}
        self._seen = _Seen(self._frames["units"])
        self._needed = needed(self._frames) if needed else None

    def rows_for(self, key: str) -> dict[str, pa.Table]:
        """Return the rows of every part that the slice *key* holds; of judgements a school gets only its own."""
        if key == ANNUAL:
            return self._tables
        seen = self._seen.by(key)
        own = {place for place in seen if place[0] == Level.SCHOOL}
        return {name: self._taken(name, own if name in ("estimates", "goals") else seen) for name in PARTS}

    def _taken(self, name: str, units: Collection[Place]) -> pa.Table:
        import pyarrow as pa

        places = self._places[name]
        at = np.sort(np.concatenate([_NOWHERE, *(places[unit] for unit in units if unit in places)]))
        if self._needed is None:
            return self._tables[name].take(pa.array(at))
        at = self._needed.shown(name, at)
        taken = self._tables[name].take(pa.array(at))
        for column, numbers in self._needed.written(name, self._frames[name], at).items():
            place = taken.schema.get_field_index(column)
            taken = taken.set_column(place, taken.schema.field(place), pa.array(numbers))
        return taken


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


class _Seen:
    """What the report of each school may see: itself and what is above it."""

    def __init__(self, units: pd.DataFrame) -> None:
        self._schools: dict[str, list[Mapping[Hashable, Any]]] = {}
        self._organizers: dict[str, set[str]] = {}
        self._groups: dict[str, list[str]] = {}
        for row in units.to_dict("records"):
            if row["level"] == Level.SCHOOL:
                self._schools.setdefault(row["unit"], []).append(row)
            elif row["level"] == Level.ORGANIZER:
                for called in (row["unit"], row["name"]):
                    self._organizers.setdefault(called, set()).add(row["unit"])
            elif row["level"] == Level.GROUP:
                self._groups.setdefault(row["unit"].partition("/")[0], []).append(row["unit"])

    def by(self, school: str) -> set[Place]:
        """Return level and unit of all that the report of *school* may see; SkqError where it is not one unit."""
        rows = self._schools.get(school, [])
        if len(rows) != 1:
            raise SkqError(f"school unit {school}: {len(rows)} rows in the list of units, expected one")
        own = rows[0]
        former = own["predecessor_code"]
        allowed = {
            str(Level.GROUP): self._groups.get(school, []),
            str(Level.SCHOOL): [school, former] if isinstance(former, str) and former else [school],
            str(Level.AREA): [f"{own['municipality_code']}:{own['area']}"],
            str(Level.ORGANIZER): self._organizers.get(own["organizer"], set()),
            str(Level.MUNICIPALITY): [own["municipality_code"]],
            str(Level.NATION): ["SE"],
        }
        return {(level, name) for level, names in allowed.items() for name in names}


def _typed_units(units: pd.DataFrame) -> pd.DataFrame:
    if missing := [column for column in UNIT_DTYPES if column not in units.columns]:
        raise SkqError(f"the list of units lacks the column(s) {', '.join(missing)}")
    return units[list(UNIT_DTYPES)].astype(UNIT_DTYPES).reset_index(drop=True)
