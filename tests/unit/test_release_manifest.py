"""The manifest: an id made of what the release is, by which every later change is noticed."""

from __future__ import annotations

import json

import pytest
from skq.build.request import Places
from skq.errors import ReleaseError, SkqError
from skq.files import json_text
from skq.memory import write_published
from skq.release.manifest import content_of, counted, faults, read_manifest, read_state, release_id

from tests.released_by_hand import SCHOOL, number, numbers, write_build


def made(out, **parts):
    """The content of the manifest of a build of one number in *out*; *parts* replace what it was made of."""
    places = Places(write_build(out, number(250.0), **parts))
    return content_of(places, read_state(places), numbers(number(250.0)), write_published(numbers(number(250.0)), out))


def test_same_content_has_the_same_id_anywhere(tmp_path):
    """Two builds of the same in two folders have one id, whatever file the key lies in."""
    assert release_id(made(tmp_path / "one")) == release_id(made(tmp_path / "two"))


@pytest.mark.parametrize(
    "parts",
    [
        {"code": "0.1.0+c2"}, {"versions": {"pandas": "3.1"}}, {"rule": "r2"}, {"audience": "internal"},
        {"rows": {SCHOOL: {"grades": "2"}}}, {"inputs": {"own": {"grades.csv": "g2"}}}, {"house": {}},
    ],
)  # fmt: skip
def test_whatever_it_was_made_of_changes_the_id(tmp_path, parts):
    """Another code, library, rule, audience, row, file or template is another release, even of the same site."""
    assert release_id(made(tmp_path / "one")) != release_id(made(tmp_path / "two", **parts))


def test_numbers_are_counted_by_what_became_of_them():
    """Shown numbers, and the others by their status."""
    rows = numbers(
        number(1.0), number(None, unit="9901"), number(None, metric="x"), number(None, metric="y", status="nearly_all")
    )
    assert counted(rows) == {"shown": 1, "hidden": {"nearly_all": 1, "too_few": 2}}


def test_faults_name_every_file(tmp_path):
    """Changed, missing and added files and other numbers are all named; a whole release has none."""
    content = made(tmp_path)
    manifest = {"content": content}
    assert faults(tmp_path, manifest) == []
    (tmp_path / "site" / "index.html").write_text("x")
    (tmp_path / "site" / "numbers.csv").unlink()
    (tmp_path / "site" / "new.txt").write_text("x")
    (tmp_path / "published.parquet").write_bytes(b"x")
    assert faults(tmp_path, manifest) == ["index.html", "new.txt", "numbers.csv", "published.parquet"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": "x", "content": {}}'])
def test_what_is_no_manifest(tmp_path, text):
    """An empty file, another kind of content and a content that its id does not belong to are errors."""
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ReleaseError, match="not the manifest of a release"):
        read_manifest(tmp_path)


def test_manifest_is_read_back(tmp_path):
    """What was sealed is what is read."""
    content = made(tmp_path)
    manifest = {"id": release_id(content), "content": content, "previous": ""}
    (tmp_path / "manifest.json").write_text(json_text(manifest))
    assert read_manifest(tmp_path) == json.loads(json_text(manifest))


@pytest.mark.parametrize("state", ["", '{"made_of": "x", "site": {}}'])
def test_no_finished_build(tmp_path, state):
    """A state that cannot be read, or is of an earlier skq, is an error that says to build."""
    (tmp_path / "state.json").write_text(state)
    with pytest.raises(SkqError, match=r"no finished build(.|\n)*skq build"):
        read_state(Places(tmp_path))
