"""Two persons: what one prepared, another approves as it is, or nobody does."""

from __future__ import annotations

import json

import pytest
from skq.errors import ReleaseError
from skq.release import log
from skq.release.approval import same_person

from tests.released_by_hand import everything, number, released, shown, write_build


@pytest.fixture
def to(served):
    """A folder whose public readers have one release, the gate open."""
    return served


@pytest.fixture
def prepared(tmp_path, to):
    """The id of a newer release that Åsa has prepared."""
    assert released(write_build(tmp_path / "out", number(251.0), code="0.1.0+c2"), to, prepare=True).exit_code == 0
    return next((to / "public" / "prepared").iterdir()).name


def test_prepared_is_not_released(to, prepared):
    """Preparing changes nothing for readers."""
    assert "250" in shown(to)
    assert [entry["what"] for entry in log.entries(to)] == ["released", "prepared"]


def test_another_person_approves(tmp_path, to, prepared):
    """Björn approves what Åsa prepared, by the first signs of its id: readers have it, both names are kept."""
    said = released(tmp_path, to, approve=prepared[:4], by="Björn Ek")
    manifest = json.loads((to / "public" / "current" / "manifest.json").read_text())
    last = log.entries(to)[-1]
    assert "251" in shown(to)
    assert "Åsa Öberg" in said.text
    assert (manifest["prepared_by"], manifest["approved_by"]) == ("Åsa Öberg", "Björn Ek")
    assert (last["what"], last["prepared_by"], last["by"]) == ("released", "Åsa Öberg", "Björn Ek")
    assert list((to / "public" / "prepared").iterdir()) == []


@pytest.mark.parametrize("name", ["Åsa Öberg", "åsa  öberg", " ÅSA ÖBERG ", "A\u030asa O\u0308berg"])
def test_same_person_may_not_approve(tmp_path, to, prepared, name):
    """However she writes her name, Åsa does not approve what she prepared herself."""
    with pytest.raises(ReleaseError, match="the same person prepared it"):
        released(tmp_path, to, approve=prepared, by=name)
    assert "250" in shown(to)


def test_others_are_other_persons():
    """Names that differ in a letter are two persons."""
    assert not same_person("Åsa Öberg", "Asa Öberg")


@pytest.mark.parametrize("file", ["site/index.html", "published.parquet", "manifest.json"])
def test_changed_after_preparing(tmp_path, to, prepared, file):
    """A page, the numbers or the manifest changed since it was prepared: refused, and readers have what they had."""
    path = to / "public" / "prepared" / prepared / file
    content = path.read_bytes()
    path.write_bytes(content.replace(b"c2", b"c3") if b"c2" in content else content + b" ")
    with pytest.raises(ReleaseError, match="what was prepared has been changed|its id does not belong"):
        released(tmp_path, to, approve=prepared, by="Björn")
    assert "250" in shown(to)


def test_something_else_released_in_between(tmp_path, to, prepared):
    """What the gate did not know when it was prepared makes the approval void, also for another audience."""
    released(write_build(tmp_path / "out2", number(1.0), audience="internal"), to)
    with pytest.raises(ReleaseError, match="something else was released"):
        released(tmp_path, to, approve=prepared, by="Björn")


def test_unknown_id(tmp_path, to, prepared):
    """An id that nothing waits by is an error that names what waits."""
    for wanted in ("ffffffffffff", prepared[:3]):
        with pytest.raises(ReleaseError, match=f"found:    {prepared}"):
            released(tmp_path, to, approve=wanted, by="Björn")


def test_two_persons_by_setting(tmp_path, to):
    """With `two_persons` nobody releases alone; preparing and trying it out are allowed."""
    out = write_build(tmp_path / "out", number(251.0), code="0.1.0+c2")
    before = everything(to)
    with pytest.raises(ReleaseError, match="need two persons"):
        released(out, to, two_persons=True)
    assert everything(to) == before
    assert released(out, to, two_persons=True, dry_run=True).exit_code == 0
    assert released(out, to, two_persons=True, prepare=True).exit_code == 0


def test_prepared_again_after_a_rollback(tmp_path, to, prepared):
    """A release that readers had before, prepared and approved again, takes its old place, with the new names."""
    released(tmp_path, to, approve=prepared, by="Björn")
    released(tmp_path, to, rollback=True)
    assert "250" in shown(to)
    released(tmp_path / "out", to, prepare=True, by="Cia")
    released(tmp_path, to, approve=prepared, by="Dan")
    manifest = json.loads((to / "public" / "current" / "manifest.json").read_text())
    assert "251" in shown(to)
    assert (manifest["prepared_by"], manifest["approved_by"]) == ("Cia", "Dan")
