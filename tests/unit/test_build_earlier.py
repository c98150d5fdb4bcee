"""What a build minds of earlier releases, and that a new release makes the last build stale."""

from __future__ import annotations

import pytest
from skq.build.earlier import earlier_numbers
from skq.build.state import released_before
from skq.memory import write_published
from skq.settings import ReleaseSettings, Settings

from tests.released_by_hand import number, numbers


@pytest.fixture
def to(tmp_path):
    """A folder of releases, one for each audience."""
    for value, audience in ((1.0, "public"), (2.0, "internal"), (3.0, "principal")):
        write_published(numbers(number(value)), tmp_path / audience / "releases" / audience)
    return tmp_path


def settings(to, audience="public"):
    """The settings of a build for *audience* that is released to *to*."""
    return Settings(audience=audience, release=ReleaseSettings(to=str(to)))


@pytest.mark.parametrize("audience", ["public", "internal", "principal"])
def test_what_is_minded(to, audience):
    """All builds hide alike, so all mind what the public and the organizer saw; what principals saw matters to them."""
    assert sorted(earlier_numbers(settings(to, audience))["value"]) == [1.0, 2.0]
    assert sorted(earlier_numbers(settings(to, audience), readers=None)["value"]) == [1.0, 2.0, 3.0]


def test_nothing_to_mind(tmp_path):
    """Without a folder of releases, or with an empty one, there is nothing to mind and no checksum."""
    for chosen in (Settings(), settings(tmp_path)):
        assert (earlier_numbers(chosen), released_before(chosen)) == (None, "")


def test_another_release_makes_a_build_stale(to):
    """A release more, and what a build rests on is another."""
    before = released_before(settings(to)), released_before(settings(to, "principal"))
    write_published(numbers(number(4.0)), to / "principal" / "releases" / "next")
    assert released_before(settings(to)) == before[0]
    assert released_before(settings(to, "principal")) != before[1]
