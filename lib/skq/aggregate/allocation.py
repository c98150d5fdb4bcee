"""Risk and pupils -> cells of the allocation (domain §16), of the newest school year for which risk is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import pandas as pd

from skq.aggregate.cells import unit_cells
from skq.metrics.allocation import Model, Year, exact, shared
from skq.settings import AllocationSettings
from skq.terms import SchoolYear

ORE = 100


def allocation_cells(
    risk: pd.DataFrame, october: pd.DataFrame, newest: Mapping[str, str], settings: AllocationSettings
) -> Iterator[pd.DataFrame]:
    """Yield the cells of index, base, structure, total and total per pupil; nothing where no sum is to be shared.

    *october* are the pupils on 15 October, all grade years counted; *newest* the newest code of every unit. Units
    without risk or without pupils have no part in it. `n` is pupils, amounts are kronor.
    """
    if not settings.total_sek:
        return
    years = _years(risk, october, newest, settings.weights)
    if not years:
        return
    last = max(years)
    found = shared(_run_up_to(last, years), total=settings.total_sek * ORE, model=_model(settings))
    pupils = found["pupils"]
    rows = pd.DataFrame({"school_unit_code": found.index, "school_year": str(SchoolYear(last)), "n": pupils.to_numpy()})
    for metric, part, whole in (
        ("allocation_index", (found["index"] * pupils).dropna(), pupils),
        ("allocation_base", found["base"] / ORE, None),
        ("allocation_structure", found["structure"] / ORE, None),
        ("allocation_total", found["total"] / ORE, None),
        ("allocation_per_pupil", found["total"] / ORE, pupils),
    ):
        if len(part):
            sums = {"part": part.to_numpy(), "whole": 0.0 if whole is None else whole.to_numpy()}
            yield unit_cells(rows.assign(**sums), metric=metric)


def _model(settings: AllocationSettings) -> Model:
    return Model(
        structure_share=exact(settings.structure_share),
        floor=exact(settings.floor_share),
        max_change=exact(settings.max_change) if settings.max_change else None,
        index_years=settings.index_years,
    )


def _run_up_to(last: int, years: Mapping[int, Year]) -> list[Year]:
    """Return the years without a gap that end with *last*, oldest first."""
    first = last
    while first - 1 in years:
        first -= 1
    return [years[start] for start in range(first, last + 1)]


def _years(
    risk: pd.DataFrame, october: pd.DataFrame, newest: Mapping[str, str], weights: Mapping[int, float]
) -> dict[int, Year]:
    """Return what is known of each school year (by its autumn), units by their newest code."""
    key = ["school_unit_code", "school_year"]
    counts = october.groupby([*key, "grade_year"], as_index=False).size()
    rows = counts.merge(risk[[*key, "risk"]], on=key, how="inner").sort_values([*key, "grade_year"], kind="stable")
    found: dict[int, dict[str, list[Fraction]]] = {}
    for code, school_year, grade_year, count, chance in rows.itertuples(index=False):
        year = found.setdefault(SchoolYear.parse(school_year).start, {})
        sums = year.setdefault(newest.get(code, code), [Fraction(0)] * 3)
        weight = exact(weights.get(int(grade_year), 1.0))
        for place, amount in enumerate((Fraction(count), count * weight, count * exact(chance))):
            sums[place] += amount
    return {
        start: Year(
            pupils={unit: pupils for unit, (pupils, _, _) in units.items()},
            weighted={unit: weighted for unit, (_, weighted, _) in units.items()},
            risk={unit: at_risk / pupils for unit, (pupils, _, at_risk) in units.items()},
        )
        for start, units in found.items()
    }
