"""What has been released: every number that readers have seen, of every audience and every release.

A target of releases is a folder `DIR/<audience>/releases/<id>/` per release, each with its `published.parquet`. Those
files stay when the site of an old release is deleted: what was once read cannot be unread, and next year's tables must
never combine with last year's to a number that was hidden.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from skq.errors import SkqError, SourceError
from skq.files import checksum
from skq.released import MANIFEST, NUMBERS, releases
from skq.terms import RESULT_DTYPES, RESULT_KEY

TOLD = ("n", "value", "lower", "upper", "status")
PUBLISHED_COLUMNS = (*RESULT_KEY, *TOLD, "release", "audience")
"""One row is one released number: its key, what readers saw of it, and in which release of which audience."""

PUBLISHED_DTYPES = {column: RESULT_DTYPES.get(column, "str") for column in PUBLISHED_COLUMNS}


def write_published(frame: pd.DataFrame, folder: Path) -> Path:
    """Write the numbers that a release tells to *folder* and return the file; the same numbers give the same bytes.

    *frame* has RESULT_KEY, n, value, lower, upper and status, as from `release.published`; other columns are left out.
    A number that was told several times is kept once, as precisely as any of its places told it.
    """
    if missing := [column for column in (*RESULT_KEY, *TOLD) if column not in frame.columns]:
        raise SkqError(f"the published numbers lack the column(s) {', '.join(missing)}")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NUMBERS
    once(frame).to_parquet(path, index=False, compression="zstd")
    return path


def once(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per key of *frame*, sorted by key: of what was told several times the most precise."""
    columns = [*RESULT_KEY, *TOLD]
    typed = frame[columns].astype({column: PUBLISHED_DTYPES[column] for column in columns})
    precision = typed["value"].map(lambda value: len(repr(float(value))), na_action="ignore").astype("Float64")
    ordered = typed.assign(precision=precision.fillna(0)).sort_values(
        [*RESULT_KEY, "precision", *TOLD], ascending=[True] * len(RESULT_KEY) + [False] + [True] * len(TOLD)
    )
    told = ordered.groupby(list(RESULT_KEY), dropna=False, sort=True)[list(TOLD)].first().reset_index()
    return told[columns].astype(typed.dtypes.to_dict())


def read_published(folder: Path) -> pd.DataFrame:
    """Return the numbers of the release in *folder* as PUBLISHED_COLUMNS; SourceError when gone or damaged."""
    path = folder / NUMBERS
    try:
        _check_sealed(path, folder / MANIFEST)
        frame = pd.read_parquet(path)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise SourceError(
            f"{path}: the numbers of an earlier release cannot be read\n"
            f"  expected: the file that 'skq release' wrote\n  found:    {type(error).__name__}: {error}\n"
            "  next:     restore the file from a backup; without it nobody knows what readers have already seen"
        ) from error
    return frame.assign(release=folder.name, audience=folder.parents[1].name).astype(PUBLISHED_DTYPES)[
        list(PUBLISHED_COLUMNS)
    ]


def released_numbers(target: Path, audience: str | None = None) -> pd.DataFrame:
    """Return every number of all releases in *target* that *audience* has seen (None: of all audiences).

    One row per number and release, with PUBLISHED_COLUMNS; values as precisely as readers saw them, `n` missing where
    it was not told. Empty where there is no release. SourceError when the numbers of a release are gone.
    """
    frames = [read_published(folder) for folder in releases(target, audience)]
    if not frames:
        return pd.DataFrame({column: pd.Series(dtype=dtype) for column, dtype in PUBLISHED_DTYPES.items()})
    return pd.concat(frames, ignore_index=True)


def _check_sealed(numbers: Path, manifest: Path) -> None:
    """Raise ValueError where the manifest beside *numbers* says that they were other ones."""
    if manifest.is_file():
        sealed = json.loads(manifest.read_text(encoding="utf-8"))["content"]["published"]
        if sealed != checksum(numbers):
            raise ValueError("its content is not what the manifest beside it says")
