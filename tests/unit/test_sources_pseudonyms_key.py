"""The key file: made once, for its owner alone, apart from what it protects."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from skq import cli
from skq.cli import here
from skq.errors import SettingsError
from skq.keyfile import key_of
from skq.settings import Settings

posix = pytest.mark.skipif(os.name != "posix", reason="rights of files as POSIX has them")


def test_first_use_makes_a_key_and_the_next_finds_it(tmp_path: Path):
    """The first use makes the file, with folders; later ones read the same key; nothing else is left behind."""
    file = tmp_path / "settings" / "skq" / "pseudonym.key"
    key = key_of(file, apart_from={})
    assert key_of(file, apart_from={}) == key
    assert len(bytes.fromhex(key.decode())) == 32
    assert key_of(tmp_path / "another.key", apart_from={}) != key
    assert [path.name for path in file.parent.iterdir()] == ["pseudonym.key"]


@posix
def test_new_key_is_for_its_owner_alone(tmp_path: Path):
    """Neither group nor others may read a new key, nor enter the folder made for it."""
    file = tmp_path / "skq" / "pseudonym.key"
    key_of(file, apart_from={})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_key_that_others_may_read_is_refused(mode: int, tmp_path: Path):
    """A key that group or others may read is refused, and the message says how to mend it."""
    file = tmp_path / "a.key"
    key_of(file, apart_from={})
    file.chmod(mode)
    with pytest.raises(SettingsError, match="(?s)others may read.*next: +chmod 600"):
        key_of(file, apart_from={})
    file.chmod(0o400)
    assert key_of(file, apart_from={})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "can be guessed", id="empty"),
        pytest.param(b"0123456789abcdef" * 2 + b"\n", None, id="32-signs"),
        pytest.param(b"0123456789abcdef0123456789abcde\n", "found: +31 bytes", id="31-signs"),
        pytest.param(b"0123456789abcdef" * 257, "another kind of file", id="long"),
    ],
)
def test_content_of_a_key(content: bytes, told: str | None, tmp_path: Path):
    """A key of 32 signs will do; a shorter one could be guessed, and a long file is something else."""
    file = tmp_path / "a.key"
    file.write_bytes(content)
    file.chmod(0o600)
    if told is None:
        assert key_of(file, apart_from={}) == content.strip()
        return
    with pytest.raises(SettingsError, match=told):
        key_of(file, apart_from={})


@pytest.mark.parametrize("inside", ["data", "data/official/deep"])
def test_key_beside_the_data_is_refused(inside: str, tmp_path: Path):
    """The key does not lie in the folder it protects, at any depth, nor by a link; and none is made there."""
    folder = tmp_path / "data"
    (tmp_path / inside).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / inside)
    for place in (tmp_path / inside, tmp_path / "link"):
        with pytest.raises(SettingsError, match=r"(?s)a file in the data folder.*next: +move the key"):
            key_of(place / "a.key", apart_from={"the build": None, "the data folder": folder})
    assert list((tmp_path / inside).iterdir()) == []
    assert key_of(tmp_path / "data.key", apart_from={"the data folder": folder})


def test_key_in_a_work_tree_is_refused(tmp_path: Path):
    """A key among code would be shared with it; `.git` may be a folder or, in a linked tree, a file."""
    (tmp_path / "code" / "deep").mkdir(parents=True)
    (tmp_path / "code" / ".git").write_text("gitdir: elsewhere\n")
    with pytest.raises(SettingsError, match="work tree"):
        key_of(tmp_path / "code" / "deep" / "a.key", apart_from={})


def test_key_that_cannot_be_made_is_told(tmp_path: Path):
    """A place where no file can be made gives a message, not a traceback, and leaves nothing."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"(?s)cannot be read or made.*next: +name another file by --key"):
        key_of(tmp_path / "file" / "a.key", apart_from={})
    with pytest.raises(SettingsError, match="cannot be read or made"):
        key_of(tmp_path, apart_from={})


def test_two_first_uses_at_once_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where another run made the key in the meantime, its key is used and not written over."""
    file, link = tmp_path / "a.key", os.link

    def another_first(new: Path, place: Path) -> None:
        file.write_bytes(b"the key that another run has made meanwhile\n")
        file.chmod(0o600)
        link(new, place)

    monkeypatch.setattr(os, "link", another_first)
    assert key_of(file, apart_from={}) == b"the key that another run has made meanwhile"
    assert list(tmp_path.iterdir()) == [file]


def test_option_goes_before_setting_and_setting_before_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """--key, else key_file of skq.toml, else `skq/pseudonym.key` among the user's settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    monkeypatch.setattr(here.typer, "get_app_dir", lambda name: str(tmp_path / "user" / name))
    option, named = tmp_path / "option.key", tmp_path / "setting.key"
    settings = Settings(key_file=str(named))
    keys = [
        here.pseudonym_key(option, settings, data=None, out=None),
        here.pseudonym_key(None, settings, data=None, out=None),
        here.pseudonym_key(None, Settings(), data=None, out=None),
    ]
    files = [option, named, tmp_path / "user" / "skq" / "pseudonym.key"]
    assert [file.read_bytes().strip() for file in files] == keys
    assert len(set(keys)) == 3


def test_build_refuses_a_key_among_the_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """The command line stops before anything is read or written, with exit code 2."""
    (tmp_path / "data").mkdir()
    out = tmp_path / "out"
    for place in (tmp_path / "data", out):
        arguments = ["build", "--data", str(tmp_path / "data"), "--out", str(out), "--key", str(place / "a.key")]
        assert cli.run(arguments) == 2
        assert "move the key elsewhere" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
