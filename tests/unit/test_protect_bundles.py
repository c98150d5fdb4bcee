"""Bundles: whatever tells of each other is judged together, and a table in pieces is protected like the whole."""

from __future__ import annotations

import pickle
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from skq import catalog
from skq.aggregate import aggregate, memberships, units
from skq.compare import comparisons
from skq.demo import write_demo
from skq.protect import OFFICIAL, protect, room
from skq.protect.bounding import groups
from skq.protect.bundles import BY_SUBJECT, TIES, blocks, bundles, in_place, told_in_place
from skq.protect.implied import IMPLICATIONS, implied
from skq.protect.inference import THRESHOLDS
from skq.protect.lines import lines
from skq.protect.together import shares_of_one, together
from skq.protect.windows import windows
from skq.sides import KINDS
from skq.terms import RESULT_DTYPES, RESULT_KEY
from skq.validate import validated


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Return results, units and memberships of an invented town with every register."""
    folder = tmp_path_factory.mktemp("bundles") / "town"
    write_demo(folder, schools=3, years=3, seed=4)
    frames = validated(folder).frames
    rows = aggregate(frames).astype(RESULT_DTYPES).sort_values(list(RESULT_KEY)).reset_index(drop=True)
    return rows, units(frames), memberships(frames)


def test_no_line_window_or_group_crosses_a_block(town):
    """Rows of one line, window, or group that is hidden together are in one block."""
    rows, known, belonging = town
    block = blocks(rows)
    drawn, pooled = lines(rows, known, belonging), windows(rows)
    assert len(drawn.total) > 1000
    assert (block[drawn.member] == block[drawn.total[drawn.line]]).all()
    assert (block[pooled.years] == block[pooled.total][:, None]).all()
    for shared in (together(rows), shares_of_one(rows)):
        assert pd.Series(block).groupby(shared).nunique().max() == 1


def test_no_bound_crosses_a_group_and_each_is_kept_to(town):
    """A pair of rows that bound each other is in one group, and registers keep to what holds by definition."""
    rows = town[0]
    found = implied(rows)
    group = np.full(len(rows), -1)
    for number, part in enumerate(groups(rows)):
        group[part] = number
    assert len(found.strict) > 1000
    assert (group[found.strict] == group[found.mild]).all()
    assert (group[found.strict] >= 0).all()
    n, k = (rows[name].to_numpy("float64") for name in ("n", "numerator"))
    outside = np.where(found.all_have_it, 0.0, n[found.strict] - n[found.mild])
    metrics = rows["metric"].to_numpy(dtype="str")
    asks_more = np.char.find(metrics[found.mild], "eligible_vocational_share") >= 0
    asks_more &= np.char.find(metrics[found.strict], "all_") >= 0  # eligibility also asks for a number of subjects
    kept = k[found.strict] <= k[found.mild] + outside
    assert kept[~asks_more].all()
    assert {name for one in IMPLICATIONS for name in (one.strict, one.mild)} <= set(catalog.metrics())


def test_metrics_that_tell_of_each_other_share_a_block(town):
    """What is told of a metric by another one's name is in its block, whatever the subject."""
    rows = town[0]
    block = pd.Series(blocks(rows)).groupby(rows["metric"]).agg(set)
    there = [tie for tie in TIES if set(tie) <= set(block.index)]
    assert len(there) > 15
    assert all(block[first] == block[second] and len(block[first]) == 1 for first, second in there)
    assert not {catalog.metric(name).family for tie in TIES for name in tie} & set(BY_SUBJECT)
    assert len(set().union(*(block[name] for name in THRESHOLDS))) == 1


def test_blocks_are_many():
    """Subjects fall apart, so that a large table is not a single block."""
    metrics = ["subject_passed_share", "subject_points_mean"] * 2
    rows = pd.DataFrame({"metric": metrics, "subject": ["M", "M", "B", "B"]})
    assert blocks(rows).tolist() == [0, 0, 1, 1]


def test_ratings_are_apart_from_shares():
    """A changed merit rating reaches the distance from its expected value, not who passed in all subjects."""
    metrics = ["merit_rating_17", "salsa_residual", "merit_rating_16", "all_subjects_passed_share"]
    rows = pd.DataFrame({"metric": [*metrics, "salsa_passed_residual"], "subject": ""})
    assert blocks(rows).tolist() == [0, 0, 1, 2, 2]


def test_every_row_is_in_one_bundle(town):
    """Bundles are all rows, once, no block is cut, and none but a single block is larger than asked."""
    rows = town[0]
    found, block = bundles(rows, 2000), blocks(rows)
    assert sorted(np.concatenate(found)) == list(range(len(rows)))
    assert len(found) > 3
    assert sum(len(set(block[part])) for part in found) == block.max() + 1
    assert all(len(part) <= 2000 or len(set(block[part])) == 1 for part in found)
    assert in_place(found, [rows["n"].to_numpy()[part] for part in found]).tolist() == rows["n"].tolist()


def test_what_is_told_of_bundles_lies_where_their_rows_do():
    """Each bundle has seen other words; the whole has all of them, sorted, and nothing where nothing was told."""
    parts = [np.array([3, 0]), np.array([1, 2])]
    found = [
        SimpleNamespace(status=pd.Series(["shown", "hidden"]), reason=pd.Series([None, "few_pupils"])),
        SimpleNamespace(status=pd.Series(["absent", "shown"]), reason=pd.Series([None, None])),
    ]
    told = told_in_place(parts, found)
    assert told["status"].tolist() == ["hidden", "absent", "shown", "shown"]
    assert told["status"].cat.categories.tolist() == ["absent", "hidden", "shown"]
    assert told["reason"].dropna().to_dict() == {0: "few_pupils"}


def test_pieces_are_protected_like_the_whole(town, monkeypatch):
    """One bundle in this process, or many in two others: the same tables."""
    rows, known, belonging = town
    some = rows[rows["metric"].isin(["merit_rating_17", "salsa_residual", "subject_passed_share", "test_passed_share"])]
    made = comparisons(some, units=known)
    whole = protect(some, made, units=known, memberships=belonging)
    monkeypatch.setattr(room, "bundles", partial(bundles, size=3000))
    parts = protect(some, made, units=known, memberships=belonging, jobs=2)
    assert parts.results.frame.equals(whole.results.frame)
    assert parts.comparisons.frame.equals(whole.comparisons.frame)
    assert whole.results.frame["reason"].eq("complement").sum() > 50


def test_sides_are_found_some_at_a_time(town, monkeypatch):
    """All sides of comparisons looked up at once, or those of seven comparisons: the same table."""
    rows, known, belonging = town
    some = rows[rows["metric"].isin(["merit_rating_17", "salsa_expected", "salsa_residual"])]
    made = comparisons(some, units=known)
    whole = protect(some, made, units=known, memberships=belonging)
    monkeypatch.setattr(room, "ROWS_AT_A_TIME", 7)
    parts = protect(some, made, units=known, memberships=belonging)
    assert made["kind"].nunique() == len(KINDS)
    assert parts.comparisons.frame.equals(whole.comparisons.frame)


def test_rule_goes_to_other_processes():
    """A rule is the same on the other side, its families still read-only."""
    there = pickle.loads(pickle.dumps(OFFICIAL))
    assert there == OFFICIAL
    with pytest.raises(TypeError):
        there.families["merit"] = None
