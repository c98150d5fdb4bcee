"""What an attacker works out of cells that add up, and what is hidden against it."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array
from skq.errors import ProtectionError
from skq.forking import has_fork
from skq.suppression import crew as crew_room
from skq.suppression.attack import Attack, Demand, opened
from skq.suppression.cover import Cells, cover, covered
from skq.suppression.crew import Crew
from skq.suppression.propagate import tightened
from skq.suppression.system import System, batches

NOWHERE = float("nan")


def table(rows: int, columns: int) -> csr_array:
    """Return the equations of a table with margins: cells row by row, the last of each row and column its sum."""
    place = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    equations = []
    for line in (*place, *place.T):
        equation = np.zeros(place.size)
        equation[line[:-1]], equation[line[-1]] = 1, -1
        equations.append(equation)
    return csr_array(np.array(equations))


def filled(inner: np.ndarray) -> np.ndarray:
    """Return the cells of `table` for the numbers *inner*."""
    wide = np.column_stack([inner, inner.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)]).ravel().astype("float64")


def seen(value: np.ndarray, hidden: list[int], matrix: csr_array, most: float = 100) -> System:
    """Return the system in which the *hidden* cells can be anything from 0 to *most*."""
    open_cells = np.isin(np.arange(len(value)), hidden)
    return System(matrix, np.where(open_cells, 0.0, value), np.where(open_cells, most, value))


def wanting(width: float, cells: int, harmless: float = NOWHERE) -> Demand:
    """Return the demand that the first cell is left a range of *width*."""
    return Demand(np.arange(cells) == 0, np.full(cells, width), np.full(cells, harmless))


INNER = np.array([[3, 20, 30], [20, 4, 10], [5, 6, 7]])
MARGINS = table(3, 3)
VALUE = filled(INNER)


def test_one_hidden_cell_is_told():
    """A single hidden cell of a line is the sum less the others."""
    system = seen(VALUE, [0], MARGINS)
    cells, low, high = opened(system, wanting(1, 16))
    assert cells.tolist() == [0]
    assert (round(low[0], 4), round(high[0], 4)) == (3, 3)


def test_four_cells_in_a_square_move_against_each_other():
    """Of 3, 20, 20, 4 in two rows and columns the first can lose all its 3 to its neighbours, or take their 20."""
    system = seen(VALUE, [0, 1, 4, 5], MARGINS)
    part = system.parts()[0]
    assert part.tolist() == [0, 1, 4, 5]
    low, high = Attack(system, part).bounds(0)
    assert low == pytest.approx(0, abs=1e-4)  # 3 less: 23, 23 and 1 are possible
    assert high == pytest.approx(23, abs=1e-4)  # 20 more: 0, 0 and 24


def test_ranges_are_those_of_a_second_solver():
    """For random tables with random cells hidden, each exact range is that of scipy's linear programme."""
    rng = np.random.default_rng(4)
    for _ in range(12):
        value = filled(rng.integers(0, 9, (3, 3)))
        hidden = np.sort(rng.choice(16, 7, replace=False)).tolist()
        system = seen(value, hidden, MARGINS, most=200)
        for part in system.parts():
            attack = Attack(system, part)
            for place, cell in enumerate(part):
                direction = np.zeros(16)
                direction[cell] = 1
                bounds = np.column_stack([system.lower, system.upper])
                ends = [
                    linprog(sign * direction, A_eq=MARGINS.toarray(), b_eq=np.zeros(8), bounds=bounds).fun * sign
                    for sign in (1, -1)
                ]
                assert attack.bounds(place) == pytest.approx(tuple(ends), abs=1e-3)


def test_a_known_extreme_may_be_told():
    """A cell whose range holds the harmless value is safe, however narrow."""
    system = seen(VALUE, [0], MARGINS)
    assert opened(system, wanting(1, 16, harmless=3))[0].size == 0
    assert opened(system, wanting(1, 16, harmless=4))[0].tolist() == [0]


def test_numbers_that_contradict_each_other_are_an_error():
    """Where nothing fits what is shown, that is said."""
    value = VALUE.copy()
    value[3] = 500  # the first row's sum, beyond what its hidden cells can hold
    system = seen(value, [0, 1], MARGINS)
    with pytest.raises(ProtectionError, match="contradict"):
        Attack(system, system.parts()[0]).bounds(0)


