"""Which cells to hide: small cases by hand, the best pattern and the rule of thumb side by side."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import OptimizeResult
from scipy.sparse import csr_array
from skq.errors import ProtectionError
from skq.suppression import benders, whole
from skq.suppression.attack import Demand, opened
from skq.suppression.part import Part
from skq.suppression.pattern import small, suppress, unsafe
from skq.suppression.system import System
from skq.suppression.tables import crossed, linked
from skq.suppression.thin import thin
from skq.suppression.whole import told

WAYS = pytest.mark.parametrize("choices", [pytest.param(300, id="best"), pytest.param(0, id="rule-of-thumb")])


def place_of(cells: pd.DataFrame, **labels: str) -> int:
    """The position of the one cell with the labels."""
    return int(np.flatnonzero(cells[list(labels)].eq(labels).all(axis=1)).item())


def square() -> tuple[pd.DataFrame, System]:
    """Three schools (rows) by three answers: one cell of 2 in it, 9 the least of its neighbours."""
    rows = pd.DataFrame(
        [(school, answer, n) for school, counts in {"A": (2, 20, 30), "B": (15, 40, 50), "C": (9, 60, 70)}.items()
         for answer, n in zip("xyz", counts, strict=True)],
        columns=["school", "answer", "n"],
    )  # fmt: skip
    return crossed(rows, {"school": ("school",), "answer": ("answer",)}, "n")


def hidden_by(cells: pd.DataFrame, system: System, **options: object) -> set[tuple[str, str]]:
    """The school and answer of what is hidden."""
    value = cells["n"].to_numpy()
    pattern = suppress(system, value, small(value), weight=value, **options)
    return set(cells.loc[pattern.hidden, ["school", "answer"]].itertuples(index=False, name=None))


def test_what_is_small():
    """1, 2 and 3 are small; 0 on request; the limit can be another."""
    assert small([0, 1, 3, 4]).tolist() == [False, True, True, False]
    assert small([0, 1, 3, 4], zeros=True).tolist() == [True, True, True, False]
    assert small([0, 1, 3, 4], 4).tolist() == [False, True, True, True]


@WAYS
def test_the_cheapest_rectangle(choices):
    """One small cell takes the corners of a rectangle: 2 with 9 in its column, and 20 with 60, are the cheapest (91).

    The others: with 15 and 40 77, so that one: 2 + 20 + 15 + 40 = 77 < 2 + 20 + 9 + 60 = 91 < …
    """
    cells, system = square()
    assert hidden_by(cells, system, choices=choices) == {("A", "x"), ("A", "y"), ("B", "x"), ("B", "y")}


@WAYS
def test_what_was_released_is_not_hidden(choices):
    """With B's cells released before, the rectangle goes through C."""
    cells, system = square()
    shown = cells["school"].eq("B").to_numpy()
    found = hidden_by(cells, system, choices=choices, keep_shown=shown)
    assert found == {("A", "x"), ("A", "y"), ("C", "x"), ("C", "y")}


@WAYS
def test_a_group_is_hidden_together(choices):
    """Where hiding B's answers x and z goes together, C is cheaper: 91 against 2 + 20 + 15 + 40 + 50 = 127."""
    cells, system = square()
    group = [place_of(cells, school="B", answer="x"), place_of(cells, school="B", answer="z")]
    found = hidden_by(cells, system, choices=choices, together=[np.array(group)])
    assert found == {("A", "x"), ("A", "y"), ("C", "x"), ("C", "y")}


def test_a_group_of_a_small_cell_is_hidden_with_it():
    """What goes together with a small cell is hidden with it, whatever else is."""
    cells, system = square()
    group = np.array([place_of(cells, school="A", answer="x"), place_of(cells, school="Total", answer="z")])
    assert ("Total", "z") in hidden_by(cells, system, together=[group])


def test_what_is_never_shown_costs_nothing():
    """Cells that nobody sees protect for nothing: no other has to be hidden."""
    cells, system = square()
    value = cells["n"].to_numpy()
    unseen = cells["school"].isin(["A", "B"]).to_numpy() & cells["answer"].isin(["x", "y"]).to_numpy()
    pattern = suppress(system, value, small(value), weight=value, never_shown=unseen & ~small(value))
    assert (pattern.hidden == unseen).all()
    assert pattern.loss == 2


