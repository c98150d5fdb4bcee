"""What became of numbers before is used again only for the very same numbers, and never when its file is damaged."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from skq.build.bundle_memo import FolderMemo
from skq.compare import comparisons
from skq.protect import OFFICIAL, bounded, protect, room
from skq.protect.memo import digest

from tests.results_by_hand import results, share, units_of

SCHOOLS = {f"S{number}": "North" for number in range(4)}
COUNTS = {"S0": (20, 15), "S1": (8, 7), "S2": (30, 20), "S3": (40, 32)}


def table(counts=COUNTS):
    """Return the results of four schools and of the area that they make up."""
    rows = [share(n, k, level="school", unit=code) for code, (n, k) in counts.items()]
    whole = (sum(one[place] for one in counts.values()) for place in (0, 1))
    return results([*rows, share(*whole, level="area", unit="9999:North")])


@pytest.fixture
def judged(monkeypatch):
    """Count how many bundles are judged anew."""
    counted, judge = [], room.concluded
    monkeypatch.setattr(room, "concluded", lambda bundle: counted.append(1) or judge(bundle))
    return counted


def protected(rows, memo, rule=OFFICIAL):
    known = units_of(SCHOOLS)
    return protect(rows, comparisons(rows, units=known), rule, units=known, memo=memo).results.frame


def test_the_same_numbers_are_judged_once(tmp_path, judged):
    """A second build takes what the first one kept, and shows the same."""
    first = protected(table(), FolderMemo(tmp_path))
    again = protected(table(), FolderMemo(tmp_path))
    assert len(judged) == 1
    assert again.equals(first)
    assert first["status"].eq("too_few").any()


@pytest.mark.parametrize("change", ["number", "rule"])
def test_other_numbers_or_another_rule_are_judged_anew(tmp_path, judged, change):
    """One pupil more, or another limit: nothing kept is used."""
    protected(table(), FolderMemo(tmp_path))
    counts = COUNTS | {"S0": (20, 16)} if change == "number" else COUNTS
    rule = replace(OFFICIAL, nearly_all=5) if change == "rule" else OFFICIAL
    protected(table(counts), FolderMemo(tmp_path), rule)
    assert len(judged) == 2


def test_a_damaged_file_is_no_memory(tmp_path, judged):
    """A file that is not what it says it is is passed over."""
    memo = FolderMemo(tmp_path)
    whole = protected(table(), memo)
    for path in tmp_path.rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)
    assert protected(table(), FolderMemo(tmp_path)).equals(whole)
    assert len(judged) == 2


def test_only_what_was_used_stays(tmp_path, judged):
    """Of an earlier build's outcomes those are removed that the newest had no use for."""
    protected(table(), FolderMemo(tmp_path))
    memo = FolderMemo(tmp_path)
    protected(table(COUNTS | {"S0": (20, 16)}), memo)
    assert len(list(tmp_path.rglob("*.parquet"))) == 4  # of each build the bundle, and what bounds tell of it
    memo.drop_others()
    assert len(list(tmp_path.rglob("*.parquet"))) == 2


def test_no_number_is_kept(tmp_path):
    """The files tell status and reason, and what bounds hide, in the order of the table."""
    protected(table(), FolderMemo(tmp_path))
    kept = [pd.read_parquet(path).dtypes.astype("str").to_dict() for path in tmp_path.rglob("*.parquet")]
    assert sorted(kept, key=len) == [
        {"hide": "bool", "blur": "bool"},
        {"status": "str", "reason": "str", "hidden": "bool", "shown": "bool"},
    ]


def test_bounds_of_the_same_numbers_are_drawn_once(tmp_path, monkeypatch):
    """What another metric tells is looked for again only where numbers, or what is hidden of them, are others."""
    drawn, mended = [], bounded.mended
    monkeypatch.setattr(bounded, "mended", lambda asked: drawn.append(1) or mended(asked))

    def statuses(passed):
        rows = results([share(30, passed), share(30, 29, metric="subject_passed_share", subject="MA")])
        return protected(rows, FolderMemo(tmp_path))["status"].tolist()

    assert statuses(29) == statuses(29) == ["observed", "protects_other"]
    assert len(drawn) == 1
    assert statuses(25) == ["observed", "nearly_all"]
    assert len(drawn) == 2


def test_everything_that_matters_is_in_the_digest():
    """Rows, whose they are, units, memberships, rule, earlier releases and what is hidden each change the digest."""
    rows = table()
    own, everything = rows["n"].gt(0).to_numpy(bool), range(len(rows))
    bundle = room.Bundles(rows, own, [everything], units_of(SCHOOLS), None, OFFICIAL, None)[0]
    others = [
        replace(bundle, rows=rows.assign(numerator=rows["numerator"] + 1)),
        replace(bundle, rows=rows.rename(columns={"raw": "source", "source": "raw"})),
        replace(bundle, own=~bundle.own),
        replace(bundle, units=units_of(SCHOOLS | {"S0": "South"})),
        replace(bundle, memberships=units_of(SCHOOLS)),
        replace(bundle, rule=replace(OFFICIAL, least_width=2)),
        replace(bundle, earlier=rows),
    ]
    flagged = [digest(bundle, flag) for flag in (own, ~own)]
    assert len({*flagged, *(digest(one) for one in [bundle, *others])}) == 10
