"""Peers: the units whose pupils are most like a unit's own, by what is known of the pupils when they come.

Pure. Measures are standardised by their spread among the units, so that each weighs the same; the distance is the root
of the mean squared difference. A unit may be the peer of many, and is not always the peer of its own peers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Positions = npt.NDArray[np.intp]
Booleans = npt.NDArray[np.bool_]


def distances(intake: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return the distance between any two units (rows of *intake*, one column a measure, nothing missing).

    Square and symmetric, 0 on the diagonal. A measure in which all units are alike adds nothing.
    """
    numbers = intake.to_numpy("float64")
    spread = numbers.std(axis=0) if len(numbers) else np.ones(numbers.shape[1])
    alike = spread <= 1e-12 * np.maximum(1.0, np.abs(numbers).max(axis=0, initial=0.0))
    plain = np.where(alike, 0.0, numbers) / np.where(alike, 1.0, spread)
    squares = ((plain[:, None, :] - plain[None, :, :]) ** 2).mean(axis=2) if plain.shape[1] else 0.0
    return np.asarray(np.sqrt(np.broadcast_to(squares, (len(plain), len(plain))).round(12)))


def neighbours(intake: pd.DataFrame) -> Positions:
    """Return for every unit the positions of all others, nearest first; equally near ones in the order of the index.

    One row a unit, one column fewer than units.
    """
    order = np.argsort(np.argsort(intake.index.to_numpy(), kind="stable"), kind="stable")
    apart = distances(intake)
    np.fill_diagonal(apart, -1.0)
    ranked = np.lexsort((np.broadcast_to(order, apart.shape), apart), axis=1)
    return np.asarray(ranked[:, 1:], dtype=np.intp)


def nearest(ranked: Positions, available: Booleans, count: int) -> Booleans:
    """Return which units (columns) are among the *count* nearest *available* ones of each unit (rows).

    *ranked* is as `neighbours` returns it, or some of its rows. Fewer where fewer are available. A unit is never its
    own peer.
    """
    there = available[ranked]
    chosen = there & (there.cumsum(axis=1) <= count)
    among = np.zeros((len(ranked), len(available)), dtype=np.bool_)
    np.put_along_axis(among, ranked, chosen, axis=1)
    return among
