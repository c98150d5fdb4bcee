"""The copy and the switch: what is put in place is what was checked, or nothing is."""

from __future__ import annotations

import os

import pytest
from skq.build.request import Places
from skq.errors import ReleaseError
from skq.memory import write_published
from skq.release.manifest import content_of, faults, read_manifest, read_state, release_id
from skq.release.switch import put, tidy, turn
from skq.release.target import Target
from skq.released import PENDING

from tests.released_by_hand import everything, number, numbers, write_build


@pytest.fixture
def made(tmp_path):
    """A build, where its numbers are, and its manifest."""
    out = write_build(tmp_path / "out", number(250.0))
    told = tmp_path / "told"
    path = write_published(numbers(number(250.0)), told)
    (told / "changes.csv").write_text("x")
    content = content_of(Places(out), read_state(Places(out)), numbers(number(250.0)), path)
    return out / "site", told, {"id": release_id(content), "content": content}


def test_put_makes_a_whole_release(tmp_path, made):
    """The release has every file, is what its manifest says, and waits to be given to readers."""
    folder = tmp_path / "to" / made[2]["id"]
    put(folder, *made)
    assert faults(folder, read_manifest(folder)) == []
    assert everything(folder / "site") == everything(made[0])
    assert (folder / PENDING).exists()


def test_put_goes_on_where_it_was_interrupted(tmp_path, made, monkeypatch):
    """What is there and right is not copied again; half a file and one that does not belong are made good."""
    folder = tmp_path / "to" / made[2]["id"]
    part = folder.with_name(f".{folder.name}.part") / "site"
    (part / "assets").mkdir(parents=True)
    (part / "index.html").write_bytes((made[0] / "index.html").read_bytes())
    (part / "numbers.csv").write_bytes((made[0] / "numbers.csv").read_bytes()[:10])
    (part / "assets" / ".skq.css.part").write_bytes(b"half")
    (part / "old").mkdir()
    (part / "old" / "page.html").write_text("old")
    inode = (part / "index.html").stat().st_ino
    put(folder, *made)
    assert (folder / "site" / "index.html").stat().st_ino == inode
    assert everything(folder / "site") == everything(made[0])
    assert not (folder / "site" / "old").exists()


def test_site_that_changes_while_it_is_copied(tmp_path, made):
    """A file that is not what the gate has looked at never becomes part of a release."""
    (made[0] / "index.html").write_text("another")
    folder = tmp_path / "to" / made[2]["id"]
    with pytest.raises(ReleaseError, match="first index.html"):
        put(folder, *made)
    assert not folder.exists()


def test_every_file_and_folder_is_synced_before_the_name(tmp_path, made, monkeypatch):
    """Each file and each folder of the copy is flushed to the disk before the release gets its name."""
    synced, order = set(), []
    real = os.fsync

    def fsync(handle):
        synced.add(os.readlink(f"/proc/self/fd/{handle}").rpartition("/")[2])
        real(handle)

    def rename(source, target):
        if str(target).endswith(made[2]["id"]):
            order.append(set(synced))
        real_replace(source, target)

    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("no /proc to see which file was flushed")
    real_replace = os.replace
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", rename)
    put(tmp_path / "to" / made[2]["id"], *made)
    files = {f".{name}.part" for name in ("index.html", "skq.css", "numbers.csv", "published.parquet", "manifest.json")}
    assert [files | {"site", "assets", f".{made[2]['id']}.part"} <= before for before in order] == [True]


def test_damaged_release_is_mended_in_place(tmp_path, made):
    """A release that readers have and that was damaged gets its files back one by one; nothing else is touched."""
    folder = tmp_path / "to" / made[2]["id"]
    put(folder, *made)
    (folder / "site" / "index.html").write_text("damaged")
    (folder / "site" / "added.html").write_text("added")
    put(folder, *made)
    assert faults(folder, read_manifest(folder)) == []


def test_turn_replaces_the_link(tmp_path, monkeypatch):
    """The link leads to the new release afterwards, was there until that moment, and nothing but it is left."""
    target, replace, there = Target(tmp_path, "public"), os.replace, []
    monkeypatch.setattr(os, "replace", lambda old, new: (there.append(target.current.is_symlink()), replace(old, new)))
    for name in ("a", "b"):
        (target.releases / name).mkdir(parents=True)
        turn(target, name)
        assert (target.current_id(), os.readlink(target.current)) == (name, f"releases/{name}")
    assert there == [False, True]
    assert sorted(path.name for path in target.folder.iterdir()) == ["current", "releases"]


def test_folder_in_place_of_the_link(tmp_path):
    """A folder named `current`, as from a copy that followed the link, is never replaced."""
    target = Target(tmp_path, "public")
    target.current.mkdir(parents=True)
    with pytest.raises(ReleaseError, match="no symbolic link"):
        turn(target, "a")
    assert target.current.is_dir()


def test_tidy_removes_only_what_nobody_saw(tmp_path):
    """Half copies of other releases and whole ones that were never given go; what readers had or have stays."""
    target = Target(tmp_path, "public")
    for name in ("had", "has", "never", "next", ".next.part", ".left.part"):
        (target.releases / name).mkdir(parents=True)
    for name in ("has", "never", "next"):
        (target.releases / name / PENDING).touch()
    (target.folder / "current").symlink_to("releases/has")
    tidy(target, keep="next")
    assert sorted(path.name for path in target.releases.iterdir()) == [".next.part", "had", "has", "next"]
