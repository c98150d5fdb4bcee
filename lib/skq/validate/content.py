"""Typed columns against their pandera schema: a finding for every value that the schema does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
import pandera.pandas as pa

from skq.schema import TableSpec
from skq.schema.frames import frame_schema
from skq.sources.findings import Fault, Finding, shown
from skq.validate.explain import explain


def content_findings(
    spec: TableSpec, frame: pd.DataFrame, form: list[Finding], *, texts: pd.DataFrame
) -> Iterator[Finding]:
    """Yield what the table's schema refuses, in the words of *texts*, the same table before it was typed.

    Rows whose value already has a fault of form are not told twice; an absent column was told with the header.
    """
    for name, column in frame_schema(spec.name).columns.items():
        if name in texts:
            for code, positions in _refused(column, frame[name], texts[name]):
                untold = np.setdiff1d(positions, _told(form, name))
                yield from _explained(spec, frame[name], texts[name], code, untold)


def _refused(column: pa.Column, values: pd.Series, texts: pd.Series) -> list[tuple[str, np.ndarray]]:
    """Return each check that refuses some of *values*, with their positions; one value of each text is looked at."""
    codes = texts.cat.codes.to_numpy()
    place = np.full(len(texts.cat.categories) + 1, -1)  # the last is for missing texts, whose code is -1
    place[codes] = np.arange(len(codes))
    used = np.flatnonzero(place >= 0)
    different = values.iloc[place[used]].set_axis(used)
    if not column.checks and (column.nullable or different.notna().all()):
        return []  # nothing that could be refused
    try:
        column.validate(different.to_frame(), lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return []
    numbers = np.where(codes < 0, len(place) - 1, codes)
    return [
        (str(code), np.flatnonzero(np.isin(numbers, failed["index"].to_numpy(dtype="int64"))))
        for code, failed in cases.groupby("check", sort=True)
    ]


def _told(form: list[Finding], column: str) -> np.ndarray:
    found = [finding.positions for finding in form if finding.column == column]
    return np.unique(np.concatenate(found)) if found else np.array([], dtype="int64")


def _explained(
    spec: TableSpec, values: pd.Series, texts: pd.Series, code: str, positions: np.ndarray
) -> Iterator[Finding]:
    """Yield one finding for each reason that the values at *positions* are refused."""
    if not len(positions):
        return
    column = spec[str(values.name)]
    chosen = values.iloc[positions]
    numbers, different = pd.factorize(chosen, use_na_sentinel=False)
    faults = [explain(code, value, column) for value in different]
    for fault in dict.fromkeys(faults):
        mask = np.array([other == fault for other in faults])[numbers]
        yield Finding(spec.name, column.name, fault, positions[mask], partial(_words, fault=fault, texts=texts))


def _words(position: int, *, fault: Fault, texts: pd.Series) -> str:
    return fault.found or shown(texts.iloc[position].strip())
