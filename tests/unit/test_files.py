"""Files and folders: whole or not at all, whatever fails."""

import pytest
from skq.files import new_folder, write_bytes


def test_failed_writing_leaves_the_old_folder(tmp_path):
    """When the block fails the old folder is as it was, and nothing else is left behind."""
    target = tmp_path / "report"
    with new_folder(target) as fresh:
        (fresh / "a").write_text("old")
    with pytest.raises(OSError, match="disk full"), new_folder(target) as fresh:
        _fails((fresh / "a").write_text("new"))
    assert (target / "a").read_text() == "old"
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
