"""The grades that a register may hold in each school year, as it writes them; points and pass limits are `metrics`'s.

Sources: domain.md §1 (A-F from 2012/13, IG-MVG before), §18 (1-10 from 2028/29); 10 kap. 17-18 §§ skollagen (the dash).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from skq.terms import SchoolYear

NO_BASIS: Mapping[str, tuple[str, ...]] = MappingProxyType({"-": ("-", "–", "streck")})
"""The dash for 'no basis for assessment', on every scale."""


@dataclass(frozen=True)
class RegisterScale:
    """The grades of one scale, best first, and the school years that have it; no grades where none can be read yet."""

    name: str
    grades: tuple[str, ...]
    first: SchoolYear | None = None
    last: SchoolYear | None = None

    def holds(self, school_year: SchoolYear) -> bool:
        """Whether grades of *school_year* are on the scale."""
        return (self.first is None or self.first <= school_year) and (self.last is None or school_year <= self.last)

    @property
    def years(self) -> str:
        """Its school years in words."""
        if self.first is None:
            return f"up to {self.last}"
        return f"from {self.first}" + (f" to {self.last}" if self.last else "")


REGISTER_SCALES = (
    RegisterScale("A-F", ("A", "B", "C", "D", "E", "F"), SchoolYear(2012), SchoolYear(2027)),
    RegisterScale("IG-MVG", ("MVG", "VG", "G", "IG"), last=SchoolYear(2011)),
    RegisterScale("1-10", (), SchoolYear(2028)),
)
"""Every school year has one of them; the usual one first."""

GRADE_LETTERS: dict[str, tuple[str, ...]] = {grade: (grade,) for scale in REGISTER_SCALES for grade in scale.grades}
"""Every grade of every scale, spelt as it is."""

GRADES: dict[str, tuple[str, ...]] = {**GRADE_LETTERS, **NO_BASIS}
"""Every grade and the dash: what a column of grades may hold, whatever the school year."""
