"""What the tests of rooms share: a report of each kind of school, a folder of their own, parents that start at once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from skq.report.context import SchoolReport

from tests import released_by_hand
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


@pytest.fixture(scope="session")
def first_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that readers are served from, with one release by hand; made once, to be copied by `served`."""
    folder = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        released_by_hand.open_gate(patch)
        out = released_by_hand.write_build(folder / "out", released_by_hand.number(250.0))
        released_by_hand.released(out, folder / "to")
    return folder / "to"


@pytest.fixture
def served(first_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the folder with one release, of the number 250, and a gate that finds nothing."""
    released_by_hand.open_gate(monkeypatch)
    return Path(shutil.copytree(first_release, tmp_path / "to", symlinks=True))


@pytest.fixture(scope="session")
def without_libraries(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PYTHONPATH with which parents of kernels load nothing beforehand; all else about them is as ever."""
    folder = tmp_path_factory.mktemp("without-libraries")
    told = "from skq.batch.warm import preload\npreload.preload = lambda: None\n"
    (folder / "sitecustomize.py").write_text(told, encoding="utf-8")
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch, without_libraries: str) -> None:
    """Let parents start at once: for tests of how they end and are replaced, not of what they have loaded."""
    monkeypatch.setenv("PYTHONPATH", without_libraries)
