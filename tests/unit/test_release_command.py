"""`skq release`: nothing goes out past a refusal, and readers always have one whole release."""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from skq import cli
from skq.build.lock import folder_lock
from skq.errors import ReleaseError, SkqError
from skq.memory import released_numbers
from skq.release import command, log
from skq.release.refusal import Refusal

from tests.released_by_hand import MACHINE, NOW, SCHOOL, everything, number, open_gate, released, shown, write_build

LEAK = Refusal("joint-attack", "numbers.csv:2", "the number can be worked out from its parts")


@pytest.fixture
def to(tmp_path, monkeypatch):
    """The folder that readers are served from, empty so far; the gate finds nothing."""
    open_gate(monkeypatch)
    return tmp_path / "to"


def test_first_release_is_served_with_all_that_belongs_to_it(tmp_path, to):
    """A first release: readers have the site, beside it lie numbers, manifest and changes, and the log tells of it."""
    out = write_build(tmp_path / "out", number(250.5), number(None, unit="9901"))
    said = released(out, to)
    folder = to / "public" / "current"
    assert said.exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "changes.csv",
        "manifest.json",
        "published.parquet",
        "site",
    ]
    assert (folder / "site" / "index.html").read_bytes() == (out / "site" / "index.html").read_bytes()
    assert "1 shown; not shown: 1 too_few" in said.text
    assert [(entry["what"], entry["by"], entry["at"]) for entry in log.entries(to)] == [("released", "Åsa Öberg", NOW)]


def test_one_refusal_and_nothing_goes_out(tmp_path, to, monkeypatch):
    """With one refusal the exit code is 2, the old release stands as it was, and the log names the rule."""
    released(write_build(tmp_path / "out", number(250.5)), to)
    before = everything(to / "public")
    open_gate(monkeypatch, [LEAK])
    said = released(write_build(tmp_path / "out", number(251.0), rows={SCHOOL: {"grades": "2"}}), to)
    assert said.exit_code == 2
    assert "joint-attack: 1\n  numbers.csv:2\n    the number can be worked out from its parts\n  next:" in said.text
    assert everything(to / "public") == before
    assert log.entries(to)[-1]["rules"]["joint-attack"] == 1


def test_pupil_s_name_in_a_comment_stops_it(tmp_path, to):
    """A name from the registers, in a comment of a page that the build itself made, is refused and not repeated."""
    out = write_build(tmp_path / "out", number(250.0), page="<!-- Planterad Kanariefågel -->")
    said = released(out, to)
    assert said.exit_code == 2
    assert "canary: 1\n  index.html" in said.text
    assert "Kanarie" not in said.text


def test_build_without_its_list_of_persons(tmp_path, to):
    """A build of registers whose list of personal texts is gone cannot be searched, so it is refused."""
    out = write_build(tmp_path / "out", number(250.0))
    (out / "gate" / "watch.json").unlink()
    assert "watch-list: 1" in released(out, to).text


def test_another_key_than_the_build_s(tmp_path, to):
    """With another key nothing would ever be found, so that is refused too."""
    out = write_build(tmp_path / "out", number(250.0))
    other = replace(MACHINE, key=b"another key, which is as long as that one")
    assert "watch-key: 1" in released(out, to, machine=other).text


def test_dry_run_changes_nothing(tmp_path, to):
    """A dry run tells what would be released and leaves the folder as it is, here: absent."""
    said = released(write_build(tmp_path / "out", number(250.5)), to, dry_run=True)
    assert (said.exit_code, "would be released" in said.text, to.exists()) == (0, True, False)


def test_edited_site_is_refused_by_name(tmp_path, to):
    """A file changed, one put there and one deleted after the build are three refusals, each with its file."""
    out = write_build(tmp_path / "out", number(250.5))
    (out / "site" / "index.html").write_text("<p>edited</p>")
    (out / "site" / "notes.txt").write_text("x")
    (out / "site" / "assets" / "skq.css").unlink()
    said = released(out, to)
    found = (out / "gate" / "release" / "refusals.txt").read_text()
    assert said.exit_code == 2
    assert [line for line in found.splitlines() if "changed-after-build" in line] == [
        f"{name}  [changed-after-build]" for name in ("assets/skq.css", "index.html", "notes.txt")
    ]


def test_same_site_again_changes_nothing(tmp_path, to):
    """Releasing what readers have already is said and changes no file but nothing else."""
    out = write_build(tmp_path / "out", number(250.5))
    released(out, to)
    before = everything(to)
    assert "already" in released(out, to).text
    assert everything(to) == before


