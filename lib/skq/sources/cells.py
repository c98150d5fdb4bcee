"""One published cell becomes a value or the reason why there is none.

Symbols of Skolverket's exports and open API, as told in the footnotes of the exports and in the design's
domain specification, section 0.
"""

from __future__ import annotations

import re
from decimal import Decimal

import pandas as pd

from skq.terms import Cell, CellStatus

SYMBOLS: dict[str, CellStatus] = {
    "": CellStatus.MISSING,
    ".": CellStatus.MISSING,
    "..": CellStatus.TOO_FEW,
    "~100": CellStatus.NEARLY_ALL,
    "*": CellStatus.EXEMPT,
    "–": CellStatus.EXEMPT,
}
"""What a cell without a number says. `~100` is never 100 and `..` is never 0."""

VALUE_TYPES: dict[str, frozenset[CellStatus]] = {
    "EXISTS": frozenset({CellStatus.OBSERVED, CellStatus.ROUNDED}),
    "MISSING": frozenset({CellStatus.MISSING}),
    "OMITTED_DUE_TO_BASED_ON_FEW_PUPILS": frozenset({CellStatus.TOO_FEW}),
    "ROUNDED_OFF_DUE_TO_FEW_PUPILS_NOT_ELIGIBLE": frozenset({CellStatus.NEARLY_ALL}),
    "TEACHERS_EXCLUDED_DUE_TO_NO_REQUIRED_LEGITIMATION": frozenset({CellStatus.EXEMPT}),
}
"""The `valueType` of the open API, and which statuses its text may have."""

_SPACES = re.compile(r"[ \u00a0\u2007\u2009\u202f]+")
_GROUPED = re.compile(r"-?\d{1,3}(?: \d{3})+(?:,\d+)?")
_PLAIN = re.compile(r"-?\d+(?:,\d+)?")
_ROUNDED = re.compile(r"cirka (\d[\d ]*)")


def parse_cell(text: str | None) -> Cell:
    """Return the value of a published cell, or the reason why there is none.

    Reads decimal comma, thousands parted by any kind of space, `cirka 140`, and the symbols of `SYMBOLS`. A share stays
    in the percent that was published. ValueError for any other text.

    >>> parse_cell("1 299,5"), parse_cell("~100").status.value
    (Cell(value=1299.5, status=<CellStatus.OBSERVED: 'observed'>), 'nearly_all')
    """
    plain = _plain(text)
    if plain in SYMBOLS:
        return Cell(None, SYMBOLS[plain])
    if rounded := _ROUNDED.fullmatch(plain):
        return Cell(float(_number(rounded[1])), CellStatus.ROUNDED)
    return Cell(float(_number(plain)), CellStatus.OBSERVED)


def parse_share(text: str | None) -> Cell:
    """Return a published percentage as a share from 0 to 1, exact: 81,3 becomes the float nearest to 0.813.

    ValueError for a share outside 0 to 1, and as `parse_cell`.
    """
    cell = parse_cell(text)
    if cell.value is None:
        return cell
    share = _number(_plain(text)) / 100
    if not 0 <= share <= 1:
        raise ValueError(f"{text!r} is a percentage outside 0 to 100")
    return Cell(float(share), cell.status)


def parse_cells(texts: pd.Series, *, share: bool) -> pd.DataFrame:
    """Return columns `value` (Float64) and `status` (str) for published *texts*, aligned with them.

    *share*: the texts are percentages and become shares from 0 to 1. ValueError names the first text that is neither a
    number nor a known symbol.
    """
    parse = parse_share if share else parse_cell
    cells = {text: parse(_text(text)) for text in texts.unique()}
    values = texts.map({text: cell.value for text, cell in cells.items()})
    statuses = texts.map({text: str(cell.status) for text, cell in cells.items()})
    return pd.DataFrame({"value": values.astype("Float64"), "status": statuses.astype("str")}, index=texts.index)


def unreadable(texts: pd.Series, *, share: bool) -> pd.Series:
    """Return those of *texts* that neither `parse_cell` nor, for a *share*, `parse_share` can read."""
    return texts[~texts.map({text: _readable(text, share=share) for text in texts.unique()}).astype(bool)]


def _readable(text: object, *, share: bool) -> bool:
    try:
        (parse_share if share else parse_cell)(_text(text))
    except ValueError:
        return False
    return True


def _text(found: object) -> str | None:
    return found if isinstance(found, str) else None


def _plain(text: str | None) -> str:
    return _SPACES.sub(" ", (text or "").removeprefix("\ufeff")).strip()


def _number(plain: str) -> Decimal:
    signed = plain.replace("\u2212", "-")
    if _GROUPED.fullmatch(signed) or _PLAIN.fullmatch(signed):
        return Decimal(signed.replace(" ", "").replace(",", "."))
    raise ValueError(f"{plain!r} is neither a number nor a symbol that Skolverket uses")
