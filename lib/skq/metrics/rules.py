"""The rules that change when the law changes: grade scales, merit ratings, eligibility.

Each is a value with the school years it is valid for; formulas are handed one and never name a grade themselves.
Sources: domain §1, §2, §4, §18.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from skq.errors import SkqError
from skq.terms import SchoolYear

SWEDISH = ("SV", "SVA")
"""Swedish and Swedish as a second language: alternatives that count as one subject."""

LANGUAGE_CHOICE = "M2"
"""Modern language as language choice (språkval), the only subject that can be the 17th."""


@dataclass(frozen=True)
class Validity:
    """The school years for which a rule holds, both ends included; None is open."""

    first: SchoolYear | None = None
    last: SchoolYear | None = None

    def covers(self, school_year: SchoolYear) -> bool:
        """Whether the rule holds in *school_year*."""
        after_first = self.first is None or self.first <= school_year
        return after_first and (self.last is None or school_year <= self.last)


@dataclass(frozen=True)
class GradeScale:
    """The grades of some school years: points of each, which are passed, which mean that there was no basis.

    `passed` is None where the scale has no pass limit; `in_force` is False for a scale that is decided for coming years
    but whose rules are not complete.
    """

    id: str
    valid: Validity
    points: Mapping[str, float]
    passed: frozenset[str] | None
    no_basis: frozenset[str] = frozenset({"-"})
    in_force: bool = True


def _scale(points: dict[str, float]) -> Mapping[str, float]:
    return MappingProxyType(points)


G_VG_MVG = GradeScale(
    "G-VG-MVG",
    Validity(last=SchoolYear(2011)),
    _scale({"IG": 0.0, "G": 10.0, "VG": 15.0, "MVG": 20.0}),
    frozenset({"G", "VG", "MVG"}),
)
A_TO_F = GradeScale(
    "A-F",
    Validity(SchoolYear(2012), SchoolYear(2027)),
    _scale({"F": 0.0, "E": 10.0, "D": 12.5, "C": 15.0, "B": 17.5, "A": 20.0}),
    frozenset("ABCDE"),
)
ONE_TO_TEN = GradeScale(
    "1-10",
    Validity(first=SchoolYear(2028)),
    _scale({str(step): float(step) for step in range(1, 11)}),
    passed=None,
    in_force=False,
)
GRADE_SCALES = (G_VG_MVG, A_TO_F, ONE_TO_TEN)


@dataclass(frozen=True)
class MeritRule:
    """How a pupil's merit rating is summed: the best so many grades, and perhaps one subject added to them."""

    metric: str
    valid: Validity
    best: int
    added_subject: str | None


MERIT_17 = MeritRule("merit_rating_17", Validity(SchoolYear(2014), SchoolYear(2029)), 16, LANGUAGE_CHOICE)
MERIT_16 = MeritRule("merit_rating_16", Validity(last=SchoolYear(2029)), 16, None)
MERIT_RULES = (MERIT_17, MERIT_16)


@dataclass(frozen=True)
class EligibilityRule:
    """What opens a kind of upper secondary programme: passes in core subjects, so many others, some of them named."""

    metric: str
    valid: Validity
    others: int
    named: tuple[str, ...] = ()
    core: tuple[str, ...] = ("SV", "EN", "MA")


_SINCE_2011 = Validity(SchoolYear(2010), SchoolYear(2027))
VOCATIONAL = EligibilityRule("eligible_vocational_share", _SINCE_2011, others=5)
ARTS = EligibilityRule("eligible_arts_share", _SINCE_2011, others=9)
SOCIAL = EligibilityRule("eligible_social_share", _SINCE_2011, others=9, named=("GE", "HI", "RE", "SH"))
SCIENCE = EligibilityRule("eligible_science_share", _SINCE_2011, others=9, named=("BI", "FY", "KE"))
ELIGIBILITY_RULES = (VOCATIONAL, ARTS, SOCIAL, SCIENCE)


def grade_scale(school_year: SchoolYear) -> GradeScale:
    """Return the grade scale of *school_year*; SkqError where it is decided but not yet in force."""
    scale = next(scale for scale in GRADE_SCALES if scale.valid.covers(school_year))
    if not scale.in_force:
        raise SkqError(
            f"grades of {school_year} are on the scale {scale.id}, which is decided but whose rules are not complete\n"
            f"  expected: school years up to {A_TO_F.valid.last}\n"
            "  next:     complete the scale, merit and eligibility rules in skq/metrics/rules.py"
        )
    return scale


def merit_rules(school_year: SchoolYear) -> tuple[MeritRule, ...]:
    """Return the merit rules that hold in *school_year*."""
    return tuple(rule for rule in MERIT_RULES if rule.valid.covers(school_year))


def eligibility_rules(school_year: SchoolYear) -> tuple[EligibilityRule, ...]:
    """Return the eligibility rules that hold in *school_year*."""
    return tuple(rule for rule in ELIGIBILITY_RULES if rule.valid.covers(school_year))
