"""Frequency tables with all their totals, and the equations between their cells.

A dimension is named by the columns that its categories are read from, coarse or fine: `("county", "region")`. Which
column nests in which is found in the rows, so one dimension may have several hierarchies at once (regions make up
counties, and the same regions kinds of municipality). A category is the set of finest categories that it covers: the
same set under two names, or in two tables, is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, eye_array, hstack

from skq.suppression.system import Booleans, Positions, System

TOTAL = "Total"
ABOVE = 10.0
"""How far above twice the grand total a cell is thought to reach at most: so far that it makes no range narrow."""

Hierarchy = Sequence[str]
"""The columns of a dimension's levels."""
Table = Mapping[str, Hierarchy]
"""The dimensions of a table, by name; a dimension that is not named is at its total."""
Node = frozenset[int]


def crossed(rows: pd.DataFrame, dimensions: Table, count: str, *, empty: bool = True) -> tuple[pd.DataFrame, System]:
    """Return the cells of the table that crosses *dimensions*, all margins among them, and the equations between them.

    *rows* are microdata or cells without margins; *count* is the column that is summed. The cells have one text column
    per dimension (`Total`, or the value of one of its columns, with `column:` before it where two columns use the same
    value for different things), the count, and `table_1`. They are sorted: the first dimension varies slowest, each
    has its total first, then its columns as given, each sorted as text. With *empty* every combination is a cell,
    otherwise only those that count something: the others are then known to be zero.

    The bounds of the system are what is known of a cell that is hidden: 0 up to more than twice the grand total.
    """
    return linked(rows, [dimensions], count, empty=empty)


def linked(
    rows: pd.DataFrame, tables: Sequence[Table], count: str, *, empty: bool = True, inner: bool = False
) -> tuple[pd.DataFrame, System]:
    """Return the cells of several *tables* over the same *rows*, each cell once, and the equations between them all.

    As `crossed`; the columns `table_1`, `table_2`, … tell which tables a cell stands in. With *inner* the full crossing
    of all dimensions follows, unpublished (in no table): an attacker knows that all tables count the same people, which
    can tell more than the equations between what is published. It grows as the product of all dimensions: small cases.
    """
    dimensions = _dimensions(rows, tables)
    base, counts = _base(rows, dimensions, count)
    standing = [_in_table(table, dimensions) for table in tables]
    shape = tuple(len(dimension.nodes) for dimension in dimensions)
    exists = np.array(standing)
    anywhere = np.array(exists.any(axis=0))
    value = _margins(dimensions, base, counts)
    kept = anywhere & (empty | (value != 0))
    full = np.flatnonzero(kept)
    cells = _labelled(dimensions, np.unravel_index(full, shape))
    cells[count] = value[full]
    for number, stands in enumerate(exists, start=1):
        cells[f"table_{number}"] = stands[full]
    if inner:
        cells, matrix = _with_inner(cells, dimensions, full, base, counts, count)
    else:
        matrix = _equations(dimensions, tables, anywhere, full)
    most = 2.0 * counts.sum() + ABOVE
    return cells, System(matrix, np.zeros(len(cells)), np.full(len(cells), most))


@dataclass(frozen=True, eq=False)
class _Dimension:
    name: str
    columns: tuple[str, ...]
    leaves: pd.MultiIndex
    nodes: dict[Node, str]
    of_column: dict[str, list[Node]] = field(repr=False)

    @property
    def total(self) -> Node:
        return frozenset(range(len(self.leaves)))

    def position(self) -> dict[Node, int]:
        return {node: at for at, node in enumerate(self.nodes)}

    def member(self) -> csr_array:
        """Return which leaves (columns) make up which node (rows)."""
        pairs = [(at, leaf) for at, node in enumerate(self.nodes) for leaf in sorted(node)]
        row, column = np.array(pairs).T
        return csr_array((np.ones(len(pairs)), (row, column)), shape=(len(self.nodes), len(self.leaves)))


