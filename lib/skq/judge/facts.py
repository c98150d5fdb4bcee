"""What a slice says of its judgements as a whole: how peers were found, how many verdicts chance alone would give."""

from __future__ import annotations

from typing import Any

import pandas as pd

from skq.judge.peers import PeerRule
from skq.judgements import Judgements
from skq.metrics.multiple import expected_by_chance
from skq.terms import Level


def judgement_facts(judgements: Judgements, units: pd.DataFrame, rule: PeerRule, *, school: str = "") -> dict[str, Any]:
    """Return `peers` {count, measures, names} and `comparisons` by unit and school year, of one *school* or of all.

    `tested` are the comparisons with the rest of the municipality that have an interval, `flagged` those that are
    certain, `by_chance` how many of them would be although nothing differs, `holm` those that stand after Holm.
    """
    estimates = judgements.estimates
    own = estimates[estimates["unit"].eq(school)] if school else estimates
    tested = own[own["p"].notna()]
    flags = tested.assign(flagged=tested["direction"].ne(""), tested=1, holm=tested["holm"].fillna(False).astype(int))
    counts = flags.groupby(["unit", "school_year"], sort=True, as_index=False)[["tested", "flagged", "holm"]].sum()
    schools = units[units["level"].eq(str(Level.SCHOOL))].drop_duplicates("unit").set_index("unit")["name"]
    codes = sorted({code for group in own["peers"] for code in group.split()})
    return {
        "peers": {
            "count": rule.count,
            "measures": list(rule.measures),
            "names": {code: str(schools.get(code, code)) for code in codes},
        },
        "comparisons": [
            {
                "unit": str(row["unit"]),
                "school_year": str(row["school_year"]),
                "tested": int(row["tested"]),
                "flagged": int(row["flagged"]),
                "by_chance": round(expected_by_chance(int(row["tested"])), 2),
                "holm": int(row["holm"]),
            }
            for row in counts.to_dict("records")
        ],
    }
