"""Files and folders: whole or not at all, whatever fails."""

from hashlib import sha256

import pytest
from skq.files import folder_checksums, link, new_folder, write_bytes


def test_failed_writing_leaves_the_old_folder(tmp_path):
    """When the block fails the old folder is as it was, and nothing else is left behind."""
    target = tmp_path / "report"
    with new_folder(target) as fresh:
        (fresh / "a").write_text("old")
    with pytest.raises(OSError, match="disk full"), new_folder(target) as fresh:
        _fails((fresh / "a").write_text("new"))
    assert (target / "a").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_folder_of_the_same_bytes_is_left_as_it_is(tmp_path):
    """Asked to mind changes alone, it leaves the old folder itself where all files are the same."""
    target, kept = tmp_path / "slice", []
    for content in ("old", "old", "new"):
        with new_folder(target, if_changed=True) as fresh:
            (fresh / "a").write_text(content)
            other = fresh.stat().st_ino
        kept.append(target.stat().st_ino != other)
    assert kept == [False, True, False]
    assert (target / "a").read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_failed_file_leaves_the_old_one(tmp_path, monkeypatch):
    """When the last step of writing a file fails, the old content stays and no temporary file is left."""
    path = tmp_path / "state.json"
    write_bytes(path, b"old")
    monkeypatch.setattr("skq.files.os.replace", _fails)
    with pytest.raises(OSError, match="disk full"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_finished_file_has_two_names(tmp_path, monkeypatch):
    """Where the disk knows no such, it is a copy: the same bytes, and its own from then on."""
    (tmp_path / "made.csv").write_text("1")
    link(tmp_path / "made.csv", tmp_path / "linked.csv")
    assert (tmp_path / "linked.csv").samefile(tmp_path / "made.csv")
    monkeypatch.setattr("skq.files.os.link", _fails)
    link(tmp_path / "made.csv", tmp_path / "copied.csv")
    assert (tmp_path / "copied.csv").read_text() == "1"
    assert not (tmp_path / "copied.csv").samefile(tmp_path / "made.csv")


def _fails(*_: object) -> None:
    raise OSError("disk full")


def test_a_write_that_fails_names_its_file(tmp_path, monkeypatch):
    """A full disk noticed in the middle of a file is told with the file, and leaves neither it nor a part of it."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("skq.files.os.chmod", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_bytes(tmp_path / "a.txt", b"a")
    assert caught.value.filename == str(tmp_path / "a.txt")
    assert list(tmp_path.iterdir()) == []


def test_checksums_of_a_folder_are_of_every_file_in_order(tmp_path):
    """A folder before a file whose name goes on where the folder's ends; links to files count, lost ones do not."""
    for name in ("a/x", "a-b", "a/b/c"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "b").symlink_to(tmp_path / "a-b")
    (tmp_path / "lost").symlink_to(tmp_path / "nothing")
    found = folder_checksums(tmp_path)
    assert list(found) == ["a/b/c", "a/x", "a-b", "b"]
    assert found == {name: sha256(name.encode()).hexdigest() for name in ("a/b/c", "a/x", "a-b")} | {"b": found["a-b"]}
    assert folder_checksums(tmp_path / "absent") == {}
