"""The attacker of a finished site: what everything that is released together tells of a hidden number.

Reads the files alone, adds up by equations written anew, and solves all of it as one system (ADR 7). Numbers of
earlier releases are known to everyone, whatever stands in the newest one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.memory import PUBLISHED_DTYPES
from skq.protect.rule import DisclosureRule
from skq.release.attack_bounds import bounded
from skq.release.attack_known import KEY, OFFICIAL, Known, known_rows, merged
from skq.release.attack_lines import Lines, lines
from skq.release.attack_pages import attack_pages
from skq.release.attack_sums import opened
from skq.release.limits import below_limits
from skq.release.published import Download, downloads, numbers_of
from skq.release.refusal import Refusal
from skq.terms import UNIT_DTYPES, Level

NOBODY_EARLIER = pd.DataFrame({column: pd.Series(dtype=dtype) for column, dtype in PUBLISHED_DTYPES.items()})
TOLD_APART = 1.001
"""Two places may tell one number to different precision; beyond so many steps they contradict each other."""


def attack_site(
    site: Path,
    *,
    rule: DisclosureRule,
    own_rule: DisclosureRule | None = None,
    units: pd.DataFrame | None = None,
    memberships: pd.DataFrame | None = None,
    earlier: pd.DataFrame = NOBODY_EARLIER,
    official: pd.DataFrame | None = None,
    principals: Mapping[str, pd.DataFrame] | None = None,
) -> list[Refusal]:
    """Return what the finished files of *site* betray, together with all that was released before; sorted.

    What is shown is held to *rule*, or to *own_rule*: what the only reader of the site may see of the own school.
    *units* (as `terms.UNIT_DTYPES`) and *memberships* tell who belongs to whom, which anyone knows; without them only
    units that stand alone are put together. *earlier* are numbers of releases (PUBLISHED_COLUMNS), *official* results
    that anyone can download, *principals* what each principal sees besides, by school unit code.
    """
    found = downloads(site)
    numbers = numbers_of(found)
    known = [NOBODY_EARLIER if len(earlier) == 0 else earlier]
    if official is not None:
        known.append(official.assign(release=OFFICIAL, audience="public")[list(PUBLISHED_DTYPES)])
    everyone = units if units is not None else pd.DataFrame(columns=list(UNIT_DTYPES)).astype(UNIT_DTYPES)
    refusals = [*unreadable(found), *contradictions(numbers), *attack_pages(site, found)]
    if len(numbers) == 0:
        return sorted(refusals)
    refusals += [*below_limit(numbers, own_rule or rule), *beside_hidden(numbers)]
    alone = _read(numbers, NOBODY_EARLIER, everyone, memberships, rule)
    now, clash = _opened(*alone, rule)
    refusals += _clashing(clash)
    refusals += _told(now, "joint-attack", "")
    refusals += _told(_only_new(_bounded(*alone, rule), now), "joint-attack", " from another metric")
    if any(len(frame) for frame in known):
        together = pd.concat([frame for frame in known if len(frame)], ignore_index=True)
        # a number mended since then clashes: no fault
        then, _ = _opened(*_read(numbers, together, everyone, memberships, rule), rule)
        refusals += _told(_only_new(then, now), "earlier-release", " together with what was released before")
    for code, own in sorted((principals or {}).items()):
        told = own.assign(release="own school", audience=code)[list(PUBLISHED_DTYPES)]
        seen, _ = _opened(*_read(numbers, told, everyone, memberships, rule), rule)
        of_others = seen[~(seen["level"].eq(str(Level.SCHOOL)) & seen["unit"].eq(code))]
        refusals += _told(_only_new(of_others, now), "principal", " by the principal of a school who knows its own")
    return sorted(set(refusals))


def unreadable(found: list[Download]) -> list[Refusal]:
    """Return a refusal for each download whose numbers nobody can name, so that nobody can attack them."""
    what = "the file is in no form that can be attacked: its rows do not say whose numbers they are"
    return [Refusal("unreadable-download", one.where, what) for one in found if not one.is_known]


def contradictions(numbers: pd.DataFrame) -> list[Refusal]:
    """Return a refusal for each number that two places tell differently."""
    shown = numbers["value"].notna()
    per = numbers.assign(shown=shown).groupby(KEY, dropna=False, sort=False)
    spread = per["value"].transform("max") - per["value"].transform("min")
    apart = (spread > numbers["step"] * TOLD_APART).fillna(False) | (
        per["shown"].transform("any") & ~shown & ~numbers["status"].eq("missing")
    )
    return _each(numbers[apart.to_numpy(dtype=bool)], "contradiction", "is told in another way elsewhere on the site")


def below_limit(numbers: pd.DataFrame, rule: DisclosureRule) -> list[Refusal]:
    """Return a refusal for each own number that is shown though it tells of fewer than *rule* asks for."""
    found = below_limits(numbers, rule)
    rows = numbers.assign(fault=found)[found.ne("").to_numpy(dtype=bool)]
    return [Refusal("below-limit", row["where"], f"{name_of(row)} {row['fault']}") for row in rows.to_dict("records")]


def beside_hidden(numbers: pd.DataFrame) -> list[Refusal]:
    """Return a refusal for each hidden number that stands with its limits, or with what it rests on."""
    told = numbers["value"].isna() & numbers[["n", "lower", "upper"]].notna().any(axis=1)
    what = "is hidden, but not what stands beside it in the file"
    return _each(numbers[told.to_numpy(dtype=bool)], "n-beside-hidden", what)


def _each(rows: pd.DataFrame, rule: str, what: str) -> list[Refusal]:
    """Return a refusal by *rule* for each of *rows*, at its place: the number's name, and *what* is wrong with it."""
    return [Refusal(rule, row["where"], f"{name_of(row)} {what}") for row in rows.to_dict("records")]


