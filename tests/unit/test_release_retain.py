"""What is older than the rule for keeping it is listed, and deleted only when asked to; numbers are never forgotten."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from skq import cli
from skq.errors import ReleaseError, SkqError
from skq.memory import released_numbers
from skq.release import log
from skq.release.retain import Retention, expired, retain

from tests.released_by_hand import everything, number, open_gate, released, write_build

NOW = datetime(2026, 8, 31, 22, tzinfo=UTC)


def aged(folder, days):
    """Let every file below *folder* be *days* old at NOW."""
    then = (NOW - timedelta(days=days)).timestamp()
    for path in folder.rglob("*"):
        os.utime(path, (then, then))
    return folder


def asked(out, to=None, *, days=30, keep=2):
    """What to look through, at NOW."""
    return Retention(out=out, to=to, days=days, keep=keep, now=NOW, by="Åsa")


@pytest.fixture
def history(tmp_path, monkeypatch):
    """A build, and the folder of four releases of it for the public, the newest rolled back."""
    open_gate(monkeypatch)
    for version in range(4):
        out = write_build(tmp_path / "out", number(250.0 + version), code=f"0.1.0+c{version}")
        released(out, tmp_path / "to")
    released(out, tmp_path / "to", rollback=True)
    return tmp_path / "out", tmp_path / "to"


@pytest.mark.parametrize(("days", "found"), [(29, []), (30, []), (31, ["tables", "gate"])])
def test_stage_tables_go_by_their_newest_file(tmp_path, days, found):
    """Tables are to go when their newest file is older than the rule; at its very limit they stay."""
    out = aged(write_build(tmp_path / "out", number(1.0)), days)
    assert [one.folder.name for one in expired(asked(out))] == found


def test_one_new_file_keeps_the_folder(tmp_path):
    """A stage that a build wrote to yesterday is not old, whatever else lies in it."""
    out = aged(write_build(tmp_path / "out", number(1.0)), 100)
    aged(write_build(tmp_path / "out", number(1.0)) / "tables" / "protected" / "99010001", 1)
    assert expired(asked(out)) == []


def test_listing_deletes_nothing_and_retaining_only_that(tmp_path):
    """What was listed, and the state without which everything is built anew, is gone afterwards; the site stays."""
    out = aged(write_build(tmp_path / "out", number(1.0)), 100)
    before = everything(out)
    expired(asked(out))
    assert everything(out) == before
    retain(asked(out))
    assert sorted(path.name for path in out.iterdir() if path.name != ".lock") == ["site"]


def test_sites_beyond_the_newest_go_and_their_numbers_stay(history):
    """Of four releases a, b, c, d, rolled back to c: readers had c and d last, and b is where a rollback leads; a goes.

    The numbers of all four are remembered, and the log tells what was deleted.
    """
    out, to = history
    before = released_numbers(to)
    first = log.entries(to)[0]["id"]
    retain(asked(out, to))
    assert [path.name for path in (to / "public" / "releases").iterdir() if not (path / "site").exists()] == [first]
    assert released_numbers(to).equals(before)
    assert log.entries(to)[-1]["removed"] == [f"public/releases/{first}/site"]


def test_rollback_to_a_site_that_is_gone(history):
    """Going back to a release whose site was deleted is an error that says so; readers keep what they have."""
    out, to = history
    name = log.served(log.entries(to), "public")[-2]
    shutil.rmtree(to / "public" / "releases" / name / "site")
    with pytest.raises(ReleaseError, match="as 'skq retain' leaves them"):
        released(out, to, rollback=True)


def test_prepared_and_never_approved(history):
    """What waited for an approval longer than the rule is to go."""
    out, to = history
    released(write_build(out, number(9.0), code="0.1.0+c9"), to, prepare=True)
    aged(to / "public" / "prepared", 31)
    assert [one.folder.parent.name for one in expired(asked(out, to, keep=9))] == ["prepared"]


def test_folder_that_is_not_there(tmp_path):
    """A folder without a build is an error, not a silent success."""
    with pytest.raises(SkqError, match="no such folder"):
        expired(asked(tmp_path / "absent"))


def test_command_line_lists_first(tmp_path, capsys, monkeypatch):
    """`skq retain` lists; with --yes it deletes; then there is nothing left to say."""
    monkeypatch.chdir(tmp_path)
    out = aged(write_build(tmp_path / "out", number(1.0)), 10_000)
    assert cli.run(["retain", str(out)]) == 0
    assert "--yes does it" in capsys.readouterr().out
    assert (out / "tables").exists()
    assert cli.run(["retain", str(out), "--yes", "--days", "1"]) == 0
    assert not (out / "tables").exists()
    assert cli.run(["retain", str(out)]) == 0
    assert "nothing is older" in capsys.readouterr().out
