"""Sums of large registers are made with less in memory at a time, and come out the same."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from skq.aggregate import aggregate, results, rollup
from skq.aside import aside
from skq.build import sliced as slicing
from skq.build import sums
from skq.build.combine import agreement, all_units, combined, own_numbers, seen_units
from skq.build.raw import Raw, read
from skq.build.request import Inputs, Request
from skq.build.sums import summed
from skq.build.watching import watched
from skq.demo import write_demo
from skq.errors import SettingsError, SkqError
from skq.schema import UNCOUNTED
from skq.settings import Settings
from skq.sources.raw import Unseen


@pytest.fixture(scope="module")
def request_and_raw(tmp_path_factory: pytest.TempPathFactory) -> tuple[Request, Raw]:
    folder = tmp_path_factory.mktemp("registers")
    write_demo(folder, schools=3, years=2, seed=5)
    request = Request(Inputs(folder, None), folder / "out", Path(), Settings(), 2, key=bytes(range(32)))
    return request, read(request)


def with_list(raw: Raw, request: Request) -> sums.Sums:
    """Return the sums as a build makes them, with the list for the gate."""
    return summed(raw, request, lambda raw, units: watched(raw, units, request.key))


def test_few_cells_at_a_time_add_up_the_same(request_and_raw, monkeypatch):
    """Rolled up some metrics at a time the results are those of all metrics at once, to the last digit."""
    frames = request_and_raw[1].own.frames
    whole = aggregate(frames)
    seen: list[frozenset[str]] = []
    of_some = rollup._of_some_metrics

    def looked_at(cells: pd.DataFrame) -> pd.DataFrame:
        seen.append(frozenset(cells["metric"]))
        return of_some(cells)

    monkeypatch.setattr(rollup, "AT_A_TIME", 300)
    monkeypatch.setattr(rollup, "_of_some_metrics", looked_at)
    pd.testing.assert_frame_equal(aggregate(frames), whole, check_exact=True)
    assert len(seen) > 20
    assert sum(map(len, seen)) == len(frozenset().union(*seen))
    assert 1 in set(map(len, seen))


def test_memory_given_back_on_the_way_changes_nothing(request_and_raw, monkeypatch):
    """Where tables are let go of, memory is given back between the steps: the results are the same."""
    frames = request_and_raw[1].own.frames
    whole = aggregate(frames)
    given_back: list[str] = []
    monkeypatch.setattr(results, "give_back_memory", lambda: given_back.append("once"))
    spent = dict(frames)
    pd.testing.assert_frame_equal(aggregate(spent, let_go=True), whole, check_exact=True)
    assert spent == {}
    assert len(given_back) > 2


def test_one_after_the_other_comes_to_the_same(request_and_raw, monkeypatch):
    """Many rows are derived, summed and held against each other in turn, with two jobs each apart; all is equal."""
    request, raw = request_and_raw
    beside = with_list(raw, request)
    steps: list[tuple[str, bool]] = []
    named: list[bool] = []  # whether texts about persons were there as each began

    def looked_at(work, *, at_once):
        steps.append((work.func.__name__, at_once))
        named.append(bool(spent.own.personal or spent.own.unkeyed))
        return aside(work, at_once=at_once)

    monkeypatch.setattr(sums, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(sums, "aside", looked_at)
    persons = {"personal": Unseen(raw.own.personal), "unkeyed": Unseen(raw.own.unkeyed)}
    spent = replace(raw, own=replace(raw.own, frames=dict(raw.own.frames), **persons))
    after = with_list(spent, replace(request, settings=replace(request.settings, jobs=2)))
    assert (spent.own.frames, spent.own.personal, spent.own.unkeyed) == ({}, {}, {})
    names = ("_of_persons", "_derived_twice", "_sparing_numbers", "agreement")
    assert steps == [(name, True) for name in names]
    assert named == [True, False, False, False]
    assert (beside.in_turn, after.in_turn) == (False, True)
    pd.testing.assert_frame_equal(after.own.results, beside.own.results, check_exact=True)
    pd.testing.assert_frame_equal(after.own.memberships, beside.own.memberships, check_exact=True)
    assert after.derived_twice is None
    assert after.agreed == agreement(raw, beside.own, beside.derived_twice)
    assert after.inputs == beside.inputs
    assert after.watch == beside.watch is not None


def test_no_text_about_a_person_is_kept_when_numbers_are_summed(request_and_raw):
    """Names and identifiers that were read are in what is looked for, by digest; nothing else has them then."""
    request, raw = request_and_raw
    assert raw.own.personal["pupil_id"]
    known = with_list(raw, request).watch["kinds"]
    assert {"pupil_id", "pseudonym"} <= set(known)
    kept = raw.summed().own
    assert (kept.personal, kept.unkeyed) == ({}, {})
    assert with_list(raw, replace(request, key=None)).watch is None


def test_no_number_rests_on_what_is_not_counted(request_and_raw):
    """Without the tables of `UNCOUNTED` all sums, units and what each school's report is made of are the same."""
    request, raw = request_and_raw
    assert raw.own.frames.keys() >= UNCOUNTED
    rest = {name: rows for name, rows in raw.own.frames.items() if name not in UNCOUNTED}
    less = replace(raw.own, frames=rest, files=tuple(file for file in raw.own.files if file.table not in UNCOUNTED))
    whole, without = (summed(replace(raw, own=own), replace(request, cores=1)) for own in (raw.own, less))
    for name in ("results", "units", "memberships"):
        pd.testing.assert_frame_equal(getattr(without.own, name), getattr(whole.own, name), check_exact=True)
    assert without.inputs == whole.inputs


def test_units_are_known_before_anything_is_summed(request_and_raw):
    """The units whose names may be told are those of the numbers; the public knows of no classes."""
    request, raw = request_and_raw
    groups = replace(request.settings, class_groups=True)
    own = own_numbers(raw, groups)
    pd.testing.assert_frame_equal(all_units(raw, groups), combined(raw, own)[1])
    assert "group" in set(own.units["level"])
    assert "group" not in set(seen_units(own.units, "public")["level"])
    assert seen_units(own.units, "principal") is own.units


@pytest.mark.parametrize(("most", "expected"), [(4_000_000, ["read", "sums"]), (0, ["read", "room", "sums"])])
def test_what_waits_leaves_its_memory_to_large_inputs(request_and_raw, monkeypatch, most, expected):
    """What waits for the numbers is told to make room for the sums of many rows, and for those alone."""
    request, raw = request_and_raw
    order: list[str] = []

    def read(request):
        order.append("read")
        return raw

    def summed(*given):
        order.append("sums")
        raise SkqError("enough")

    monkeypatch.setattr(sums, "MOST_AT_ONCE", most)
    monkeypatch.setattr(slicing, "read", read)
    monkeypatch.setattr(slicing, "summed", summed)
    with pytest.raises(SkqError, match="enough"):
        slicing.sliced(request, make_room=lambda: order.append("room"))
    assert order == expected


def test_no_slices_of_a_newest_year_without_schools(request_and_raw, monkeypatch):
    """Where the newest results are of a year that the register lacks, there is nothing to write slices from."""
    monkeypatch.setattr("skq.build.numbers.newest_school_year", lambda results: "2030/31")
    with pytest.raises(SettingsError, match="found: +2030/31, the newest school year with results"):
        slicing.sliced(request_and_raw[0])
