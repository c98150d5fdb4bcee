"""Numbers of a slice are made by columns, and differences only when asked for: the same as made one by one."""

from dataclasses import FrozenInstanceError, asdict

import pandas as pd
import pytest
from skq.report.judged import Estimate, estimates_of
from skq.report.numbers import Difference, Numbers, Point, WhenAsked
from skq.store import read_slice
from skq.terms import RESULT_KEY, CellStatus

from tests.notebooks import slices


@pytest.fixture(scope="module")
def part(tmp_path_factory):
    """The slice of one school, with hidden and missing numbers."""
    return read_slice(slices.write("normal", tmp_path_factory.mktemp("slice")))


@pytest.fixture(scope="module")
def numbers(part):
    """All that the slice tells."""
    return Numbers.of(part.results, part.comparisons)


def by_hand(form, row):
    """One row as a dataclass, through its own constructor."""
    told = {name: value for name, value in row.items() if name in form.__dataclass_fields__ and value is not None}
    return form(**{**told, "status": CellStatus(row["status"])})


def test_points_are_those_of_their_constructor(part, numbers):
    """Every point has the fields that `Point(...)` gives of its row, is equal to it, and is as frozen."""
    rows = part.results.frame.astype(object).where(part.results.frame.notna(), None).to_dict("records")
    points = list(numbers.points.values())
    expected = [by_hand(Point, {**row, "recorded": True}) for row in rows]
    assert any(point.hidden for point in points)
    assert points == expected
    assert [asdict(point) for point in points] == [asdict(point) for point in expected]
    assert {type(value) for point in points for value in (point.n, point.value)} == {float, type(None)}
    with pytest.raises(FrozenInstanceError):
        points[0].value = 1.0


def test_differences_are_made_when_asked_for(part, numbers):
    """Every difference is found under its key, as its constructor makes it of its row, and once made is kept."""
    rows = part.comparisons.frame.astype(object).where(part.comparisons.frame.notna(), None).to_dict("records")
    keys = [tuple(row[column] for column in ("kind", *RESULT_KEY)) for row in rows]
    assert (list(numbers.differences), len(numbers.differences)) == (keys, len(rows))
    assert [numbers.differences[key] for key in keys] == [by_hand(Difference, row) for row in rows]
    assert numbers.differences[keys[0]] is numbers.differences[keys[0]]
    assert ("none",) not in numbers.differences
    assert numbers.differences.get(("none",)) is None


def test_rows_without_a_value_have_the_default():
    """What stands nowhere is the default of its field; columns that the form does not know are left out."""
    frame = pd.DataFrame({"metric": ["a", "b"], "kind": ["change", "change"], "school_year": ["2024/25"] * 2,
                          "reference": ["x", "y"], "subject": pd.array([None, "MA"], dtype="str"),
                          "n": pd.array([None, 12], dtype="Float64"), "status": ["missing", "observed"],
                          "unknown": [1, 2]})  # fmt: skip
    found = WhenAsked(Difference, frame, ["metric"])
    assert found["a",] == Difference(kind="change", metric="a", school_year="2024/25", reference="x")
    assert (found["b",].subject, found["b",].n, found["b",].status) == ("MA", 12.0, CellStatus.OBSERVED)


def test_estimates_are_told_by_the_key_of_their_number(part):
    """Peers and checks, texts with spaces between, become tuples; what is not known is None."""
    found = estimates_of(part.estimates)
    told = next(iter(found.values()))
    peers = next(estimate for estimate in found.values() if estimate.peers)
    assert isinstance(told, Estimate)
    assert peers.peers == ("90000002", "90000003", "90000004")
    row = part.estimates.iloc[0]
    assert told.shrunken == (None if pd.isna(row["shrunken"]) else float(row["shrunken"]))
    assert all(answer in ("yes", "no") for estimate in found.values() for _, answer in estimate.checks)
