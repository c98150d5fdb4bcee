"""What all tests share: where real statistics lie, a folder of settings that is nobody's own, and no haste."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]

# a machine that has much to do draws and tries an example slowly: no fault of what is tested
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

HEAVY = (
    "tests/municipality/",
    "tests/properties/test_hard_numbers.py",
    "tests/test_faulty.py",
    "tests/unit/test_batch_cluster.py",
    "tests/unit/test_rederive.py",
    "tests/unit/test_warm_",
)
"""Files that take longest: begun first, so that all workers end together."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the heavy files; all else in its order (workers take files in this order: see the Makefile)."""
    items.sort(key=lambda item: not item.nodeid.startswith(HEAVY))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real statistics beside the repository (or SKQ_SHARED_DATA); tests skip where there is none."""
    folder = Path(os.environ.get("SKQ_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no real statistics here (../shared/data or SKQ_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session", autouse=True)
def settings_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The command line makes the key of the pseudonyms in the user's folder of settings: not in that of who tests."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("settings")))
        yield
