"""What all tests share: where real statistics lie, and which tests belong on one worker."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOGETHER = ("site",)
"""Folders whose tests share something built once; on several workers they stay on one."""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real statistics beside the repository (or SKQ_SHARED_DATA); tests skip where there is none."""
    folder = Path(os.environ.get("SKQ_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no real statistics here (../shared/data or SKQ_SHARED_DATA)")
    return folder


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file, or of a folder that shares a build, on one worker (`--dist loadgroup`)."""
    for item in items:
        place = item.path.relative_to(ROOT)
        group = place.parts[1] if place.parts[1] in TOGETHER else place.as_posix()
        item.add_marker(pytest.mark.xdist_group(group))
