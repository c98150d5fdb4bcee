"""Protection of what surrounds results: few employees, few absent, costs and money shared, children and staff."""

import pandas as pd
import pytest
from skq.compare import comparisons
from skq.protect import protect

from tests.results_by_hand import OUTSIDERS, results, units_of

CITY = {"level": "municipality", "unit": "9999"}
TOWN = {"level": "organizer", "unit": "Town"}
FEW, OTHER, SHOWN = "too_few", "protects_other", "observed"


def row(metric: str, n: float, value: float, **change: object) -> dict[str, object]:
    """Return a row of school A; the numerator of a share is n times its value."""
    return {"metric": metric, "grade_year": pd.NA, "n": n, "numerator": n * value, "value": value, **change}


def statuses(rows: list[dict[str, object]], by: str = "metric", **key: object) -> dict[str, str]:
    """Return the status of each protected row by one of its columns."""
    table, units = results(rows), units_of({"A": "North", "B": "North", "C": "South"})
    found = protect(table, comparisons(table, units=units), OUTSIDERS, units=units).results.select(**key).frame
    return dict(zip(found[by], found["status"], strict=True))


@pytest.mark.parametrize(("employees", "status"), [(10, FEW), (11, SHOWN)])
def test_sick_leave_of_ten_employees_is_hidden(employees, status):
    """Groups of ten employees or fewer are hidden, n with them; eleven are shown."""
    table = results([row("sick_leave_share", employees, 0.05)])
    (found,) = protect(table, comparisons(table), OUTSIDERS).results.frame.to_dict("records")
    assert found["status"] == status
    assert pd.isna(found["n"]) == (status == FEW)


def test_one_small_group_of_employees_hides_another():
    """All 45, teachers 30, others 11, pupil health four: a second group goes, lest the four follow from the rest."""
    groups = {"": 45, "lärare": 30, "övrig personal": 11, "elevhälsa": 4}
    rows = [row("sick_leave_share", n, 0.05, subject=group) for group, n in groups.items()]
    expected = {"": SHOWN, "lärare": SHOWN, "övrig personal": OTHER, "elevhälsa": FEW}
    assert statuses(rows, by="subject", level="school") == expected


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        pytest.param((40, 25, 12), (SHOWN, SHOWN, SHOWN), id="fifteen and thirteen between"),
        pytest.param((40, 31, 12), (SHOWN, OTHER, SHOWN), id="nine between the first two"),
        pytest.param((40, 30, 21), (SHOWN, SHOWN, OTHER), id="nine between the last two"),
        pytest.param((40, 35, 28), (SHOWN, OTHER, SHOWN), id="the last is held beside the first, twelve apart"),
        pytest.param((40, 40, 12), (SHOWN, SHOWN, SHOWN), id="nobody between"),
        pytest.param((40, 25, 9), (SHOWN, SHOWN, FEW), id="nine over the last"),
        pytest.param((40, 25, 0), (SHOWN, SHOWN, "missing"), id="nobody over the last"),
    ],
)
def test_few_between_two_thresholds_are_not_told(over, expected):
    """Over 15, 20 and 50 percent of 200 pupils: what two thresholds tell of those between is at least ten or nobody."""
    metrics = [f"absence_over_{percent}_share" for percent in (15, 20, 50)]
    rows = [row(metric, 200, count / 200) for metric, count in zip(metrics, over, strict=True)]
    assert statuses(rows) == dict(zip(metrics, expected, strict=True))


def test_ratio_tells_no_hidden_count():
    """Four children, three employees: with the count hidden, children per employee is too, although three will do."""
    rows = [row("leisure_children_count", 4, 4), row("leisure_children_per_fte", 3, 4 / 3)]
    assert statuses(rows) == {"leisure_children_count": FEW, "leisure_children_per_fte": OTHER}


def test_ratio_is_hidden_with_a_count_that_protects_another():
    """B's four children are hidden and so is C's count for their sake: C's ratio would tell it, A's stays."""
    counts = {"A": 60, "B": 4, "C": 30}
    rows = [row("leisure_children_count", n, n, unit=unit) for unit, n in counts.items()]
    rows += [row("leisure_children_per_fte", n / 15, 15.0, unit=unit) for unit, n in {"A": 60, "C": 60}.items()]
    for level in (CITY, TOWN):
        rows += [row("leisure_children_count", 94, 94, **level), row("leisure_children_per_fte", 8, 15.0, **level)]
    counted = statuses(rows, by="unit", metric="leisure_children_count", level="school")
    assert counted == {"A": SHOWN, "B": FEW, "C": OTHER}
    ratios = statuses(rows, by="unit", metric="leisure_children_per_fte", level="school")
    assert ratios["C"] == OTHER


@pytest.mark.parametrize(
    "family",
    [
        pytest.param(("cost_per_pupil", "teaching_cost_per_pupil", "other_cost_per_pupil"), id="costs"),
        pytest.param(("allocation_total", "allocation_base", "allocation_structure"), id="allocation"),
    ],
)
def test_kinds_and_their_sum_are_hidden_together(family):
    """Nine pupils at B hide all of B's amounts, and for their sake all of C's: the kinds of C would tell its sum.

    Only the sum is told of the municipality, so that no line demands it of the kinds.
    """
    sizes = {"A": 300, "B": 9, "C": 100}
    rows = [row(metric, n, 5.0, unit=unit) for unit, n in sizes.items() for metric in family]
    rows.append(row(family[0], 409, 5.0, **CITY))
    for unit, expected in {"A": SHOWN, "B": FEW, "C": OTHER}.items():
        assert statuses(rows, unit=unit) == dict.fromkeys(family, expected)


def test_few_in_the_adapted_form_are_hidden_at_the_school():
    """Nine pupils of the adapted form are hidden at a school, ten shown; of a municipality five are, with the share."""
    assert statuses([row("adapted_pupil_count", 9, 9)]) == {"adapted_pupil_count": FEW}
    assert statuses([row("adapted_pupil_count", 10, 10)]) == {"adapted_pupil_count": SHOWN}
    above = [row("adapted_pupil_count", 5, 5, **CITY), row("adapted_pupil_share", 5, 0.01, **CITY)]
    assert set(statuses(above).values()) == {SHOWN}
    fewer = [row("adapted_pupil_count", 4, 4, **CITY), row("adapted_pupil_share", 4, 0.01, **CITY)]
    assert set(statuses(fewer).values()) == {FEW}
