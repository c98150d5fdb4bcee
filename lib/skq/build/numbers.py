"""Folders of raw files -> protected numbers with their units: read, validate, aggregate, compare, protect.

The first half of a build, as the method page tells it. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from skq.aside import aside
from skq.build.combine import OwnNumbers, agreement, combined, own_numbers
from skq.build.earlier import earlier_numbers
from skq.build.edition import Edition, rule_named
from skq.build.inputs import own_inputs
from skq.build.raw import Raw
from skq.build.request import Request
from skq.compare import comparisons
from skq.errors import SettingsError
from skq.give_back import give_back_large_at_once, give_back_memory
from skq.metrics.compulsory_school import compulsory_school
from skq.metrics.equity import between_schools
from skq.protect import Protected, protect
from skq.protect.memo import Memo
from skq.protect.own_school import for_principals
from skq.protect.principals import principals_rule
from skq.protect.room import NO_MEMO
from skq.protect.rule import DisclosureRule
from skq.rederive import rederived
from skq.terms import Level, SchoolYear

YEARS_IN_A_REPORT = 5
MOST_AT_ONCE = 4_000_000
"""So many rows of all own tables are summed and derived twice at the same time; beyond, one after the other."""
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


@dataclass(frozen=True)
class Sums:
    """What own registers add up to, some of it derived a second time, and each report's own inputs (`own_inputs`).

    *in_turn*: there is so much of it that memory is dearer than time. Then the two derivations have been held against
    each other already: the second one is not kept, *agreed* is what `agreement` told.
    """

    own: OwnNumbers | None
    derived_twice: pd.DataFrame | None
    inputs: Mapping[str, list[dict[str, Any]]]
    in_turn: bool = False
    agreed: list[dict[str, Any]] | None = None


def summed(raw: Raw, request: Request) -> Sums:
    """Return the sums of *raw*; from here on no row of a person is needed (`Raw.summed`).

    What only holds numbers against each other is done beside the rest, in a second process, where there are more jobs.
    Where there are more rows of persons than `MOST_AT_ONCE` see `_summed_in_turn`.
    """
    if summed_in_turn(raw):
        return _summed_in_turn(raw, request)
    at_once = request.jobs > 1
    with aside(partial(_beside, raw), at_once=at_once) as second:
        give_back_memory()
        own = own_numbers(raw, request.settings, run_parts=request.run_parts, at_once=at_once)
        derived_twice, inputs = second.result()
    return Sums(own, derived_twice, inputs)


def _summed_in_turn(raw: Raw, request: Request) -> Sums:
    """Do as `summed`, one thing after the other; *raw* is empty afterwards.

    Where there are more jobs each is done in a process of its own: what is left between the columns ends with it.
    """
    give_back_large_at_once()
    apart = request.jobs > 1
    with aside(partial(_beside, raw), at_once=apart) as second:
        derived_twice, inputs = second.result()
    alone = apart and request.run_parts is None  # a cluster answers this process alone
    with aside(partial(_sparing_numbers, raw, request), at_once=alone) as first:
        if first.is_apart and raw.own is not None:
            raw.own.frames.clear()
        give_back_memory()
        own = first.result()
    give_back_memory()
    with aside(partial(agreement, raw, own, derived_twice), at_once=apart) as held:
        return Sums(own, None, inputs, in_turn=True, agreed=held.result())


def _sparing_numbers(raw: Raw, request: Request) -> OwnNumbers | None:
    own = own_numbers(raw, request.settings, run_parts=request.run_parts, let_go=True)
    give_back_memory()  # before they travel
    return own


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


def summed_in_turn(raw: Raw) -> bool:
    """Whether *raw* has so many rows of own tables that memory is dearer than time (`MOST_AT_ONCE`)."""
    return raw.own is not None and sum(map(len, raw.own.frames.values())) > MOST_AT_ONCE


def _beside(raw: Raw) -> tuple[pd.DataFrame | None, Mapping[str, list[dict[str, Any]]]]:
    if raw.own is None:
        return None, {}
    inputs = own_inputs(raw.own)
    give_back_memory()
    derived_twice = rederived(raw.own.frames)
    give_back_memory()  # before it travels: that takes some, here and there
    return derived_twice, inputs


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
