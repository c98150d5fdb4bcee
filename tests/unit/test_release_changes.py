"""The list of changed numbers: every one of them, and why, as told by what both releases were made of."""

from __future__ import annotations

import pandas as pd
import pytest
from skq.release.causes import causes
from skq.release.changes import changed_numbers, summary, unexplained, write_changes

from tests.released_by_hand import OTHER, SCHOOL, number, numbers


def content(**parts):
    """What a release was made of, as in its manifest; *parts* replace some of it."""
    usual = {
        "rule": {"id": "official-2024"}, "rule_version": "r1", "code": {"version": "c1", "house": {"notebooks": "h"}},
        "libraries": {"pandas": "3.0.0", "scipy": "1.14"}, "settings": {"peers": 5}, "released_before": "",
        "inputs": {
            "files": {"own": {"grades.csv": "g", "official/siris.xlsx": "s"}},
            "units": {SCHOOL: {"grades": "1", "pupils": "1"}, OTHER: {"grades": "1"}},
        },
    }  # fmt: skip
    return usual | parts


def inputs(*, grades="g", siris="s", **schools):
    """The inputs of a release; *schools* replaces the checksum of grades of a school."""
    units = {
        SCHOOL: {"grades": schools.get("school", "1"), "pupils": "1"},
        OTHER: {"grades": schools.get("other", "1")},
    }
    return {"files": {"own": {"grades.csv": grades, "official/siris.xlsx": siris}}, "units": units}


def told(old, new, **parts):
    """The changes from the numbers *old* to *new*, when *parts* of what they were made of changed."""
    return changed_numbers(numbers(*old), numbers(*new), causes(content(), content(**parts)))


def test_nothing_changed():
    """The same numbers make no list, whatever they were made of."""
    assert told([number(250.0)], [number(250.0)], code={"version": "c2", "house": {}}).empty


def test_each_kind_of_change():
    """A value, its appearing, its hiding, a new and a gone number are five rows with five names; the same is none."""
    keys = ("a", "b", "c", "d", "e", "f")
    same, changed, shown, hidden, new, gone = (f"subject_{key}" for key in keys)
    old = [number(1.0, subject=same), number(1.0, subject=changed), number(None, subject=shown),
           number(1.0, subject=hidden), number(1.0, subject=gone)]  # fmt: skip
    now = [number(1.0, subject=same), number(2.0, subject=changed), number(1.0, subject=shown),
           number(None, subject=hidden), number(1.0, subject=new)]  # fmt: skip
    rows = told(old, now, code={"version": "c2", "house": {}})
    assert dict(zip(rows["subject"], rows["change"], strict=True)) == {
        changed: "changed", shown: "shown", hidden: "hidden", new: "new", gone: "gone",
    }  # fmt: skip
    assert rows.loc[rows["subject"].eq(changed), ["old_value", "new_value"]].to_numpy().tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize("column", ["n", "lower", "upper"])
def test_more_than_the_value_counts(column):
    """A number whose n or interval differs has changed, and one whose interval appeared too."""
    old = [number(1.0, **{column: 3.0}), number(1.0, unit=OTHER)]
    now = [number(1.0, **{column: 4.0}), number(1.0, unit=OTHER, **{column: 21.0})]
    assert list(told(old, now, code={"version": "c2", "house": {}})["change"]) == ["changed", "changed"]


@pytest.mark.parametrize(
    ("parts", "cause", "why"),
    [
        pytest.param({"inputs": inputs(grades="G", school="2")}, "data", "data (grades)", id="data"),
        pytest.param({"inputs": inputs(siris="S")}, "data", "data (official statistics)", id="official"),
        pytest.param({"rule_version": "r2"}, "rule", "rule (r1 to r2)", id="rule"),
        pytest.param({"rule": {"id": "x"}, "rule_version": "r2"}, "rule", "rule (id)", id="rule-by-name"),
        pytest.param({"code": {"version": "c2", "house": {"notebooks": "h"}}}, "code", "code (c1 to c2)", id="code"),
        pytest.param({"code": {"version": "c1", "house": {}}}, "code", "code (templates)", id="templates"),
        pytest.param({"libraries": {"pandas": "3.0.1", "scipy": "1.14"}}, "library", "library (pandas)", id="library"),
        pytest.param({"settings": {"peers": 4}}, "settings", "settings (peers)", id="settings"),
        pytest.param({"released_before": "x"}, "unexplained", "", id="memory-changes-no-number"),
        pytest.param({}, "unexplained", "", id="nothing"),
        pytest.param({"inputs": inputs(grades="G", other="2")}, "unexplained", "", id="data-of-another-school"),
        pytest.param({"inputs": inputs(school="2")}, "unexplained", "", id="another-key-for-pseudonyms"),
    ],
)
def test_why_a_school_s_number_changed(parts, cause, why):
    """One thing changed that the school's number rests on: it is the cause; what it does not rest on is none."""
    row = told([number(250.0)], [number(251.0)], **parts).iloc[0]
    assert (row["cause"], row["why"]) == (cause, why)


