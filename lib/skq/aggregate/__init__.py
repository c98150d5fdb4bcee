"""Validated tables -> the long results table: every metric at every level, by every breakdown, with n and interval.

Pure. Pupil rows are summed once per school and kind of pupil (cells); every level and breakdown is a sum of cells, so
that the levels add up by construction. Nothing here is protected: only `protect` may see what comes out.
"""

from __future__ import annotations

from skq.aggregate.derived import with_derived
from skq.aggregate.places import memberships, units
from skq.aggregate.results import aggregate

__all__ = ["aggregate", "memberships", "units", "with_derived"]