def name_of(row: Mapping[Any, Any]) -> str:
    """Name a number without telling it: metric, unit, school year and what it is split by."""
    grade = "" if pd.isna(row["grade_year"]) else f", grade year {row['grade_year']}"
    of = f", {row['subject']}" if row["subject"] else ""
    group = "" if row["category"] == "all" else f", {row['category']}"
    return f"{row['metric']} of {row['level']} {row['unit']}, {row['school_year']}{grade}{of}{group}"


def _read(
    numbers: pd.DataFrame, earlier: pd.DataFrame, units: pd.DataFrame, memberships: pd.DataFrame | None,
    rule: DisclosureRule,
) -> tuple[Known, Lines]:  # fmt: skip
    """Return what *numbers* and *earlier* ones tell of each number, and which of them add up."""
    rows = merged(numbers, earlier)
    return known_rows(rows, rule), lines(rows, units, memberships)


def _opened(known: Known, told: Lines, rule: DisclosureRule) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the opened rows, with `equation`, what of all that is known tells most of them; and the clashing ones."""
    found, rows = opened(known, told, rule), known.rows
    names = [_in_words(rows, told, line) for line in found.line]
    return _named(rows, found.rows, names), rows.iloc[found.clash]


def _bounded(known: Known, told: Lines, rule: DisclosureRule) -> pd.DataFrame:
    """Return the rows that numbers of other metrics open, with `equation`, the one that bounds each most closely."""
    found, rows = bounded(known, told, rule), known.rows
    return _named(rows, found.rows, [_by_bound(rows, row) for row in found.by])


def _named(rows: pd.DataFrame, found: npt.NDArray[np.int64], equations: list[str]) -> pd.DataFrame:
    return rows.iloc[found].assign(equation=equations).sort_index()


def _by_bound(rows: pd.DataFrame, row: int) -> str:
    if row < 0:
        return "summor av tal som gränser mellan mått håller"
    return f"vem som har det ena har det andra: {name_of(rows.iloc[row].to_dict())}"


def _clashing(rows: pd.DataFrame) -> list[Refusal]:
    """Return a refusal for each part of the site whose shown numbers no hidden ones fit: it could not be attacked."""
    return [
        Refusal("contradiction", row["where"], f"no numbers fit what is told around {name_of(row)}")
        for row in rows.to_dict("records")
    ]


def _in_words(rows: pd.DataFrame, told: Lines, line: int) -> str:
    if line < 0:
        return "it is told by itself"
    at = np.flatnonzero(told.line == line)
    total = told.row[at[told.sign[at] > 0]][0]
    return f"{told.name[line]}: {name_of(rows.iloc[total].to_dict())} and its {len(at) - 1} part(s)"


def _only_new(rows: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    marked = rows.merge(before[KEY], on=KEY, how="left", indicator=True)["_merge"].eq("left_only").to_numpy()
    return rows[marked]


def _told(rows: pd.DataFrame, rule: str, how: str) -> list[Refusal]:
    return [
        Refusal(
            rule, row["where"] or "(earlier release)",
            f"{name_of(row)} is hidden but can be worked out{how} ({row['equation']})",
        )
        for row in rows.to_dict("records")
    ]  # fmt: skip
