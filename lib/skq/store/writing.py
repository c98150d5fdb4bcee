"""Protected tables -> slices on disk, each whole or not at all; one that stays the same is not touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from skq.files import folder_checksums, json_text, new_folder, write_text
from skq.forking import has_fork
from skq.judgements import Judgements, nothing_judged, refuse_unshown
from skq.protect import Protected
from skq.store.parts import META
from skq.store.rows import Frames, Needed, Whole
from skq.suppression.crew import Crew
from skq.terms import ANNUAL

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_A_TIME = 1 << 18
"""The rows of a row group: so many are written out, and read by whoever wants a few of them, at a time."""

RUN_ID_LENGTH = 12
"""Enough to tell any two runs apart, short enough to be read out on the telephone."""


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
    from skq.give_back import give_back_freed  # what only lists slices needs none of it

    said = judgements or nothing_judged()
    refuse_unshown(said, protected.results.to_frame())
    folder.mkdir(parents=True, exist_ok=True)
    task = _Task(Whole(protected, units, said, needed), meta, folder)
    give_back_freed()  # else each of the crew would fill it anew
    with Crew(jobs if has_fork() else 1) as crew:
        kept = crew.answers(task.written, sorted(meta, key=lambda key: key != ANNUAL))
    for stale in sorted(set(folder.iterdir()) - set(kept)):
        shutil.rmtree(stale)
    return [folder / key for key in meta]


@dataclass(frozen=True, eq=False)
class _Task:
    """What every slice is written from."""

    whole: Whole
    meta: Mapping[str, Mapping[str, Any]]
    folder: Path

    def written(self, key: str) -> Path:
        """Write the slice *key* and return its folder."""
        return _write_slice(self.folder / key, self.whole.rows_for(key), self.whole.forms, dict(self.meta[key]))


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


def _write_slice(
    folder: Path, tables: Mapping[str, pa.Table], forms: Mapping[str, pa.Schema], meta: dict[str, Any]
) -> Path:
    with new_folder(folder, if_changed=True) as fresh:
        for name, table in tables.items():
            _write_rows(table, forms[name], fresh / f"{name}.parquet")
        write_text(fresh / META, _with_run_id(meta, fresh))
    return folder


def _write_rows(table: pa.Table, form: pa.Schema, path: Path) -> None:
    """Write *table* to *path* in the given *form*; its texts are written out so many rows at a time."""
    import pyarrow.parquet as pq  # what only lists slices needs none of it

    from skq.give_back import give_back_freed

    with pq.ParquetWriter(path, form, compression="zstd") as file:
        for start in range(0, max(table.num_rows, 1), ROWS_AT_A_TIME):
            if start:
                give_back_freed()
            file.write_table(table.slice(start, ROWS_AT_A_TIME).cast(form))


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
