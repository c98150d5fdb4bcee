"""What a slice says of its judgements as a whole: how peers were found, how many verdicts chance alone would give."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from skq.judge.peers import PeerRule
from skq.judgements import Judgements
from skq.metrics.multiple import expected_by_chance
from skq.terms import Level


class Facts:
    """What the slices say of *judgements*, whose peers were found by *rule*: counted once for all schools."""

    def __init__(self, judgements: Judgements, units: pd.DataFrame, rule: PeerRule) -> None:
        estimates = judgements.estimates[["unit", "school_year", "peers", "p", "direction", "holm"]]
        tested = estimates[estimates["p"].notna()]
        left = tested["holm"].fillna(False).astype(int)
        flags = tested.assign(flagged=tested["direction"].ne(""), tested=1, holm=left)
        counts = flags.groupby(["unit", "school_year"], sort=True, as_index=False)[["tested", "flagged", "holm"]].sum()
        self._compared: dict[str, list[dict[str, Any]]] = {}
        for row in counts.to_dict("records"):
            self._compared.setdefault(str(row["unit"]), []).append(_counted(row))
        self._peers: dict[str, set[str]] = {}
        for unit, codes in estimates[["unit", "peers"]].drop_duplicates().itertuples(index=False, name=None):
            self._peers.setdefault(unit, set()).update(codes.split())
        schools = units[units["level"].eq(str(Level.SCHOOL))].drop_duplicates("unit")
        self._names = dict(zip(schools["unit"], schools["name"], strict=True))
        self._rule = rule

    def of(self, school: str) -> dict[str, Any]:
        """Return `peers` {count, measures, names} and `comparisons` by unit and school year, of *school*, "" for all.

        `tested` are the comparisons with the rest of the municipality that have an interval, `flagged` those that are
        certain, `by_chance` how many of them would be although nothing differs, `holm` those that stand after Holm.
        """
        compared = [self._compared.get(school, [])] if school else self._compared.values()
        peers = [self._peers.get(school, set())] if school else self._peers.values()
        codes = sorted(set().union(*peers))
        return {
            "peers": {
                "count": self._rule.count,
                "measures": list(self._rule.measures),
                "names": {code: str(self._names.get(code, code)) for code in codes},
            },
            "comparisons": [{**entry} for of_unit in compared for entry in of_unit],
        }


def _counted(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    return {
        "unit": str(row["unit"]),
        "school_year": str(row["school_year"]),
        "tested": int(row["tested"]),
        "flagged": int(row["flagged"]),
        "by_chance": round(expected_by_chance(int(row["tested"])), 2),
        "holm": int(row["holm"]),
    }