@WAYS
def test_tables_that_are_safe_alone(choices):
    """The example of sdcTools/UserSupport issue 136: each table is safe alone, both tell K; hiding N closes it."""
    rows = pd.DataFrame(
        zip("ABIJKLMN", ["1"] * 4 + ["2"] * 4, ["small"] * 5 + ["big"] * 2 + ["small"], [2, 2, 8, 8, 3, 3, 3, 7],
            strict=True), columns=["region", "county", "group", "n"],
    )  # fmt: skip
    by_county, by_group = {"place": ("county", "region")}, {"place": ("group", "region")}
    for alone in (by_county, by_group):
        assert open_cells(*crossed(rows, alone, "n")) == []
    cells, system = linked(rows, [by_county, by_group], "n")
    assert open_cells(cells, system) == ["K"]
    value = cells["n"].to_numpy()
    pattern = suppress(system, value, small(value), weight=value, choices=choices)
    assert set(cells.loc[pattern.hidden, "place"]) == set("ABKLMN")


def open_cells(cells: pd.DataFrame, system: System) -> list[str]:
    """Which cells an attacker tells when the small ones, and they alone, are hidden."""
    value = cells["n"].to_numpy()
    hidden = small(value)
    seen = System(system.matrix, np.where(hidden, 0.0, value), np.where(hidden, system.upper, value))
    demand = Demand(hidden, np.full(len(cells), 2.0), np.full(len(cells), np.nan))
    return cells["place"].iloc[opened(seen, demand)[0]].tolist()


@pytest.mark.parametrize("whole_numbers", [False, True])
def test_the_range_may_have_to_be_wider(whole_numbers):
    """A sum of 2 in two hidden cells leaves each a width of 2: where 3 is asked, a third cell is hidden."""
    rows = pd.DataFrame({"unit": ["A", "B", "C", "D"], "n": [1, 1, 7, 50]})
    cells, system = crossed(rows, {"unit": ("unit",)}, "n")
    value = cells["n"].to_numpy()
    for least, expected in ((2.0, {"A", "B"}), (3.0, {"A", "B", "C"})):
        pattern = suppress(system, value, small(value), weight=value, least=least, whole=whole_numbers)
        assert set(cells.loc[pattern.hidden, "unit"]) == expected
        assert pattern.exact


def broken() -> tuple[System, np.ndarray]:
    """2a = 3b + c: without c, a and b move by whole numbers only three and two at a time, which their bounds forbid."""
    system = System(csr_array(np.array([[2.0, -3.0, -1.0]])), np.array([1.0, 0.0, -5.0]), np.array([5.0, 4.0, 5.0]))
    return system, np.array([3.0, 2.0, 0.0])


@WAYS
def test_whole_numbers_tell_more(choices):
    """Between its limits a may be anything from 1 to 5, but only 3 is whole: then c is hidden too."""
    system, value = broken()
    primary = np.array([True, False, False])
    never = np.array([False, True, False])
    options = {"weight": np.ones(3), "never_shown": never, "choices": choices}
    assert suppress(system, value, primary, whole=False, **options).hidden.tolist() == [True, True, False]
    assert suppress(system, value, primary, **options).hidden.tolist() == [True, True, True]


def test_told_and_opened_differ_by_whole_numbers():
    """The linear attack leaves a open, the whole one tells it."""
    system, value = broken()
    moves = System(system.matrix, np.array([-2.0, -2.0, 0.0]), np.array([2.0, 2.0, 0.0]))
    demand = Demand(np.array([True, False, False]), np.full(3, 2.0), np.full(3, np.nan))
    assert opened(moves, demand)[0].tolist() == []
    assert told(moves, demand).tolist() == [0]


def test_an_integer_programme_that_fails_is_said(monkeypatch):
    """An integer programme that the solver gives up is an error, never a cell taken for safe."""
    monkeypatch.setattr(whole, "milp", lambda *_, **__: OptimizeResult(x=None, message="gave up"))
    system, value = broken()
    with pytest.raises(ProtectionError, match="gave up"):
        suppress(
            system, value, np.array([True, False, False]), weight=np.ones(3), never_shown=np.array([False, True, False])
        )


def test_what_is_not_needed_is_shown_again():
    """From a square wholly hidden so much is shown again that no further cell can be; the small one is still safe."""
    cells, system = square()
    value = cells["n"].to_numpy()
    few = small(value)
    part = Part(
        system.matrix, down=value, up=system.upper - value, hidden=few, wanted=few, width=np.full(len(value), 2.0),
        weight=value, choice=np.where(few, -1, np.cumsum(~few) - 1),
    )  # fmt: skip
    taken = thin(part, np.ones(part.choices, dtype=bool))
    assert not len(unsafe(part, part.pattern(taken), whole=True))
    for choice in np.flatnonzero(taken):
        less = taken & (np.arange(part.choices) != choice)
        assert len(unsafe(part, part.pattern(less), whole=True))


