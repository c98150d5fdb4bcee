"""What a build leaves for the search of its release: a list of all it has read of persons, or none, never an old."""

from __future__ import annotations

import pandas as pd
import pytest
from skq.build import Inputs, Request
from skq.build.raw import Raw
from skq.build.watching import WATCH, is_watched, published_texts, watched, write_watched
from skq.release.scan import scan_site
from skq.settings import Settings
from skq.sources import Tables
from skq.sources.raw import Unseen
from skq.watch.listing import read_watch

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
UNITS = pd.DataFrame(
    {"unit": ["99010001"], "name": ["Karin Boye skolan"], "area": ["Norr"], "predecessor_code": [None]}
)
PERSONS = {"pupil_id": frozenset({"E00017", "99010001"}), "name": frozenset({"Karin Boye", "Vendela Råbock"})}
OWN = Tables(personal=Unseen(PERSONS), unkeyed=Unseen({"p-abcdefgh23456723": "0"}))


@pytest.fixture
def request_of(tmp_path):
    """Make a request for a build in the test's own folder, with a key, or without."""

    def made(key: bytes | None, *, official: bool = False) -> Request:
        inputs = Inputs(None, tmp_path) if official else Inputs(tmp_path, None)
        return Request(inputs, tmp_path / "out", tmp_path, Settings(), cores=1, key=key)

    return made


def test_everything_that_was_read_is_looked_for(request_of, tmp_path):
    """Ids, names and pseudonyms are found; what a unit is called on purpose is let through."""
    write_watched(watched(Raw(OWN, None, ""), UNITS, KEY), request_of(KEY).out)
    site = tmp_path / "site"
    site.mkdir()
    (site / "a.csv").write_text("99010001;Karin Boye skolan;Norr\nE00017\nVendela Råbock\np-abcdefgh23456723\n")
    found = scan_site(site, watch=read_watch(tmp_path / "out" / WATCH), key=KEY)
    assert [(one.rule, one.where) for one in found] == [("canary", f"a.csv:{line}") for line in (2, 3, 4)]


@pytest.mark.parametrize("raw", [Raw(None, None, ""), Raw(OWN, None, "")], ids=["official", "no-key"])
def test_list_of_other_registers_is_removed(raw, request_of, tmp_path):
    """Without registers, or without a key, there is no list, and none of an earlier build stays behind."""
    write_watched(watched(Raw(OWN, None, ""), UNITS, KEY), request_of(KEY).out)
    write_watched(watched(raw, UNITS, KEY if raw.own is None else None), request_of(KEY).out)
    assert not (tmp_path / "out" / WATCH).exists()


def test_build_is_taken_as_it_is_only_with_its_list(request_of, tmp_path):
    """A list that is gone, damaged or of another key makes the build work again; without need of one it does not."""
    assert not is_watched(request_of(KEY))
    write_watched(watched(Raw(OWN, None, ""), UNITS, KEY), request_of(KEY).out)
    assert (is_watched(request_of(KEY)), is_watched(request_of(OTHER))) == (True, False)
    (tmp_path / "out" / WATCH).write_text("{")
    assert not is_watched(request_of(KEY))
    assert is_watched(request_of(None))
    assert is_watched(request_of(KEY, official=True))


def test_published_texts_are_those_of_the_units():
    """Every text of the table of units, each once, sorted, without blanks."""
    assert published_texts(UNITS) == ["99010001", "Karin Boye skolan", "Norr"]