def _dimensions(rows: pd.DataFrame, tables: Sequence[Table]) -> list[_Dimension]:
    columns: dict[str, dict[str, None]] = {}
    for table in tables:
        for name, levels in table.items():
            columns.setdefault(name, {}).update(dict.fromkeys(levels))
    if not columns or not all(columns.values()):
        raise ValueError("a table needs at least one dimension, and a dimension at least one column")
    missing = sorted({c for levels in columns.values() for c in levels} - set(rows.columns))
    if missing:
        raise ValueError(f"the rows lack the column(s) {', '.join(missing)} that a dimension is read from")
    return [_dimension(rows, name, tuple(levels)) for name, levels in columns.items()]


def _dimension(rows: pd.DataFrame, name: str, columns: tuple[str, ...]) -> _Dimension:
    leaves = pd.MultiIndex.from_frame(rows[list(columns)].astype(str).drop_duplicates().sort_values(list(columns)))
    named: dict[Node, tuple[str, str]] = {frozenset(range(len(leaves))): ("", TOTAL)}
    of_column: dict[str, list[Node]] = {}
    for column in columns:
        at = pd.Series(range(len(leaves)), index=leaves.get_level_values(column)).groupby(level=0, sort=True)
        of_column[column] = [frozenset(part) for _, part in at]
        for (value, _), node in zip(at, of_column[column], strict=True):
            named.setdefault(node, (column, str(value)))
    often = pd.Series([value for _, value in named.values()]).value_counts()
    nodes = {
        node: value if often[value] == 1 or not column else f"{column}:{value}"
        for node, (column, value) in named.items()
    }
    return _Dimension(name, columns, leaves, nodes, of_column)


def _base(rows: pd.DataFrame, dimensions: Sequence[_Dimension], count: str) -> tuple[list[Positions], np.ndarray]:
    """Return the combinations of leaves that occur (one array of leaf numbers per dimension) and their counts."""
    codes = []
    for dimension in dimensions:
        named = pd.MultiIndex.from_frame(rows[list(dimension.columns)].astype(str))
        codes.append(dimension.leaves.get_indexer(named))
    summed = rows[count].astype("float64").groupby(codes).sum()
    index = summed.index if isinstance(summed.index, pd.MultiIndex) else pd.MultiIndex.from_arrays([summed.index])
    return [index.get_level_values(level).to_numpy() for level in range(len(dimensions))], summed.to_numpy()


def _in_table(table: Table, dimensions: Sequence[_Dimension]) -> Booleans:
    """Return which of all combinations of nodes stand in *table* (as one flat array)."""
    stands = []
    for dimension in dimensions:
        levels = table.get(dimension.name, ())
        own = {dimension.total, *(node for column in levels for node in dimension.of_column[column])}
        stands.append(np.array([node in own for node in dimension.nodes]))
    return reduce(np.logical_and.outer, stands).ravel()


def _margins(dimensions: Sequence[_Dimension], base: Sequence[Positions], counts: np.ndarray) -> np.ndarray:
    """Return the count of every combination of nodes (as one flat array)."""
    table = np.zeros(tuple(len(dimension.leaves) for dimension in dimensions))
    table[tuple(base)] = counts
    for axis, dimension in enumerate(dimensions):
        folded = np.moveaxis(table, axis, 0)
        summed = dimension.member() @ folded.reshape(len(dimension.leaves), -1)
        table = np.moveaxis(summed.reshape(-1, *folded.shape[1:]), 0, axis)
    return table.ravel()


def _labelled(dimensions: Sequence[_Dimension], codes: Sequence[Positions]) -> pd.DataFrame:
    names = [np.array(list(dimension.nodes.values()), dtype=object) for dimension in dimensions]
    return pd.DataFrame({d.name: n[c] for d, n, c in zip(dimensions, names, codes, strict=True)})