def test_rollback_goes_back_through_what_readers_had(tmp_path, to):
    """Three releases and two rollbacks end at the first; a third rollback is an error and changes nothing."""
    sites = []
    for merit in (250.0, 251.0, 252.0):
        out = write_build(
            tmp_path / "out", number(merit), rows={SCHOOL: {"grades": str(merit)}}, inputs={"own": {"g": str(merit)}}
        )
        assert released(out, to).exit_code == 0
        sites.append(shown(to))
    released(tmp_path, to, rollback=True)
    assert shown(to) == sites[1]
    released(tmp_path, to, rollback=True)
    assert shown(to) == sites[0]
    with pytest.raises(ReleaseError, match="no release before this one"):
        released(tmp_path, to, rollback=True)
    assert shown(to) == sites[0]


def test_rollback_to_a_damaged_release_is_refused(tmp_path, served):
    """A file of the older release that is not as its manifest says: readers keep the newer one."""
    old = (served / "public" / "current").resolve()
    released(write_build(tmp_path / "out", number(251.0), code="0.1.0+c2"), served)
    (old / "site" / "index.html").write_text("x")
    with pytest.raises(ReleaseError, match="damaged.*\n.*\n.*index.html"):
        released(tmp_path, served, rollback=True)
    assert "251" in shown(served)


def test_memory_keeps_what_was_rolled_back(tmp_path, served):
    """What readers have once seen stays known, rolled back or not."""
    released(write_build(tmp_path / "out", number(251.0), code="0.1.0+c2"), served)
    released(tmp_path, served, rollback=True)
    assert sorted(released_numbers(served, "public")["value"]) == [250.0, 251.0]


def test_forgotten_release_stops_everything(tmp_path, served):
    """When somebody has deleted a release that readers once had, nothing is released: its numbers are still known."""
    shutil.rmtree((served / "public" / "current").resolve())
    with pytest.raises(ReleaseError, match=r"1 release\(s\) that the log tells of are gone"):
        released(write_build(tmp_path / "out", number(251.0), code="0.1.0+c2"), served)


def test_another_audience_than_asked_for(tmp_path, to):
    """A build for the organizer is not released to the public by mistake."""
    out = write_build(tmp_path / "out", number(250.0), audience="internal")
    with pytest.raises(ReleaseError, match="expected: public\n  found:    internal"):
        released(out, to, audience="public")


def test_folder_without_a_build(tmp_path, to):
    """A folder without a finished build is an error that names the next step."""
    with pytest.raises(SkqError, match="skq build"):
        released(tmp_path / "absent", to)


def test_unexplained_number_stops_a_release(tmp_path, served):
    """A number that changed while data, rule, code, libraries and settings did not is a refusal of its own."""
    said = released(write_build(tmp_path / "out", number(250.1)), served)
    assert said.exit_code == 2
    assert f"merit_rating_17, {SCHOOL}, 2024/25, grade year 9 is changed" in said.text
    assert "250" not in said.text.partition("Refused")[2]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["check_links_possible", "put", "turn", "log.append", "settle"])
def test_interruption_at_every_step_is_made_good(tmp_path, served, monkeypatch, step, after):
    """Before and after each step of the switch: readers have old or new, whole, and the same command ends well."""
    old = everything(served / "public" / "current" / "site")
    out = write_build(tmp_path / "out", number(251.0), code="0.1.0+c2")
    new = everything(out / "site")
    module, name = (log, "append") if "." in step else (command, step)
    with monkeypatch.context() as broken:
        broken.setattr(module, name, _interrupted(getattr(module, name), after=after))
        with pytest.raises(KeyboardInterrupt):
            released(out, served)
    assert everything(served / "public" / "current" / "site") in (old, new)
    assert released(out, served).exit_code == 0
    assert everything(served / "public" / "current" / "site") == new
    assert [entry["what"] for entry in log.entries(served)] == ["released", "released"]
    assert not [*served.rglob(".*.part"), *served.rglob(".pending"), *served.rglob("current.new")]


def test_never_shown_release_is_no_memory(tmp_path, served, monkeypatch):
    """A release that was whole but never switched to is not remembered, and is gone after the next release."""
    with monkeypatch.context() as broken:
        broken.setattr(command, "turn", _interrupted(command.turn, after=False))
        with pytest.raises(KeyboardInterrupt):
            released(write_build(tmp_path / "out", number(999.0), code="0.1.0+c2"), served)
    assert list(released_numbers(served)["value"]) == [250.0]
    released(write_build(tmp_path / "out", number(251.0), code="0.1.0+c3"), served)
    assert len(list((served / "public" / "releases").iterdir())) == 2


