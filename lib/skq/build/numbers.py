"""Folders of raw files -> protected numbers with their units: read, validate, aggregate, compare, protect.

The first half of a build, as the method page tells it. Nothing is written here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from skq.aggregate import aggregate, memberships, units, with_derived
from skq.aggregate.official import beside_official, told
from skq.aggregate.partition import Run, aggregate_in_parts
from skq.aggregate.reconcile import counted, reconciled, require_reconciled
from skq.build.earlier import earlier_numbers
from skq.build.request import Inputs, Request
from skq.compare import comparisons
from skq.errors import SettingsError
from skq.metrics.compulsory_school import compulsory_school
from skq.metrics.equity import between_schools
from skq.protect import Protected, protect
from skq.protect.memo import Memo
from skq.protect.own_school import for_principals, principals_rule
from skq.protect.room import NO_MEMO
from skq.protect.rule import RULES, DisclosureRule
from skq.rederive import rederived, require_equal
from skq.settings import AllocationSettings
from skq.sources import Tables
from skq.sources.official import Official, read_official
from skq.terms import RESULT_KEY, Breakdown, Level, SchoolYear
from skq.validate import validated

YEARS_IN_A_REPORT = 5
NO_ALLOCATION = AllocationSettings()
LEADING_METRIC = "merit_rating_17"
"""The newest school year with it in the last grade year is the one that reports are written about."""

EXPECTED_METRICS = ("salsa_expected", "salsa_residual", "salsa_passed_expected", "salsa_passed_residual")

OFFICIAL_LEVELS = (Level.MUNICIPALITY, Level.NATION)
"""Levels at which official figures, which hold every organizer's schools, are preferred to sums of own registers."""

SERIES = ["metric", "level", "unit", "grade_year", "subject", "breakdown"]


@dataclass(frozen=True)
class Raw:
    """What was read: own tables, official statistics, or both, and which municipality it is about."""

    own: Tables | None
    official: Official | None
    municipality_code: str

    @property
    def origin(self) -> str:
        """Where the numbers come from: `register`, `official` or `both`."""
        if self.own is None:
            return "official"
        return "register" if self.official is None else "both"


@dataclass(frozen=True)
class Edition:
    """What all reports of a build have in common."""

    municipality_code: str
    municipality_name: str
    school_year: str
    audience: str
    rule: DisclosureRule


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


def read(request: Request) -> Raw:
    """Return everything that the inputs hold, validated; raises before anything is computed when a file is wrong."""
    groups = request.settings.class_groups
    own = validated(request.inputs.own, key=request.key, class_groups=groups) if request.inputs.own else None
    code = request.settings.municipality_code or _most_common_municipality(own)
    folder = _official_folder(request.inputs)
    if folder is not None and not code:
        raise SettingsError(
            "which municipality?\n  expected: --municipality with a code of four digits, such as 1480\n"
            "  found:    official statistics and no own registers that would tell"
        )
    return Raw(own, read_official(folder, municipality_code=code) if folder else None, code)


def protected_numbers(raw: Raw, request: Request, memo: Memo = NO_MEMO) -> Numbers:
    """Return all numbers of *raw*, aggregated, compared and protected; *memo* knows what became of them before."""
    settings = request.settings
    levels = {"class_groups": settings.class_groups, "whole_nation": settings.whole_nation}
    results, known, reconciliation = combined(
        raw, **levels, allocation=settings.allocation, run_parts=request.run_parts
    )
    rule = rule_named(settings.disclosure_rule)
    made = comparisons(results, units=known)
    belonging = None if raw.own is None else memberships(raw.own.frames, whole_nation=settings.whole_nation)
    protected = protect(
        results, made, rule, units=known, memberships=belonging, between=between_schools,
        earlier=earlier_numbers(settings), jobs=request.jobs, memo=memo,
    )  # fmt: skip
    principal = settings.audience == "principal"
    return Numbers(
        protected=_own_schools(results, made, protected, rule, known, belonging, request) if principal else protected,
        everyone=protected,
        units=known,
        rule=rule,
        municipality_code=raw.municipality_code,
        municipality_name=request.settings.municipality_name or _name_of(raw.municipality_code, known),
        school_year=request.settings.school_year or newest_school_year(results),
        reconciliation=tuple(reconciliation),
    )


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


def rule_named(name: str) -> DisclosureRule:
    """Return the disclosure rule with the id *name*; SettingsError for one that skq does not know."""
    if name not in RULES:
        raise SettingsError(f"unknown disclosure rule {name!r}\n  expected: one of {', '.join(sorted(RULES))}")
    return RULES[name]


