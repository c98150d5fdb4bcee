"""The folder of a build: one at a time, what a killed one left is swept, a refused one leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from skq.batch.publications import PUBLICATIONS
from skq.build.leftovers import sweep
from skq.build.lock import folder_lock
from skq.build.request import Places
from skq.errors import SkqError


def files(folder: Path) -> list[str]:
    """Return every file below *folder*."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def write(folder: Path, *names: str) -> None:
    """Write files with these names below *folder*."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


HALF_MADE = (
    ".site.abcd_123/index.html",
    ".state.json.abcd1234",
    "gate/.audience.json.abcd1234",
    "tables/protected/.10000001.abcd1234/results.parquet",
    "reports/quality-report/.10000001.abcd1234/report.ipynb",
    "shelf/skolor/a-1/.kvalitetsrapport.abcd1234/a.html",
    "project/skolor/a-1/.merit.svg.abcd1234",
)
WHOLE = (
    ".lock",
    "site/index.html",
    "gate/release/.kept.abcd1234",
    "lab/.ipynb_checkpoints/a.ipynb",
    "lab/.my-notes.abcd1234",
    "reports/quality-report/10000001/.fingerprint",
    "tables/protected/10000001/results.parquet",
)


def test_half_made_files_are_swept(tmp_path):
    """What a killed build was about to put in place goes; finished files, the lock and what others own stay."""
    write(tmp_path, *HALF_MADE, *WHOLE)
    sweep(Places(tmp_path))
    assert files(tmp_path) == sorted(WHOLE)


def test_a_site_that_was_being_replaced_comes_back(tmp_path):
    """Killed between taking the old site away and putting the new one in, the old one is put back: readers need one."""
    write(tmp_path, ".site.abcd1234/old/index.html", ".site.efgh5678/index.html")
    sweep(Places(tmp_path))
    assert files(tmp_path) == ["site/index.html"]
    assert (tmp_path / "site" / "index.html").read_text() == ".site.abcd1234/old/index.html"


def test_an_old_site_does_not_come_back_over_a_new_one(tmp_path):
    """Killed after the new site was in place, only the old one goes."""
    write(tmp_path, ".site.abcd1234/old/index.html", "site/index.html")
    sweep(Places(tmp_path))
    assert (tmp_path / "site" / "index.html").read_text() == "site/index.html"
    assert files(tmp_path) == ["site/index.html"]


def test_sweeping_nothing(tmp_path):
    """In a new folder there is nothing to sweep."""
    sweep(Places(tmp_path / "new"))
    assert list(tmp_path.iterdir()) == []


def refused(lock: Path, *written: str) -> None:
    """Hold the *lock*, write files beside it, and fail."""

    def build() -> None:
        with folder_lock(lock):
            write(lock.parent, *written)
            raise ValueError("wrong input")

    with pytest.raises(ValueError, match="wrong input"):
        build()


def test_a_refused_build_leaves_no_folder(tmp_path):
    """Wrong input leaves neither the lock nor the folders made for it."""
    refused(tmp_path / "a" / "b" / ".lock")
    assert list(tmp_path.iterdir()) == []


def test_a_build_that_failed_later_keeps_its_folder(tmp_path):
    """Once something is written, a failure takes nothing away."""
    refused(tmp_path / "out" / ".lock", "notes.txt")
    assert files(tmp_path / "out") == [".lock", "notes.txt"]
    refused(tmp_path / "out" / ".lock")
    assert files(tmp_path / "out") == [".lock", "notes.txt"]


def test_the_lock_is_held_by_one(tmp_path):
    """A second holder is refused while the first holds it, and served afterwards."""
    lock = tmp_path / ".lock"
    with folder_lock(lock), pytest.raises(SkqError, match="another build is running"), folder_lock(lock):
        pytest.fail("two builds in one folder")
    with folder_lock(lock):
        pass


def test_a_lock_that_was_removed_meanwhile_is_no_lock(tmp_path, monkeypatch):
    """Whoever opened the file just before its holder removed it does not hold the lock that the next one makes."""
    import skq.build.lock as room

    acquired = room._acquired

    def removed(handle: int) -> bool:
        (tmp_path / ".lock").unlink()
        return acquired(handle)

    monkeypatch.setattr(room, "_acquired", removed)
    with pytest.raises(SkqError, match="another build is running"), folder_lock(tmp_path / ".lock"):
        pytest.fail("held a lock that nobody else sees")


def test_every_publication_has_a_folder_of_its_own():
    """Figures of two publications of a school may have the same names, so their pages lie in different folders.

    School's folders are the second part of an address, as links within reports to other pages presume.
    """
    folders = [one.page.rpartition("/")[0] for one in PUBLICATIONS.values()]
    assert len(set(folders)) == len(folders)
    assert {one.page.count("/") for one in PUBLICATIONS.values() if one.one_per == "school"} == {2}
