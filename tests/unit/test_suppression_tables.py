"""Tables with all their totals: which cells there are, what they count, and every equation between them."""

import numpy as np
import pandas as pd
import pytest
from skq.suppression.tables import crossed, linked

# Two sexes in three regions; regions make up counties, and the same regions kinds of place.
ROWS = pd.DataFrame(
    [("girls", "A", "north", "town", 1), ("boys", "A", "north", "town", 4), ("girls", "B", "north", "village", 6),
     ("girls", "C", "south", "village", 2), ("boys", "C", "south", "village", 9)],
    columns=["sex", "region", "county", "kind", "n"],
)  # fmt: skip
SEX = {"sex": ("sex",)}
PLACE = {"place": ("county", "kind", "region")}


def count(cells: pd.DataFrame, **labels: str) -> float:
    """The count of the one cell with the labels, other dimensions at their total."""
    chosen = cells[["sex", "place"]].eq({"sex": "Total", "place": "Total"} | labels).all(axis=1)
    return float(cells.loc[chosen, "n"].item())


def test_cells_and_their_order():
    """The first dimension varies slowest; each has its total first, then its columns as given, each sorted."""
    cells, _ = crossed(ROWS, SEX | PLACE, "n")
    assert cells["place"].tolist() == ["Total", "north", "south", "town", "village", "B"] * 3
    assert cells["sex"].tolist() == ["Total"] * 6 + ["boys"] * 6 + ["girls"] * 6


def test_the_same_category_under_two_names_is_one_cell():
    """South is region C, and town is region A: neither region has a cell of its own besides."""
    cells, _ = crossed(ROWS, PLACE, "n")
    assert cells["place"].tolist() == ["Total", "north", "south", "town", "village", "B"]
    assert cells["n"].tolist() == [22, 11, 11, 5, 17, 6]


def test_totals():
    """Margins and subtotals are sums of the rows, by hand."""
    cells, _ = crossed(ROWS, SEX | PLACE, "n")
    assert count(cells) == 22
    assert count(cells, sex="girls") == 9
    assert count(cells, place="north") == 11
    assert count(cells, place="village", sex="girls") == 8
    assert count(cells, place="B", sex="boys") == 0


def test_the_equations_are_all_there_are():
    """The values fit, and what fits the equations is a sum of some inner table: no relation is left out."""
    cells, system = crossed(ROWS, SEX | PLACE, "n")
    assert np.abs(system.matrix @ cells["n"].to_numpy()).max() == 0
    inner = 2 * 3
    assert np.linalg.matrix_rank(system.matrix.toarray()) == len(cells) - inner


def test_a_relation_between_two_tables():
    """Counties by sex in one table and regions by sex in another: a county still is the sum of its regions."""
    cells, system = linked(
        ROWS, [{"sex": ("sex",), "place": ("county",)}, {"sex": ("sex",), "place": ("region",)}], "n"
    )
    found = {frozenset(cells.loc[row.indices, ["sex", "place"]].itertuples(index=False, name=None))
             for row in (system.matrix[[at]] for at in range(system.matrix.shape[0]))}  # fmt: skip
    assert frozenset({("girls", "north"), ("girls", "A"), ("girls", "B")}) in found
    assert np.linalg.matrix_rank(system.matrix.toarray()) == len(cells) - 6


def test_linked_tables_share_cells():
    """A cell with the same conditions in two tables is one, and is said to stand in both."""
    cells, _ = linked(ROWS, [SEX, PLACE], "n")
    assert cells.loc[cells["table_1"], "sex"].tolist() == ["Total", "boys", "girls"]
    both = cells[cells["table_1"] & cells["table_2"]]
    assert both[["sex", "place"]].to_numpy().tolist() == [["Total", "Total"]]


def test_rows_may_come_in_any_order():
    """The cells and equations are the same from the rows turned round."""
    cells, system = crossed(ROWS, SEX | PLACE, "n")
    turned, again = crossed(ROWS.iloc[::-1], SEX | PLACE, "n")
    pd.testing.assert_frame_equal(cells, turned)
    assert (system.matrix != again.matrix).nnz == 0


def test_empty_cells_are_left_out_on_request():
    """Nobody is a boy in region B: without empty cells there is none of the kind, and all still adds up."""
    cells, system = crossed(ROWS, SEX | PLACE, "n", empty=False)
    assert cells["n"].gt(0).all()
    assert len(cells) == 18 - 1
    assert np.abs(system.matrix @ cells["n"].to_numpy()).max() == 0


def test_a_value_that_means_two_things_is_told_apart():
    """County 1 and kind 1 are different places: their column stands before the value."""
    rows = ROWS.assign(county=["1", "1", "1", "2", "2"], kind=["1", "1", "2", "2", "2"])
    cells, _ = crossed(rows, PLACE, "n")
    assert {"county:1", "county:2", "kind:1", "kind:2"} < set(cells["place"])


def test_the_inner_table_ties_the_tables_together():
    """With the inner table every published cell is the sum of its inner ones, which stand in no table."""
    cells, system = linked(ROWS, [SEX, PLACE], "n", inner=True)
    published = cells["table_1"] | cells["table_2"]
    assert (~published).sum() == 2 * 3
    assert cells.loc[~published, "n"].sum() == 22
    assert np.abs(system.matrix @ cells["n"].to_numpy()).max() == 0
    assert system.matrix.shape[0] == published.sum()


@pytest.mark.parametrize(("dimensions", "expected"), [
    pytest.param({}, "at least one dimension", id="none"),
    pytest.param({"sex": ()}, "at least one column", id="no-column"),
    pytest.param({"sex": ("gender",)}, "lack the column.*gender", id="unknown"),
])  # fmt: skip
def test_a_table_that_cannot_be(dimensions, expected):
    """A dimension needs columns, and the rows must have them."""
    with pytest.raises(ValueError, match=expected):
        crossed(ROWS, dimensions, "n")
