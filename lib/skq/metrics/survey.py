"""Survey items and areas (domain §11.1), from counts per answer."""

from __future__ import annotations

import pandas as pd

ITEM_SCORES = {"4": 10.0, "3": 20.0 / 3, "2": 10.0 / 3, "1": 0.0}
"""Score of each answer; 4 is the most positive one. `dont_know` has none and is left out."""

HIGHEST_SCORE = 10.0


def item_score(answer: pd.Series, *, negative: pd.Series) -> pd.Series:
    """Return the score 0 to 10 of each answer (`1`-`4`), turned round for negatively worded items, else missing."""
    score = answer.astype("str").map(ITEM_SCORES).astype("float64")
    return score.mask(negative, HIGHEST_SCORE - score)
