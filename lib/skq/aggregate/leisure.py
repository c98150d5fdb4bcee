"""Leisure centres -> cells: children, children per full-time employee, qualification, share enrolled."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from skq.aggregate.cells import unit_cells

UNIT_YEAR = ["school_unit_code", "school_year"]


def leisure_cells(centres: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the cells of leisure centres (domain §14); `n` is children or full-time equivalents.

    A centre without staff, or for which a number is not told, is left out of the ratio that asks for it.
    """
    absent = pd.Series(float("nan"), index=centres.index)
    numbers = {
        column: centres.get(column, absent).astype("Float64").astype("float64")
        for column in ("enrolled", "fte", "qualified_fte", "enrolled_6_9", "population_6_9")
    }
    rows = centres[UNIT_YEAR].assign(**numbers)
    yield unit_cells(rows.assign(n=rows["enrolled"], part=rows["enrolled"]), metric="leisure_children_count")
    for metric, part, whole in (
        ("leisure_children_per_fte", "enrolled", "fte"),
        ("leisure_qualified_share", "qualified_fte", "fte"),
        ("leisure_enrolled_share", "enrolled_6_9", "population_6_9"),
    ):
        told = rows[rows[part].notna() & rows[whole].gt(0)]
        yield unit_cells(told.assign(n=told[whole], part=told[part], whole=told[whole]), metric=metric)
