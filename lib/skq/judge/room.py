"""The room itself: protected numbers in, what chance and company say of them out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from skq.judge.frames import Judgements, nothing_judged
from skq.protect import Protected


def judged(protected: Protected, *, units: pd.DataFrame, goals: Mapping[str, pd.DataFrame] | None = None) -> Judgements:
    """Return what chance and company say of the numbers that *protected* shows.

    *goals* are the own tables `targets` and `commitments`, either may be absent.
    """
    return nothing_judged()
