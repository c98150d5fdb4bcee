"""Checks of what an organizer steers by: targets, leisure centres, and risk for the allocation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from skq import catalog
from skq.likeness import like
from skq.schema import TABLES
from skq.sources import Tables
from skq.sources.findings import Finding, Origins
from skq.validate.amounts import TOLERANCE
from skq.validate.marks import found_where, same_as_in

MOST_NEAR = 3
"""So many indicators of a name like an unknown one are told."""


def check_target_metrics(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every target of a metric that the catalogue does not have, naming those with a name like it."""
    yield from _unknown_metrics(tables, "targets")


def check_commitment_metrics(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every commitment to a metric that the catalogue does not have; a blank is a commitment without any."""
    yield from _unknown_metrics(tables, "commitments")


def check_commitment_values(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every commitment that names a metric but not where it starts, or what is aimed at."""
    commitments = tables["commitments"]
    for column in ("start_value", "expected_value"):
        yield from found_where(
            commitments["metric"].notna() & commitments[column].isna(),
            "commitments",
            column,
            code="value-of-metric",
            found="a blank cell beside the name of a metric",
            expected="a number where a metric is named",
            next_step="fill in the value, or leave the metric blank: then the commitment is followed by no number",
        )


def _unknown_metrics(tables: Tables, table: str) -> Iterator[Finding]:
    metric = tables[table]["metric"]
    unknown = metric.notna() & ~metric.isin(list(catalog.metrics()))
    for name in sorted(metric[unknown].unique()):
        near = [*like(name, catalog.metrics())][:MOST_NEAR]
        yield from found_where(
            metric.eq(name),
            table,
            "metric",
            code="unknown-metric",
            found=repr(name),
            expected="the id of an indicator, as the method page lists them" + (f": {', '.join(near)}" if near else ""),
            next_step=f"did you mean {near[0]!r}?" if near else "look the id up in the catalogue",
        )


def check_target_values(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every target and tolerance of a share that is no share."""
    targets = tables["targets"]
    shares = targets["metric"].isin([one.id for one in catalog.metrics().values() if one.unit == "share"])
    for column in ("target", "tolerance"):
        values = targets[column]
        yield from found_where(
            shares & ~values.between(0, 1).fillna(True),
            "targets",
            column,
            code="no-share",
            found=partial(_number, values=values),
            expected="a share from 0 to 1, as the metric is counted",
            next_step="write 85 percent as 0,85 and two percentage points as 0,02",
        )


def check_target_level(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every target of one unit that is said to be of another level than the school."""
    targets = tables["targets"]
    yield from found_where(
        targets["school_unit_code"].notna() & targets["level"].fillna("school").ne("school"),
        "targets",
        "level",
        code="level-of-unit",
        found=lambda position: f"level {targets['level'].iloc[position]} beside a school unit code",
        expected="a school unit code, or a level above the school, not both",
        next_step="clear the code, or the level",
    )


def check_target_once(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every target whose level is blank beside one of schools that says so, or the other way round."""
    targets = tables["targets"]
    key = [column for column in TABLES["targets"].key if column != "level"]
    plain = targets[key].assign(level=targets["level"].fillna("school"))
    known = targets[["metric", "school_year"]].notna().all(axis="columns")
    again = plain[known].duplicated() & ~targets[[*key, "level"]][known].duplicated()
    yield from found_where(
        again.reindex(targets.index, fill_value=False),
        "targets",
        "level",
        code="target-twice",
        found="a second target of the same number: a blank level is the school",
        expected="one target for each metric, school year, unit, grade year and subject",
        next_step="remove one of the rows",
    )


def check_leisure_parts(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every leisure centre with a part that is larger than its whole."""
    centres = tables["leisure_centres"]
    for part, whole, words in (
        ("qualified_fte", "fte", "full-time employees"),
        ("enrolled_6_9", "enrolled", "enrolled children"),
        ("enrolled_6_9", "population_6_9", "children of 6 to 9 years"),
    ):
        yield from found_where(
            centres[part] > centres[whole] + TOLERANCE,
            "leisure_centres",
            part,
            code=f"{part}-above-{whole}".replace("_", "-"),
            found=partial(_part_of, part=centres[part], whole=centres[whole]),
            expected=f"at most all {words}",
            next_step="correct one of the two numbers",
        )


def check_risk_of_all(tables: Tables, origins: dict[str, Origins]) -> Iterator[Finding]:
    """Yield every unit with pupils of grundskola without risk in a school year in which others have it: no money."""
    units, risk = tables["school_units"], tables["risk"]
    key = ["school_unit_code", "school_year"]
    pupils = tables["pupils"]
    counted = pupils[pupils["school_form"].ne("adapted")]
    asked = same_as_in(units, counted, key) & units["school_year"].isin(risk["school_year"].dropna())
    yield from found_where(
        asked & ~same_as_in(units, risk, key) & ~_unsure(units, risk),
        "school_units",
        "school_unit_code",
        code="unit-without-risk",
        found=lambda position: f"a unit without risk in {units['school_year'].iloc[position]}, when others have it",
        expected="a row in risk (socioekonomi) for every unit with pupils",
        next_step="add the unit's row to risk (socioekonomi) for that school year",
    )


def _number(position: int, *, values: pd.Series) -> str:
    return f"{values.iloc[position]:g}"


def _part_of(position: int, *, part: pd.Series, whole: pd.Series) -> str:
    return f"{part.iloc[position]:g} of {whole.iloc[position]:g}"


def _unsure(units: pd.DataFrame, risk: pd.DataFrame) -> pd.Series:
    """Return whether a refused row of the table of risk may be the unit's."""
    refused = risk["school_unit_code"].isna() | risk["school_year"].isna()
    return pd.Series(bool(refused.any()), index=units.index)
