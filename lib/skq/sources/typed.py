"""Tables of text to tables of values, with a finding for every value that is not what its column holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.columns import smallest
from skq.schema import TABLES, ColumnSpec, Kind, TableSpec
from skq.sources.findings import Fault, Finding, Remark, shown
from skq.sources.grid import texts_of
from skq.sources.raw import InputFile, RawTable, Unseen
from skq.sources.values import read_value

Codes = npt.NDArray[np.integer]
CATEGORY = "category"


@dataclass(frozen=True)
class Tables:
    """The typed tables of an organizer, and what was read (*files*) for the provenance of every report.

    `tables["pupils"]` is a frame with every column of the schema; without rows where the organizer has no such table.
    Persons have pseudonyms. *remarks*: personal data that was handed in and is not needed. In memory alone: *personal*,
    the texts that no release may hold by kind (`pupil_id`, `teacher_id`, `respondent`, `name`, `personal_number`,
    `email`, `phone`, `value`), and *unkeyed*, for each pseudonym a checksum of the identifier that no key decides.
    *let_go*: tables that were read and are no longer in memory; asking for one is a KeyError.
    """

    frames: MutableMapping[str, pd.DataFrame] = field(default_factory=dict)
    files: tuple[InputFile, ...] = ()
    remarks: tuple[Remark, ...] = ()
    personal: Unseen[frozenset[str]] = field(default_factory=Unseen, repr=False, compare=False)
    unkeyed: Unseen[str] = field(default_factory=Unseen, repr=False, compare=False)
    let_go: frozenset[str] = frozenset()

    def __getitem__(self, table: str) -> pd.DataFrame:
        if table in self.let_go:
            raise KeyError(f"{table} was let go of, so it cannot be read any more")
        return self.frames[table] if table in self.frames else empty(TABLES[table])

    def __contains__(self, table: str) -> bool:
        return table in self.frames

    def __iter__(self) -> Iterator[str]:
        return iter(self.frames)

    def forget_persons(self) -> None:
        """Let go of every text about persons (*personal*, *unkeyed*), here and wherever they are shared."""
        self.personal.clear()
        self.unkeyed.clear()

    def only(self, names: Collection[str]) -> Tables:
        """Return the same with the tables *names* alone; the others are let go of."""
        kept = {name: frame for name, frame in self.frames.items() if name in names}
        return replace(self, frames=kept, let_go=self.let_go | (set(self.frames) - set(kept)))


def empty(spec: TableSpec) -> pd.DataFrame:
    """Return the table without rows, with every column and its dtype."""
    return pd.DataFrame({name: _missing(0, dtype) for name, dtype in spec.dtypes.items()})


def typed(raw: RawTable) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the table with every column of its schema typed, and a finding for each fault of form.

    A value with a fault, and a column that the file does not have, is missing in the result.
    """
    columns: dict[str, pd.Series] = {}
    findings: list[Finding] = list(raw.findings)
    for column, dtype in zip(raw.spec.columns, raw.spec.dtypes.values(), strict=True):
        if column.name not in raw.texts:
            columns[column.name] = _missing(len(raw.texts), dtype)
            continue
        if column.is_person:  # pseudonyms already; their faults are among the findings
            columns[column.name] = raw.texts[column.name]
            continue
        values, found = _typed_column(raw.texts[column.name], column, dtype, table=raw.spec.name)
        columns[column.name] = values
        findings += found
    return pd.DataFrame(columns, copy=False), findings


def _missing(length: int, dtype: str) -> pd.Series:
    if dtype == CATEGORY:
        return pd.Series(pd.Categorical.from_codes(np.full(length, -1, dtype="int8"), pd.Index([], dtype="str")))
    return pd.Series([None], dtype=dtype).reindex(range(length))


def _typed_column(texts: pd.Series, column: ColumnSpec, dtype: str, *, table: str) -> tuple[pd.Series, list[Finding]]:
    """Return one column of text (categories) as values of *dtype*, and its findings."""
    codes = texts.cat.codes.to_numpy()
    words = texts_of(texts)
    read = [read_value(text, column) for text in words]
    if column.kind is Kind.DECIMAL:
        read = _with_mark_faults(words, read)
    values = [None if isinstance(value, Fault) else value for value in read]
    findings = []
    for fault in dict.fromkeys(value for value in read if isinstance(value, Fault)):
        faulty = np.array([*(value is fault or value == fault for value in read), False])
        positions = np.flatnonzero(faulty[codes])
        told = partial(_told, fault=fault, words=words, codes=codes)
        findings.append(Finding(table, column.name, fault, positions, told))
    if dtype == CATEGORY:
        return pd.Series(_coded(values, codes), index=texts.index), findings
    return pd.Series(pd.Series(values, dtype=dtype).array.take(codes, allow_fill=True), index=texts.index), findings


def _coded(values: Sequence[object], codes: Codes) -> pd.Categorical:
    """Return the texts that stand at *codes* among *values* as categories: sorted, and only those that occur."""
    texts = [None if value is None else str(value) for value in values]
    used = {text for code in pd.unique(codes).tolist() if code >= 0 and (text := texts[code]) is not None}
    place = {text: number for number, text in enumerate(sorted(used))}
    numbers = [*(-1 if text is None else place.get(text, -1) for text in texts), -1]
    return pd.Categorical.from_codes(
        np.array(numbers, dtype=smallest(len(place)))[codes], pd.Index(list(place), dtype="str")
    )


def _told(position: int, *, fault: Fault, words: Sequence[str], codes: Codes) -> str:
    """Return what is at *position* in words that may be shown."""
    return fault.found or shown(words[codes[position]].strip())


MIXED_MARKS = Fault(
    "mixed-decimal-marks",
    "the same decimal mark in the whole column",
    "some values have a decimal comma and some a decimal point: export again with decimal comma",
)
AMBIGUOUS_POINT = Fault(
    "ambiguous-thousands",
    "a decimal comma, or no mark at all",
    "every value with a point has three digits after it: write 1299 for a thousand and 1,299 for a fraction",
)


def _with_mark_faults(words: Sequence[str], read: list) -> list:  # type: ignore[type-arg]  # values or faults, as read_value gives
    """Return *read* with faults where the column mixes decimal marks, or uses a point that may part thousands."""
    numbers = [isinstance(value, float) for value in read]
    points = [number and "." in word for number, word in zip(numbers, words, strict=True)]
    commas = [number and "," in word for number, word in zip(numbers, words, strict=True)]
    if any(points) and any(commas):
        return [MIXED_MARKS if point else value for point, value in zip(points, read, strict=True)]
    if any(points) and all(_may_be_thousands(word) for word, point in zip(words, points, strict=True) if point):
        return [AMBIGUOUS_POINT if point else value for point, value in zip(points, read, strict=True)]
    return read


def _may_be_thousands(word: str) -> bool:
    whole, _, rest = word.strip().lstrip("-").partition(".")
    return len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
