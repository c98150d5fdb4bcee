"""Protected tables -> single numbers, series over school years, and differences, each with its status.

The tidy form that figures, tables and sentences share. Pure; knows no school in particular and no Swedish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from skq import catalog
from skq.catalog.forms import on_scale
from skq.protect import ProtectedTable
from skq.report.rows import Key, WhenAsked
from skq.terms import RESULT_KEY, CellStatus

METRIC, LEVEL, UNIT, SCHOOL_YEAR, GRADE_YEAR, SUBJECT, BREAKDOWN, CATEGORY = range(len(RESULT_KEY))
"""Where in the key of a number these stand."""


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
    def limits(self) -> tuple[float, float] | None:
        """The interval as it is written and drawn, nowhere beyond the metric's scale; None where there is none."""
        if self.lower is None or self.upper is None:
            return None
        return on_scale(self.metric, self.lower, self.upper)

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
