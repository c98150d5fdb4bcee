"""What all tests share: where real statistics lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real statistics beside the repository (or SKQ_SHARED_DATA); tests skip where there is none."""
    folder = Path(os.environ.get("SKQ_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no real statistics here (../shared/data or SKQ_SHARED_DATA)")
    return folder
