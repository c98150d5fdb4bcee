"""The log of releases: added to and never changed, and whoever changes it is noticed."""

from __future__ import annotations

import pytest
from skq.errors import ReleaseError
from skq.release import log


def told(root, *entries):
    """Write *entries* (what, id) of the public's releases to the log of *root*."""
    for what, name in entries:
        log.append(root, {"what": what, "audience": "public", "id": name})
    return log.entries(root)


def test_no_log_yet(tmp_path):
    """A folder without releases has an empty log."""
    assert log.entries(tmp_path / "absent") == []


def test_lines_stay_as_they_were(tmp_path):
    """A new entry leaves the bytes of the earlier ones alone."""
    told(tmp_path, ("released", "a"))
    before = (tmp_path / "log.jsonl").read_bytes()
    told(tmp_path, ("released", "b"))
    assert (tmp_path / "log.jsonl").read_bytes().startswith(before)
    assert [entry["id"] for entry in log.entries(tmp_path)] == ["a", "b"]


def test_half_a_line_of_an_interruption_is_no_entry(tmp_path):
    """A line cut off in the middle is not read, and the next entry takes its place."""
    told(tmp_path, ("released", "a"))
    with (tmp_path / "log.jsonl").open("ab") as stream:
        stream.write(b'{"what": "rele')
    assert [entry["id"] for entry in log.entries(tmp_path)] == ["a"]
    assert [entry["id"] for entry in told(tmp_path, ("released", "b"))] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        pytest.param(1, lambda lines: [lines[0].replace(b'"a"', b'"x"'), *lines[1:]], id="changed"),
        pytest.param(1, lambda lines: [lines[0], *lines[2:]], id="taken-out"),
        pytest.param(0, lambda lines: lines[1:], id="first-taken-out"),
        pytest.param(2, lambda lines: [*lines[:2], b"[]\n"], id="not-a-line"),
    ],
)
def test_tampering_is_noticed(tmp_path, line, what):
    """A line changed, taken out or put in is an error that names the first line that does not fit."""
    told(tmp_path, ("released", "a"), ("released", "b"), ("released", "c"))
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(what(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(ReleaseError, match=f"line {line + 1}: the log is not as skq wrote it"):
        log.entries(tmp_path)


@pytest.mark.parametrize(
    ("entries", "stack"),
    [
        ("", ""),
        ("+a +b", "ab"),
        ("+a +b -a", "a"),
        ("+a +b -a +c", "ac"),
        ("+a +b +c -b -a", "a"),
        ("+a +b -a +b", "ab"),
        ("+a +b +c -a", "a"),
        ("+a +a", "a"),
        ("+a !b +c", "ac"),
    ],
)
def test_what_can_be_gone_back_through(tmp_path, entries, stack):
    """Releases (+) less those rolled back from (-); refusals (!) and other audiences count for nothing."""
    kinds = {"+": "released", "-": "rolled-back", "!": "refused"}
    history = told(tmp_path, *((kinds[entry[0]], entry[1]) for entry in entries.split()))
    assert log.served(history, "public") == list(stack)
    assert log.served(history, "internal") == []
