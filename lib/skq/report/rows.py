"""The rows of a frame as frozen dataclasses, found by their key, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd

from skq.terms import CellStatus

Key = tuple[Any, ...]
Row = dict[str, Any]
Form = TypeVar("Form")


class Fields:
    """The rows of a frame as fields of a dataclass, with its defaults where nothing stands; a status is a `CellStatus`.

    Columns that the form does not know are left out. Held by columns: many times faster to make than rows.
    """

    def __init__(self, form: type[Any], frame: pd.DataFrame) -> None:
        defaults = _defaults(form)
        self.columns = {name: _plain(frame[name]) for name in form.__dataclass_fields__ if name in frame.columns}
        self._filled = {name: _filled(column, defaults.get(name)) for name, column in self.columns.items()}
        if isinstance(defaults.get("status"), CellStatus):
            self._filled["status"] = [_STATUSES[text] for text in self._filled["status"]]

    def __getitem__(self, place: int) -> Row:
        return {name: column[place] for name, column in self._filled.items()}

    def __iter__(self) -> Iterator[Row]:
        names = tuple(self._filled)
        return (dict(zip(names, row, strict=True)) for row in zip(*self._filled.values(), strict=True))


class WhenAsked(Mapping[Key, Form], Generic[Form]):
    """The rows of *frame* by the values of the columns *key*, each made a *form* when it is first asked for.

    Most never are. *make* makes one of its fields where they do not stand in the frame as the form has them; *same* are
    fields that all have alike.
    """

    def __init__(
        self,
        form: type[Form],
        frame: pd.DataFrame,
        key: Sequence[str],
        *,
        make: Callable[..., Form] | None = None,
        **same: Any,
    ) -> None:
        self._fields = Fields(form, frame)
        self._make = make or _maker(form, same)
        known = self._fields.columns
        columns = (known[column] if column in known else _plain(frame[column]) for column in key)
        self._places = {found: place for place, found in enumerate(zip(*columns, strict=True))}
        self._made: dict[Key, Form] = {}

    def __getitem__(self, key: Key) -> Form:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._make(**self._fields[self._places[key]])
        return made

    def get(self, key: Key, default: Any = None) -> Any:
        """Return the row of *key*, *default* where there is none."""
        return self[key] if key in self._places else default

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def column(self, name: str) -> list[Any]:
        """Return the field *name* of every row, in the order of the keys."""
        column = self._fields.columns[name]
        return [column[place] for place in self._places.values()]


_STATUSES = {str(status): status for status in CellStatus}


def _maker(form: type[Form], same: Row) -> Callable[..., Form]:
    """Return what makes the frozen dataclass *form* of fields, as `form(**fields, **same)` does.

    A frozen dataclass sets its fields one by one through `object`, which would be most of the time of reading a slice.
    """
    same = {**_defaults(form), **same}

    def make(**fields: Any) -> Form:
        made = object.__new__(form)
        made.__dict__.update(same)
        made.__dict__.update(fields)
        return made

    return make


def _defaults(form: type[Any]) -> Row:
    fields = form.__dataclass_fields__.values()
    return {field.name: field.default for field in fields if field.default is not MISSING}


def _plain(column: pd.Series) -> list[Any]:
    """Return *column* as plain values, None where nothing stands; a text that many rows have is there once."""
    if column.dtype == "str":
        codes, texts = pd.factorize(column)
        once = np.append(np.asarray(texts, dtype=object), [None])  # the last is for what is missing, code -1
        shared: list[Any] = once[codes].tolist()
        return shared
    values: Any = column  # pandas takes None here, its types do not
    found: list[Any] = values.to_numpy(dtype=object, na_value=None).tolist()
    return found


def _filled(column: list[Any], missing: Any) -> list[Any]:
    return column if missing is None else [missing if value is None else value for value in column]
