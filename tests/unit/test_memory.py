"""What has been released is remembered: of every release and audience, as precisely as readers saw it."""

from __future__ import annotations

import pandas as pd
import pytest
from skq.errors import SkqError, SourceError
from skq.files import write_json
from skq.memory import PUBLISHED_COLUMNS, PUBLISHED_DTYPES, once, released_numbers, write_published
from skq.released import PENDING, released_checksum, releases

from tests.released_by_hand import number, numbers


def put(root, audience, name, *rows):
    """Write the numbers *rows* as the release *name* of *audience*."""
    return write_published(numbers(*rows), root / audience / "releases" / name)


def test_nothing_released(tmp_path):
    """No folder, no release: an empty table with all columns and types."""
    found = released_numbers(tmp_path / "absent")
    assert (len(found), tuple(found.columns)) == (0, PUBLISHED_COLUMNS)
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == PUBLISHED_DTYPES
    assert released_checksum(tmp_path / "absent") == ""


def test_number_comes_back_with_its_release(tmp_path):
    """What was written is read again, missing n and all, and says in which release of which audience it stood."""
    put(tmp_path, "public", "aaa", number(0.813, n=None, upper=0.9), number(None, unit="9901"))
    found = released_numbers(tmp_path).set_index("unit")
    assert found.loc["99010001", ["value", "upper", "release", "audience"]].tolist() == [0.813, 0.9, "aaa", "public"]
    assert pd.isna(found.loc["99010001", "n"])
    assert (found.loc["9901", "status"], pd.isna(found.loc["9901", "value"])) == ("too_few", True)


@pytest.mark.parametrize(
    ("audience", "seen"),
    [
        pytest.param(None, ["i", "p", "s"], id="all"),
        pytest.param("public", ["p"], id="public"),
        pytest.param("internal", ["i", "p"], id="internal-has-public-too"),
        pytest.param("principal", ["p", "s"], id="principal-has-public-too"),
    ],
)
def test_each_audience_has_its_own_and_what_is_public(tmp_path, audience, seen):
    """What is public everyone has seen; what is internal only those within."""
    for name, folder in (("i", "internal"), ("p", "public"), ("s", "principal")):
        put(tmp_path, folder, name, number(1.0))
    assert sorted(released_numbers(tmp_path, audience)["release"]) == seen


def test_same_number_twice_is_kept_as_precisely_as_it_was_told():
    """81 % on one page and 81.3 % with n on another: readers know 81.3 % of 32."""
    rows = numbers(number(0.81, n=None), number(0.813, n=32.0), number(0.8, n=None))
    assert once(rows)[["value", "n"]].to_numpy().tolist() == [[0.813, 32.0]]


def test_shown_once_is_shown():
    """A number that is hidden in one place and shown in another is a shown one, and says so."""
    assert once(numbers(number(None), number(250.0)))[["value", "status"]].to_numpy().tolist() == [[250.0, "observed"]]


def test_order_of_rows_means_nothing(tmp_path):
    """The same numbers in another order give the same bytes."""
    rows = [number(1.0), number(2.0, unit="9901"), number(None, metric="pupil_count", grade_year=None)]
    assert put(tmp_path, "public", "a", *rows).read_bytes() == put(tmp_path, "public", "b", *rows[::-1]).read_bytes()


def test_checksum_follows_what_is_remembered(tmp_path):
    """Another release changes the checksum of those who see it, and of nobody else."""
    put(tmp_path, "public", "a", number(1.0))
    before = released_checksum(tmp_path, "public"), released_checksum(tmp_path, "internal")
    put(tmp_path, "internal", "b", number(2.0))
    assert released_checksum(tmp_path, "public") == before[0]
    assert released_checksum(tmp_path, "internal") != before[1]


def test_what_nobody_was_given_is_no_memory(tmp_path):
    """A release that waits to be switched to, or is being copied, was seen by nobody; once it is current it was."""
    put(tmp_path, "public", "aaa", number(1.0))
    put(tmp_path, "public", ".bbb.part", number(2.0))
    (tmp_path / "public" / "releases" / "aaa" / PENDING).touch()
    assert releases(tmp_path) == []
    (tmp_path / "public" / "current").symlink_to("releases/aaa")
    assert [folder.name for folder in releases(tmp_path)] == ["aaa"]


def test_forgotten_numbers_are_an_error(tmp_path):
    """A release whose numbers are gone, or are not those of its manifest, is an error that names the file."""
    path = put(tmp_path, "public", "aaa", number(1.0))
    write_json(path.parent / "manifest.json", {"content": {"published": "other"}})
    with pytest.raises(SourceError, match=r"published.parquet: .* cannot be read\n.*\n.*not what the manifest"):
        released_numbers(tmp_path)
    write_json(path.parent / "manifest.json", {})
    with pytest.raises(SourceError, match="KeyError"):
        released_numbers(tmp_path)
    path.unlink()
    with pytest.raises(SourceError, match="restore the file from a backup"):
        released_numbers(tmp_path)
    assert released_checksum(tmp_path) != ""


def test_numbers_without_their_names(tmp_path):
    """A table that lacks a column is refused before anything is written."""
    with pytest.raises(SkqError, match="lack the column.s. status"):
        write_published(numbers(number(1.0)).drop(columns="status"), tmp_path)
    assert list(tmp_path.iterdir()) == []
