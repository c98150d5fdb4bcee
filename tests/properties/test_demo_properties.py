"""What holds in every invented municipality, whatever its size and seed."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from skq.demo import demo_tables
from skq.schema import TABLES

sizes = st.tuples(st.integers(1, 14), st.integers(1, 4), st.integers(0, 10_000))


@settings(max_examples=6, deadline=None)
@given(sizes)
def test_tables_fit_together(size: tuple[int, int, int]) -> None:
    """Keys are unique, every row's pupil and unit is in the register of that year, and parts never exceed wholes."""
    tables = demo_tables(*size)
    for name, table in tables.items():
        assert not table.duplicated(list(TABLES[name].key)).any(), name
        assert list(table.columns) == list(TABLES[name].column_names), name
    units = key_set(tables["school_units"], "school_unit_code")
    enrolled = key_set(tables["pupils"], "pupil_id")
    for name in ("pupils", "survey", "staff", "assessments", "commitments", "commentary", "risk", "leisure_centres"):
        assert key_set(tables[name], "school_unit_code") <= units, name
    for name in ("grades", "national_tests", "forecasts", "attendance"):
        assert key_set(tables[name], "pupil_id") <= enrolled, name
    hours = tables["attendance"]
    assert (hours["valid_absence_hours"] + hours["invalid_absence_hours"] <= hours["offered_hours"]).all()
    answers = tables["survey"].groupby(["school_unit_code", "school_year", "respondent_group", "item"])
    assert (answers["count"].sum() <= answers["invited_count"].first()).all()
    assert (tables["staff"]["certified_fte"] <= tables["staff"]["fte"]).all()
    centres = tables["leisure_centres"]
    assert (centres["qualified_fte"] <= centres["fte"]).all()
    assert (centres["enrolled_6_9"] <= centres[["enrolled", "population_6_9"]].min(axis="columns")).all()


def key_set(table: pd.DataFrame, column: str) -> set[tuple[str, str]]:
    """Return the pairs of *column* and school year that occur."""
    return set(zip(table[column], table["school_year"], strict=True))


@settings(max_examples=6, deadline=None)
@given(sizes)
def test_pupils_grow_one_grade_year_at_a_time(size: tuple[int, int, int]) -> None:
    """From one school year to the next a pupil goes up one grade year or repeats it, within the school's span."""
    tables = demo_tables(*size)
    pupils = tables["pupils"].merge(tables["school_units"], on=["school_unit_code", "school_year"])
    assert pupils["grade_year"].between(pupils["first_grade_year"], pupils["last_grade_year"]).all()
    ordered = pupils.sort_values(["pupil_id", "school_year"]).drop_duplicates(["pupil_id", "school_year"])
    steps = ordered.groupby("pupil_id")["grade_year"].diff().dropna()
    assert steps.isin([0, 1]).all()


@settings(max_examples=6, deadline=None)
@given(sizes)
def test_nobody_is_at_two_schools_at_once(size: tuple[int, int, int]) -> None:
    """Who has two rows in a school year left the first school before the day on which the second began."""
    pupils = demo_tables(*size)["pupils"]
    twice = pupils[pupils.duplicated(["pupil_id", "school_year"], keep=False)]
    pairs = twice.sort_values(["pupil_id", "school_year", "enrolled_from"], na_position="first")
    firsts, seconds = pairs.iloc[::2], pairs.iloc[1::2]
    assert len(firsts) == len(seconds)
    assert (firsts["enrolled_to"].to_numpy() < seconds["enrolled_from"].to_numpy()).all()
    assert (firsts["school_unit_code"].to_numpy() != seconds["school_unit_code"].to_numpy()).all()