def test_a_cell_that_needs_both_ways_keeps_all():
    """A range of 2 that neither 2 up nor 2 down nor 1 both ways shows: nothing that was found for it is taken back."""
    one, both = np.array([True, False]), np.array([True, True])
    part = Part(
        csr_array(np.array([[1.0, -1.0]])), down=np.array([0.5, 9.0]), up=np.array([1.5, 9.0]), hidden=one, wanted=one,
        width=np.full(2, 2.0), weight=np.ones(2), choice=np.array([-1, 0]),
    )  # fmt: skip
    assert not len(unsafe(part, both, whole=False))
    assert thin(part, np.array([True])).tolist() == [True]


def test_a_cell_in_no_equation_is_as_its_bounds_say():
    """Nothing tells of it: safe where its bounds are wide, unprotectable where they are narrow."""
    nothing = csr_array((0, 1))
    wide = System(nothing, np.array([0.0]), np.array([9.0]))
    assert suppress(wide, np.array([1.0]), np.array([True]), weight=np.ones(1)).hidden.tolist() == [True]
    with pytest.raises(ProtectionError, match="position 0"):
        suppress(
            System(nothing, np.array([0.0]), np.array([1.0])), np.array([1.0]), np.array([True]), weight=np.ones(1)
        )


@WAYS
def test_what_cannot_be_protected_is_named(choices):
    """With all else kept shown the small cell is told, and the error says which it is."""
    cells, system = square()
    at = place_of(cells, school="A", answer="x")
    with pytest.raises(ProtectionError, match=f"position {at}\n"):
        hidden_by(cells, system, choices=choices, keep_shown=cells["n"].gt(3).to_numpy())


def test_what_is_small_cannot_be_kept_shown():
    """A cell that has to be hidden and was released is a contradiction, not a choice."""
    cells, system = square()
    with pytest.raises(ProtectionError, match="kept shown"):
        hidden_by(cells, system, keep_shown=small(cells["n"]))


def test_a_search_that_is_too_long_is_given_up(monkeypatch):
    """After its rounds the search for the best hands over to the rule of thumb, and says that it is not proved."""
    monkeypatch.setattr(benders, "ROUNDS", 1)
    cells, system = square()
    value = cells["n"].to_numpy()
    pattern = suppress(system, value, small(value), weight=value)
    assert pattern.loss == 77
    assert 2 < pattern.least_loss < 77
    assert not pattern.exact


def test_branches_too_many_are_given_up(monkeypatch):
    """So does an integer programme that may not branch: the rule of thumb's pattern is as good here."""
    monkeypatch.setattr(benders._Cuts, "solved", lambda cuts: None)
    cells, system = square()
    value = cells["n"].to_numpy()
    assert suppress(system, value, small(value), weight=value).loss == 77


def test_nothing_small_nothing_hidden():
    """Without a small cell nothing is hidden, and nothing lost."""
    cells, system = square()
    value = cells["n"].to_numpy()
    pattern = suppress(system, value, small(value, 1), weight=value)
    assert not pattern.hidden.any()
    assert pattern.loss == 0
    assert pattern.exact


@pytest.mark.parametrize(("change", "expected"), [
    pytest.param({"value": np.array([3.0, 2.0])}, "2 values for 3 cells", id="length"),
    pytest.param({"value": np.array([3.0, 1.0, 0.0])}, "do not add up", id="sum"),
    pytest.param({"value": np.array([0.0, -1.0, 3.0])}, "outside of its bounds", id="bounds"),
    pytest.param({"value": np.array([1.5, 1.0, 0.0])}, "not a whole number", id="whole"),
    pytest.param({"weight": np.array([1.0, 1.0, -1.0])}, "below zero", id="weight"),
])  # fmt: skip
def test_arguments_that_contradict_each_other(change, expected):
    """Values that do not fit the system, and weights below zero, are refused."""
    system, value = broken()
    given = {"value": value, "weight": np.ones(3)} | change
    with pytest.raises(ValueError, match=expected):
        suppress(system, given["value"], np.array([True, False, False]), weight=given["weight"])
