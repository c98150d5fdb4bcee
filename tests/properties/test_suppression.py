"""Patterns for random tables before attackers written a second time: nothing is told, nothing is hidden for nothing.

The attackers know nothing of equations between cells. They think up inner tables (one count for each kind of person),
add up each published cell from them by its labels, and keep those that show what is shown.
"""

from itertools import product

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from skq.errors import ProtectionError
from skq.suppression.pattern import Pattern, small, suppress
from skq.suppression.system import System
from skq.suppression.tables import crossed, linked

few = settings(max_examples=6, deadline=None, derandomize=True)
SEX, AREA, GRADE = {"sex": ("sex",)}, {"place": ("school", "area")}, {"grade": ("grade",)}
COLUMNS = {"sex": ("sex",), "place": ("area", "school"), "grade": ("grade",)}
AREAS = {"A": "east", "B": "east", "C": "west"}
COUNTS = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 8, 13])


@st.composite
def people(draw: st.DrawFn, *dimensions: str) -> pd.DataFrame:
    """Counts for every kind of person, with each category of each dimension in it."""
    values = {"sex": ("f", "m"), "school": ("A", "B", "C"), "grade": ("x", "y")}
    kinds = list(product(*(values[name] for name in dimensions)))
    rows = pd.DataFrame(kinds, columns=list(dimensions))
    rows["n"] = draw(st.lists(COUNTS, min_size=len(kinds), max_size=len(kinds)))
    return rows.assign(area=rows["school"].map(AREAS)) if "school" in dimensions else rows


def sums(cells: pd.DataFrame, rows: pd.DataFrame, tables: list[dict]) -> np.ndarray:
    """Which kinds of person (columns) a published cell (rows) counts, by its labels alone."""
    named = {name for table in tables for name in table}
    inside = np.ones((len(cells), len(rows)), dtype=bool)
    for name in sorted(named):
        for at, label in enumerate(cells[name]):
            if label != "Total":
                inside[at] &= rows[list(COLUMNS[name])].eq(label).any(axis=1).to_numpy()
    return inside.astype(float)


def narrowest(cells: pd.DataFrame, rows: pd.DataFrame, tables: list[dict], hidden: np.ndarray, most: float) -> float:
    """The narrowest range of whole numbers that an attacker finds for any small cell that is hidden."""
    inside = sums(cells, rows, tables)
    value = inside @ rows["n"].to_numpy(dtype=float)
    np.testing.assert_array_equal(value, cells["n"])
    fits = LinearConstraint(inside, np.where(hidden, 0.0, value), np.where(hidden, most, value))
    widths = [np.inf]
    for cell in np.flatnonzero(small(value)):
        ends = [
            milp(sign * inside[cell], integrality=np.ones(len(rows)), bounds=Bounds(0, most), constraints=fits)
            for sign in (1, -1)
        ]
        widths.append(-ends[1].fun - ends[0].fun)
    return float(np.round(min(widths), 6))


def hidden_of(cells: pd.DataFrame, system: System, **options: object) -> Pattern:
    """The pattern for the published cells of a system; the others are never shown."""
    value = cells["n"].to_numpy()
    published = cells.filter(like="table_").any(axis=1).to_numpy()
    never = {} if published.all() else {"never_shown": ~published}
    return suppress(system, value, small(value) & published, weight=value + 1, **never, **options)


@few
@given(rows=people("sex", "school"), choices=st.sampled_from([0, 300]))
def test_a_hierarchical_table_tells_nothing(rows, choices):
    """Sex by school and area: every small cell keeps three whole numbers, in the best pattern and by rule of thumb."""
    tables = [SEX | AREA]
    cells, system = crossed(rows, tables[0], "n")
    pattern = hidden_of(cells, system, choices=choices)
    assert narrowest(cells, rows, tables, pattern.hidden, system.upper[0]) >= 2


