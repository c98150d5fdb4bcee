"""What all reports of a build have in common, and the disclosure rule of their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skq.build.claim import PRINCIPAL
from skq.errors import SettingsError
from skq.protect.principals import principals_rule
from skq.protect.rule import RULES, DisclosureRule

if TYPE_CHECKING:
    from skq.build.numbers import Numbers


@dataclass(frozen=True)
class Edition:
    """What all reports of a build have in common."""

    municipality_code: str
    municipality_name: str
    school_year: str
    audience: str
    rule: DisclosureRule


def rule_named(name: str) -> DisclosureRule:
    """Return the disclosure rule with the id *name*; SettingsError for one that skq does not know."""
    if name not in RULES:
        raise SettingsError(f"unknown disclosure rule {name!r}\n  expected: one of {', '.join(sorted(RULES))}")
    return RULES[name]


def rule_of(numbers: Numbers | Edition) -> DisclosureRule:
    """Return the rule by which the school's own numbers of an edition are protected."""
    return principals_rule(numbers.rule) if numbers.audience == PRINCIPAL else numbers.rule
