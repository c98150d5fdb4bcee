"""What the tests of the report room share: a report of each invented kind of school, and a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from skq.report.context import SchoolReport

from tests.notebooks import slices


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SchoolReport]:
    """One report of each kind of school, opened once: they are frozen."""
    return {kind: slices.opened(kind, tmp_path_factory.mktemp(kind)) for kind in slices.KINDS}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which figures and tables are saved: where the kernel runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
