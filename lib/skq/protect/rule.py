"""The disclosure rule: the thresholds of one publication practice, and whatever else it hides by itself.

The rule is a value: the report prints the very thresholds that were applied. Docs/disclosure.md tells the sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from skq.errors import ProtectionError
from skq.protect.practice import Families, FamilyRule, earlier, newest, newest_exact
from skq.protect.verdict import Reason, Shape, Verdict, publish_share
from skq.terms import SchoolYear

__all__ = [
    "BY_YEAR",
    "OFFICIAL",
    "RULES",
    "DisclosureRule",
    "FamilyRule",
    "Reason",
    "Shape",
    "Verdict",
    "publish_share",
]


@dataclass(frozen=True)
class DisclosureRule:
    """The thresholds of one publication practice.

    `families` hold now, `earlier` in the school years before, where that was otherwise (oldest first). `min_pupils` and
    `min_pupils_above` are those of grades, for the report's method text. `nearly_all`: at most so many lacking the
    property are told as nearly all. Grade year 9's share passed in all subjects is exempt from that, as in the
    official statistics (`exact_all_subjects`). `hides_all_failing`: that all, or all but so many, have what nobody
    wants is hidden. `sexes_together`: families whose shares of both sexes are hidden where one is. `least_response`:
    the lowest part of those asked that must have answered a survey. `least_posts`: so many full-time posts of teachers
    must share what a school's teaching costs; 0: however few.

    For the exact attack: an attacker's highest possible value of a hidden count must be at least `least_width` above
    the lowest (1: two possible values), of a hidden sum by the part `closest` of it. A principal is taken to know all
    of the own school's numbers when `principals_know_own`.
    """

    id: str = "official-2024"
    families: Families = field(default_factory=newest)
    earlier: Mapping[str, tuple[FamilyRule, ...]] = field(default_factory=lambda: MappingProxyType({}))
    nearly_all: int = 4
    exact_all_subjects: int = 9
    hides_all_failing: bool = True
    sexes_together: tuple[str, ...] = ("eligibility", "tests")
    least_response: float = 0.0
    least_posts: float = 3.0
    least_width: int = 1
    closest: float = 0.1
    principals_know_own: bool = True

    def __reduce__(self) -> tuple[object, ...]:
        """Let the rule go to other processes, which mapping proxies do not."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return _rule_of, ({**values, "families": dict(self.families), "earlier": dict(self.earlier)},)

    @property
    def min_pupils(self) -> int:
        """The lowest number of pupils for grades at a school."""
        return int(self.families["merit"].school)

    @property
    def min_pupils_above(self) -> int:
        """The lowest number of pupils for grades above school level."""
        return int(self.families["merit"].above)

    def family(self, name: str, grade_year: int | None = None, school_year: str | None = None) -> FamilyRule:
        """Return the rule of a family of metrics in a school year (without one, the newest).

        ProtectionError for a family that it does not know.
        """
        if name not in self.families:
            raise ProtectionError(f"the disclosure rule {self.id!r} says nothing of the family {name!r}")
        found = self._dated(name, school_year)
        if name == "all_subjects" and grade_year == self.exact_all_subjects:
            return replace(found, shape=Shape.SHARE)
        return found

    def _dated(self, name: str, school_year: str | None) -> FamilyRule:
        if school_year is not None:
            year = SchoolYear.parse(school_year)
            for rule in self.earlier.get(name, ()):
                if rule.until is not None and year <= rule.until:
                    return rule
        return self.families[name]

    def as_dict(self) -> dict[str, object]:
        """Return the thresholds as plain values for `meta.json`."""
        return {
            "id": self.id,
            "min_pupils": self.min_pupils,
            "min_pupils_above": self.min_pupils_above,
            "nearly_all": self.nearly_all,
            "hides_all_failing": self.hides_all_failing,
            "least_response": self.least_response,
            "least_posts": self.least_posts,
            "least_width": self.least_width,
            "closest": self.closest,
            "families": {name: _plain(rule) for name, rule in self.families.items()},
            "earlier": {name: [_plain(rule) for rule in rules] for name, rules in self.earlier.items()},
        }


def _rule_of(values: Mapping[str, Any]) -> DisclosureRule:
    proxies = {name: MappingProxyType(values[name]) for name in ("families", "earlier")}
    return DisclosureRule(**{**values, **proxies})


def _plain(rule: FamilyRule) -> dict[str, object]:
    told: dict[str, object] = {"school": rule.school, "above": rule.above}
    if rule.nation is not None:
        told["nation"] = rule.nation
    if rule.until is not None:
        told |= {"shape": str(rule.shape), "until": str(rule.until)}
    return told


OFFICIAL = DisclosureRule()
"""What Skolverket applies now (grades from 2023/24, staff from 2024/25, background from 2025/26), for all years."""

BY_YEAR = DisclosureRule(
    id="official-by-year", families=newest_exact(), earlier=earlier(), hides_all_failing=False, least_posts=0.0
)
"""What Skolverket applied in each school year, no more and no less."""

RULES: Mapping[str, DisclosureRule] = MappingProxyType({rule.id: rule for rule in (OFFICIAL, BY_YEAR)})
"""The rules that an organizer can choose, by id."""