@few
@given(rows=people("sex", "school", "grade"), choices=st.sampled_from([0, 300]))
def test_linked_tables_tell_nothing(rows, choices):
    """Sex by area, area by grade, sex by grade, over the same pupils: nothing is told by all three together."""
    tables = [SEX | AREA, AREA | GRADE, SEX | GRADE]
    cells, system = linked(rows, tables, "n", inner=True)
    pattern = hidden_of(cells, system, choices=choices)
    published = cells.filter(like="table_").any(axis=1).to_numpy()
    assert narrowest(cells[published], rows, tables, pattern.hidden[published], system.upper[0]) >= 2


@few
@given(rows=people("sex", "school", "grade"))
def test_nothing_is_hidden_where_nothing_is_small(rows):
    """With every count raised above what is small, all is shown and nothing lost."""
    cells, system = linked(rows.assign(n=rows["n"] + 4), [SEX | AREA, AREA | GRADE], "n")
    pattern = hidden_of(cells, system)
    assert not pattern.hidden.any()
    assert pattern.loss == pattern.least_loss == 0


@few
@given(rows=people("sex", "school"), seed=st.integers(0, 99))
def test_order_does_not_matter_and_chance_has_no_part(rows, seed):
    """The best pattern loses the same with rows, cells and equations in another order; twice the same is the same."""
    cells, system = crossed(rows, SEX | AREA, "n")
    pattern = hidden_of(cells, system)
    again = hidden_of(*crossed(rows.sample(frac=1, random_state=seed), SEX | AREA, "n"))
    assert (pattern.hidden == again.hidden).all()
    order = np.random.default_rng(seed).permutation(len(cells))
    equations = np.random.default_rng(seed).permutation(system.matrix.shape[0])
    turned = System(system.matrix[equations][:, order], system.lower[order], system.upper[order])
    assert np.isclose(hidden_of(cells.iloc[order], turned).loss, pattern.loss)


@few
@given(counts=st.lists(st.integers(0, 4), min_size=4, max_size=4), weights=st.permutations(range(1, 10)))
def test_no_safe_pattern_loses_less(counts, weights):
    """Two by two: all patterns are tried on all tables that could be, and none that is safe is cheaper than ours."""
    assume(sum(counts) > 0)
    rows = pd.DataFrame({"sex": list("ffmm"), "grade": list("xyxy"), "n": counts})
    cells, system = crossed(rows, SEX | GRADE, "n")
    value = cells["n"].to_numpy()
    weight = np.array(weights, dtype=float)
    pattern = suppress(system, value, small(value), weight=weight)
    could_be = np.array(list(product(range(8), repeat=4))) @ sums(cells, rows, [SEX | GRADE]).T
    patterns = np.array(list(product((False, True), repeat=9)))
    patterns = patterns[patterns[:, small(value)].all(axis=1)]
    by_cost = patterns[np.argsort(patterns @ weight)]
    cheapest = next(hidden for hidden in by_cost if is_safe(could_be, value, hidden))
    assert pattern.exact
    assert pattern.loss == weight[cheapest].sum()
    thumb = suppress(system, value, small(value), weight=weight, choices=0)
    assert thumb.loss >= pattern.loss


def is_safe(could_be: np.ndarray, value: np.ndarray, hidden: np.ndarray) -> bool:
    """Whether every small cell differs by two or more among the tables that show what is shown."""
    fitting = could_be[(could_be[:, ~hidden] == value[~hidden]).all(axis=1)]
    return bool((np.ptp(fitting, axis=0)[small(value)] >= 2).all())


@few
@given(rows=people("sex", "school"), share=st.integers(0, 2**12 - 1))
def test_what_is_kept_shown_stays_shown(rows, share):
    """Released cells stay, and what cannot be protected then is said, never left open."""
    cells, system = crossed(rows, SEX | AREA, "n")
    value = cells["n"].to_numpy()
    kept = ((share >> (np.arange(len(cells)) % 12)) & 1).astype(bool) & ~small(value)
    try:
        pattern = hidden_of(cells, system, keep_shown=kept)
    except ProtectionError:
        assert narrowest(cells, rows, [SEX | AREA], ~kept, system.upper[0]) < 2
    else:
        assert not (pattern.hidden & kept).any()
        assert narrowest(cells, rows, [SEX | AREA], pattern.hidden, system.upper[0]) >= 2
