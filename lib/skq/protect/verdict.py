"""What may be published of one number that stands alone: its status, and the reason where it is not shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from skq.terms import CellStatus


class Reason(StrEnum):
    """Why a number of ours is not shown in full; blank for shown ones."""

    NONE = ""
    FEW_PUPILS = "few_pupils"  # rests on too few pupils
    FEW_WITH = "few_with_property"  # too few pupils have the property
    FEW_WITHOUT = "few_without_property"  # at most four pupils lack the property
    NOBODY = "nobody"  # nobody has the property
    FEW_FTE = "few_fte"  # too little staff, or money that pays so little staff
    FEW_ANSWERS = "few_answers"  # too few answered
    LOW_RESPONSE = "low_response"  # too small a part of those asked answered
    FEW_STAFF = "few_staff"  # a group of too few employees
    OTHER_SEX = "other_sex"  # hidden because the other sex is
    OTHER_SHARE = "other_share"  # hidden because one of the shares that sum to one is
    COMPLEMENT = "complement"  # hidden so that another hidden number cannot be worked out
    SIDE_HIDDEN = "side_hidden"  # a comparison, one of whose sides is hidden


class Shape(StrEnum):
    """Which check a family of metrics goes through."""

    AMOUNT = "amount"  # n alone decides
    SHARE = "share"  # n, then the number having the property
    SHARE_NEARLY_ALL = "share_nearly_all"  # and the number lacking it
    SHARE_FAILING = "share_failing"  # and all having it, or all but few: a property that nobody wants
    GROUP_SHARE = "group_share"  # shares of background: nobody and everybody are hidden too
    PARTS = "parts"  # shares that sum to one: n alone, nobody shown as such


@dataclass(frozen=True)
class Verdict:
    """What may be said of one number: its status, and the reason where it is not shown in full."""

    status: CellStatus
    reason: Reason = Reason.NONE


OBSERVED = Verdict(CellStatus.OBSERVED)
NEARLY_ALL = Verdict(CellStatus.NEARLY_ALL, Reason.FEW_WITHOUT)
ALL_FAILING = Verdict(CellStatus.TOO_FEW, Reason.FEW_WITHOUT)
NOBODY = Verdict(CellStatus.MISSING, Reason.NOBODY)
FEW_WITH = Verdict(CellStatus.TOO_FEW, Reason.FEW_WITH)


def publish_share(
    n: float, k: float, *, minimum: float, shape: Shape, nearly_all: int = 4, reason: Reason = Reason.FEW_PUPILS
) -> Verdict:
    """Return what may be published of *k* pupils of *n* having a property; the order of the questions matters.

    >>> publish_share(25, 23, minimum=10, shape=Shape.SHARE_NEARLY_ALL).status.value
    'nearly_all'
    """
    if n < minimum:
        return Verdict(CellStatus.TOO_FEW, reason)
    if shape is Shape.AMOUNT:
        return OBSERVED
    if k == 0 and shape is not Shape.GROUP_SHARE:
        return NOBODY
    if shape is Shape.PARTS:
        return OBSERVED
    if k < minimum:
        return FEW_WITH
    few_lack = n - k <= nearly_all
    if shape is Shape.SHARE_FAILING and few_lack:
        return ALL_FAILING
    if few_lack and (shape is Shape.GROUP_SHARE or (shape is Shape.SHARE_NEARLY_ALL and n - k >= 1)):
        return NEARLY_ALL
    return OBSERVED