def combined(
    raw: Raw,
    *,
    class_groups: bool = False,
    whole_nation: bool = False,
    allocation: AllocationSettings = NO_ALLOCATION,
    run_parts: Run | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, list[dict[str, Any]]]:
    """Return the results and units of own registers and official statistics as one of each, and how totals agree.

    Own rows win at schools, areas and organizers; at the municipality and above a series is official where there is
    one, because it holds every organizer's schools, and never mixed. Schools of other organizers stay away. Own totals
    that are not the sum of their parts, or that a second derivation finds otherwise, stop the build.
    """
    if raw.own is None:
        official = _official(raw)
        return with_derived(official.results), official.units, []
    frames, levels = raw.own.frames, {"class_groups": class_groups, "whole_nation": whole_nation}
    options: dict[str, Any] = {**levels, "allocation": allocation}
    if run_parts is None:
        results = aggregate(frames, **options)
    else:
        results = aggregate_in_parts(frames, run=run_parts, **options)
    known = units(frames, **levels)
    require_equal(results, rederived(frames))  # before anything is published: a difference stops the build (ADR 4)
    table = reconciled(results, known, memberships(frames, whole_nation=whole_nation))
    require_reconciled(table)
    if raw.official is None:
        return results, known, counted(table)
    beside = _without_other_schools(with_derived(raw.official.results), known)
    agreement = [*counted(table), *told(beside_official(results, beside))]
    above = raw.official.units[raw.official.units["level"].isin(OFFICIAL_LEVELS)]
    own_above = known["level"].isin(OFFICIAL_LEVELS) & known["unit"].isin(above["unit"])
    return beside_each_other(results, beside), pd.concat([known[~own_above], above], ignore_index=True), agreement


def beside_each_other(own: pd.DataFrame, official: pd.DataFrame) -> pd.DataFrame:
    """Return own and official results as one table in which every key of results occurs once.

    Years pooled by ourselves follow their series: where that is official, they would be of other schools.
    What the agency expects of a school is preferred to what its model of an earlier year would.
    """
    upper = own["level"].isin(OFFICIAL_LEVELS)
    series = own.assign(breakdown=own["breakdown"].mask(own["breakdown"].eq(str(Breakdown.PERIOD)), str(Breakdown.ALL)))
    shown = official[official["metric"].isin(EXPECTED_METRICS) & official["value"].notna()]
    kept_own = own[~(upper & _occurs(series, official, SERIES)) & ~_occurs(own, shown, list(RESULT_KEY))]
    kept_official = official[~_occurs(official, kept_own, list(RESULT_KEY))]
    together = pd.concat([kept_own, kept_official], ignore_index=True)
    return together.astype(own.dtypes.to_dict()).sort_values(list(RESULT_KEY), ignore_index=True)


def newest_school_year(results: pd.DataFrame) -> str:
    """Return the newest school year with merit ratings of schools, or with any result where there are none."""
    merits = results[results["metric"].eq(LEADING_METRIC) & results["level"].eq(Level.SCHOOL)]
    last = {text: compulsory_school(SchoolYear.parse(text)).last_grade_year for text in merits["school_year"].unique()}
    leading = merits[merits["grade_year"].eq(merits["school_year"].map(last).astype("Int64")).fillna(False)]
    years = (leading if len(leading) else results)["school_year"]
    if years.empty:
        raise SettingsError("there is not a single result in the inputs, so there is nothing to report")
    return str(years.max())


def _official(raw: Raw) -> Official:
    if raw.official is None:
        raise SettingsError("there is nothing to build from: neither own registers nor official statistics")
    return raw.official


def _official_folder(inputs: Inputs) -> Path | None:
    """Return the folder of official statistics: the one given, or `official/` among the own registers."""
    if inputs.official is not None or inputs.own is None:
        return inputs.official
    beside = inputs.own / "official"
    return beside if beside.is_dir() else None


def _most_common_municipality(own: Tables | None) -> str:
    if own is None:
        return ""
    counted = Counter(own["school_units"]["municipality_code"])
    return min(counted, key=lambda code: (-counted[code], code)) if counted else ""


def _name_of(code: str, known: pd.DataFrame) -> str:
    named = known[(known["level"] == Level.MUNICIPALITY) & (known["unit"] == code)]["name"].dropna()
    return str(named.iloc[0]) if len(named) else code


def _without_other_schools(official: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    own = official["unit"].isin(known["unit"])
    return official[official["level"].isin(OFFICIAL_LEVELS) | own]


def _occurs(rows: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> pd.Series:
    """Whether the key of each row occurs among *others* (missing equals missing)."""
    marked = rows[key].merge(others[key].drop_duplicates(), on=key, how="left", indicator=True)
    return pd.Series(marked["_merge"].eq("both").to_numpy(), index=rows.index)
