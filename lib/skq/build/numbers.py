"""Sums of what was read -> protected numbers with their units: compare, protect.

The first half of a build, as the method page tells it, begins in `raw` and `sums`. Nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from skq.aside import aside
from skq.build.combine import agreement, combined
from skq.build.earlier import earlier_numbers
from skq.build.edition import Edition, rule_named
from skq.build.raw import Raw
from skq.build.request import Request
from skq.build.sums import Sums
from skq.compare import comparisons
from skq.errors import SettingsError
from skq.give_back import give_back_memory
from skq.metrics.compulsory_school import compulsory_school
from skq.metrics.equity import between_schools
from skq.protect import Protected, protect
from skq.protect.memo import Memo
from skq.protect.own_school import for_principals
from skq.protect.principals import principals_rule
from skq.protect.room import NO_MEMO
from skq.protect.rule import DisclosureRule
from skq.terms import Level, SchoolYear

YEARS_IN_A_REPORT = 5
LEADING_METRIC = "merit_rating_17"
"""The newest school year with it in the last grade year is the one that reports are written about."""


@dataclass(frozen=True)
class Numbers:
    """Protected numbers of all units, the units, and what the reports are about.

    *everyone* are the numbers as everyone may see them, of which one school's principal sees more (`protected`).
    """

    protected: Protected
    everyone: Protected
    units: pd.DataFrame
    rule: DisclosureRule
    municipality_code: str
    municipality_name: str
    school_year: str
    reconciliation: tuple[dict[str, Any], ...] = ()
    audience: str = "internal"

    @property
    def edition(self) -> Edition:
        """What all reports of them have in common."""
        return Edition(self.municipality_code, self.municipality_name, self.school_year, self.audience, self.rule)

    @property
    def school_years(self) -> list[str]:
        """The school years of a report, oldest first: five, and the next one where its autumn has been counted.

        Official figures on pupils and staff are a year ahead of those on grades.
        """
        newest = SchoolYear.parse(self.school_year)
        years = [str(SchoolYear(newest.start - back)) for back in reversed(range(YEARS_IN_A_REPORT))]
        following = str(SchoolYear(newest.start + 1))
        counted = self.protected.results.select(level=str(Level.SCHOOL), school_year=following)
        return [*years, following] if len(counted) else years


def protected_numbers(raw: Raw, sums: Sums, request: Request, memo: Memo = NO_MEMO) -> Numbers:
    """Return all numbers of *raw* and its *sums*, compared and protected; *memo* knows what became of them before.

    Own totals that are not the sum of their parts, or that a second derivation finds otherwise, stop the build: that is
    looked at beside the rest, in a second process, where there are more jobs (of large sums it is known already), and
    known before anything is written.
    """
    settings, own = request.settings, sums.own
    results, known = combined(raw, own)
    rule, belonging = rule_named(settings.disclosure_rule), own.memberships if own else None
    agreed = partial(agreement, raw, own, sums.derived_twice) if sums.agreed is None else partial(list, sums.agreed)
    with aside(agreed, at_once=request.jobs > 1 and not sums.in_turn) as held:
        made = partial(_compared, results, known)
        protected = protect(
            results, made, rule, units=known, memberships=belonging, between=between_schools,
            earlier=earlier_numbers(settings), jobs=request.jobs, memo=memo,
        )  # fmt: skip
        reconciliation = held.result()
    principal = settings.audience == "principal"
    return Numbers(
        protected=_own_schools(results, made(), protected, rule, known, belonging, request) if principal else protected,
        everyone=protected,
        units=known,
        rule=rule,
        municipality_code=raw.municipality_code,
        municipality_name=request.settings.municipality_name or _name_of(raw.municipality_code, known),
        school_year=request.settings.school_year or newest_school_year(results),
        reconciliation=tuple(reconciliation),
    )


def _compared(results: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the comparisons of *results*, with nothing held of what they were made by."""
    made = comparisons(results, units=known)
    give_back_memory()
    return made


def _own_schools(
    results: pd.DataFrame,
    made: pd.DataFrame,
    everyone: Protected,
    rule: DisclosureRule,
    known: pd.DataFrame,
    belonging: pd.DataFrame | None,
    request: Request,
) -> Protected:
    """Return *everyone*, with what each school's principal may see more of the own school."""
    if belonging is None:  # official statistics are protected by the agency
        return everyone
    rules = (rule, principals_rule(rule))
    return for_principals(
        results, made, everyone, rules, units=known, memberships=belonging,
        earlier=earlier_numbers(request.settings, readers=None), jobs=request.jobs,
    )  # fmt: skip


def newest_school_year(results: pd.DataFrame) -> str:
    """Return the newest school year with merit ratings of schools, or with any result where there are none."""
    merits = results[results["metric"].eq(LEADING_METRIC) & results["level"].eq(Level.SCHOOL)]
    last = {text: compulsory_school(SchoolYear.parse(text)).last_grade_year for text in merits["school_year"].unique()}
    leading = merits[merits["grade_year"].eq(merits["school_year"].map(last).astype("Int64")).fillna(False)]
    years = (leading if len(leading) else results)["school_year"]
    if years.empty:
        raise SettingsError("there is not a single result in the inputs, so there is nothing to report")
    return str(max(years.unique()))


def _name_of(code: str, known: pd.DataFrame) -> str:
    named = known[(known["level"] == Level.MUNICIPALITY) & (known["unit"] == code)]["name"].dropna()
    return str(named.iloc[0]) if len(named) else code
