"""Which rows bound each other: the groups in which what one metric tells of another is looked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.keys import NOWHERE, numbered, ranks
from skq.protect.implied import IMPLICATIONS, MILD, STRICT, Subject, whole_subject
from skq.protect.windows import Positions

MOST_ROWS = 60_000
"""Of more rows than so many, memory allows no more than a school year at a time."""
OF_TESTS = frozenset(name for one in IMPLICATIONS if one.beside is Subject.WHOLE for name in (one.strict, one.mild))
"""Metrics of which one subject tells nothing of another."""


def groups(rows: pd.DataFrame, most: int = MOST_ROWS) -> list[Positions]:
    """Return the positions of *rows* (results) that bound each other: those of one grade year, of tests one subject.

    Of *most* rows or more those of one school year besides: between years there are sums (three years pooled), which
    are closed bundle by bundle, but no bounds.
    """
    at = np.flatnonzero(rows["metric"].isin(STRICT | MILD).to_numpy(dtype=bool))
    some = rows[["metric", "grade_year", "subject"]].iloc[at]
    whole = _by_name(some["subject"], whole_subject)
    whole[~some["metric"].isin(OF_TESTS).to_numpy(dtype=bool)] = NOWHERE
    kind = _by_name(some["metric"], _components().__getitem__)
    keys = pd.DataFrame({"kind": kind, "grade_year": some["grade_year"].array, "subject": whole})
    found = _apart(at, numbered(keys, list(keys.columns)))
    years = [
        _apart(part, rows["school_year"].iloc[part].factorize()[0]) if len(part) >= most else [part] for part in found
    ]
    return [part for several in years for part in several]


def _apart(at: Positions, number: Positions) -> list[Positions]:
    """Return the positions *at* that have one *number*, for each."""
    group = np.unique(number, return_inverse=True)[1]
    order = np.argsort(group, kind="stable")
    return np.split(at[order], np.cumsum(np.bincount(group))[:-1]) if len(at) else []


def _by_name(column: pd.Series, name_of: Callable[[str], str]) -> npt.NDArray[np.int32]:
    """Return for each text of *column* the number of its name among all of them in order."""
    codes, texts = ranks(column)
    names = [name_of(text) for text in texts]
    order = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([order[name] for name in names], dtype=np.int32)[codes]


def _components() -> dict[str, str]:
    """Return for each metric that bounds or is bounded the name of all that it hangs together with."""
    name = {one: one for pair in IMPLICATIONS for one in (pair.strict, pair.mild)}
    for _ in IMPLICATIONS:  # so many rounds are always enough
        for pair in IMPLICATIONS:
            name[pair.strict] = name[pair.mild] = min(name[pair.strict], name[pair.mild])
    return name
