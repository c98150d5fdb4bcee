"""The core metrics derived a second time, as SQL from the definitions alone, and compared with the first.

`sql/` was written from `domain.md` and `docs/architecture.md`; nothing here may import `skq.metrics` or
`skq.aggregate`, or two mistakes could be one.
"""

from __future__ import annotations

from skq.rederive.compare import METRICS, Difference, differences, require_equal
from skq.rederive.engine import rederived, scripts

__all__ = ["METRICS", "Difference", "differences", "rederived", "require_equal", "scripts"]
