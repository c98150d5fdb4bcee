"""Who a build is for, and what is therefore left out of it, before anything is written.

The numbers are protected once, with the same pattern for everyone: the public's tables are the organizer's without
some rows. Whoever holds both knows no more than who holds the fuller one. Docs/adr/0008-audiences.md tells why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from skq import catalog
from skq.build.claim import PRINCIPAL, PUBLIC
from skq.build.combine import seen_units
from skq.build.numbers import Numbers
from skq.columns import written_out
from skq.judge import PeerRule, judged
from skq.judgements import Judgements
from skq.protect import Protected, ProtectedTable
from skq.terms import CellStatus, Level

REGISTER = "register"

NEAR_TO_PERSONS = ("assessment", "sick_leave")
"""Families whose numbers of a single school come near to judging its principal, or to telling who was ill."""

FEWEST_SCHOOLS = 3
"""So many schools a number of these families must be of: of two, each would know the other's."""

_LIKE = ["school_year", "subject"]
_PARENTS = {Level.ORGANIZER: "organizer", Level.MUNICIPALITY: "municipality_code", Level.NATION: "nation"}

WRITTEN = {"commitments": "commitment"}
"""Own tables with words of one's own that a report would show, and the column that holds them."""


def for_audience(numbers: Numbers, audience: str) -> Numbers:
    """Return *numbers* with only what *audience* may see; internal and principal builds leave nothing out here.

    The public gets no class groups, and no self-assessment or sick leave of fewer than `FEWEST_SCHOOLS` schools.
    """
    if audience != PUBLIC:
        return replace(numbers, audience=audience)
    units = seen_units(numbers.units, audience)
    results, compared = numbers.protected.results, numbers.protected.comparisons.frame
    results = results.only(_public(results.frame, units).to_numpy())
    of_none = compared["level"].ne(str(Level.GROUP)) & ~_families(compared).isin(NEAR_TO_PERSONS)
    kept = Protected(results, numbers.protected.comparisons.only(of_none.to_numpy()), counted_hidden(results))
    return replace(numbers, protected=kept, everyone=kept, units=units, audience=audience)


def told_goals(tables: Mapping[str, pd.DataFrame] | None, audience: str) -> dict[str, pd.DataFrame]:
    """Return the own tables that goals are made of; for the public without what schools wrote in their own words.

    A goal without a title is called by its measure.
    """
    found = dict(tables or {})
    if audience != PUBLIC:
        return found
    for table, column in WRITTEN.items():
        if table in found:
            found[table] = found[table].assign(**{column: ""})
    return found


def judgements_for(numbers: Numbers, goals: Mapping[str, pd.DataFrame] | None, peers: PeerRule) -> Judgements:
    """Return what is said of *numbers*; a principal's own goals alone rest on what only the principal sees.

    *goals* are the own tables, *peers* how peers are found. Limits and peers are made of all schools' numbers, so they
    are made of those that everyone sees.
    """
    tables = told_goals(goals, numbers.audience)
    judgements = judged(numbers.protected, units=numbers.units, goals=tables, peers=peers)
    if numbers.audience == PRINCIPAL:
        return replace(judged(numbers.everyone, units=numbers.units, goals={}, peers=peers), goals=judgements.goals)
    return told_judgements(judgements, numbers.audience)


def told_judgements(judgements: Judgements, audience: str) -> Judgements:
    """Return *judgements* without goals that would tell, by their start, a number that *audience* does not see."""
    if audience != PUBLIC:
        return judgements
    near = _families(judgements.goals).isin(NEAR_TO_PERSONS)
    return replace(judgements, goals=judgements.goals[~near].reset_index(drop=True))


def counted_hidden(results: ProtectedTable) -> pd.DataFrame:
    """Return how many own numbers of *results* are not shown in full: status, reason, count."""
    rows = results.frame
    told = rows[rows["source"].str.startswith(REGISTER) & rows["reason"].ne("")]
    return written_out(told.groupby(["status", "reason"], sort=True).size().rename("count").reset_index())


def hidden_in(numbers: Numbers, key: str) -> pd.DataFrame:
    """Return how many own numbers the edition with the slice *key* does not show; a principal's counts one school."""
    if numbers.audience != PRINCIPAL:
        return numbers.protected.hidden
    rows = numbers.protected.results.frame
    mine = rows["level"].isin([str(Level.GROUP), str(Level.SCHOOL)]) & rows["unit"].str.partition("/")[0].eq(key)
    return counted_hidden(numbers.protected.results.only(mine.to_numpy(dtype=bool)))


def _public(rows: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Return which of *rows* (results) the public may see."""
    family = _families(rows)
    near = family.isin(NEAR_TO_PERSONS) & rows["source"].str.startswith(REGISTER)
    keyed = written_out(rows.loc[near, [*_LIKE, "level", "unit", "status"]]).assign(family=family[near])
    many = keyed.merge(_of_many_schools(keyed, units), how="left", indicator=True)["_merge"].eq("both")
    shown = ~near
    shown[near] = many.to_numpy()
    return rows["level"].ne(str(Level.GROUP)) & shown


def _families(rows: pd.DataFrame) -> pd.Series:
    return rows["metric"].map({name: catalog.metric(name).family for name in rows["metric"].unique()}).astype("str")


def _of_many_schools(rows: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return family, school year, subject, level and unit of what is known of enough schools.

    Organizers, municipalities and the nation, no areas: what an organizer has beside them might be a single school. A
    municipality is left out where what it has beside one organizer is of too few.
    """
    key = ["family", *_LIKE]
    schools = units.loc[units["level"].eq(str(Level.SCHOOL)), ["unit", "organizer", "municipality_code"]]
    known = rows[rows["level"].eq(str(Level.SCHOOL)) & rows["status"].ne(str(CellStatus.MISSING))]
    placed = known[[*key, "unit"]].drop_duplicates().merge(schools, on="unit").assign(nation="SE")
    parts = placed.groupby([*key, "municipality_code", "organizer"]).size().rename("part").reset_index()
    whole = parts.groupby([*key, "municipality_code"])["part"].transform("sum")
    narrow = parts[(whole - parts["part"]).between(1, FEWEST_SCHOOLS - 1)].rename(columns={"municipality_code": "unit"})
    found = []
    for level, column in _PARENTS.items():
        counted = placed.groupby([*key, column]).size().rename("schools").reset_index()
        enough = counted[counted["schools"].ge(FEWEST_SCHOOLS)].rename(columns={column: "unit"})
        found.append(enough[[*key, "unit"]].assign(level=str(level)))
    many = pd.concat(found, ignore_index=True)
    betrayed = many.merge(narrow[[*key, "unit"]].drop_duplicates(), how="left", indicator=True)["_merge"].eq("both")
    return many[~(betrayed & many["level"].eq(str(Level.MUNICIPALITY)))]
