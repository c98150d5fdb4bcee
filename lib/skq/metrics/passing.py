"""Passed in all subjects, in all but one, or not in several, per pupil (domain §3)."""

from __future__ import annotations

import pandas as pd

from skq.metrics.gradebook import GradeBook


def all_subjects_passed(book: GradeBook) -> pd.Series:
    """Return whether each pupil in the book passed every subject of the education; a dash is not a pass.

    The same rule in every grade year; a block grade in science or social studies is one subject. SIRIS 139, 87.
    """
    return book.per_pupil((book.passed == book.given).all(axis=1))


def subjects_had(book: GradeBook) -> pd.Series:
    """Return how many subjects each pupil got a grade or a dash in; a block grade is one. SIRIS 87."""
    return book.per_pupil(book.given.sum(axis=1))


def subjects_passed(book: GradeBook) -> pd.Series:
    """Return how many subjects each pupil passed."""
    return book.per_pupil(book.passed.sum(axis=1))


def failed_subjects(had: pd.Series, passed: pd.Series, *, adapted: pd.Series) -> pd.DataFrame:
    """Return whether each pupil lacks a pass in `none`, in `one` or in `several` of the subjects; exactly one is true.

    *had* counts the subjects that the pupil should have got grades in, *passed* those passed; *adapted* says who has an
    adapted course of studies, which lacks at least one subject. Who lacks all of them (a single one too, or has none
    at all) is among `several`, so that the three shares sum to one. SIRIS 87, 143, 174.
    """
    lacking = (had - passed).clip(lower=adapted.astype("int64"))
    none = lacking.eq(0) & had.gt(0)
    one = lacking.eq(1) & passed.gt(0)
    return pd.DataFrame({"none": none, "one": one, "several": ~none & ~one})