def _equations(
    dimensions: Sequence[_Dimension], tables: Sequence[Table], exists: Booleans, full: Positions
) -> csr_array:
    """Return the equations between the cells *full* (of those that exist): each is a cell less the cells it sums."""
    shape = tuple(len(dimension.nodes) for dimension in dimensions)
    place = np.full(len(exists), -1)
    place[full] = np.arange(len(full))
    number, entries = 0, []
    for axis, dimension in enumerate(dimensions):
        stride = int(np.prod(shape[axis + 1 :]))
        others = np.flatnonzero((np.arange(len(exists)) // stride) % shape[axis] == 0)
        for whole, parts in _sums(dimension, tables):
            above = others + whole * stride
            below = others[:, None] + np.array(parts) * stride
            there = exists[above] & exists[below].all(axis=1)
            cells = np.column_stack([place[above], place[below]])[there]
            row = np.repeat(number + np.arange(len(cells)), cells.shape[1]).reshape(cells.shape)
            sign = np.broadcast_to(np.r_[1.0, np.full(len(parts), -1.0)], cells.shape)
            entries.append(np.column_stack([row[cells >= 0], cells[cells >= 0], sign[cells >= 0]]))
            number += len(cells)
    row, column, sign = np.concatenate([np.zeros((0, 3)), *entries]).T
    matrix = csr_array((sign, (row.astype(int), column.astype(int))), shape=(number, len(full)))
    return matrix[np.flatnonzero(np.diff(matrix.indptr))]


def _sums(dimension: _Dimension, tables: Sequence[Table]) -> Iterator[tuple[int, list[int]]]:
    """Yield which node (as its position) is the sum of which others: each column's nodes of the next finer column's."""
    position = dimension.position()
    levels = {"": [dimension.total], **dimension.of_column}
    within = {(a, b) for a, b in product(levels, repeat=2) if a != b and _nested(levels[b], levels[a])}
    seen = set()
    for coarse, fine in product(levels, repeat=2):
        if (coarse, fine) not in within or _told_by_steps(coarse, fine, within, dimension.name, tables):
            continue
        for whole in levels[coarse]:
            parts = tuple(sorted(position[node] for node in levels[fine] if node <= whole))
            if len(parts) > 1 and (whole, parts) not in seen:
                seen.add((whole, parts))
                yield position[whole], list(parts)


def _nested(fine: Sequence[Node], coarse: Sequence[Node]) -> bool:
    return all(any(node <= whole for whole in coarse) for node in fine)


def _told_by_steps(coarse: str, fine: str, within: set[tuple[str, str]], name: str, tables: Sequence[Table]) -> bool:
    """Return whether a column in between stands in every table where *coarse* does, or where *fine* does."""
    used = [set(table.get(name, ())) | {""} for table in tables]
    return any(
        (coarse, between) in within
        and (between, fine) in within
        and ((between, coarse) not in within and (fine, between) not in within)
        and any(all(between in columns for columns in used if end in columns) for end in (coarse, fine))
        for between in {b for _, b in within}
    )


def _with_inner(
    cells: pd.DataFrame,
    dimensions: Sequence[_Dimension],
    full: Positions,
    base: Sequence[Positions],
    counts: np.ndarray,
    count: str,
) -> tuple[pd.DataFrame, csr_array]:
    """Return the cells and after them the full crossing of leaves, and the equations: each cell is a sum of those."""
    shape = tuple(len(dimension.nodes) for dimension in dimensions)
    leaves = tuple(len(dimension.leaves) for dimension in dimensions)
    of_node = [dimension.member().toarray() for dimension in dimensions]
    sums = [
        reduce(np.multiply.outer, [member[at] for member, at in zip(of_node, codes, strict=True)]).ravel()
        for codes in zip(*np.unravel_index(full, shape), strict=True)
    ]
    table = np.zeros(leaves)
    table[tuple(base)] = counts
    crossing = pd.DataFrame(
        {
            dimension.name: ["/".join(dimension.leaves[leaf]) for leaf in codes]
            for dimension, codes in zip(dimensions, np.unravel_index(np.arange(table.size), leaves), strict=True)
        }
    )
    crossing[count] = table.ravel()
    for column in cells.columns.difference(crossing.columns):
        crossing[column] = False
    matrix = hstack([eye_array(len(cells)), -csr_array(np.array(sums))]).tocsr()
    return pd.concat([cells, crossing[cells.columns]], ignore_index=True), matrix
