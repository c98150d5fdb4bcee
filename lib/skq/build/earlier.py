"""What readers have seen already, and a build therefore has to mind: old and new numbers together must tell nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from skq.build.claim import INTERNAL
from skq.memory import released_numbers
from skq.settings import Settings


def earlier_numbers(settings: Settings, *, readers: str | None = INTERNAL) -> pd.DataFrame | None:
    """Return the released numbers (`memory.PUBLISHED_COLUMNS`) that a build minds, None where no releases are told of.

    All builds share one pattern of what is hidden, so public builds too mind what the organizer has seen. What
    principals have seen of their schools besides (*readers* None: everyone) matters only for what they are shown.
    """
    if not settings.release.to:
        return None
    found = released_numbers(Path(settings.release.to), readers)
    return found if len(found) else None
