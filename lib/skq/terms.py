"""The words that every room shares: school year, level, cell and its status.

Pure values without behaviour beyond parsing and printing themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Self

SCHOOL_YEAR_TEXT = re.compile(r"(\d{4})/(\d{2})")


@dataclass(frozen=True, order=True)
class SchoolYear:
    """A school year, known by the calendar year of its autumn.

    >>> str(SchoolYear.parse("2024/25")), str(SchoolYear(1999))
    ('2024/25', '1999/00')
    """

    start: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the school year that *text* names; ValueError when it is not of the form 2024/25."""
        match = SCHOOL_YEAR_TEXT.fullmatch(text)
        if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
            raise ValueError(f"{text!r} is not a school year; write it as 2024/25")
        return cls(int(match[1]))

    @property
    def previous(self) -> SchoolYear:
        """The school year before this one."""
        return SchoolYear(self.start - 1)

    @property
    def spring(self) -> int:
        """The calendar year of its spring, by which result tables are named."""
        return self.start + 1

    def __str__(self) -> str:
        return f"{self.start}/{(self.start + 1) % 100:02d}"


class Level(StrEnum):
    """Where a number belongs, from the smallest to the largest."""

    GROUP = "group"
    SCHOOL = "school"
    AREA = "area"
    ORGANIZER = "organizer"
    MUNICIPALITY = "municipality"
    NATION = "nation"


ANNUAL = "annual"
"""The key of the slice and report that hold all units; every other key is a school unit code."""


class Breakdown(StrEnum):
    """By what a number is split, or over which years it is pooled; the categories are in `CATEGORIES`."""

    ALL = "all"
    SEX = "sex"
    PARENTAL_EDUCATION = "parental_education"
    PERIOD = "period"  # three school years pooled; the row's school year is the last of them
    RATER = "rater"  # who assessed, in self-assessments


CATEGORIES: dict[Breakdown, tuple[str, ...]] = {
    Breakdown.ALL: ("all",),
    Breakdown.SEX: ("girls", "boys"),
    Breakdown.PARENTAL_EDUCATION: ("compulsory", "upper_secondary", "post_secondary"),
    Breakdown.PERIOD: ("three_years",),
    Breakdown.RATER: ("principal", "organizer"),
}

PUPIL_BREAKDOWNS = (Breakdown.ALL, Breakdown.SEX, Breakdown.PARENTAL_EDUCATION)
"""The breakdowns that split pupils; every sum of pupils is made for each of them."""


class CellStatus(StrEnum):
    """Why a number is there, or why it is not."""

    OBSERVED = "observed"
    MISSING = "missing"  # "." : cannot occur, was not collected, or (in shares) nobody
    TOO_FEW = "too_few"  # "..": hidden, rests on too few pupils
    PROTECTS_OTHER = "protects_other"  # "..": hidden so that another hidden number cannot be worked out
    NEARLY_ALL = "nearly_all"  # "~100": one to four pupils lack the property
    ROUNDED = "rounded"  # "cirka 140": a count rounded to the nearest ten
    EXEMPT = "exempt"  # "*": teachers without demand for a licence

    @property
    def has_value(self) -> bool:
        """Whether a number goes with this status."""
        return self in (CellStatus.OBSERVED, CellStatus.ROUNDED)


WITH_VALUE = tuple(str(status) for status in CellStatus if status.has_value)
"""The statuses with which a number goes."""


@dataclass(frozen=True)
class Cell:
    """One published number, or the reason why there is none; never a bare float."""

    value: float | None
    status: CellStatus

    def __post_init__(self) -> None:
        if (self.value is not None) != self.status.has_value:
            raise ValueError(f"a cell with status {self.status} and value {self.value} contradicts itself")


RESULT_KEY = (
    "metric",
    "level",
    "unit",
    "school_year",
    "grade_year",
    "subject",
    "breakdown",
    "category",
)
"""What names one number: no two rows of a results table share it."""

RESULT_COLUMNS = (
    *RESULT_KEY,
    "n",
    "numerator",
    "value",
    "lower",
    "upper",
    "status",
    "source",
    "raw",
)
"""The columns of the one long results table; see docs/architecture.md for each."""

COMPARISON_KEY = ("kind", *RESULT_KEY, "reference")
"""The columns that tell between which two results a comparison stands; unique."""

COMPARISON_COLUMNS = (
    *COMPARISON_KEY,
    "n",
    "n_reference",
    "value",
    "lower",
    "upper",
    "certain",
    "status",
)
"""The columns of the comparisons table: differences between two results, each with its interval."""

_DTYPES = {
    "grade_year": "Int64",
    **dict.fromkeys(("n", "n_reference", "numerator", "value", "lower", "upper"), "Float64"),
    "certain": "boolean",
}

RESULT_DTYPES = {column: _DTYPES.get(column, "str") for column in RESULT_COLUMNS}
"""The pandas dtype of each column of a results table."""

COMPARISON_DTYPES = {column: _DTYPES.get(column, "str") for column in COMPARISON_COLUMNS}
"""The pandas dtype of each column of a comparisons table."""


def round_half_up(value: float, decimals: int = 1) -> float:
    """Return *value* rounded half away from zero, as the agencies publish (domain §0).

    The decimal number that Python prints for *value* is what is rounded, so 81.25 is a tie and 0.285 too.

    >>> round_half_up(81.25), round_half_up(-3.25), round_half_up(214.714, 2)
    (81.3, -3.3, 214.71)
    """
    return float(Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


UNIT_DTYPES = {
    **dict.fromkeys(("level", "unit", "name", "municipality_code", "area", "organizer", "organizer_type"), "str"),
    **dict.fromkeys(("first_grade_year", "last_grade_year"), "Int64"),
    "predecessor_code": "str",
}
"""Columns and dtypes of `units`: one row is one school, area, organizer, municipality or the nation."""
