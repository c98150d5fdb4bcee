"""Peers of every judged number: the schools with the most similar intake that have the number too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.columns import written_out
from skq.metrics.intervals import (
    mean_difference,
    mean_interval,
    sd_from_interval,
    sd_from_sums,
    share_difference,
    share_interval,
)
from skq.metrics.peers import Booleans, Positions, nearest, neighbours
from skq.terms import Breakdown, Level, SchoolYear

Texts = npt.NDArray[Any]

FEWEST_PEERS = 3
"""The mean of fewer schools is no peer group."""

COUNTS = ("pupil_count",)
"""Measures whose logarithm is taken: twice as many pupils is as far from many as from few."""

MEASURES = ("parents_post_secondary_share", "foreign_background_share", "pupil_count")
"""What makes schools alike."""

KNOWN_OF = 0.75
"""A measure that is shown of a smaller part of the schools is left out: it would leave too many without peers."""


@dataclass(frozen=True)
class PeerRule:
    """How many peers a school has, and by which measures of intake they are found (ids of the catalogue)."""

    count: int = 5
    measures: tuple[str, ...] = MEASURES


@dataclass(frozen=True)
class Intake:
    """The schools of one school year whose intake is known: unit codes, their neighbours, the measures used."""

    units: tuple[str, ...]
    ranked: Positions
    measures: tuple[str, ...]

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The position of each school."""
        return {unit: position for position, unit in enumerate(self.units)}


class Group(NamedTuple):
    """The peers of the schools *at* these places: which they are, by name, and whether they are not all others."""

    at: Positions
    among: Booleans
    names: list[str]
    selected: Booleans


def intakes(shown: pd.DataFrame, rule: PeerRule) -> Mapping[str, Intake]:
    """Return by school year the schools whose intake is known, for the years in which it is known of enough schools."""
    rows = shown[
        shown["metric"].isin(rule.measures)
        & shown["level"].eq(str(Level.SCHOOL))
        & shown["breakdown"].eq(str(Breakdown.ALL))
        & shown["grade_year"].isna()
        & shown["subject"].eq("")
    ]
    years = written_out(rows).groupby("school_year", sort=True)
    found = {str(year): _intake(of_year, rule) for year, of_year in years}
    return {year: intake for year, intake in found.items() if len(intake.units) > FEWEST_PEERS}


def nearest_year(school_year: str, known: Mapping[str, Intake]) -> str | None:
    """Return the school year of *known* that lies nearest, the earlier of two as near; None where none is known."""
    start = SchoolYear.parse(school_year).start
    return min(known, key=lambda year: (abs(SchoolYear.parse(year).start - start), year), default=None)


def beside_peers(rows: pd.DataFrame, known: Mapping[str, Intake], rule: PeerRule) -> pd.DataFrame:
    """Return peers, peer_mean, peer_difference, peer_lower, peer_upper, peer_certain and `selected` (index as *rows*).

    Peers are taken as one school: all their pupils pooled. `selected` tells that they are not simply all other schools.
    """
    sd, n, value = sd_from_interval(rows).to_numpy(), rows["n"].to_numpy(), rows["value"].to_numpy()
    total = np.where(rows["kind"].eq("share"), (n * value).round(), n * value)
    sums = np.column_stack([n, total, np.nan_to_num(sd) ** 2 * (n - 1) + n * value**2])
    units, numbers = rows["unit"].to_numpy("object"), pd.factorize(rows["unit"])[0]
    years = {year: nearest_year(year, known) for year in rows["school_year"].unique()}
    intake_years = rows["school_year"].map(years).to_numpy("object")
    names, selected = np.full(len(rows), "", dtype="object"), np.zeros(len(rows), dtype=np.bool_)
    pooled = np.full_like(sums, np.nan)
    groups: dict[tuple[str, bytes], Group] = {}
    for found in rows.groupby("series", sort=True).indices.values():
        positions = np.asarray(found, dtype=np.intp)
        if (year := intake_years[positions[0]]) is None:
            continue
        same = (year, numbers[positions].tobytes())  # most numbers of a year are known of the same schools
        if same not in groups:
            groups[same] = _group(units[positions], known[year], rule)
        group = groups[same]
        if len(group.at):
            own = positions[group.at]
            names[own], selected[own] = group.names, group.selected
            pooled[own] = group.among.astype("float64") @ sums[own]
    side = {"peers": names, "selected": selected, "n": pooled[:, 0], "total": pooled[:, 1], "squares": pooled[:, 2]}
    return _compared(rows, pd.DataFrame(side, index=rows.index))


def _intake(rows: pd.DataFrame, rule: PeerRule) -> Intake:
    wide = rows.pivot(index="unit", columns="metric", values="value").sort_index()
    used = [name for name in rule.measures if name in wide and wide[name].notna().mean() >= KNOWN_OF]
    whole = wide[used].dropna()
    for name in set(used) & set(COUNTS):
        whole[name] = np.log(whole[name].clip(lower=1.0))
    return Intake(tuple(whole.index) if used else (), neighbours(whole), tuple(used))


def _group(units: Texts, intake: Intake, rule: PeerRule) -> Group:
    """Return the peers of *units*, those with the number."""
    at, among = _among(units, intake, rule)
    return Group(at, among, _named(among, units[at]), among.sum(axis=1) < len(at) - 1)


def _among(units: Texts, intake: Intake, rule: PeerRule) -> tuple[Positions, Booleans]:
    """Return the positions among *units* (those with the number) of schools with known intake, and their peers.

    The latter square, a row a school: which of the schools are its peers. Nobody where they are too few.
    """
    place = intake.place
    at = np.array([position for position, unit in enumerate(units) if unit in place], dtype=np.intp)
    if len(at) <= FEWEST_PEERS:
        return at[:0], np.zeros((0, 0), dtype=np.bool_)
    there = np.array([place[unit] for unit in units[at]], dtype=np.intp)
    available = np.zeros(len(place), dtype=np.bool_)
    available[there] = True
    return at, nearest(intake.ranked[there], available, rule.count)[:, there]


def _named(among: Booleans, codes: Texts) -> list[str]:
    """Return the codes of each row's peers in alphabetical order, space between."""
    return [" ".join(sorted(codes[chosen])) for chosen in among]


def _compared(rows: pd.DataFrame, side: pd.DataFrame) -> pd.DataFrame:
    mean = side["total"] / side["n"]
    told = pd.DataFrame({"value": rows["value"] - mean, "lower": np.nan, "upper": np.nan}, index=rows.index)
    for kind, method in (("share", share_difference), ("mean", mean_difference)):
        chosen = rows["kind"].eq(kind) & side["n"].notna()
        told.loc[chosen] = method(rows[chosen], _pooled(side[chosen], kind))
    certain = (told["lower"].gt(0) | told["upper"].lt(0)).astype("boolean")
    return pd.DataFrame(
        {
            "peers": side["peers"],
            "selected": side["selected"],
            "peer_mean": mean,
            "peer_difference": told["value"],
            "peer_lower": told["lower"],
            "peer_upper": told["upper"],
            "peer_certain": certain.mask(told[["lower", "upper"]].isna().any(axis="columns")),
        }
    )


def _pooled(side: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return value, lower, upper, n of the peers as one school, from their sums."""
    total, n = side["total"], side["n"]
    if kind == "share":
        limits = share_interval(total, n)
    else:
        limits = mean_interval(total / n, sd_from_sums(total, side["squares"], n), n)
    return limits.assign(value=total / n, n=n)
