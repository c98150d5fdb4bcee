"""Tables on which official statistics' own suppression is tested: ours hides no more, and an attacker opens nothing.

The data are those of SSBtools and GaussSuppression (Statistics Norway). Their tests state that on z1 (region by main
income, 8 by 4, with margins) the default rule (`maxN` = 3) hides rows 12, 13, 22, 23, 42 and 43; rows are in the order
of `crossed`.
d53 is a sample of 10 000 persons; the four tables are those of their test of linked suppression, where zeros are not
protected and combinations that nobody has are no cells:
sex x age x marital status (lms), sex x age x household status (hst), sex x age x family status (fst), sex x lms x hst,
each with all its levels of detail.
"""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from skq.suppression.pattern import Pattern, small, suppress
from skq.suppression.system import System
from skq.suppression.tables import crossed, linked

SEX = {"sex": ("sex",)}
AGE = {"age": ("age_l", "age_m", "age_h")}
LMS, HST = {"lms": ("lms_l", "lms_h")}, {"hst": ("hst_l", "hst_m", "hst_h")}
FST = {"fst": ("fst_l", "fst_m", "fst_h")}
FOUR = [SEX | AGE | LMS, SEX | AGE | HST, SEX | AGE | FST, SEX | LMS | HST]
Z1 = [12, 13, 22, 23, 42, 43]


@pytest.fixture(scope="module")
def folder(shared_data):
    """The folder of tables for disclosure control."""
    found = shared_data / "disclosure"
    if not found.is_dir():
        pytest.skip("no tables for disclosure control in the shared data")
    return found


def narrowest(system: System, value: np.ndarray, pattern: Pattern) -> float:
    """The narrowest range of a small cell by plain linear programmes, asked one by one."""
    hidden = pattern.hidden
    bounds = np.column_stack([np.where(hidden, 0.0, value), np.where(hidden, system.upper, value)])
    asked = np.flatnonzero(small(value))
    widths, zero = [], np.zeros(system.matrix.shape[0])
    for cell in asked:
        direction = np.eye(1, len(value), cell)[0]
        low, high = (
            sign * linprog(sign * direction, A_eq=system.matrix, b_eq=zero, bounds=bounds).fun for sign in (1.0, -1.0)
        )
        widths.append(high - low)
    return min(widths)


def test_z1_hides_the_documented_rows(folder):
    """The best pattern is the documented one: 6 cells, 35 persons, and none that is safe loses less."""
    cells, system = crossed(
        pd.read_csv(folder / "ssbtools_z1.csv"), {"region": ("region",), "income": ("hovedint",)}, "ant"
    )
    value = cells["ant"].to_numpy()
    assert cells.loc[[11, 41]].drop(columns="table_1").to_numpy().tolist() == [["B", "annet", 7.0], ["H", "annet", 9.0]]
    pattern = suppress(system, value, small(value), weight=value)
    assert (np.flatnonzero(pattern.hidden) + 1).tolist() == Z1
    assert pattern.exact
    assert narrowest(system, value, pattern) >= 2


def test_z1_by_rule_of_thumb(folder):
    """The rule of thumb for large tables loses as little on z1 as the documented pattern."""
    cells, system = crossed(
        pd.read_csv(folder / "ssbtools_z1.csv"), {"region": ("region",), "income": ("hovedint",)}, "ant"
    )
    value = cells["ant"].to_numpy()
    pattern = suppress(system, value, small(value), weight=value, choices=0)
    documented = value[np.array(Z1) - 1].sum()
    assert pattern.loss <= documented == 35
    assert narrowest(system, value, pattern) >= 2


def test_microdata_give_the_same_table(folder):
    """The same table counted from persons is the same, cell by cell."""
    dimensions = {"region": ("region",), "income": ("hovedint",)}
    table, _ = crossed(pd.read_csv(folder / "ssbtools_z1.csv"), dimensions, "ant")
    persons = pd.read_csv(folder / "ssbtools_z1micro.csv").assign(ant=1)
    counted, _ = crossed(persons, dimensions, "ant")
    assert len(table) == 45
    pd.testing.assert_frame_equal(counted, table)


def test_z2_with_two_hierarchies(folder):
    """Regions make up counties and kinds of municipality; with zeros protected too, nothing can be opened."""
    dimensions = {"region": ("fylke", "kostragr", "region"), "income": ("hovedint",)}
    cells, system = crossed(pd.read_csv(folder / "ssbtools_z2.csv"), dimensions, "ant")
    value = cells["ant"].to_numpy()
    pattern = suppress(system, value, small(value, zeros=True), weight=value + 1)
    assert pattern.exact
    assert narrowest(system, value, pattern) >= 2


def test_d53_linked_tables_are_jointly_safe(folder):
    """Sex by age, household and family in three levels each, four linked tables: plain linear programmes open no cell.

    The tables are made of the first of the levels of age here, so that the test is quick; benchmarks/suppression.py has
    them whole.
    """
    rows = pd.read_csv(folder / "gausssuppression_d53.csv", dtype={"age_h": str})
    tables = [table | ({"age": ("age_l",)} if "age" in table else {}) for table in FOUR]
    cells, system = linked(rows, tables, "freq", empty=False)
    value = cells["freq"].to_numpy()
    assert value[0] == 10_000
    pattern = suppress(system, value, small(value), weight=value + 1)
    assert narrowest(system, value, pattern) >= 2


def test_d53_levels_nest(folder):
    """The levels that the tables rest on nest in the data: each finer code belongs to one coarser."""
    rows = pd.read_csv(folder / "gausssuppression_d53.csv", dtype=str)
    for columns in (*AGE.values(), *LMS.values(), *HST.values(), *FST.values()):
        for coarse, fine in pairwise(columns):
            assert rows.groupby(fine)[coarse].nunique().eq(1).all(), (coarse, fine)
