"""Published cells: values, symbols, and what is refused. Symbols: domain specification, section 0."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skq.sources.cells import parse_cell, parse_cells, parse_share, unreadable
from skq.terms import Cell, CellStatus


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("241,3", Cell(241.3, CellStatus.OBSERVED), id="decimal-comma"),
        pytest.param("434", Cell(434.0, CellStatus.OBSERVED), id="whole"),
        pytest.param("0,0", Cell(0.0, CellStatus.OBSERVED), id="zero-is-a-number"),
        pytest.param("-9", Cell(-9.0, CellStatus.OBSERVED), id="negative"),
        pytest.param("\u22129", Cell(-9.0, CellStatus.OBSERVED), id="minus-sign"),
        pytest.param("1 299", Cell(1299.0, CellStatus.OBSERVED), id="space"),
        pytest.param("1\u00a0124", Cell(1124.0, CellStatus.OBSERVED), id="no-break-space"),
        pytest.param("1\u202f104\u202f634", Cell(1104634.0, CellStatus.OBSERVED), id="narrow-no-break-space"),
        pytest.param("3 681,1", Cell(3681.1, CellStatus.OBSERVED), id="thousands-and-decimals"),
        pytest.param("\ufeff88", Cell(88.0, CellStatus.OBSERVED), id="byte-order-mark"),
        pytest.param(" 88 ", Cell(88.0, CellStatus.OBSERVED), id="blanks-around"),
        pytest.param("cirka 140", Cell(140.0, CellStatus.ROUNDED), id="rounded"),
        pytest.param("cirka 1 240", Cell(1240.0, CellStatus.ROUNDED), id="rounded-thousands"),
        pytest.param("..", Cell(None, CellStatus.TOO_FEW), id="double-dot"),
        pytest.param(".", Cell(None, CellStatus.MISSING), id="dot"),
        pytest.param("~100", Cell(None, CellStatus.NEARLY_ALL), id="nearly-all"),
        pytest.param("*", Cell(None, CellStatus.EXEMPT), id="star"),
        pytest.param("–", Cell(None, CellStatus.EXEMPT), id="dash"),
        pytest.param("", Cell(None, CellStatus.MISSING), id="blank"),
        pytest.param(None, Cell(None, CellStatus.MISSING), id="none"),
    ],
)
def test_parse_cell(text: str | None, expected: Cell) -> None:
    """A published cell becomes a value, or the reason why there is none."""
    assert parse_cell(text) == expected


@pytest.mark.parametrize(
    "text", ["...", "~99", "81.3", "1 2", "12 3456", "cirka", "cirka 81,3", "<5", "n/a", "1,2,3", "-"]
)
def test_parse_cell_unknown_symbol(text: str) -> None:
    """A sign that Skolverket does not use stops, it is never guessed at."""
    with pytest.raises(ValueError, match="neither a number nor a symbol"):
        parse_cell(text)


@pytest.mark.parametrize(
    ("text", "share"), [("81,3", 0.813), ("100", 1.0), ("100,0", 1.0), ("0,6", 0.006), ("40,7", 0.407)]
)
def test_parse_share_exact(text: str, share: float) -> None:
    """A percentage becomes the float nearest to the share, without what dividing floats adds."""
    assert parse_share(text).value == share


@pytest.mark.parametrize("text", ["100,1", "-0,1", "1 299"])
def test_parse_share_outside(text: str) -> None:
    """A percentage below 0 or above 100 is refused."""
    with pytest.raises(ValueError, match="outside 0 to 100"):
        parse_share(text)


def test_parse_share_symbol() -> None:
    """A symbol stays a symbol where a percentage is expected."""
    assert parse_share("~100") == Cell(None, CellStatus.NEARLY_ALL)


@given(st.integers(-(10**9), 10**9), st.integers(0, 9))
def test_parse_cell_round_trip(whole: int, tenth: int) -> None:
    """What is written the Swedish way is read as the number that was written, with or without thousands parted."""
    number = float(f"{whole}.{tenth}")
    plain = f"{whole},{tenth}"
    grouped = f"{whole:,}".replace(",", "\u00a0") + f",{tenth}"
    assert parse_cell(plain).value == number
    assert parse_cell(grouped).value == number


def test_parse_cells_aligned() -> None:
    """A column is read cell by cell, in its own order, and keeps its index."""
    texts = pd.Series(["50,0", "..", "50,0", None], index=[7, 3, 5, 1], dtype="str")
    parsed = parse_cells(texts, share=True)
    assert parsed["value"].tolist()[::2] == [0.5, 0.5]
    assert parsed["value"].isna().tolist() == [False, True, False, True]
    assert parsed["status"].tolist() == ["observed", "too_few", "observed", "missing"]
    assert parsed.index.tolist() == [7, 3, 5, 1]


def test_unreadable_finds_every_wrong_cell() -> None:
    """All cells that cannot be read are found, not only the first."""
    texts = pd.Series(["50,0", "x", "..", "101", "x"], dtype="str")
    assert unreadable(texts, share=True).index.tolist() == [1, 3, 4]
    assert unreadable(texts, share=False).index.tolist() == [1, 4]