def test_several_causes_cannot_be_told_apart():
    """Data and code changed at once: both are told, and that nobody can say which it was."""
    new = {"inputs": inputs(grades="G", school="2"), "code": {"version": "c2", "house": {"notebooks": "h"}}}
    row = told([number(250.0)], [number(251.0)], **new).iloc[0]
    assert (row["cause"], row["why"]) == ("data+code", "data (grades); code (c1 to c2): they cannot be told apart")


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"unit": "9901"}, id="municipality"),
        pytest.param({"metric": "value_added_grades"}, id="model"),
        pytest.param({"metric": "cohort_change"}, id="pupils-who-moved"),
    ],
)
def test_numbers_that_rest_on_other_schools(row):
    """What is summed, modelled or followed over schools may change by the rows of another school."""
    new = {"inputs": inputs(grades="G", other="2")}
    changed = told([number(1.0, **row)], [number(2.0, **row)], **new).iloc[0]
    assert changed["cause"] == "data"


def test_hiding_for_another_school_is_explained():
    """A number may be hidden, or shown again, because of the rows of another school: complementary suppression."""
    new = {"inputs": inputs(grades="G", other="2")}
    row = told([number(250.0)], [number(None)], **new).iloc[0]
    assert (row["change"], row["why"]) == ("hidden", "data (own/grades.csv of other schools)")


@pytest.mark.parametrize(
    "new", [number(None), number(250.0, n=None), number(250.0, upper=260.0), number(250.0, status="rounded")],
    ids=["value", "n", "interval", "status"],
)  # fmt: skip
def test_memory_explains_what_is_hidden(new):
    """What readers have seen may change whether a value, its n or its interval is shown, and its status."""
    row = told([number(250.0)], [new], released_before="x").iloc[0]
    assert (row["cause"], row["why"]) == ("memory", "memory (released since)")


def test_unexplained_refusal_names_the_line_and_no_value(tmp_path):
    """The refusal leads to the line of changes.csv, names the number, and tells neither old nor new value."""
    rows = told([number(250.0), number(1.0, unit="9901")], [number(251.0), number(2.0, unit="9901")])
    refusals = unexplained(rows)
    lines = write_changes(rows, tmp_path).read_text(encoding="utf-8-sig").splitlines()
    line = int(refusals[1].where.partition(":")[2])
    assert [refusal.rule for refusal in refusals] == ["unexplained", "unexplained"]
    assert lines[line - 1].startswith(f"changed;merit_rating_17;school;{SCHOOL};2024/25;9;")
    assert not any(text in refusal.what for refusal in refusals for text in ("250", "251"))


def test_summary_has_at_most_ten_lines():
    """However many metrics and causes: ten lines, the numbers of which add up."""
    old = [number(1.0, metric=f"m{index}", subject=f"s{subject}") for index in range(9) for subject in range(index + 1)]
    new = [{**row, "value": 2.0} for row in old]
    rows = told(old, new, code={"version": "c2", "house": {}})
    lines = summary(rows, "abc")
    assert len(lines) <= 10
    assert lines[0] == "Changed   45 numbers since abc: 45 changed"
    assert lines[2:4] == ["Most in   m8: 9", "Most in   m7: 8"]


def test_summary_of_nothing():
    """A first release and one without changes say so in one line each."""
    none = told([], [])
    assert summary(none, "") == ["Changed   nothing to compare with: this is the first release for these readers"]
    assert summary(none, "abc") == ["Changed   no number since abc"]
    assert isinstance(none, pd.DataFrame)
