"""A school's slice without what its report does not write: the report writes the same, others' digits are gone."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skq.build.printed import NOT_TOLD, RESTING_ON_OTHERS, SET_BESIDE
from skq.build.written import all_limits, all_written, written, written_limits
from skq.catalog.forms import form
from skq.report import open_report, passages, sv, tables, write_front_matter
from skq.report.company import COMPARED
from skq.report.keys import ORDER
from skq.report.lists import RESULTS
from skq.report.notable import IN_BRIEF_METRICS
from skq.report.wording import signed_limits
from skq.store import PARTS

from tests.notebooks.slices import SCHOOL, YEARS, as_printed, write

HOUSE = Path(__file__).parents[2]
METRICS = ("merit_rating_17", "all_subjects_passed_share", "survey_index", "cohort_change", "pupil_count")
numbers = st.floats(-350, 350).filter(lambda value: value == 0 or abs(value) > 1e-6)


def frames(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a slice."""
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in PARTS}


def printed(source: Path, folder: Path) -> Path:
    """The slice *source* as `as_printed` makes it, in *folder*."""
    folder.mkdir()
    for name, frame in as_printed(frames(source)).items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "meta.json").write_bytes((source / "meta.json").read_bytes())
    return folder


def told(source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Everything that the template's cells write of a slice but its figures: texts by cell, files by name."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    rooms = {"tables": tables, "passages": passages, "write_front_matter": write_front_matter}
    names = {**rooms, "report": open_report(SCHOOL, YEARS[-1], str(source))}
    cells = json.loads((HOUSE / "notebooks" / "quality_report.ipynb").read_text(encoding="utf-8"))["cells"]
    calls = [line for cell in cells if cell["cell_type"] == "code" for line in "".join(cell["source"]).splitlines()]
    said = {call: str(eval(call, names)) for call in calls if call.split(".")[0].split("(")[0] in rooms}
    return said | {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("kind", ["normal", "small", "official", "f6"])
def test_the_report_writes_the_same_of_it(kind, tmp_path, monkeypatch):
    """Every sentence, table and file of a report is the same, letter by letter, on the whole slice and on this one."""
    whole = write(kind, tmp_path / "whole")
    lean = printed(whole, tmp_path / "lean")
    first = told(whole, tmp_path / "1", monkeypatch)
    assert {"passages.in_brief(report)", "tables.comparison(report)", "front.yml"} <= set(first)
    assert told(lean, tmp_path / "2", monkeypatch) == first


@pytest.mark.parametrize(("level", "kind"), [("municipality", ""), ("nation", ""), ("school", "vs_municipality")])
def test_a_digit_that_is_not_written_moves_nothing(level, kind, tmp_path):
    """What rests on other schools may move by a millionth part: not one table is another."""
    whole = frames(write("normal", tmp_path))
    moved = {name: frame.copy() for name, frame in whole.items()}
    table = moved["comparisons" if kind else "results"]
    rows = table["level"].eq(level) & (table["kind"].eq(kind) if kind else True) & table["value"].notna()
    exact = rows & table["value"].mul(1000).mod(1).ne(0)  # what stands just between two written numbers may move
    table.loc[exact, "value"] *= 1 + 1e-6
    assert exact.any()
    before, after = (as_printed(one) for one in (whole, moved))
    assert [name for name in PARTS if not before[name].equals(after[name])] == []


def test_own_numbers_stay_as_they_are(tmp_path):
    """The school's own numbers keep all their digits: figures are drawn of them; but for what others have a part in."""
    whole = frames(write("normal", tmp_path))
    own, kept = (
        rows[rows["level"].eq("school") & ~rows["metric"].isin(RESTING_ON_OTHERS)]
        for rows in (whole["results"], as_printed(whole)["results"])
    )
    pd.testing.assert_frame_equal(kept.reset_index(drop=True), own.reset_index(drop=True))


def test_what_no_report_shows_is_gone(tmp_path):
    """No areas, no organizers, no comparisons above the school; estimates without what only the analysis tells."""
    lean = as_printed(frames(write("normal", tmp_path)))
    assert set(lean["results"]["level"]) <= {"school", "municipality", "nation"}
    assert set(lean["comparisons"]["level"]) == {"school"}
    assert lean["estimates"][list(NOT_TOLD)].isna().all(axis=None)
    assert lean["estimates"]["peer_difference"].notna().any()


def test_columns_and_types_stay(tmp_path):
    """A lean table can be read wherever a whole one can."""
    whole = frames(write("normal", tmp_path))
    lean = as_printed(whole)
    assert {name: dict(lean[name].dtypes) for name in PARTS} == {name: dict(whole[name].dtypes) for name in PARTS}


def test_every_metric_that_reports_set_beside_others_is_kept():
    """The lists of key numbers, of remarks and of the comparison name no metric whose distance is left out."""
    spoken_of = {*IN_BRIEF_METRICS, *(one[0] for one in (*ORDER, *COMPARED, *RESULTS))}
    assert spoken_of - set(SET_BESIDE) == set()


@given(value=numbers, metric=st.sampled_from(METRICS), finer=st.booleans())
def test_a_number_is_written_as_before(value, metric, finer):
    """With its decimals, and as a limit also with one more; its sign stays."""
    shape = form(metric)
    kept = written(value, shape.scale, shape.decimals, finer=finer)
    for decimals in (shape.decimals, shape.decimals + finer):
        assert sv.number(kept * shape.scale, decimals) == sv.number(value * shape.scale, decimals)
    assert (kept > 0, kept < 0) == (value > 0, value < 0)


halves = st.integers(-400_000, 400_000).map(lambda number: number / 2000)
"""Among them those that stand just between two written numbers."""
any_number = st.one_of(numbers, halves, st.sampled_from([0.0, -0.0, 1e-300, 4.5e12, -4.5e12, math.nan]))


@given(values=st.lists(any_number, min_size=1), metric=st.sampled_from(METRICS), finer=st.booleans())
def test_many_numbers_are_written_as_one(values, metric, finer):
    """All at once they come out as each alone does, to the last bit; what is not asked for is nought."""
    shape, asked = form(metric), [not math.isnan(value) for value in values]
    scale, decimals = np.full(len(values), shape.scale), np.full(len(values), shape.decimals)
    found = all_written(np.array(values), scale, decimals, np.full(len(values), finer), where=np.array(asked))
    one_by_one = [
        written(value, shape.scale, shape.decimals, finer=finer) if is_asked else 0.0
        for value, is_asked in zip(values, asked, strict=True)
    ]
    assert found.tobytes() == np.array(one_by_one).tobytes()


@given(pairs=st.lists(st.tuples(any_number, any_number, st.booleans()), min_size=1), metric=st.sampled_from(METRICS))
def test_many_limits_are_written_as_one_pair(pairs, metric):
    """All pairs at once come out as each alone does, to the last bit; what is not asked for is nought."""
    lower, upper, certain = (np.array(part) for part in zip(*pairs, strict=True))
    asked = ~(np.isnan(lower) | np.isnan(upper))
    found = all_limits(pd.Series([metric] * len(pairs)), lower, upper, certain, where=asked)
    one_by_one = [
        written_limits(metric, low, high, certain=sure) if is_asked else (0.0, 0.0)
        for (low, high, sure), is_asked in zip(pairs, asked, strict=True)
    ]
    assert np.column_stack(found).tobytes() == np.array(one_by_one).tobytes()


@given(ends=st.tuples(numbers, numbers), metric=st.sampled_from(METRICS))
def test_limits_are_written_as_before(ends, metric):
    """Also where a limit near zero is told more exactly; an interval has a width if it had one."""
    low, high = sorted(ends)
    certain = not low <= 0 <= high
    kept = written_limits(metric, low, high, certain=certain)
    assert signed_limits(metric, *kept, certain=certain) == signed_limits(metric, low, high, certain=certain)
    assert (kept[0] <= 0 <= kept[1]) == (low <= 0 <= high)
