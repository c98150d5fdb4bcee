"""When a rule holds, and how sure it is that it will: every rule that the law changes is a value with both.

Sources: domain §18.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from skq.terms import SchoolYear


class RuleStatus(StrEnum):
    """Whether a rule can be computed with; only a rule in force can."""

    IN_FORCE = "in_force"
    DECIDED = "decided"  # by the parliament or the government, but not complete enough to compute with
    PROPOSED = "proposed"  # by an inquiry, a bill or an agency


@dataclass(frozen=True)
class Validity:
    """The school years for which a rule holds, both ends included; None is open."""

    first: SchoolYear | None = None
    last: SchoolYear | None = None

    def covers(self, school_year: SchoolYear) -> bool:
        """Whether the rule holds in *school_year*."""
        after_first = self.first is None or self.first <= school_year
        return after_first and (self.last is None or school_year <= self.last)


class Versioned(Protocol):
    """A rule that says when it holds."""

    @property
    def valid(self) -> Validity:
        """The school years for which it holds."""


Rule = TypeVar("Rule", bound=Versioned)


def holding(rules: Iterable[Rule], school_year: SchoolYear) -> tuple[Rule, ...]:
    """Return those of *rules* that hold in *school_year*, in the order given."""
    return tuple(rule for rule in rules if rule.valid.covers(school_year))
