"""Costs and sick leave where registers are thin: years, kinds and hours that are not there, and codes that change."""

import pandas as pd
import pytest
from skq.aggregate import aggregate

from tests.spec.text_tables import one, pupils, schools, text_table, typed

YEARS = ("2023/24", "2024/25", "2025/26")


def registers(sizes: dict[str, int], *, years: tuple[str, ...] = YEARS) -> dict[str, pd.DataFrame]:
    """Return units and their pupils, as many in each of the years."""
    names = "\n".join(f"{unit}{i} {unit} 4" for unit, size in sizes.items() for i in range(size))
    counted = [pupils("pupil_id school_unit_code grade_year\n" + names, school_year=year) for year in years]
    return {"school_units": schools(*sizes, school_years=years), "pupils": pd.concat(counted, ignore_index=True)}


def accounts(rows: str) -> pd.DataFrame:
    return typed("economy", text_table("school_unit_code fiscal_year cost_type amount_tkr\n" + rows))


def test_cost_of_a_year_without_both_autumns_is_not_told():
    """2023 lacks the autumn of 2022, 2026 its own: no cost per pupil of either, and none at all from them alone."""
    tables = registers({"A": 2}) | {"economy": accounts("A 2023 lokaler 9\nA 2026 lokaler 9")}
    assert not aggregate(tables)["metric"].str.endswith("cost_per_pupil").any()


def test_kind_of_one_year_is_told_of_that_year_only():
    """Premises are booked from 2025 on: no 0 kronor in 2024, when nobody told them apart."""
    tables = registers({"A": 2}) | {
        "economy": accounts("A 2024 undervisning 20\nA 2025 undervisning 20\nA 2025 lokaler 4")
    }
    premises = aggregate(tables).query("metric == 'premises_cost_per_pupil' and level == 'school'")
    assert premises[["school_year", "value"]].values.tolist() == [["2025/26", 2000.0]]


def test_correction_may_be_negative():
    """A correction of -1 tkr lowers its kind and the whole."""
    tables = registers({"A": 1}) | {"economy": accounts("A 2025 undervisning 5\nA 2025 övrigt -1")}
    found = aggregate(tables)
    assert one(found, "other_cost_per_pupil")["value"] == -1000
    assert one(found, "cost_per_pupil")["value"] == 4000


def test_kinds_follow_a_unit_to_its_new_code():
    """O became A in 2025: half of O's pupils of the autumn before count in the cost of A, kind by kind."""
    old, new = registers({"O": 4}, years=YEARS[:2]), registers({"A": 2}, years=YEARS[2:])
    register = pd.concat([old["school_units"].assign(successor_code="A"), new["school_units"]], ignore_index=True)
    tables = {
        "school_units": register.astype({"successor_code": "str"}),
        "pupils": pd.concat([old["pupils"], new["pupils"]], ignore_index=True),
        "economy": accounts("A 2025 undervisning 30\nA 2025 lokaler 6"),
    }
    found = aggregate(tables)
    assert (one(found, "teaching_cost_per_pupil")["n"], one(found, "teaching_cost_per_pupil")["value"]) == (3, 10_000)
    assert one(found, "premises_cost_per_pupil")["value"] == 2_000


@pytest.mark.parametrize(("sick", "status"), [(0, "missing"), (5, "missing")])
def test_sick_leave_without_ordinary_hours(sick, status):
    """A group without ordinary hours has no share, whatever was written down as sick."""
    rows = pd.DataFrame([("A", 2024, "lärare", sick, 0, 3)])
    rows.columns = ["school_unit_code", "year", "employee_group", "sick_hours", "available_hours", "employees"]
    found = aggregate({"school_units": schools("A"), "sick_leave": typed("sick_leave", rows)})
    assert one(found, "sick_leave_share", subject="lärare")["status"] == status


def test_classes_have_attendance_too():
    """With class groups asked for, hours and thresholds are told of each class, the median of schools and above."""
    tables = registers({"A": 3}, years=YEARS[1:2])
    tables["pupils"] = tables["pupils"].assign(class_group=["4A", "4A", "4B"])
    hours = pd.DataFrame({"pupil_id": ["A0", "A1", "A2"], "school_year": YEARS[1], "term": "VT", "offered_hours": 100})
    hours = hours.assign(valid_absence_hours=[0, 40, 10], invalid_absence_hours=0)
    found = aggregate(tables | {"attendance": typed("attendance", hours)}, class_groups=True)
    group = {"level": "group", "unit": "A/4A"}
    assert one(found, "attendance_share", **group)["value"] == pytest.approx(0.8)
    assert one(found, "absence_over_20_share", **group)["value"] == 0.5
    assert set(found[found["metric"].eq("attendance_median_share")]["level"]).isdisjoint({"group"})
