"""Which rows of the protected tables every slice holds, taken by their places from tables that lie there once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from skq.columns import written_out
from skq.errors import SkqError
from skq.judgements import Judgements
from skq.keys import by_number, numbered
from skq.protect import Protected
from skq.store.parts import PARTS, Places, in_few_bytes, typed_units
from skq.terms import ANNUAL, COMPARISON_KEY, RESULT_KEY, Level

if TYPE_CHECKING:
    import pyarrow as pa
    from pandas.api.extensions import ExtensionArray

Frames = Mapping[str, pd.DataFrame]
Place = tuple[str, str]
"""Level and unit."""
_NOWHERE: Places = np.zeros(0, dtype=np.int32)


class Needed(Protocol):
    """What the reports of schools need of the whole tables, whose rows are told by their places."""

    def shown(self, name: str, at: Places) -> Places:
        """Return those of the places *at*, a school's in the part *name*, that its report shows."""
        ...

    def written(self, name: str, whole: pd.DataFrame, at: Places) -> Mapping[str, ExtensionArray]:
        """Return the columns that stand otherwise at the places *at* of *whole*, the part *name*."""
        ...


class Whole:
    """The tables that slices are taken from, each in order once, and where in them the rows of every unit stand.

    Processes that are forked to write see them without a copy; each copies the rows of one school at a time.
    """

    def __init__(
        self, protected: Protected, units: pd.DataFrame, said: Judgements, needed: Callable[[Frames], Needed] | None
    ) -> None:
        import pyarrow as pa

        self._frames = {
            "results": _in_order(protected.results.to_frame(), RESULT_KEY),
            "comparisons": _in_order(protected.comparisons.to_frame(), COMPARISON_KEY),
            "estimates": _in_order(said.estimates, RESULT_KEY),
            "goals": _in_order(said.goals, [*RESULT_KEY, "origin", "title"]),
            "units": _in_order(typed_units(units), ["level", "unit"]),
        }
        self._tables = {
            name: pa.Table.from_pandas(frame, preserve_index=False, nthreads=1) for name, frame in self._frames.items()
        }
        self.forms = {
            name: pa.Schema.from_pandas(written_out(frame.head(0)), preserve_index=False)
            for name, frame in self._frames.items()
        }
        self._places = {name: _unit_places(frame) for name, frame in self._frames.items()}
        self._seen = _Seen(self._frames["units"])
        self._needed = needed(self._frames) if needed else None

    def rows_for(self, key: str) -> dict[str, pa.Table]:
        """Return the rows of every part that the slice *key* holds; of judgements a school gets only its own.

        Texts are codes here: `forms` tells as what each part is written.
        """
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
    return by_number(rows, numbered(rows, by))


def _unit_places(rows: pd.DataFrame) -> dict[Place, Places]:
    """Return the positions of the rows of each unit, by its level and name, ascending."""
    number = in_few_bytes(numbered(rows, ["level", "unit"]))
    order = np.argsort(number, kind="stable").astype(np.int32)
    ordered = number[order]
    begins = np.ones(len(order), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    first = np.flatnonzero(begins)
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
