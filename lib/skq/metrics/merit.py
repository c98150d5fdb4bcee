"""Merit rating per pupil (domain §2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.metrics.gradebook import GradeBook
from skq.metrics.rules import MeritRule


def merit_rating(book: GradeBook, *, rule: MeritRule) -> pd.Series:
    """Return each pupil's merit rating in points, missing for a pupil without any passed subject.

    The best grades (16 of them) are summed; with 17 subjects the language choice stands outside that choice and is
    added where it is passed. Pupils without a pass belong neither to the numerator nor to the denominator of the mean.
    Upper secondary ordinance chapter 7 section 4; SIRIS 139.
    """
    points = np.nan_to_num(book.points)
    added = None if rule.added_subject is None else book.column(rule.added_subject)
    extra = np.zeros(len(book.pupils))
    if added is not None:
        extra = np.where(book.passed[:, added], points[:, added], 0.0)
        points = np.delete(points, added, axis=1)
    best = -np.sort(-points, axis=1)[:, : rule.best]
    return book.per_pupil(np.where(book.passed.any(axis=1), best.sum(axis=1) + extra, np.nan))
