"""Known numbers and the lines between them -> one system of cells, and what is opened when all of it is solved.

Every number is three cells, its count, what it rests on, and those who lack the property; every line with a rest has
cells for that. The system is first drawn tight by its equations, then asked by linear programmes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from skq import catalog
from skq.errors import ProtectionError
from skq.protect.leak import is_counted, is_secret
from skq.protect.rule import DisclosureRule
from skq.release.attack_known import MOST, OFFICIAL, Known
from skq.release.attack_lines import Lines
from skq.suppression.attack import Attack, Demand
from skq.suppression.propagate import tightened
from skq.suppression.system import System

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]
SLACK = 1e-4


@dataclass(frozen=True, eq=False)
class Opened:
    """The hidden rows that are told too closely, each with the line that says most of it (-1: none alone).

    `clash` are rows of a part whose numbers contradict each other, so that nothing can be said of it.
    """

    rows: Positions
    line: Positions
    clash: Positions


@dataclass(frozen=True, eq=False)
class _Built:
    system: System
    whole: Booleans
    line: Positions


def opened(known: Known, told: Lines, rule: DisclosureRule) -> Opened:
    """Return what everything that is *known*, put together by the lines *told*, opens of the hidden numbers."""
    built = _system(known, told)
    system = tightened(built.system, built.whole)
    rows = len(known.low)
    untold = known.rows["value"].isna() | ~known.rows["since"].isin(["", OFFICIAL])
    secret = is_secret(known.rows) & untold.to_numpy(dtype=bool)
    clash: list[int] = []
    demand = _demand(known, system, rule, secret)
    low, high = system.lower.copy(), system.upper.copy()
    for part in system.parts():
        if demand.wanted[part].any():
            try:
                low[part], high[part] = Attack(system, part).ranges(demand)
            except ProtectionError:
                clash.append(int(part[0]) % rows)
    low, high = _rounded(low, high, built.whole)
    narrow = _narrow(known, low, high, rule, secret)
    found = np.flatnonzero(narrow)
    return Opened(found, _telling(built, found), np.asarray(sorted(set(clash)), dtype=np.int64))


def _system(known: Known, told: Lines) -> _Built:
    """Return the cells (counts, what they rest on, who lacks it, rests) and the equations between them."""
    rows, count = len(known.low), len(told.name)
    share = known.rows["kind"].eq("share").to_numpy(dtype=bool)
    k, n, lack = (place * rows + np.arange(rows) for place in range(3))
    rest_k, rest_n = 3 * rows + np.arange(count), 3 * rows + count + np.arange(count)
    of_values = told.values[told.line]
    cell = np.where(told.lack, lack[told.row], k[told.row])
    weight = np.where(of_values, 1.0 / np.maximum(known.n_high[told.row], 1.0), 1.0) * told.sign
    entries = [
        (told.line, cell, weight),
        (np.flatnonzero(told.rest), rest_k[told.rest], -np.ones(int(told.rest.sum()))),
    ]
    people = told.people[told.line]
    entries += [
        (count + told.line[people], n[told.row[people]], told.sign[people]),
        (count + np.flatnonzero(told.rest & told.people), rest_n[told.rest & told.people],
         -np.ones(int((told.rest & told.people).sum()))),
    ]  # fmt: skip
    those = np.flatnonzero(share)
    parted = 2 * count + np.arange(len(those))
    entries += [(parted, k[those], np.ones(len(those))), (parted, lack[those], np.ones(len(those))),
                (parted, n[those], -np.ones(len(those)))]  # fmt: skip
    of_line = np.concatenate([np.arange(count), np.arange(count), np.full(len(those), -1)])
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    signed = np.zeros(count, dtype=bool)
    signed[told.line[known.low[told.row] < -MOST / 2]] = True
    signed |= told.values
    lower = np.concatenate([known.low, known.n_low, known.lack_low, np.where(signed, -MOST, 0.0), np.zeros(count)])
    upper = np.concatenate([known.high, known.n_high, known.lack_high, np.full(2 * count, MOST)])
    matrix = csr_array((value, (row, column)), shape=(len(of_line), len(lower)))
    kept = consistent(matrix, lower, upper)
    kept &= ~_unknown_values(known, told, count, len(of_line))
    whole = known.whole & known.rows["kind"].ne("amount").to_numpy(dtype=bool)
    nothing = np.zeros(2 * count, dtype=bool)
    integral = np.concatenate([whole, whole & (known.n_low % 1 == 0), whole, nothing])
    return _Built(System(matrix[kept], lower, upper), integral, of_line[kept])


def _unknown_values(known: Known, told: Lines, count: int, equations: int) -> Booleans:
    """Return which equations add values of which one is of unknown size: nothing can be said of them."""
    dropped = np.zeros(equations, dtype=bool)
    vague = known.n_high[told.row] >= MOST
    dropped[told.line[vague & told.values[told.line]]] = True
    return dropped


def consistent(matrix: csr_array, lower: Floats, upper: Floats) -> Booleans:
    """Return which equations any numbers within the bounds fulfil; the others do not hold and tell nothing."""
    positive, negative = matrix.maximum(0), matrix.minimum(0)
    least = positive @ lower + negative @ upper
    most = positive @ upper + negative @ lower
    return np.asarray((least <= SLACK) & (most >= -SLACK), dtype=np.bool_)


def _demand(known: Known, system: System, rule: DisclosureRule, secret: Booleans) -> Demand:
    """Return what must be left open: counts and, of shares, whether perhaps nobody lacks the property."""
    rows, cells = len(known.low), system.cells
    wanted = np.zeros(cells, dtype=bool)
    wanted[:rows] = secret
    wanted[2 * rows : 3 * rows] = secret & _higher(known)
    width = np.zeros(cells)
    amount = ~is_counted(known.rows)  # of time and of posts too
    size = np.maximum(np.abs(system.lower[:rows]), np.abs(system.upper[:rows]))  # at most so large, see `_narrow`
    width[:rows] = np.where(amount, rule.closest * size, float(rule.least_width))
    width[2 * rows : 3 * rows] = float(rule.least_width)
    return Demand(wanted, width, np.full(cells, np.nan))


def _narrow(known: Known, low: Floats, high: Floats, rule: DisclosureRule, secret: Booleans) -> Booleans:
    """Return which secret rows lie within too few values, none of which says that perhaps nobody is concerned."""
    rows = len(known.low)
    k_low, k_high, lack_low, lack_high = low[:rows], high[:rows], low[2 * rows : 3 * rows], high[2 * rows : 3 * rows]
    n_width = high[rows : 2 * rows] - low[rows : 2 * rows]
    amount = ~is_counted(known.rows)  # of time and of posts too
    size = np.maximum(np.abs(k_low), np.abs(k_high))
    share = known.rows["kind"].eq("share").to_numpy(dtype=bool)
    size = np.where(share, np.minimum(size, lack_high), size)  # time away tells as much as time there
    width = np.where(amount, rule.closest * size, float(rule.least_width))
    harmless = (_higher(known) & (n_width < 1.0) & (lack_low <= SLACK)) | (_lower(known) & (k_low <= SLACK))
    return secret & (k_high - k_low < width - SLACK) & ~harmless


def _higher(known: Known) -> Booleans:
    return _towards(known, "higher")


def _lower(known: Known) -> Booleans:
    return _towards(known, "lower")


def _towards(known: Known, direction: str) -> Booleans:
    found = {name: catalog.metric(name).direction == direction for name in known.rows["metric"].unique()}
    share = known.rows["kind"].eq("share").to_numpy(dtype=bool)
    return np.asarray(share & known.rows["metric"].map(found).to_numpy(dtype=bool), dtype=np.bool_)


def _rounded(low: Floats, high: Floats, whole: Booleans) -> tuple[Floats, Floats]:
    inward = np.where(whole, np.ceil(low - SLACK), low), np.where(whole, np.floor(high + SLACK), high)
    fits = inward[0] <= inward[1]
    return np.where(fits, inward[0], low), np.where(fits, inward[1], high)


def _telling(built: _Built, rows: Positions) -> Positions:
    """Return for each row the line in which fewest other cells are unknown; -1 where it stands in none."""
    open_cells = (built.system.upper - built.system.lower > SLACK).astype("float64")
    unknown = abs(built.system.matrix).sign() @ open_cells
    columns = built.system.columns
    found = []
    for row in rows.tolist():
        at = columns.indices[columns.indptr[row] : columns.indptr[row + 1]]
        at = at[built.line[at] >= 0]
        found.append(int(built.line[at[np.argmin(unknown[at])]]) if len(at) else -1)
    return np.asarray(found, dtype=np.int64)
