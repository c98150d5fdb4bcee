"""Which measures each section of a report shows, and in what order."""

from __future__ import annotations

Measure = tuple[str, int | None]

RESULTS: tuple[Measure, ...] = (
    ("merit_rating_17", 9),
    ("all_subjects_passed_share", 9),
    ("eligible_vocational_share", 9),
    ("all_subjects_passed_share", 6),
)
ELIGIBILITY: tuple[Measure, ...] = (
    ("eligible_arts_share", 9),
    ("eligible_social_share", 9),
    ("eligible_science_share", 9),
)
"""The programmes that ask for more than the vocational ones; in the table alone."""

STAFF: tuple[Measure, ...] = (("certified_teacher_share", None), ("pupils_per_teacher", None))
RESOURCES: tuple[Measure, ...] = (
    ("pupil_count", None),
    ("foreign_background_share", None),
    ("parents_post_secondary_share", None),
    ("newly_arrived_share", None),
    *STAFF,
    ("sick_leave_share", None),
    ("leisure_children_per_fte", None),
    ("leisure_qualified_share", None),
    ("cost_per_pupil", None),
    ("allocation_per_pupil", None),
    ("attendance_share", None),
    ("invalid_absence_share", None),
    ("absence_over_15_share", None),
    ("absence_over_20_share", None),
    ("absence_over_50_share", None),
)
FURTHER: tuple[Measure, ...] = (
    ("girls_share", None),
    ("teacher_fte", None),
    ("certified_any_subject_share", None),
    ("special_teacher_fte", None),
    ("pupils_per_special_educator", None),
    ("leisure_children_count", None),
    ("leisure_enrolled_share", None),
    ("teaching_cost_per_pupil", None),
    ("premises_cost_per_pupil", None),
    ("allocation_index", None),
    ("invalid_absence_over_5_share", None),
    ("adapted_pupil_count", None),
)
"""What the page tells besides, and the PDF leaves out."""

EXPECTED = {"merit_rating_17": "salsa_expected", "all_subjects_passed_share": "salsa_passed_expected"}
"""What SALSA expects, by the measure that it is expected of."""

BOTH_GRADE_YEARS = ("all_subjects_passed_share",)
"""Measures whose name says too little without its grade year."""

AREAS = ("safety", "calm_study", "respect", "support", "stimulation", "influence")
SURVEYED = (5, 8)
LAST_GRADE_YEAR = 9
TESTED = (6, 9)
