"""What something was made of and would be made of now, told in plain words; and what a build decided, kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from skq.batch.fingerprint import STAMP, Seal, fingerprint, read_seal, seal
from skq.batch.task import Done, Outcome, ReportTask, Station
from skq.build.decisions import Decision, name_of, read_decisions, remember_decisions, why_made
from skq.build.differences import NEVER, TOUCHED, UNKNOWN, counted, differences, reasons
from skq.build.request import Places
from skq.build.rows import changed_rows

PARTS = {"versions": {"matplotlib": "3.10.1"}, "template": {"a.ipynb": "0123456789abcdef"}, "address": "skolor/a"}
CHANGED = {"versions": {"matplotlib": "3.11.0", "numpy": "2.0"}, "template": {"a.ipynb": "f" * 16}}


def sealed(parts: dict[str, object] | None, *, whole: bool = True) -> Seal:
    """The seal of something made of *parts*."""
    return Seal(fingerprint(parts or {}), parts, is_whole=whole)


def test_differences_are_told_by_kind_and_name():
    """Versions with both values, checksums as changed, what is new or gone as such; in a fixed order."""
    assert [str(one) for one in differences(PARTS, CHANGED)] == [
        "address is gone",
        "template a.ipynb changed",
        "version matplotlib 3.10.1 -> 3.11.0",
        "version numpy is new",
    ]
    assert differences(PARTS, {name: PARTS[name] for name in reversed(PARTS)}) == []


def test_a_long_checksum_is_not_printed():
    """A whole sha256 says no more to a reader than a short one."""
    before, now = ({"inputs": {"own/grades.csv": letter * 64}} for letter in "ab")
    assert [str(one) for one in differences(before, now)] == ["input own/grades.csv changed"]


def test_lists_written_as_tuples_are_no_difference():
    """What was written to disk and read again is the same, whether it was a list or a tuple."""
    assert differences({"settings": {"peers": ["a", "b"]}}, {"settings": {"peers": ("a", "b")}}) == []


def test_every_file_and_version_counts_as_a_part():
    """Inner names are counted, a part without them once."""
    assert counted({**PARTS, **CHANGED}) == 4


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(Seal("", None, is_whole=False), [NEVER], id="nothing there"),
        pytest.param(Seal("0" * 64, None, is_whole=True), [UNKNOWN], id="parts not kept"),
        pytest.param(sealed(PARTS, whole=False), [TOUCHED], id="changed by hand"),
        pytest.param(sealed(PARTS), [], id="current"),
        pytest.param(sealed({**PARTS, "address": "skolor/b"}), ["address skolor/b -> skolor/a"], id="another part"),
    ],
)
def test_reasons_to_make_anew(found, told):
    """Never made, of unknown parts, damaged, current, or the parts that are others."""
    assert reasons(found, PARTS) == told


def test_a_seal_whose_parts_are_not_its_fingerprints_tells_none(tmp_path):
    """Parts that somebody edited are not believed; a damaged or missing seal is none."""
    seal(tmp_path, PARTS)
    assert read_seal(tmp_path) == sealed(PARTS)
    stamp = tmp_path / STAMP
    stamp.write_text(stamp.read_text().replace("3.10.1", "3.10.2"))
    assert read_seal(tmp_path) == Seal(fingerprint(PARTS), None, is_whole=True)
    stamp.write_text("[]")
    assert read_seal(tmp_path) == Seal("", None, is_whole=False)


def task(folder: Path, key: str) -> ReportTask:
    """A task made of PARTS whose notebook lies in a folder of its own."""
    return ReportTask("quality-report", key, f"School {key}", folder, folder / key / "r.ipynb", {}, PARTS)


def test_decisions_are_kept_by_report(tmp_path):
    """Notebook and page for themselves, with the reasons asked for before; those of reports not in hand stay."""
    tasks = [task(tmp_path, key) for key in ("1", "2", "3")]
    (tmp_path / "2").mkdir()
    seal(tmp_path / "2", PARTS)
    why = why_made(tasks)
    assert why == {"quality-report/1": [NEVER], "quality-report/2": [], "quality-report/3": [NEVER]}
    places = Places(tmp_path / "out")
    assert read_decisions(places) == {}
    failed = Done(tasks[2], Outcome.FAILED, "no luck", Station.NOTEBOOK)
    remember_decisions(places, [Done(tasks[0], Outcome.BUILT, made=tuple(Station)), failed], why)
    remember_decisions(places, [Done(tasks[1], Outcome.BUILT, made=(Station.PAGE,))], why)
    assert read_decisions(places) == {
        name_of(tasks[0]): Decision("made anew", "made anew", (NEVER,)),
        name_of(tasks[1]): Decision("reused", "made anew", ()),
        name_of(tasks[2]): Decision("failed", "not made", (NEVER,)),
    }
    page = Done(tasks[2], Outcome.FAILED, "no page", Station.PAGE, made=(Station.NOTEBOOK,))
    remember_decisions(places, [page], {})
    assert read_decisions(places)[name_of(tasks[2])] == Decision("made anew", "failed", ())


def test_changed_rows_are_told_by_level_and_metric_alone(tmp_path):
    """A value that moved, a row that is new and one that is gone: levels, metrics and how many, no value."""
    key = {"school_year": "2024/25", "grade_year": 9, "subject": "", "breakdown": "all", "category": "all"}
    rows = [("school", "10000001", "merit_rating_17", 200.0), ("school", "10000001", "pupil_count", 80.0),
            ("municipality", "9999", "merit_rating_17", 230.0)]  # fmt: skip
    moved = [(*rows[0][:3], 201.0), rows[2], ("municipality", "9999", "pupil_count", 900.0)]
    for name, content in (("before", rows), ("now", moved)):
        (tmp_path / name).mkdir()
        frame = pd.DataFrame([{**key, "level": a, "unit": b, "metric": c, "value": d} for a, b, c, d in content])
        frame.to_parquet(tmp_path / name / "results.parquet")
    assert changed_rows(tmp_path / "before", tmp_path / "now") == [
        "results: 1 row(s) of the level municipality: pupil_count",
        "results: 2 row(s) of the level school: merit_rating_17, pupil_count",
    ]
