"""The rules that change when the law changes: grade scales, merit ratings, eligibility.

Each is a value with the school years it is valid for; formulas are handed one and never name a grade themselves.
Sources: domain §1, §2, §4, §18.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from skq.errors import SkqError
from skq.metrics.validity import RuleStatus, Validity, holding
from skq.terms import SchoolYear

SWEDISH = ("SV", "SVA")
"""Swedish and Swedish as a second language: alternatives that count as one subject."""

LANGUAGE_CHOICE = "M2"
"""Modern language as language choice (språkval), the only subject that can be the 17th."""


@dataclass(frozen=True)
class GradeScale:
    """The grades of some school years: points of each, which are passed, which mean that there was no basis.

    `passed` is None where the scale has no pass limit. What means that there was no basis (a dash) is no grade: it has
    no points. Only a scale whose status is in force can be computed with.
    """

    id: str
    valid: Validity
    points: Mapping[str, float]
    passed: frozenset[str] | None
    no_basis: frozenset[str] = frozenset({"-"})
    status: RuleStatus = RuleStatus.IN_FORCE


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
    status=RuleStatus.DECIDED,
)
GRADE_SCALES = (G_VG_MVG, A_TO_F, ONE_TO_TEN)


@dataclass(frozen=True)
class MeritRule:
    """How a pupil's merit rating is summed: the best so many grades, and perhaps one subject added to them."""

    metric: str
    valid: Validity
    best: int
    added_subject: str | None
    status: RuleStatus = RuleStatus.IN_FORCE


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
    status: RuleStatus = RuleStatus.IN_FORCE


_SINCE_2011 = Validity(SchoolYear(2010), SchoolYear(2027))
VOCATIONAL = EligibilityRule("eligible_vocational_share", _SINCE_2011, others=5)
ARTS = EligibilityRule("eligible_arts_share", _SINCE_2011, others=9)
SOCIAL = EligibilityRule("eligible_social_share", _SINCE_2011, others=9, named=("GE", "HI", "RE", "SH"))
SCIENCE = EligibilityRule("eligible_science_share", _SINCE_2011, others=9, named=("BI", "FY", "KE"))
ELIGIBILITY_RULES = (VOCATIONAL, ARTS, SOCIAL, SCIENCE)


@dataclass(frozen=True)
class ComingRule:
    """A rule that is known to come, in words: what it will replace, and how sure it is. Nothing is computed with it."""

    id: str
    valid: Validity
    about: str
    status: RuleStatus


COMING_RULES = (
    ComingRule(
        "merit rating with final tests",
        Validity(first=SchoolYear(2030)),
        "grade value and centrally marked final tests together; 70 and 30 % were proposed",
        RuleStatus.DECIDED,
    ),
    ComingRule(
        "eligibility by merit rating",
        Validity(first=SchoolYear(2030)),
        "a merit rating of at least 4 on the scale 1-10 instead of passes in named subjects",
        RuleStatus.DECIDED,
    ),
)
"""What replaces the merit and eligibility rules for the first cohort that leaves with grades 1-10 (domain §18)."""


def grade_scale(school_year: SchoolYear) -> GradeScale:
    """Return the grade scale of *school_year*; SkqError where it is decided but not yet in force."""
    (scale,) = holding(GRADE_SCALES, school_year)
    if scale.status is not RuleStatus.IN_FORCE:
        raise SkqError(
            f"grades of {school_year} are on the scale {scale.id}, which is {scale.status} but whose rules are not "
            "complete\n"
            f"  expected: school years up to {A_TO_F.valid.last}\n"
            f"  to come:  {'; '.join(f'{rule.id} from {rule.valid.first} ({rule.status})' for rule in COMING_RULES)}\n"
            "  next:     complete the scale, merit and eligibility rules in skq/metrics/rules.py"
        )
    return scale


def merit_rules(school_year: SchoolYear) -> tuple[MeritRule, ...]:
    """Return the merit rules that hold in *school_year*."""
    return holding(MERIT_RULES, school_year)


def eligibility_rules(school_year: SchoolYear) -> tuple[EligibilityRule, ...]:
    """Return the eligibility rules that hold in *school_year*."""
    return holding(ELIGIBILITY_RULES, school_year)
