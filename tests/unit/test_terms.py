"""School years, cells and rounding: the words every room shares."""

import pytest
from skq.terms import Cell, CellStatus, SchoolYear, round_half_up


@pytest.mark.parametrize("text", ["2024", "2024/26", "2024-25", "24/25", "2024/25 ", ""])
def test_school_year_refuses_other_forms(text):
    """Only 2024/25 is a school year."""
    with pytest.raises(ValueError, match="write it as 2024/25"):
        SchoolYear.parse(text)


def test_school_year_over_the_century():
    """1999/00 follows 1998/99, is printed as written, and its spring is 2000."""
    year = SchoolYear.parse("1999/00")
    assert (str(year), str(year.previous), year.spring) == ("1999/00", "1998/99", 2000)


@pytest.mark.parametrize(("value", "status"), [(None, CellStatus.OBSERVED), (1.0, CellStatus.TOO_FEW)])
def test_cell_refuses_contradictions(value, status):
    """A hidden cell has no number, and an observed one has."""
    with pytest.raises(ValueError, match="contradicts itself"):
        Cell(value, status)


def test_cell_holds_value_and_status():
    """A cell is its value and its status."""
    assert Cell(None, CellStatus.TOO_FEW).status is CellStatus.TOO_FEW
    assert Cell(140.0, CellStatus.ROUNDED).value == 140.0


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(81.25, 1, 81.3), (82.5, 0, 83.0), (-3.25, 1, -3.3), (0.285, 2, 0.29), (214.714, 2, 214.71)],
)
def test_rounding_is_half_up(value, decimals, expected):
    """Ties are rounded away from zero, as the agencies publish (104 of 128 is 81.3 %)."""
    assert round_half_up(value, decimals) == expected
