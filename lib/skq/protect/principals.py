"""The rule for what a principal sees of the own school; `own_school` applies it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from skq.protect.rule import DisclosureRule

RESULTS = (
    "merit", "all_subjects", "eligibility", "subject_grades", "forecasts", "forecast_bias", "tests", "cohort_change",
    "value_added",
)  # fmt: skip
"""The families of metrics that a principal sees of smaller groups of the own school than everyone."""


def principals_rule(rule: DisclosureRule) -> DisclosureRule:
    """Return the rule for what principals see of their own school: the limits that *rule* has above schools.

    To its principal, a school is what a municipality is to everyone. That goes for results alone (`RESULTS`): absence,
    sick leave, special support and pupils' background keep their limits (OSL chapter 23, GDPR article 9).
    """
    lowered = {name: replace(rule.families[name], school=rule.families[name].above) for name in RESULTS}
    families = MappingProxyType({**rule.families, **lowered})
    return replace(rule, id=rule.id.replace("official", "principal"), families=families)
