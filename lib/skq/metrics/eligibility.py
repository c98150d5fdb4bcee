"""Eligibility for the national programmes of upper secondary school, per pupil (domain §4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from skq.metrics.gradebook import GradeBook
from skq.metrics.rules import EligibilityRule


def eligible(book: GradeBook, *, rule: EligibilityRule) -> pd.Series:
    """Return whether each pupil fulfils *rule*: the core subjects, enough passes besides, the named ones among them.

    Any graded subject counts among the others, languages and mother tongue too. Education Act chapter 16
    sections 29 to 31; SIRIS 5.
    """
    demanded = [book.passed_in(subject) for subject in (*rule.core, *rule.named)]
    enough = book.passed.sum(axis=1) >= len(rule.core) + rule.others
    return book.per_pupil(np.logical_and.reduce(demanded) & enough)
