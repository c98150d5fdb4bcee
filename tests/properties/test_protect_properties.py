"""Protection against an attacker who knows how the numbers add up, on municipalities that Hypothesis invents.

The attack is written apart from the protection: plain dictionaries, no lines, no fixpoint.
"""

from __future__ import annotations

from itertools import product

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from skq.compare import comparisons
from skq.protect import Shape, protect, publish_share
from skq.terms import CellStatus

from tests.results_by_hand import results, share, units_of

SEXES = ("girls", "boys")
Counts = dict[tuple[str, str], tuple[int, int]]


@st.composite
def towns(draw: st.DrawFn) -> tuple[dict[str, str], Counts]:
    """Return schools with their areas, and (pupils, those having the property) per school and sex."""
    schools = [f"S{number}" for number in range(draw(st.integers(1, 5)))]
    areas = {code: draw(st.sampled_from(["North", "South", ""])) for code in schools}
    sizes = st.one_of(st.integers(0, 14), st.integers(15, 60))
    counts = {}
    for cell in product(schools, SEXES):
        n = draw(sizes)
        counts[cell] = (n, draw(st.one_of(st.just(n), st.integers(max(0, n - 5), n), st.integers(0, n))))
    return areas, counts


def members(areas: dict[str, str]) -> dict[tuple[str, str], list[str]]:
    """Return the schools of every unit of every level."""
    units = {("school", code): [code] for code in areas}
    for area in sorted(set(areas.values()) - {""}):
        units[("area", f"9999:{area}")] = [code for code in areas if areas[code] == area]
    return units | {("organizer", "Town"): list(areas), ("municipality", "9999"): list(areas)}


def table(areas: dict[str, str], counts: Counts) -> pd.DataFrame:
    """Return the results of grade year 6 for all pupils and by sex, at every level."""
    rows = []
    for (level, unit), schools in members(areas).items():
        for sexes in (SEXES, ("girls",), ("boys",)):
            n, k = (sum(counts[code, sex][place] for code in schools for sex in sexes) for place in (0, 1))
            key = {"breakdown": "sex", "category": sexes[0]} if len(sexes) == 1 else {}
            if n:
                rows.append(share(n, k, level=level, unit=unit, grade_year=6, **key))
    return results(rows)


def known_cells(frame: pd.DataFrame) -> dict[tuple[str, str, str], bool]:
    """Return for every cell that exists whether a reader knows it (a number, or that nobody has the property)."""
    known = frame["status"].isin(["observed"]) | frame["reason"].eq("nobody")
    return dict(zip(zip(frame["level"], frame["unit"], frame["category"], strict=True), known, strict=True))


def sums(areas: dict[str, str]) -> list[tuple[tuple[str, str, str], list[tuple[str, str, str]]]]:
    """Return every sum that a reader knows of: a total and its parts."""
    units, found = members(areas), []
    for level, unit in units:
        found.append(((level, unit, "all"), [(level, unit, sex) for sex in SEXES]))
    for category in ("all", *SEXES):
        for (level, unit), schools in units.items():
            if level != "school":
                found.append(((level, unit, category), [("school", code, category) for code in schools]))
        parts = [(level, unit, category) for level, unit in units if level == "area"]
        parts += [("school", code, category) for code, area in areas.items() if not area and parts]
        wholes = [(level, unit, category) for level, unit in units if level in ("organizer", "municipality") and parts]
        found += [(whole, parts) for whole in wholes]
        found.append((("municipality", "9999", category), [("organizer", "Town", category)]))
    return found


@settings(max_examples=15, deadline=None)
@given(towns())
def test_no_hidden_number_follows_from_one_sum(town):
    """In no sum of parts to a total is exactly one number unknown."""
    areas, counts = town
    rows = table(areas, counts)
    if rows.empty:
        return
    known = known_cells(protect(rows, comparisons(rows).iloc[:0], units=units_of(areas)).results.frame)
    for total, parts in sums(areas):
        cells = [cell for cell in (total, *parts) if cell in known]
        unknown = [cell for cell in cells if not known[cell]]
        assert len(unknown) != 1, f"{unknown[0]} follows from {cells}"


@settings(max_examples=6, deadline=None)
@given(towns(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(town, random):
    """Protection gives the same table whatever order the rows come in."""
    rows = table(*town)
    shuffled = rows.sample(frac=1, random_state=random.randrange(2**31)) if len(rows) else rows
    units = units_of(town[0])
    first, second = (protect(each, comparisons(each, units=units), units=units) for each in (rows, shuffled))
    pd.testing.assert_frame_equal(first.results.frame, second.results.frame)
    pd.testing.assert_frame_equal(first.comparisons.frame, second.comparisons.frame)


@settings(max_examples=6, deadline=None)
@given(towns())
def test_hidden_comparisons_and_intervals(town):
    """No number, interval or comparison stands where a side is hidden, and shown shares rest on at least ten."""
    rows, units = table(*town), units_of(town[0])
    found = protect(rows, comparisons(rows, units=units), units=units)
    frame = found.results.frame
    hidden = frame[frame["status"].ne("observed")]
    assert hidden[["value", "lower", "upper"]].isna().all(axis=None)
    shown = frame[frame["status"].eq("observed") & frame["level"].eq("school")]
    assert shown["n"].ge(10).all()
    state = {
        tuple(row): status for *row, status in frame[["level", "unit", "category", "status"]].itertuples(index=False)
    }
    gaps = found.comparisons.select(kind="gap_sex").frame
    for level, unit, value in gaps[["level", "unit", "value"]].itertuples(index=False):
        both = all(state[level, unit, sex] == "observed" for sex in SEXES)
        assert pd.notna(value) == both


@given(st.integers(0, 400), st.data())
def test_publishing_a_share(n, data):
    """Whatever is published as a number has n and numerator of at least the minimum, and lacks nobody or five."""
    k = data.draw(st.integers(0, n))
    verdict = publish_share(n, k, minimum=10, shape=Shape.SHARE_NEARLY_ALL)
    shown = verdict.status is CellStatus.OBSERVED
    assert shown == (n >= 10 and k >= 10 and (n == k or n - k >= 5))
