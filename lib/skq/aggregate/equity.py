"""Merit cells -> equity rows of organizers and municipalities (domain §10)."""

from __future__ import annotations

import pandas as pd

from skq.aggregate.cells import SUMS
from skq.aggregate.rollup import one_table, stated
from skq.metrics.equity import variation
from skq.terms import RESULT_KEY, Level


def equity_rows(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the equity rows (organizer, municipality) of placed merit cells: variance between and within schools."""
    merit = cells[cells["metric"].eq("merit_rating_17")]
    rows = []
    for level in (Level.ORGANIZER, Level.MUNICIPALITY):
        schools = merit.groupby([level.value, "school_year", "grade_year", "school"], as_index=False)[SUMS].sum()
        for (unit, school_year, grade_year), part in schools.groupby([level.value, "school_year", "grade_year"]):
            found = variation(part["n"], part["part"], part["squares"])
            key = {"level": str(level), "unit": unit, "school_year": school_year, "grade_year": grade_year}
            key |= {"n": part["n"].sum()}
            rows += [
                key | {"metric": "merit_icc", "value": found.icc},
                key | {"metric": "merit_between_share", "value": found.between_share},
                key | {"metric": "merit_sd", "value": found.sd},
            ]
    blank = {"subject": "", "breakdown": "all", "category": "all"}
    columns = [*RESULT_KEY, "n", "value"]
    return one_table([stated(pd.DataFrame([{**blank, **row} for row in rows], columns=columns))])
