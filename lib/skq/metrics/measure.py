"""What a question to the data got as an answer: a number with its interval, or the reason why there is none.

Pure. A table of answers has the same in columns: `value`, `lower`, `upper`, `n`, `status`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """Why there is a number, or why there is none; every member but the first three goes without a value."""

    OBSERVED = "observed"
    NO_VARIATION_BETWEEN = "no_variation_between"  # units differ no more than chance makes them: shrunken to 0
    PERFECT_FIT = "perfect_fit"  # the predictors tell the outcome without any error
    NOBODY = "nobody"
    TOO_FEW = "too_few"  # fewer than the formula needs, whatever the disclosure rule says
    ONE_UNIT = "one_unit"  # nothing to compare with
    ONE_EACH = "one_each"  # one pupil in every unit: between and within cannot be told apart
    ALL_EQUAL = "all_equal"  # no variation to explain or to explain with
    NO_VARIATION_WITHIN = "no_variation_within"  # pupils of a unit alike, as they are or given the predictors
    COLLINEAR = "collinear"  # one predictor follows from the others
    NOT_CONVERGED = "not_converged"
    NO_REFERENCE = "no_reference"  # nobody with the same prior attainment to be compared with
    NO_STAYERS = "no_stayers"
    NOBODY_BEFORE = "nobody_before"
    NOBODY_AFTER = "nobody_after"

    @property
    def has_value(self) -> bool:
        """Whether a number goes with this answer."""
        return self in (Answer.OBSERVED, Answer.NO_VARIATION_BETWEEN, Answer.PERFECT_FIT)


@dataclass(frozen=True)
class Measure:
    """One number resting on *n* pupils or units, or the reason why there is none.

    The 95 % limits are None where none can be computed, also beside a value.
    """

    value: float | None
    n: int
    status: Answer = Answer.OBSERVED
    lower: float | None = None
    upper: float | None = None

    def __post_init__(self) -> None:
        if (self.value is not None) != self.status.has_value:
            raise ValueError(f"a measure with status {self.status} and value {self.value} contradicts itself")
        if self.value is not None and self.value != self.value:
            raise ValueError("a measure is never NaN: leave the value out and say why")


def no_measure(status: Answer, n: int) -> Measure:
    """Return the answer that there is no number, and why."""
    return Measure(value=None, n=n, status=status)
