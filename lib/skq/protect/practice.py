"""The thresholds as values: what each family of metrics must rest on, at which level, in which school years.

Reverse-engineered from Skolverket's exports and their footnotes (domain §17); docs/disclosure.md gives the source of
each, and what is our own choice where there is no official practice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from skq.protect.verdict import Reason, Shape
from skq.terms import Level, SchoolYear


@dataclass(frozen=True)
class FamilyRule:
    """What a family of metrics must rest on at a school, above it and in the whole nation, and how it is checked.

    `nation` is as `above` where it is missing. `reason` is given where n is too low. `until`: the last school year in
    which it holds; missing for the rule that holds now.
    """

    school: float
    above: float
    shape: Shape
    reason: Reason = Reason.FEW_PUPILS
    nation: float | None = None
    until: SchoolYear | None = None

    def minimum(self, level: str) -> float:
        """Return the lowest n that may be shown at *level*."""
        if level in (Level.GROUP, Level.SCHOOL):
            return self.school
        return self.nation if level == Level.NATION and self.nation is not None else self.above


Families = Mapping[str, FamilyRule]


def newest() -> Families:
    """Return the thresholds that hold now: 10 and 5 from 2023/24, 3 posts from 2024/25, background from 2025/26."""
    return MappingProxyType(
        {
            "merit": FamilyRule(10, 5, Shape.AMOUNT),
            "all_subjects": FamilyRule(10, 5, Shape.SHARE_NEARLY_ALL),
            "eligibility": FamilyRule(10, 5, Shape.SHARE_NEARLY_ALL),
            "subject_grades": FamilyRule(10, 5, Shape.SHARE_NEARLY_ALL),
            "forecasts": FamilyRule(10, 5, Shape.SHARE_NEARLY_ALL),
            "forecast_bias": FamilyRule(10, 5, Shape.AMOUNT),
            "tests": FamilyRule(10, 5, Shape.SHARE_NEARLY_ALL),
            "test_relation": FamilyRule(15, 15, Shape.PARTS),
            "salsa": FamilyRule(15, 15, Shape.AMOUNT),
            "cohorts": FamilyRule(5, 5, Shape.AMOUNT),
            "cohort_change": FamilyRule(10, 5, Shape.AMOUNT),
            "value_added": FamilyRule(10, 5, Shape.AMOUNT),
            "pupils": FamilyRule(5, 5, Shape.AMOUNT, nation=3),
            "pupil_shares": FamilyRule(5, 5, Shape.GROUP_SHARE, nation=3),
            "adapted": FamilyRule(10, 5, Shape.AMOUNT),
            "staff": FamilyRule(3, 3, Shape.AMOUNT, Reason.FEW_FTE),
            "economy": FamilyRule(10, 5, Shape.AMOUNT),
            "attendance": FamilyRule(10, 5, Shape.AMOUNT),
            "absence": FamilyRule(10, 5, Shape.SHARE),
            "survey": FamilyRule(5, 5, Shape.AMOUNT, Reason.FEW_ANSWERS),
            "assessment": FamilyRule(0, 0, Shape.AMOUNT),
            "sick_leave": FamilyRule(11, 11, Shape.AMOUNT, Reason.FEW_STAFF),
            "allocation": FamilyRule(10, 5, Shape.AMOUNT),
            "equity": FamilyRule(10, 10, Shape.AMOUNT),
        }
    )


def newest_exact() -> Families:
    """Return the thresholds that hold now as Skolverket applies them: grades per subject are told exactly."""
    return MappingProxyType({**newest(), "subject_grades": FamilyRule(10, 5, Shape.SHARE)})


_TEN_EVERYWHERE, _TEN_FOR_TESTS = SchoolYear(2022), SchoolYear(2023)  # the tests' export of 2023/24 still has 10
_ALL_STAFF = SchoolYear(2023)
_NOTHING_ABOVE, _NOBODY_TOLD = SchoolYear(2019), SchoolYear(2024)


def earlier() -> Mapping[str, tuple[FamilyRule, ...]]:
    """Return what held before, oldest first: 10 at every level, all staff, background shares of nobody and everybody.

    Families that are not named have had the rule that they have now.
    """
    return MappingProxyType(
        {
            "merit": (FamilyRule(10, 10, Shape.AMOUNT, until=_TEN_EVERYWHERE),),
            "all_subjects": (FamilyRule(10, 10, Shape.SHARE_NEARLY_ALL, until=_TEN_EVERYWHERE),),
            "eligibility": (FamilyRule(10, 10, Shape.SHARE_NEARLY_ALL, until=_TEN_EVERYWHERE),),
            "subject_grades": (FamilyRule(10, 10, Shape.SHARE, until=_TEN_EVERYWHERE),),
            "tests": (FamilyRule(10, 10, Shape.SHARE_NEARLY_ALL, until=_TEN_FOR_TESTS),),
            "pupil_shares": (
                FamilyRule(5, 0, Shape.SHARE, until=_NOTHING_ABOVE),
                FamilyRule(5, 5, Shape.SHARE, nation=3, until=_NOBODY_TOLD),
            ),
            "staff": (FamilyRule(0, 0, Shape.AMOUNT, Reason.FEW_FTE, until=_ALL_STAFF),),
        }
    )