def test_full_disk_is_told_and_harms_nothing(tmp_path, served, monkeypatch):
    """ENOSPC in the middle of the copy: a plain error, the old release whole, and a rerun that ends well."""
    old, out = shown(served), write_build(tmp_path / "out", number(251.0), code="0.1.0+c2")
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(ReleaseError, match="the disk is full"):
            released(out, served)
    assert shown(served) == old
    assert released(out, served).exit_code == 0


def test_disk_without_symbolic_links(tmp_path, to, monkeypatch):
    """Where no link can be made that is told before anything is copied."""
    monkeypatch.setattr(Path, "symlink_to", lambda *_, **__: (_ for _ in ()).throw(OSError(1, "not permitted")))
    with pytest.raises(ReleaseError, match="no symbolic link"):
        released(write_build(tmp_path / "out", number(250.0)), to)
    assert [path.name for path in (to / "public").rglob("*")] == []


def test_two_releases_at_once(tmp_path, served):
    """While one release is at work in a folder, another is refused, in words about releases."""
    with folder_lock(served / ".lock"), pytest.raises(SkqError, match="another release is running"):
        released(write_build(tmp_path / "out", number(251.0), code="0.1.0+c2"), served)


@pytest.mark.parametrize(
    ("number_of_error", "said"),
    [(errno.EACCES, "no right to write"), (errno.EROFS, "can only be read"), (errno.EIO, "error")],
)
def test_what_a_disk_refuses_is_told_plainly(tmp_path, served, monkeypatch, number_of_error, said):
    """Whatever the disk says no to: a plain sentence, and that readers have what they had."""
    error = OSError(number_of_error, os.strerror(number_of_error), "the-file")
    monkeypatch.setattr(command, "put", lambda *_: (_ for _ in ()).throw(error))
    with pytest.raises(ReleaseError, match=f"the-file: .*{said}(.|\n)*readers have the release that they had"):
        released(write_build(tmp_path / "out", number(251.0), code="0.1.0+c2"), served)


def test_release_by_nobody(tmp_path, to):
    """A release without a name is refused."""
    with pytest.raises(ReleaseError, match="--by"):
        released(write_build(tmp_path / "out", number(250.0)), to, by="  ")


def test_two_wishes_at_once(tmp_path, to):
    """Preparing and rolling back in one command is an error."""
    with pytest.raises(ReleaseError, match="only one of"):
        released(tmp_path, to, prepare=True, rollback=True)


def test_command_line_releases_and_refuses(tmp_path, to, monkeypatch, capsys):
    """`skq release` ends with 0 and where to look, or with 2; without a folder it asks for one."""
    monkeypatch.chdir(tmp_path)
    out = write_build(tmp_path / "out", number(250.0), inputs={"official": {"siris.xlsx": "s1"}})
    assert cli.run(["release", str(out), "--to", str(to), "--by", "Åsa"]) == 0
    assert "index.html" in capsys.readouterr().out
    open_gate(monkeypatch, [LEAK])
    assert cli.run(["release", str(out), "--to", str(to), "--by", "Åsa"]) == 2
    assert cli.run(["release", str(out)]) == 2
    assert "where to?" in capsys.readouterr().err


def test_manifest_says_what_went_out(tmp_path, served):
    """The manifest names files, inputs, rule, code, libraries, the release before and who; no place of a machine."""
    first = (served / "public" / "current").resolve().name
    released(write_build(tmp_path / "out", number(251.0), code="0.1.0+c2"), served)
    manifest = json.loads((served / "public" / "current" / "manifest.json").read_text())
    content = manifest["content"]
    assert (manifest["previous"], manifest["prepared_by"], manifest["approved_by"]) == (first, *["Åsa Öberg"] * 2)
    assert sorted(content["site"]) == ["assets/skq.css", "index.html", "numbers.csv"]
    assert content["inputs"]["units"][SCHOOL] == {"grades": "1", "pupils": "1"}
    assert (content["code"]["version"], content["libraries"], content["rule_version"]) == (
        "0.1.0+c2",
        {"pandas": "3.0.0"},
        "r1",
    )
    assert "somewhere" not in json.dumps(manifest)


def _interrupted(function, *, after):
    """A *function* that Ctrl-C stops before or after it has done its work."""

    def stopped(*arguments, **more):
        if after:
            function(*arguments, **more)
        raise KeyboardInterrupt

    return stopped
