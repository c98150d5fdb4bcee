"""The disclosure rule: thresholds, and what may be published of a number that stands alone.

Reverse-engineered from Skolverket's exports and their footnotes (domain §17). The rule is a value: the report prints
the very thresholds that were applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from skq.errors import ProtectionError
from skq.terms import CellStatus, Level


class Reason(StrEnum):
    """Why a number of ours is not shown in full; blank for shown ones."""

    NONE = ""
    FEW_PUPILS = "few_pupils"  # rests on too few pupils
    FEW_WITH = "few_with_property"  # too few pupils have the property
    FEW_WITHOUT = "few_without_property"  # one to four pupils lack the property
    NOBODY = "nobody"  # nobody has the property
    FEW_FTE = "few_fte"  # too little staff
    FEW_ANSWERS = "few_answers"  # too few answered
    FEW_STAFF = "few_staff"  # a group of too few employees
    COMPLEMENT = "complement"  # hidden so that another hidden number cannot be worked out
    SIDE_HIDDEN = "side_hidden"  # a comparison, one of whose sides is hidden


class Shape(StrEnum):
    """Which check a family of metrics goes through."""

    AMOUNT = "amount"  # n alone decides
    SHARE = "share"  # n, then the number having the property
    SHARE_NEARLY_ALL = "share_nearly_all"  # and the number lacking it
    GROUP_SHARE = "group_share"  # shares of background: nobody and everybody are hidden too
    PARTS = "parts"  # shares that sum to one: n alone, nobody shown as such


@dataclass(frozen=True)
class FamilyRule:
    """What a family of metrics must rest on at a school and above it, and how it is checked.

    `reason` is given where n is too low.
    """

    school: float
    above: float
    shape: Shape
    reason: Reason = Reason.FEW_PUPILS

    def minimum(self, level: str) -> float:
        """Return the lowest n that may be shown at *level*."""
        return self.school if level in (Level.GROUP, Level.SCHOOL) else self.above


def _official_families() -> Mapping[str, FamilyRule]:
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
            "pupils": FamilyRule(5, 5, Shape.AMOUNT),
            "pupil_shares": FamilyRule(5, 5, Shape.GROUP_SHARE),
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


@dataclass(frozen=True)
class DisclosureRule:
    """The thresholds of one publication practice.

    `min_pupils` and `min_pupils_above` are those of grades, for the report's method text. `nearly_all`: at most so many
    lacking the property are told as nearly all. Grade year 9's share passed in all subjects is exempt from that, as in
    the official statistics (`exact_all_subjects`).

    For the exact attack: an attacker's highest possible value of a hidden count must be at least `least_width` above
    the lowest (1: two possible values), of a hidden sum by the part `closest` of it. A principal is taken to know all
    of the own school's numbers when `principals_know_own`.
    """

    id: str = "official-2024"
    families: Mapping[str, FamilyRule] = field(default_factory=_official_families)
    nearly_all: int = 4
    exact_all_subjects: int = 9
    least_width: int = 1
    closest: float = 0.1
    principals_know_own: bool = True

    @property
    def min_pupils(self) -> int:
        """The lowest number of pupils for grades at a school."""
        return int(self.families["merit"].school)

    @property
    def min_pupils_above(self) -> int:
        """The lowest number of pupils for grades above school level."""
        return int(self.families["merit"].above)

    def family(self, name: str, grade_year: int | None = None) -> FamilyRule:
        """Return the rule of a family of metrics; ProtectionError for a family that it does not know."""
        if name not in self.families:
            raise ProtectionError(f"the disclosure rule {self.id!r} says nothing of the family {name!r}")
        found = self.families[name]
        if name == "all_subjects" and grade_year == self.exact_all_subjects:
            return FamilyRule(found.school, found.above, Shape.SHARE, found.reason)
        return found

    def as_dict(self) -> dict[str, object]:
        """Return the thresholds as plain values for `meta.json`."""
        return {
            "id": self.id,
            "min_pupils": self.min_pupils,
            "min_pupils_above": self.min_pupils_above,
            "nearly_all": self.nearly_all,
            "families": {name: {"school": rule.school, "above": rule.above} for name, rule in self.families.items()},
        }


OFFICIAL = DisclosureRule()
"""What Skolverket applies from school year 2023/24 (staff from 2024/25), for all years of own registers."""


@dataclass(frozen=True)
class Verdict:
    """What may be said of one number: its status, and the reason where it is not shown in full."""

    status: CellStatus
    reason: Reason = Reason.NONE


OBSERVED = Verdict(CellStatus.OBSERVED)
NEARLY_ALL = Verdict(CellStatus.NEARLY_ALL, Reason.FEW_WITHOUT)
NOBODY = Verdict(CellStatus.MISSING, Reason.NOBODY)
FEW_WITH = Verdict(CellStatus.TOO_FEW, Reason.FEW_WITH)


def publish_share(
    n: float, k: float, *, minimum: float, shape: Shape, nearly_all: int = 4, reason: Reason = Reason.FEW_PUPILS
) -> Verdict:
    """Return what may be published of *k* pupils of *n* having a property; the order of the questions matters.

    >>> publish_share(25, 23, minimum=10, shape=Shape.SHARE_NEARLY_ALL).status.value
    'nearly_all'
    """
    if n < minimum:
        return Verdict(CellStatus.TOO_FEW, reason)
    if shape is Shape.AMOUNT:
        return OBSERVED
    if k == 0 and shape is not Shape.GROUP_SHARE:
        return NOBODY
    if shape is Shape.PARTS:
        return OBSERVED
    if k < minimum:
        return FEW_WITH
    if shape is Shape.GROUP_SHARE:
        return NEARLY_ALL if n - k <= nearly_all else OBSERVED
    if shape is Shape.SHARE_NEARLY_ALL and 1 <= n - k <= nearly_all:
        return NEARLY_ALL
    return OBSERVED
