"""Which released numbers each kind of reader has beside the site, and that the gate attacks as each of them."""

from __future__ import annotations

import sys

import pandas as pd
import pytest
from skq.build.facts import read_facts
from skq.build.request import Places
from skq.errors import SkqError
from skq.files import folder_checksums
from skq.release.gate import Gate, gate
from skq.release.readers import own_folders, own_numbers, readers_of, seen_by_principal
from skq.release.refusal import Refusal

from tests.released_by_hand import OTHER, SCHOOL, number, numbers, open_gate, write_build


def earlier(*audiences):
    """Released numbers of two schools and the municipality, of each of *audiences*."""
    rows = [numbers(number(1.0), number(2.0, unit=OTHER), number(3.0, unit="9901")) for _ in audiences]
    frames = [frame.assign(release="r", audience=audience) for frame, audience in zip(rows, audiences, strict=True)]
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize(
    ("audience", "released", "readers"),
    [
        ("public", ["public"], [{"public"}]),
        ("public", ["public", "internal"], [{"public"}, {"public", "internal"}]),
        ("public", ["principal"], [{"public"}]),
        ("internal", ["public"], [{"public", "internal"}]),
    ],
)
def test_kinds_of_readers(audience, released, readers):
    """What is public is read by everyone and by the organizer, who may have more; what is internal by the organizer."""
    assert readers_of(audience, earlier(*released)) == readers


def test_principal_has_what_is_public_and_the_own_school():
    """Of what other principals got, and of what is internal, a principal has nothing."""
    seen = seen_by_principal(earlier("public", "internal", "principal"), SCHOOL)
    assert sorted(zip(seen["audience"], seen["unit"], strict=True)) == [
        ("principal", SCHOOL), ("public", "9901"), ("public", SCHOOL), ("public", OTHER),
    ]  # fmt: skip


def test_own_numbers_of_each_principal():
    """Each school's own numbers of principals' releases, by its code; the levels above are nobody's own."""
    own = own_numbers(earlier("public", "principal"))
    assert {code: list(rows["value"]) for code, rows in own.items()} == {SCHOOL: [1.0], OTHER: [2.0]}


def test_principals_folders_by_code(tmp_path):
    """The code of a school is the end of its folder's name; files beside the folders are nobody's."""
    (tmp_path / f"a-skola-{SCHOOL}").mkdir()
    (tmp_path / "index.html").touch()
    assert own_folders(tmp_path) == {SCHOOL: tmp_path / f"a-skola-{SCHOOL}"}


def test_gate_attacks_each_principal_s_folder_alone(tmp_path, monkeypatch):
    """A principals' site is attacked folder by folder, each with what that principal has; refusals name the folder."""
    out = write_build(tmp_path / "out", number(1.0), audience="principal")
    asked_for = []
    open_gate(monkeypatch)

    def attack(site, **asked):
        asked_for.append((site.name, len(asked["earlier"])))
        return [Refusal("joint-attack", "numbers.csv:2", "x")] if site.name.endswith(SCHOOL) else []

    monkeypatch.setattr(sys.modules["skq.release.attack"], "attack_site", attack)
    site = tmp_path / "site"
    for code in (SCHOOL, OTHER):
        (site / f"s-{code}").mkdir(parents=True)
    asked = Gate(
        out=out, site=site, built=folder_checksums(site), audience="principal", rule="official-2024",
        earlier=earlier("public", "principal"), persons=False,
    )  # fmt: skip
    assert [(one.rule, one.where) for one in gate(asked)] == [("joint-attack", f"s-{SCHOOL}/numbers.csv:2")]
    assert asked_for == [(f"s-{SCHOOL}", 4), (f"s-{OTHER}", 4)]


def test_facts_that_are_gone(tmp_path):
    """Without the list of units nothing can be added up: an error that says to build."""
    with pytest.raises(SkqError, match="run 'skq build' again"):
        read_facts(tmp_path)


def test_facts_of_official_statistics_have_no_memberships(tmp_path):
    """Where no own registers were read there are units alone."""
    out = write_build(tmp_path, number(1.0))
    units, belonging = read_facts(out)
    assert (len(units), belonging, Places(out).memberships.is_file()) == (0, None, False)
