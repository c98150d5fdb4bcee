"""Which comparisons a results table allows, before anything is subtracted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from skq import catalog
from skq.columns import named
from skq.keys import NOWHERE, Keys, Positions, Ranks, places
from skq.sides import BOYS, CHANGE, EXPECTED, GAP_SEX, GIRLS, MERIT, VS_EXPECTED, VS_MUNICIPALITY
from skq.terms import Breakdown, Level, SchoolYear


@dataclass(frozen=True)
class Pairs:
    """Comparisons of one kind: the results' rows `first` and `second`, and what names the second one."""

    kind: str
    first: Positions
    second: Positions
    reference: pd.Series


def pairs(keys: Keys, municipality: Ranks) -> list[Pairs]:
    """Return the comparisons that the results with *keys* allow, whose both sides exist, kind by kind.

    *municipality* is the code, among units, of each row's municipality (`NOWHERE` where unknown, and for rows above a
    unit). Periods are compared with their municipality's alone: two that follow each other share most of their pupils.
    No change leads into a school year in which the catalogue notes a break in the series.
    """
    compared = np.array([catalog.metric(name).compared for name in keys.values("metric")], dtype=bool)
    asked = compared[keys.codes("metric")]
    has = {
        name: keys.codes(column) == keys.code(column, value)
        for name, column, value in (
            ("all", "breakdown", str(Breakdown.ALL)),
            ("period", "breakdown", str(Breakdown.PERIOD)),
            ("sex", "breakdown", str(Breakdown.SEX)),
            ("girls", "category", GIRLS),
            ("merit", "metric", MERIT),
            ("school", "level", str(Level.SCHOOL)),
        )
    }
    years = keys.values("school_year")
    earlier = years.get_indexer(pd.Index([str(SchoolYear.parse(text).previous) for text in years], dtype="str"))
    before = earlier.astype(keys.codes("school_year").dtype)[keys.codes("school_year")]
    return [
        _paired(keys, CHANGE, asked & ~has["period"] & ~_breaks(keys), {"school_year": before}),
        _paired(keys, GAP_SEX, asked & has["sex"] & has["girls"], {"category": keys.code("category", BOYS)}, BOYS),
        _paired(
            keys, VS_MUNICIPALITY, asked & (municipality != NOWHERE) & (has["all"] | has["period"]),
            {"level": keys.code("level", str(Level.MUNICIPALITY)), "unit": municipality},
        ),
        _paired(
            keys, VS_EXPECTED, asked & has["merit"] & has["all"] & has["school"],
            {"metric": keys.code("metric", EXPECTED)}, "salsa",
        ),
    ]  # fmt: skip


def _paired(
    keys: Keys, kind: str, chosen: np.ndarray, to: Mapping[str, Ranks | int], name: str | None = None
) -> Pairs:
    """Return the *chosen* rows beside those with the same key but for the codes *to*; called *name*, or as the last."""
    first = np.flatnonzero(chosen)
    codes = {column: np.broadcast_to(code, chosen.shape)[first] for column, code in to.items()}
    second = places(keys.own, keys.changed(first, codes))
    there = second != NOWHERE
    column = list(to)[-1]
    texts = keys.values(column) if name is None else pd.Index([name], dtype="str")
    told = codes[column][there] if name is None else np.zeros(int(there.sum()), dtype=np.int8)
    return Pairs(kind, first[there], second[there], named(told, texts))


def _breaks(keys: Keys) -> np.ndarray:
    """Return whether the metric's series breaks in the row's school year."""
    metrics, years = keys.values("metric"), keys.values("school_year")
    broken = np.zeros((len(metrics), len(years)), dtype=bool)
    for place, name in enumerate(metrics):
        broken[place] = years.isin([str(year) for year in catalog.metric(name).breaks])
    return broken[keys.codes("metric"), keys.codes("school_year")]
