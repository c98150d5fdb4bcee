"""Sustainable engagement of employees (HME): nine statements in three groups, answered 1 to 5 (domain §11.4).

SKR and RKA, Kolada U15200-U15203: each answer becomes (x - 1) / 4 * 100; a sub-index is the mean of its three
statements, the total that of all nine.
"""

from __future__ import annotations

import pandas as pd

HIGHEST_HME = 100.0

_SCORES = {str(answer): (answer - 1) / 4 * HIGHEST_HME for answer in range(1, 6)}


def hme_score(answer: pd.Series, *, negative: pd.Series) -> pd.Series:
    """Return the score 0 to 100 of each answer (`1`-`5`, 5 agrees most), turned round where negative, else missing.

    >>> hme_score(pd.Series(["4", "dont_know"]), negative=pd.Series([False, False])).tolist()
    [75.0, nan]
    """
    score = answer.astype("str").astype("category").map(_SCORES).astype("float64")  # few different answers
    return score.mask(negative, HIGHEST_HME - score)
