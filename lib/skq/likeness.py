"""Which of several texts is like one that is none of them: what may have been meant by a misspelt name.

Pure; knows nothing about what the texts name, nor how a refusal is worded.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

LIKE = 0.6
"""From this likeness on (0: nothing in common, 1: the same) a text may have been meant."""


def like(text: str, among: Iterable[str], *, least: float = LIKE) -> dict[str, float]:
    """Return those of *among* that are like *text*, the likest first, each with its likeness: *least* or more.

    Capital and small letters are the same.

    >>> like("merit_rating_71", ["merit_rating_17", "Merit_rating_71", "pupil_count"])
    {'Merit_rating_71': 1.0, 'merit_rating_17': 0.9333333333333333}
    """
    matcher = SequenceMatcher()
    matcher.set_seq2(text.casefold())  # what is worked out of it serves every other text
    found: list[tuple[float, str]] = []
    for other in set(among):
        matcher.set_seq1(other.casefold())
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least and matcher.ratio() >= least:
            found.append((matcher.ratio(), other))
    return {other: likeness for likeness, other in sorted(found, reverse=True)}
