"""Where every row stands before others are hidden for its sake."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Booleans = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Standing:
    """The rows that lines are drawn over: what is hidden, what is shown (also: nobody), n, k, and the minimum n.

    Only `own` rows may be hidden; the others are as an agency published them. `k` is how many have the property.
    `together` numbers the groups of rows that are hidden together, `shares` those of shares that sum to one, of which
    two are hidden or none; a row alone is its own group. `principals`: whether a school's principal is reckoned with,
    who knows its hidden numbers.
    """

    hidden: Booleans
    shown: Booleans
    own: Booleans
    n: Floats
    k: Floats
    minimum: Floats
    together: Groups
    shares: Groups
    principals: bool = False
