"""Protected tables -> single numbers, series over school years, and differences, each with its status.

The tidy form that figures, tables and sentences share. Pure; knows no school in particular and no Swedish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass
from typing import Any, Generic, Self, TypeVar

import pandas as pd

from skq import catalog
from skq.protect import ProtectedTable
from skq.terms import RESULT_KEY, CellStatus

Key = tuple[Any, ...]
METRIC, LEVEL, UNIT, SCHOOL_YEAR, GRADE_YEAR, SUBJECT, BREAKDOWN, CATEGORY = range(len(RESULT_KEY))
"""Where in the key of a number these stand."""
Row = dict[str, Any]
Form = TypeVar("Form")


@dataclass(frozen=True, kw_only=True)
class Point:
    """One number of one unit in one school year, or the reason why it is not shown.

    `recorded` tells a number that a source has (shown or hidden) from one that no source has.
    """

    metric: str
    level: str
    unit: str
    school_year: str
    grade_year: int | None = None
    subject: str = ""
    breakdown: str = "all"
    category: str = "all"
    n: float | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    status: CellStatus = CellStatus.MISSING
    source: str = ""
    raw: str = ""
    reason: str = ""
    recorded: bool = False

    @property
    def shown(self) -> bool:
        """Whether there is a number to show."""
        return self.value is not None

    @property
    def hidden(self) -> bool:
        """Whether a source has the number and it is not shown in full."""
        return self.recorded and self.status in HIDDEN_STATUSES

    @property
    def has_interval(self) -> bool:
        """Whether the uncertainty of the number is known."""
        return self.lower is not None and self.upper is not None

    @property
    def kind(self) -> str:
        """The catalogue's unit of the metric: share, points, count, …"""
        return catalog.metric(self.metric).unit


HIDDEN_STATUSES = (CellStatus.TOO_FEW, CellStatus.PROTECTS_OTHER, CellStatus.NEARLY_ALL)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One row of the comparisons table: a change, a gap or a distance, with its interval where one can be had."""

    kind: str
    metric: str
    school_year: str
    reference: str
    grade_year: int | None = None
    subject: str = ""
    n: float | None = None
    n_reference: float | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    certain: bool | None = None
    status: CellStatus = CellStatus.MISSING

    @property
    def shown(self) -> bool:
        """Whether there is a difference to show."""
        return self.value is not None


@dataclass(frozen=True)
class Series:
    """The points of one measure at one unit over the report's school years, oldest first; empty years are kept."""

    points: tuple[Point, ...]

    @property
    def years(self) -> tuple[str, ...]:
        """The school years, all of them."""
        return tuple(point.school_year for point in self.points)

    @property
    def values(self) -> list[float]:
        """The values, not-a-number where none is shown."""
        return [float("nan") if point.value is None else point.value for point in self.points]

    @property
    def shown(self) -> tuple[Point, ...]:
        """The points that have a number."""
        return tuple(point for point in self.points if point.shown)

    @property
    def recorded(self) -> tuple[Point, ...]:
        """The points that a source has, hidden ones too."""
        return tuple(point for point in self.points if point.recorded)

    @property
    def current(self) -> Point:
        """The newest point that a source has; the newest year where no source has any.

        Official grades are published a year after the staff of the same autumn, so the newest number of a measure may
        belong to an earlier school year than the report.
        """
        return self.recorded[-1] if self.recorded else self.points[-1]

    def at(self, school_year: str) -> Point:
        """Return the point of *school_year*."""
        return self.points[self.years.index(school_year)]

    def __bool__(self) -> bool:
        return bool(self.recorded)


@dataclass(frozen=True)
class Numbers:
    """Every number and difference of a slice, found by its key."""

    points: Mapping[Key, Point]
    differences: Mapping[Key, Difference]

    @classmethod
    def of(cls, results: ProtectedTable, comparisons: ProtectedTable) -> Self:
        """Return the numbers of two protected tables; anything else is refused by their type."""
        points = WhenAsked(Point, results.frame, RESULT_KEY, recorded=True)
        return cls(points, WhenAsked(Difference, comparisons.frame, ("kind", *RESULT_KEY)))

    def sources(self, level: str) -> frozenset[str]:
        """Return the sources of every measure that a unit of *level* has: its own numbers and those beside them."""
        own = {key[METRIC] for key in self.points if key[LEVEL] == level}
        if isinstance(self.points, WhenAsked):
            told: Iterable[str] = self.points.column("source")
        else:
            told = (point.source for point in self.points.values())
        return frozenset(source for key, source in zip(self.points, told, strict=True) if key[METRIC] in own)

    def series(
        self,
        metric: str,
        *,
        level: str,
        units: Sequence[str],
        school_years: Sequence[str],
        grade_year: int | None = None,
        subject: str = "",
        breakdown: str = "all",
        category: str = "all",
    ) -> Series:
        """Return the series of *metric*; *units* are the codes of one unit, newest first: the first found counts."""
        rest = (grade_year, subject, breakdown, category)
        return Series(tuple(self._first(metric, level, units, year, rest) for year in school_years))

    def _first(self, metric: str, level: str, units: Sequence[str], year: str, rest: Key) -> Point:
        for unit in units:
            if found := self.points.get((metric, level, unit, year, *rest)):
                return found
        grade_year, subject, breakdown, category = rest
        return Point(
            metric=metric, level=level, unit=units[0] if units else "", school_year=year, grade_year=grade_year,
            subject=subject, breakdown=breakdown, category=category,
        )  # fmt: skip

    def difference(self, kind: str, point: Point, *, breakdown: str | None = None) -> Difference | None:
        """Return the difference of *kind* that belongs to *point*, None where there is no such row.

        The gap between the sexes stands under breakdown `sex`, whatever the breakdown of *point*.
        """
        split = "sex" if kind == "gap_sex" else breakdown or point.breakdown
        key = (kind, point.metric, point.level, point.unit, point.school_year, point.grade_year, point.subject)
        return self.differences.get((*key, split, point.category))


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
    """Return *column* as plain values, None where nothing stands."""
    values: Any = column  # pandas takes None here, its types do not
    found: list[Any] = values.to_numpy(dtype=object, na_value=None).tolist()
    return found


def _filled(column: list[Any], missing: Any) -> list[Any]:
    return column if missing is None else [missing if value is None else value for value in column]
