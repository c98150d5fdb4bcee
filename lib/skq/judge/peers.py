"""Peers of every judged number: the schools with the most similar intake that have the number too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

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


def intakes(shown: pd.DataFrame, rule: PeerRule) -> Mapping[str, Intake]:
    """Return by school year the schools whose intake is known, for the years in which it is known of enough schools."""
    rows = shown[
        shown["metric"].isin(rule.measures)
        & shown["level"].eq(str(Level.SCHOOL))
        & shown["breakdown"].eq(str(Breakdown.ALL))
        & shown["grade_year"].isna()
        & shown["subject"].eq("")
    ]
    found = {str(year): _intake(of_year, rule) for year, of_year in rows.groupby("school_year", sort=True)}
    return {year: intake for year, intake in found.items() if len(intake.units) > FEWEST_PEERS}


def nearest_year(school_year: str, known: Mapping[str, Intake]) -> str | None:
    """Return the school year of *known* that lies nearest, the earlier of two as near; None where none is known."""
    start = SchoolYear.parse(school_year).start
    return min(known, key=lambda year: (abs(SchoolYear.parse(year).start - start), year), default=None)


def beside_peers(rows: pd.DataFrame, known: Mapping[str, Intake], rule: PeerRule) -> pd.DataFrame:
    """Return peers, peer_mean, peer_difference, peer_lower, peer_upper, peer_certain and `selected` (index as *rows*).

    Peers are taken as one school: all their pupils pooled. `selected` tells that they are not simply all other schools.
    """
    parts = [
        _of_series(of_series, known[year], rule)
        for (school_year, _), of_series in rows.groupby(["school_year", "series"], sort=True)
        if (year := nearest_year(str(school_year), known)) is not None
    ]
    columns = ["peers", "selected", "n", "total", "squares"]
    pooled = pd.concat([part for part in parts if len(part)]) if any(map(len, parts)) else pd.DataFrame(columns=columns)
    side = pooled.reindex(rows.index)
    return _compared(rows, side.astype(dict.fromkeys(("n", "total", "squares"), "float64")))


def _intake(rows: pd.DataFrame, rule: PeerRule) -> Intake:
    wide = rows.pivot(index="unit", columns="metric", values="value").sort_index()
    used = [name for name in rule.measures if name in wide and wide[name].notna().mean() >= KNOWN_OF]
    whole = wide[used].dropna()
    for name in set(used) & set(COUNTS):
        whole[name] = np.log(whole[name].clip(lower=1.0))
    return Intake(tuple(whole.index) if used else (), neighbours(whole), tuple(used))


def _of_series(rows: pd.DataFrame, intake: Intake, rule: PeerRule) -> pd.DataFrame:
    """Return the pooled peers (names, n, sum, sum of squares) of the rows of one series that have enough of them."""
    place = {unit: position for position, unit in enumerate(intake.units)}
    own = rows[rows["unit"].isin(place)]
    if len(own) <= FEWEST_PEERS:
        return own.iloc[:0]
    at = own["unit"].map(place).to_numpy("int64")
    available = np.zeros(len(place), dtype=np.bool_)
    available[at] = True
    among = nearest(intake.ranked, available, rule.count)[np.ix_(at, at)]
    enough = among.sum(axis=1) >= FEWEST_PEERS
    n, value = own["n"].to_numpy(), own["value"].to_numpy()
    sd = sd_from_interval(own).to_numpy()
    sums = {"n": n, "total": n * value, "squares": sd**2 * (n - 1) + n * value**2}
    pooled = {name: np.where(among, column, 0.0).sum(axis=1) for name, column in sums.items()}
    if own["kind"].iloc[0] == "share":
        pooled["total"] = np.where(among, (n * value).round(), 0.0).sum(axis=1)
    names = _named(among, own["unit"].to_numpy("str"))
    told = {"peers": names, "selected": among.sum(axis=1) < len(own) - 1, **pooled}
    kept: pd.DataFrame = pd.DataFrame(told, index=own.index)[enough]
    return kept


def _named(among: Booleans, codes: np.ndarray) -> list[str]:
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
            "peers": side["peers"].fillna(""),
            "selected": side["selected"].eq(True),
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
