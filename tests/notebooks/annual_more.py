"""What registers alone can tell, for the slice of `annual_slice`: equity, cohorts, value added, work, and funnels.

Worked out by hand: five schools with the share with all subjects around 80 %, of which Ivarskolan alone lies outside
the limits; a cohort that gained 1.2 grade points per pupil, 0.9 of it by those who stayed.
"""

from __future__ import annotations

from tests.notebooks.annual_slice import (
    MERIT,
    NEWEST,
    PASSED,
    WHOLE,
    A,
    B,
    C,
    H,
    J,
    K,
    around,
    put,
    school,
)
from tests.notebooks.slices import YEARS, Row, Sheet, share

KOMMUN = {**WHOLE}
NINE = {"grade_year": 9}


def fill(sheet: Sheet) -> None:
    """Add every further number."""
    _funnel(sheet)
    _salsa(sheet)
    _equity(sheet)
    _cohorts(sheet)
    _value_added(sheet)
    _goals(sheet)
    _work(sheet)


def _funnel(sheet: Sheet) -> None:
    for code, value, n in ((H, 0.80, 60), (K, 0.55, 40), (J, 0.83, 120)):
        put(sheet, PASSED, share(value, n), school(code), **NINE)
        put(sheet, MERIT, around(200 + 100 * value - 50, 20, n), school(code), **NINE)
    rows = {row["unit"]: row for row in sheet.results if row["metric"] == PASSED and row["level"] == "school"
            and row["school_year"] == NEWEST and row["grade_year"] == 9}  # fmt: skip
    sheet.estimates = [row for row in sheet.estimates if not (row["metric"] == PASSED and row["grade_year"] == 9)]
    for code in (A, B, H, J):
        sheet.estimate(rows[code], target=0.80, outside="no", dispersion=1.3)
    sheet.estimate(rows[K], target=0.80, kept=0.5, outside="998", dispersion=1.3)


def _salsa(sheet: Sheet) -> None:
    period = {"breakdown": "period", "category": "three_years", "source": "kolada:U15416"}
    for code, value, half in ((A, 14.0, 9.0), (B, -3.0, 8.0)):
        put(sheet, "salsa_residual", around(value, half, 250), school(code), **NINE, **period)


def _equity(sheet: Sheet) -> None:
    for year, icc, tenths, slope in zip(
        YEARS, (0.05, 0.06, 0.07, 0.08, 0.10), (180, 182, 184, 186, 190), (40, 41, 40, 39, 38), strict=True
    ):
        for row in sheet.results:
            if row["metric"] == "merit_icc" and row["school_year"] == year:
                row.update(lower=icc / 2, upper=icc * 2)
        put(sheet, "merit_p90_p10", around(tenths, 10, 290), KOMMUN, year=year, **NINE)
        put(sheet, "merit_background_slope", around(slope, 6, 280), KOMMUN, year=year, **NINE)
        for name, value in (("", 0.22 - 0.01 * (year < NEWEST)), ("_by_chance", 0.09)):
            put(sheet, f"segregation_education{name}", {"value": value, "n": 1500.0}, KOMMUN, year=year)
    put(sheet, "merit_between_share", {"value": 0.13, "n": 290.0}, KOMMUN, **NINE)
    put(sheet, "merit_lowest_quarter_mean", around(150, 6, 72), KOMMUN, **NINE)
    put(sheet, "merit_background_r2", {"value": 0.14, "lower": 0.10, "upper": 0.19, "n": 280.0}, KOMMUN, **NINE)


def step(sheet: Sheet, year: str, grade_year: int, years: str, *numbers: float) -> None:
    """Add a cohort's change with its three parts, and who stayed, left and joined."""
    change, stayers, leavers, joiners, stayed, left, joined = numbers
    key = {"grade_year": grade_year, "subject": years, "year": year}
    for name, value in (("", change), ("_stayers", stayers), ("_leavers", leavers), ("_joiners", joiners)):
        put(sheet, f"cohort_change{name}", around(value, 0.3, stayed), KOMMUN, **key)
    for name, count in (("stayers", stayed), ("leavers", left), ("joiners", joined)):
        put(sheet, f"cohort_{name}_count", {"value": float(count), "n": float(count)}, KOMMUN, **key)
    put(sheet, "cohort_matched_share", share(stayed / (stayed + joined), round(stayed + joined)), KOMMUN, **key)


