"""More rows for the slice of a normal school: its pupils over time, forecasts, work, adults' surveys, self-assessment.

Every number is typed in; what the tests expect follows from them by hand.
"""

from __future__ import annotations

from typing import Any

NEWEST = "2024/25"
AREAS = {"safety": 8.8, "calm_study": 7.1, "support": 7.9}
RATINGS = {"närvaro": (3, 4), "elevhälsa": (2, 2), "trygghet": (4, 4), "extra anpassningar": (3, 2)}
"""The principal's rating and the organizer's, by area."""


def followed(sheet: Any) -> None:
    """Of 60 pupils 45 stayed from year 6 to 9: they rose by 0.8, leavers gave +0.3, joiners -0.5, in all +0.6."""
    step = {"grade_year": 9, "subject": "3"}
    for metric, count in (("stayers", 45.0), ("leavers", 12.0), ("joiners", 15.0)):
        sheet.add(f"cohort_{metric}_count", NEWEST, count, n=count, **step)
    sheet.add("cohort_matched_share", NEWEST, 0.75, n=60.0, **step)
    sheet.add("cohort_change", NEWEST, 0.6, n=57.0, **step)
    sheet.add("cohort_change_stayers", NEWEST, 0.8, n=45.0, lower=0.2, upper=1.4, **step)
    sheet.add("cohort_change_leavers", NEWEST, 0.3, n=12.0, **step)
    sheet.add("cohort_change_joiners", NEWEST, -0.5, n=15.0, **step)
    for metric, value in (("value_added_grades", 0.5), ("value_added_tests", -0.2)):
        raw = {"n": 45.0, "grade_year": 9}
        sheet.add(metric, NEWEST, value, lower=value - 0.6, upper=value + 0.6, **raw)
        sheet.add(f"{metric}_shrunken", NEWEST, value / 2, lower=value / 2 - 0.4, upper=value / 2 + 0.4, **raw)


def on_the_way(sheet: Any) -> None:
    """The autumn's grades of years 8 and 9, and two follow-ups of which the last foresaw 9 of 15 who failed."""
    for grade_year, value in ((8, 0.70), (9, 0.72)):
        sheet.add("autumn_all_subjects_passed_share", NEWEST, value, n=50.0, grade_year=grade_year, lower=value - 0.1,
                  upper=value + 0.1)  # fmt: skip
    for number, expected in ((1, 0.85), (2, 0.80)):
        key = {"grade_year": 9, "subject": f"follow_up_{number}"}
        sheet.add("forecast_all_passed_share", NEWEST, expected, n=60.0, lower=expected - 0.1, upper=expected + 0.1,
                  **key)  # fmt: skip
        sheet.add("forecast_near_limit_share", NEWEST, None, status="too_few", **key)
        sheet.add("forecast_sensitivity_share", NEWEST, 0.60, n=15.0, **key)
        sheet.add("forecast_precision_share", NEWEST, 0.75, n=12.0, **key)
        sheet.add("forecast_bias_pp", NEWEST, 0.05, n=60.0, **key)


def work(sheet: Any) -> None:
    """Sick leave, the leisure centre, allocation and absence over thresholds."""
    rows = {
        "sick_leave_share": (0.062, 58.0),
        "leisure_children_per_fte": (17.1, 12.0),
        "leisure_qualified_share": (0.457, 12.0),
        "leisure_enrolled_share": (0.77, 210.0),
        "allocation_per_pupil": (110_315.0, 486.0),
        "allocation_index": (71.2, 486.0),
        "absence_over_15_share": (0.109, 486.0),
        "absence_over_20_share": (0.062, 486.0),
    }
    for metric, (value, n) in rows.items():
        sheet.add(metric, NEWEST, value, n=n)
    sheet.add("absence_over_50_share", NEWEST, None, status="too_few")


def adults(sheet: Any) -> None:
    """Guardians of whom 45 % answered and staff of whom 90 % did, in three areas; engagement of the staff."""
    for group, lower, rate in (("guardians", 0.0, 0.45), ("staff", -0.6, 0.90)):
        for area, level in AREAS.items():
            value = level + lower
            limits = {"lower": value - 0.4, "upper": value + 0.4}
            sheet.add(f"survey_{group}_index", NEWEST, value, n=60.0, subject=area, **limits)
            sheet.add(f"survey_{group}_index", NEWEST, level - 0.3, n=900.0, subject=area, level="municipality",
                      unit="9999")  # fmt: skip
        sheet.add(f"survey_{group}_response_share", NEWEST, rate, n=60.0)
    sheet.add("hme_index", NEWEST, 70.8, n=54.0)


def ratings(sheet: Any) -> None:
    """Four areas rated by principal and organizer: two alike, one higher by each."""
    for area, pair in RATINGS.items():
        for category, rating in zip(("principal", "organizer"), pair, strict=True):
            sheet.add("assessment_rating", NEWEST, float(rating), n=1.0, subject=area, breakdown="rater",
                      category=category)  # fmt: skip
    sheet.add("assessment_kappa", NEWEST, 0.5, n=4.0)
