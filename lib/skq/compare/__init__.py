"""Results -> comparisons: differences between two results, each with its interval where one can be had.

Pure. Works for own results and for official ones; of the latter only shares with n get an interval.
"""

from __future__ import annotations

from skq.compare.differences import comparisons
from skq.compare.fill import with_intervals

__all__ = ["comparisons", "with_intervals"]
