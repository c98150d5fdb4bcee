"""What implies what: a pupil who has one property has another too, so the count of the one bounds that of the other.

Who passed in all subjects passed in mathematics; who is eligible for the science programme is eligible for the arts
one. Between such counts there is no equation but a bound, which an attacker knows as well as any sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from skq.keys import NOWHERE, Keys, places
from skq.terms import RESULT_KEY

Positions = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

PART = "/"
"""What stands between a test's subject and its part in the subject of a result."""


class Subject(StrEnum):
    """Of which subject the number is that has the stricter property, beside one of the milder one."""

    SAME = "same"
    NONE = "none"  # of no subject, beside one of any
    WHOLE = "whole"  # of the whole subject, beside one of its part


@dataclass(frozen=True)
class Implication:
    """Who has the property of the metric `strict` has that of `mild`, in its `subjects` (empty: in any).

    `all_have_it`: all pupils behind `strict` are behind `mild` too. Otherwise some of them may lack the subject: then
    those behind `mild` are among those behind `strict`, and who lacks the milder property lacks the stricter one.
    """

    strict: str
    mild: str
    beside: Subject = Subject.SAME
    subjects: tuple[str, ...] = ()
    all_have_it: bool = True


_ALL, _SUBJECT = "all_subjects_passed_share", "subject_passed_share"
_VOCATIONAL, _ARTS, _SOCIAL, _SCIENCE = (
    f"eligible_{name}_share" for name in ("vocational", "arts", "social", "science")
)

IMPLICATIONS = (
    Implication(_ALL, _SUBJECT, Subject.NONE, all_have_it=False),
    Implication(f"autumn_{_ALL}", f"autumn_{_SUBJECT}", Subject.NONE, all_have_it=False),
    Implication(_ALL, _VOCATIONAL),
    Implication(_VOCATIONAL, _SUBJECT, Subject.NONE, ("EN", "MA")),
    Implication(_ARTS, _VOCATIONAL),
    Implication(_SOCIAL, _ARTS),
    Implication(_SOCIAL, _SUBJECT, Subject.NONE, ("GE", "HI", "RE", "SH")),
    Implication(_SCIENCE, _ARTS),
    Implication(_SCIENCE, _SUBJECT, Subject.NONE, ("BI", "FY", "KE")),
    Implication("test_all_parts_share", "test_part_reached_share", Subject.WHOLE),
    Implication("forecast_all_passed_share", "forecast_eligible_vocational_share"),
    Implication("absence_over_50_share", "absence_over_20_share"),
    Implication("absence_over_20_share", "absence_over_15_share"),
)
"""By definition (domain §3, §4, §6), but for all subjects (or their forecast) and eligibility, which also asks for a
number of subjects: a bound that numbers themselves do not keep to is none."""

STRICT = frozenset(one.strict for one in IMPLICATIONS)
MILD = frozenset(one.mild for one in IMPLICATIONS)


@dataclass(frozen=True)
class Implied:
    """Pairs of rows: `strict` and `mild` positions, and whether all pupils behind the first are behind the second."""

    strict: Positions
    mild: Positions
    all_have_it: Booleans


_NO_ROWS: Positions = np.zeros(0, dtype=np.int64)
NO_BOUNDS = Implied(_NO_ROWS, _NO_ROWS, np.zeros(0, dtype=np.bool_))


def implied(rows: pd.DataFrame) -> Implied:
    """Return which of *rows* (results with a clean index 0…) bound which others of the same pupils."""
    keys = Keys(rows, RESULT_KEY)
    found = [_pairs(one, keys) for one in IMPLICATIONS]
    strict, mild = (np.concatenate([part[side] for part in found]) for side in (0, 1))
    sizes = [len(part[0]) for part in found]
    return Implied(strict, mild, np.repeat([one.all_have_it for one in IMPLICATIONS], sizes))


def _pairs(implication: Implication, keys: Keys) -> tuple[Positions, Positions]:
    """Return the positions of rows of the strict and of the mild metric that are about the same pupils, in pairs."""
    subjects = keys.values("subject")
    wanted = [not implication.subjects or name in implication.subjects for name in subjects]
    own = keys.codes("metric") == keys.code("metric", implication.mild)
    mild = np.flatnonzero(own & np.array([*wanted, False])[keys.codes("subject")])
    of_strict = subjects.get_indexer(pd.Index([_beside(name, implication.beside) for name in subjects], dtype="str"))
    to: dict[str, Positions | int] = {
        "metric": keys.code("metric", implication.strict),
        "subject": of_strict[keys.codes("subject")[mild]],
    }
    strict = places(keys.own, keys.changed(mild, to))
    return strict[strict != NOWHERE], mild[strict != NOWHERE]


def _beside(subject: str, beside: Subject) -> str:
    if beside is Subject.SAME:
        return subject
    return "" if beside is Subject.NONE else whole_subject(subject)


def whole_subject(subject: str) -> str:
    """Return the subject that *subject*, perhaps a part of its test, belongs to."""
    return subject.split(PART)[0]