def _cohorts(sheet: Sheet) -> None:
    step(sheet, YEARS[-1], 9, "3", 1.2, 0.9, 0.4, -0.1, 240, 30, 48)
    step(sheet, YEARS[-2], 9, "3", 0.5, 0.6, 0.1, -0.2, 180, 60, 100)
    step(sheet, YEARS[-1], 8, "1", -0.2, -0.1, 0.0, -0.1, 270, 10, 12)
    step(sheet, YEARS[-2], 8, "1", 0.3, 0.3, 0.0, 0.0, 270, 10, 12)
    for place, year in enumerate(YEARS):
        put(
            sheet, "test_all_parts_share", share(0.70 + place / 100, 300), KOMMUN, year=year, grade_year=3, subject="MA"
        )
        put(sheet, PASSED, share(0.75, 300), KOMMUN, year=year, grade_year=6) if year != NEWEST else None
        for grade_year in (6, 7, 8):
            put(sheet, "subject_points_mean", around(11 + grade_year / 10, 0.5, 280), KOMMUN, year=year, subject="MA",
                grade_year=grade_year)  # fmt: skip


def _value_added(sheet: Sheet) -> None:
    for code, raw, half, shrunken, narrow in (
        (A, 1.5, 0.8, 1.1, 0.6), (B, -0.4, 0.9, -0.3, 0.6), (H, 0.2, 1.0, 0.1, 0.7), (K, -2.0, 1.6, -0.6, 0.8),
        (J, 0.0, 0.7, 0.0, 0.5),
    ):  # fmt: skip
        put(sheet, "value_added_grades", around(raw, half, 40), school(code), **NINE)
        put(sheet, "value_added_grades_shrunken", around(shrunken, narrow, 40), school(code), **NINE)


def _goals(sheet: Sheet) -> None:
    rows = {(row["metric"], row["unit"]): row for row in sheet.results
            if row["school_year"] == NEWEST and row["grade_year"] == 9 and row["breakdown"] == "all"}  # fmt: skip
    for code, status in ((A, "reached"), (B, "partly"), (K, "not_reached")):
        goal: Row = rows[PASSED, code]
        sheet.goal(goal, 0.80, status, tolerance=0.05, title="Fyra av fem når alla ämnen")
    sheet.goal(rows[PASSED, KOMMUN["unit"]], 0.80, "reached", tolerance=0.05, title="Fyra av fem når alla ämnen",
               trend=0.004, trend_points=5)  # fmt: skip


def _work(sheet: Sheet) -> None:
    ratings = {"närvaro": ((4, 3), (3, 3), (2, 3)), "trygghet och studiero": ((3, 3), (3, 2), (1, 1))}
    rater = {"breakdown": "rater"}
    for area, by_school in ratings.items():
        for code, pair in zip((A, B, C), by_school, strict=True):
            for who, rating in zip(("principal", "organizer"), pair, strict=True):
                what = {"value": float(rating), "n": 1.0}
                put(sheet, "assessment_rating", what, school(code), subject=area, category=who, **rater)
        same = sum(first == second for first, second in by_school) / 3
        put(sheet, "assessment_agreement_share", {"value": same, "n": 3.0}, KOMMUN, subject=area)
    for who, good in (("principal", 4 / 6), ("organizer", 4 / 6)):
        put(sheet, "assessment_good_share", {"value": good, "n": 6.0}, KOMMUN, category=who, **rater)
    put(sheet, "assessment_agreement_share", {"value": 0.5, "n": 6.0}, KOMMUN)
    for name, moved in (("improved", 2 / 6), ("worse", 1 / 6)):
        put(sheet, f"assessment_{name}_share", {"value": moved, "n": 6.0}, KOMMUN, category="principal", **rater)
    for code, index, base, structure in ((A, 80.0, 50e6, 4e6), (B, 120.0, 30e6, 5e6)):
        total = base + structure
        for name, value in (("index", index), ("base", base), ("structure", structure), ("total", total),
                            ("per_pupil", total / 500)):  # fmt: skip
            put(sheet, f"allocation_{name}", {"value": value, "n": 500.0}, school(code))
    for place, year in enumerate(YEARS):
        put(sheet, "sick_leave_share", {"value": 0.05 + place / 1000, "n": 210.0}, KOMMUN, year=year)
        put(sheet, "leisure_children_per_fte", {"value": 18.0 + place, "n": 400.0}, KOMMUN, year=year)