def test_propagation_finds_what_follows_step_by_step():
    """Whole cells between bounds are told by rounding and by each other; no possible number is cut off."""
    matrix = csr_array(np.array([[1.0, 1.0, -1.0, 0.0], [0.0, 2.0, 0.0, -1.0]]))
    system = System(matrix, np.array([0.0, 0, 5, 3]), np.array([9.0, 9, 5, 5]))
    whole = tightened(system, np.array([True, True, False, False]))
    assert whole.lower[:2].tolist() == [3, 2]  # twice the second is 3 to 5: it is 2, so the first is 3
    assert whole.upper[:2].tolist() == [3, 2]
    broken = tightened(system, np.zeros(4, dtype=bool))
    assert broken.lower[:2].tolist() == [2.5, 1.5]
    assert broken.upper[:2].tolist() == [3.5, 2.5]


def test_bounds_that_cross_are_left():
    """A contradiction is not hidden by propagation: the cells keep their bounds."""
    matrix = csr_array(np.array([[1.0, 1.0, -1.0]]))
    system = System(matrix, np.array([0.0, 0, 9]), np.array([2.0, 2, 9]))
    same = tightened(system, np.ones(3, dtype=bool))
    assert (same.lower <= same.upper).all()


def cells_of(hidden: list[int], *, candidates: list[int] | None = None, weight: np.ndarray | None = None) -> Cells:
    places = np.arange(16)
    chosen = np.isin(
        places, candidates if candidates is not None else [place for place in places if place not in hidden]
    )
    return Cells(MARGINS, VALUE, np.zeros(16), np.full(16, 100.0), np.isin(places, hidden), chosen,
                 np.ones(16) if weight is None else weight)  # fmt: skip


def test_the_cheapest_square_is_hidden():
    """To free the cell at 0, one in its row, one in its column and one where these meet go: those of least weight."""
    weight = np.full(16, 10.0)
    weight[[2, 8, 10]] = 1.0
    system = seen(VALUE, [0], MARGINS)
    found = opened(system, wanting(1, 16))
    assert cover(cells_of([0], weight=weight), *found, wanting(1, 16)).tolist() == [2, 8, 10]


def test_what_may_not_be_hidden_is_not():
    """Where every way is closed nothing is hidden, and the cell is not said to be free."""
    found = opened(seen(VALUE, [0], MARGINS), wanting(1, 16))
    answer = covered(cells_of([0], candidates=[1, 2]), *found, wanting(1, 16))
    assert (answer.hide.size, answer.free.size) == (0, 0)


def test_a_sign_is_dropped_where_that_is_cheaper():
    """A hidden cell told to be 3 or 4 by its sign is freed by dropping it, not by hiding another shown cell."""
    matrix = csr_array(np.array([[1.0, 1.0, -1.0]]))
    value = np.array([3.0, 4.0, 7.0])
    cells = Cells(matrix, value, np.array([0.0, 4, 0]), np.array([9.0, 4, 20]), np.array([True, True, False]),
                  np.array([False, False, True]), np.array([1.0, 1, 5]), np.zeros(3), np.full(3, 20.0))  # fmt: skip
    answer = covered(cells, np.array([0]), np.array([3.0]), np.array([3.0]), wanting(1, 3))
    assert (answer.hide.tolist(), answer.blur.tolist(), answer.free.tolist()) == ([], [1], [0])


def test_batches_hold_every_part_once():
    """Joined parts are as large as asked for, and none is lost."""
    parts = [np.arange(0, 3), np.arange(3, 5), np.arange(5, 9), np.arange(9, 10)]
    joined = list(batches(iter(parts), 4))
    assert np.concatenate(joined).tolist() == list(range(10))
    assert [len(one) for one in joined] == [5, 4, 1]


@pytest.mark.parametrize(("size", "forks"), [(1, True), (2, True), (2, False)])
def test_a_crew_answers_in_order(size, forks, monkeypatch):
    """One process or two, forked or started anew: the same answers in the same order."""
    possible = has_fork()
    monkeypatch.setattr("skq.forking.has_fork", lambda: forks and possible)
    with Crew(size, fewest=4) as crew:
        assert crew.answers(abs, list(range(-10, 10))) == [abs(number) for number in range(-10, 10)]


def test_a_fork_asks_of_what_it_remembers():
    """A process that begins with the jobs in memory is told the place of each alone."""
    crew_room._remember(abs, [-2, -3])
    assert crew_room._answer(1) == 3


@pytest.mark.parametrize(
    ("lower", "upper", "message"),
    [([0.0], [1.0, 2], "one lower and one upper"), ([2.0, 0], [1.0, 1], "above its upper")],
)
def test_systems_are_whole(lower, upper, message):
    """Bounds that do not fit the cells, or each other, are refused."""
    with pytest.raises(ValueError, match=message):
        System(csr_array(np.ones((1, 2))), np.array(lower), np.array(upper))
