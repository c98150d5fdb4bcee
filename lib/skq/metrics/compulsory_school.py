"""How compulsory school is built: its last grade year, its stages, from which grade year grades are given.

Nine grade years until 2027/28, ten from 2028/29, when förskoleklass becomes grade year 1 and every other grade year one
higher. Sources: domain §5 (graded years), §14 and §18 (ten-year school).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from skq.metrics.validity import RuleStatus, Validity, holding
from skq.terms import SchoolYear

LOWER, MIDDLE, UPPER = "lower", "middle", "upper"


@dataclass(frozen=True)
class CompulsorySchool:
    """The grade years of some school years.

    `stages` gives first and last grade year of each; the last of the last one has final grades, all graded years
    before it term grades.
    """

    id: str
    valid: Validity
    stages: Mapping[str, tuple[int, int]]
    first_graded: int
    status: RuleStatus = RuleStatus.IN_FORCE

    @property
    def last_grade_year(self) -> int:
        """The grade year that pupils leave with final grades."""
        return max(last for _, last in self.stages.values())

    @property
    def grade_years(self) -> range:
        """All grade years of compulsory school; förskoleklass is none."""
        return range(1, self.last_grade_year + 1)

    @property
    def graded_years(self) -> range:
        """The grade years in which every pupil gets grades each term."""
        return range(self.first_graded, self.last_grade_year + 1)

    @property
    def official_years(self) -> tuple[int, int]:
        """The grade years whose spring grades are official statistics: the first graded and the last one."""
        return self.first_graded, self.last_grade_year

    def stage(self, grade_year: int) -> str:
        """Return the stage that *grade_year* belongs to; ValueError outside compulsory school.

        >>> NINE_YEARS.stage(6), TEN_YEARS.stage(7)
        ('middle', 'middle')
        """
        for name, (first, last) in self.stages.items():
            if first <= grade_year <= last:
                return name
        raise ValueError(f"grade year {grade_year} belongs to no stage of the {self.id} school")


NINE_YEARS = CompulsorySchool(
    "nine-year",
    Validity(last=SchoolYear(2027)),
    MappingProxyType({LOWER: (1, 3), MIDDLE: (4, 6), UPPER: (7, 9)}),
    first_graded=6,
)
TEN_YEARS = CompulsorySchool(
    "ten-year",
    Validity(first=SchoolYear(2028)),
    MappingProxyType({LOWER: (1, 4), MIDDLE: (5, 7), UPPER: (8, 10)}),
    first_graded=7,
    status=RuleStatus.DECIDED,
)
COMPULSORY_SCHOOLS = (NINE_YEARS, TEN_YEARS)


def compulsory_school(school_year: SchoolYear) -> CompulsorySchool:
    """Return compulsory school as it is in *school_year*."""
    (found,) = holding(COMPULSORY_SCHOOLS, school_year)
    return found
