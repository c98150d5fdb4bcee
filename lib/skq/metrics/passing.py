"""Passed in all subjects, per pupil (domain §3)."""

from __future__ import annotations

import pandas as pd

from skq.metrics.gradebook import GradeBook


def all_subjects_passed(book: GradeBook) -> pd.Series:
    """Return whether each pupil in the book passed every subject of the education; a dash is not a pass.

    The same rule in grade year 6 and 9; a block grade in science or social studies is one subject. SIRIS 139, 87.
    """
    return book.per_pupil((book.passed == book.given).all(axis=1))
